"""Units, their names, and the groups they compete in (DOMAIN §1)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import scope
from common.changelog import track
from common.models import RowModel, ScopedModel
from common.versions import SameId
from organizations.choices import UnitKind
from organizations.querysets import UnitQuerySet


@track("org_unit_event")
class Unit(ScopedModel):
    """A unit in the tree. `path` is the chain of ids from the root, kept by the services."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    path = models.CharField(max_length=200, unique=True, editable=False, db_collation="C")
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    pinyin = models.CharField(max_length=300, blank=True, editable=False, db_collation="C")
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind.choices)
    sort = models.PositiveIntegerField(_("order"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )

    objects = UnitQuerySet.as_manager()  # type: ignore[misc]

    class Scope(scope.Scope):
        kind = "unit"
        path = "path"

    class Meta:
        db_table = "org_unit"
        ordering = ("sort", "pinyin", "code")
        verbose_name = _("unit")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="org_unit_dates_ck",
            ),
            models.CheckConstraint(condition=~Q(successor=F("id")), name="org_unit_succ_ck"),
            models.UniqueConstraint(fields=["parent", "name"], name="org_unit_name_uq"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.short_name or self.name


@track("org_unit_alias_event")
class UnitAlias(RowModel):
    """Another name of a unit in senders' sheets (简称): learned once at an import, or entered here."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="aliases", verbose_name=_("unit"))
    name = models.CharField(_("other name"), max_length=100)
    normalized = models.CharField(max_length=100, editable=False)

    class Meta:
        db_table = "org_unit_alias"
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["unit", "normalized"], name="org_alias_uq")]
        indexes = [models.Index(fields=["normalized"], name="org_alias_norm_ix")]

    def __str__(self) -> str:
        return self.name


@track("org_group_event")
class CompetitionGroup(ScopedModel):
    """Units that are ranked against each other (赛区). It belongs to the unit whose bureau runs it."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="groups", verbose_name=_("run by"))
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    sort = models.PositiveIntegerField(_("order"), default=0)

    class Scope(scope.Scope):
        kind = "group"
        path = "owner__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(memberships__unit__path__startswith=grant.path)

    class Meta:
        db_table = "org_group"
        ordering = ("sort", "code")
        verbose_name = _("competition group")

    def __str__(self) -> str:
        return self.name


@track("org_group_member_event")
class GroupMembership(RowModel):
    """A unit in a group for a time. An unranked member is shown but never ranked; `in_total` says whether
    the group's sum counts it."""

    group = models.ForeignKey(
        CompetitionGroup, models.CASCADE, related_name="memberships", verbose_name=_("group")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name=_("unit"))
    valid = DateRangeField(_("valid"))
    ranked = models.BooleanField(_("ranked"), default=True)
    in_total = models.BooleanField(_("counts in the group's sum"), default=True)
    unit_type = models.CharField(
        _("type in this group"),
        max_length=40,
        blank=True,
        help_text=_("Class of units that a scheme's settings name. Empty: the kind of the unit."),
    )
    counts_in = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("scored as part of"),
        help_text=_("A composite of several units, which is ranked instead of them."),
    )
    sort = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        db_table = "org_group_member"
        ordering = ("sort", "unit__sort", "unit__pinyin")
        constraints = [
            ExclusionConstraint(
                name="org_member_once",
                expressions=[
                    (SameId(F("group")), RangeOperators.OVERLAPS),
                    (SameId(F("unit")), RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The unit is already in this group at that time."),
            ),
            models.CheckConstraint(
                condition=~Q(counts_in=F("unit")),
                name="org_member_part_ck",
                violation_error_message=_("A unit isn't a part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} / {self.unit}"
