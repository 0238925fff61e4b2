"""Whose project it is, in each dimension and at each time (DOMAIN §2: attribution has dimensions)."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from common.models import AppendOnlyModel
from common.versions import SameId
from ledger.choices import Role
from organizations.models import Officer, Unit, User

from .projects import Project


class AttributionVersion(models.Model):
    """The shares of one dimension for a time. It is never edited: a new version supersedes it, and the
    postings that it moved are taken back and written anew."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="attributions")
    role = models.CharField(_("dimension"), max_length=12, choices=Role.choices)
    valid = DateRangeField(_("valid"))
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="supersedes", verbose_name=_("replaced by")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("entered"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("by"), max_length=150)

    class Meta:
        db_table = "prj_attribution"
        ordering = ("role", "valid", "id")
        verbose_name = _("attribution")
        constraints = [
            ExclusionConstraint(
                name="prj_attribution_once",
                expressions=[
                    (SameId(F("project")), RangeOperators.OVERLAPS),
                    # The roles differ in their first letter; text itself would need an extension here.
                    (SameId(Func(F("role"), function="ascii")), RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_by=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.valid}"


class AttributionShare(AppendOnlyModel):
    """A unit's, and in personal dimensions a person's, part of one version. The parts of a version add up
    to 1: a deferred trigger refuses the transaction otherwise."""

    version = models.ForeignKey(AttributionVersion, models.PROTECT, related_name="shares")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer")
    )
    leader = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("leader"))
    introducer_id = models.BigIntegerField(null=True)
    share = models.DecimalField(_("share"), max_digits=9, decimal_places=8)

    class Meta(AppendOnlyModel.Meta):
        db_table = "prj_share"
        ordering = ("-share", "id")
        constraints = [models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="prj_share_ck")]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="adds_up",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF (SELECT sum(share) FROM prj_share WHERE version_id = NEW.version_id) <> 1 THEN
                        RAISE EXCEPTION 'shares of version % do not add up to 1', NEW.version_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.share:f}"
