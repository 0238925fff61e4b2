"""Posts, officers and their service record (DOMAIN §1)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import scope
from common.changelog import track
from common.models import RowModel, ScopedModel
from organizations.choices import ServiceKind

from .units import Unit


@track("org_post_event")
class Post(ScopedModel):
    """A post at a unit. A post can carry a target of its own, as a unit can."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=60)
    is_head = models.BooleanField(_("head of the unit"), default=False)
    sort = models.PositiveIntegerField(_("order"), default=0)

    class Scope(scope.Scope):
        kind = "post"
        path = "unit__path"

    class Meta:
        db_table = "org_post"
        ordering = ("unit__path", "sort", "id")
        verbose_name = _("post")
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="org_post_name_uq")]

    def __str__(self) -> str:
        return f"{self.unit.label} {self.name}"


@track("org_officer_event")
class Officer(ScopedModel):
    """An investment officer (招商专员). The telephone number is masked to who may not see it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="officers", verbose_name=_("unit"))
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    pinyin = models.CharField(max_length=200, blank=True, editable=False, db_collation="C")
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, verbose_name=_("post"))
    user = models.OneToOneField(
        "organizations.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="officer",
        verbose_name=_("account"),
    )
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    class Scope(scope.Scope):
        kind = "officer"
        path = "unit__path"
        owner = "user_id"

    class Meta:
        db_table = "org_officer"
        ordering = ("pinyin", "id")
        verbose_name = _("officer")
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(joined_on__isnull=True)
                | Q(left_on__gte=F("joined_on")),
                name="org_officer_dates_ck",
            )
        ]

    def __str__(self) -> str:
        return self.name


@track("org_service_event")
class ServiceRecord(RowModel):
    """Time on the front line or in training: half a year is a condition for promotion in some places."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="service", verbose_name=_("officer"))
    kind = models.CharField(_("kind"), max_length=12, choices=ServiceKind.choices)
    begins = models.DateField(_("from"))
    ends = models.DateField(_("to"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        db_table = "org_service"
        ordering = ("-begins",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("begins")), name="org_service_dates_ck"
            )
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.begins}"
