"""A lead (线索): an investor's idea that somebody follows, from the first talk to the signature (DOMAIN §2)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import scope
from common.changelog import track
from common.models import AppendOnlyModel, ScopedModel
from leads.choices import Custody, HandoverKind, Source
from organizations.models import Officer, Unit
from reference.choices import Sector
from reference.models import Industry

from .fields import area, currency_field, optional_money
from .investors import Contact, Introducer, Investor, OfferedProject
from .stages import Move, Staged


@track("lds_lead_event", exclude=("grams",))
class Lead(Staged, ScopedModel):
    """The dossier of one idea of one investor. A signed project keeps its lead: follow-ups, tasks and files
    of the whole life hang here."""

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="leads", verbose_name=_("unit"))
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("officer")
    )
    name = models.CharField(_("project idea"), max_length=120)
    pinyin = models.CharField(max_length=300, blank=True, editable=False, db_collation="C")
    normal = models.CharField(max_length=120, editable=False, db_collation="C")
    grams = ArrayField(models.CharField(max_length=8), default=list, editable=False)
    investor = models.ForeignKey(Investor, models.PROTECT, related_name="leads", verbose_name=_("investor"))
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("contact")
    )
    offer = models.ForeignKey(
        OfferedProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("offered project"),
    )
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("industry")
    )
    sector = models.CharField(_("sector"), max_length=9, choices=Sector.choices, blank=True, editable=False)
    amount = optional_money(_("planned investment"))
    currency = currency_field()
    land_mu = area(_("land in mu"))
    source = models.CharField(_("source"), max_length=12, choices=Source.choices)
    introducer = models.ForeignKey(
        Introducer, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("introducer")
    )
    tip_from = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="tips", verbose_name=_("tip from")
    )
    host = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("park or place intended"),
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_on = models.DateField(_("next step on"), null=True, blank=True)
    signing_on = models.DateField(_("signing expected on"), null=True, blank=True)
    visited_on = models.DateField(_("investor came here on"), null=True, blank=True)
    valid_on = models.DateField(_("found valuable on"), null=True, blank=True, editable=False)
    custody = models.CharField(
        _("custody"), max_length=8, choices=Custody.choices, default=Custody.HELD, editable=False
    )
    protected_from = models.DateField(_("protected from"), null=True, blank=True, editable=False)
    protected_until = models.DateField(_("protected until"), null=True, blank=True, editable=False)
    pooled_on = models.DateField(_("in the pool since"), null=True, blank=True, editable=False)
    claimed = models.BooleanField(_("claimed from the pool"), default=False, editable=False)
    credit_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_(
            "credit stays with"
        ),  # after a transfer that left it there; none: with the unit itself
        editable=False,
    )
    code_name = models.CharField(_("code name"), max_length=60, blank=True)
    confidential_until = models.DateField(_("confidential until"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=4000, blank=True)
    registered_at = models.DateTimeField(_("registered"), editable=False)
    registered_by = models.CharField(_("registered by"), max_length=150, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )

    class Scope(scope.Scope):
        kind = "lead"
        path = "unit__path"
        owner = "officer__user_id"

        @staticmethod
        def members(grant: Any) -> Q:
            """What lies in the pool is open to all who may claim it."""
            return Q(custody=Custody.POOL)

        @staticmethod
        def member(lead: Any, grant: Any) -> bool:
            return lead.custody == Custody.POOL

    class Meta:
        db_table = "lds_lead"
        ordering = ("-id",)
        verbose_name = _("lead")
        constraints = [
            models.CheckConstraint(
                condition=~Q(custody="pool") | Q(officer__isnull=True), name="lds_lead_pool_ck"
            ),
            models.CheckConstraint(
                condition=Q(confidential_until__isnull=True) | ~Q(code_name=""),
                name="lds_lead_code_name_ck",
                violation_error_message=_("A confidential lead needs a code name."),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "custody", "stage"], name="lds_lead_unit_ix"),
            models.Index(fields=["officer", "next_on"], name="lds_lead_officer_ix"),
            models.Index(fields=["custody", "protected_until"], name="lds_lead_clock_ix"),
            GinIndex(fields=["grams"], name="lds_lead_grams_ix"),
        ]

    def __str__(self) -> str:
        return self.name


class LeadMove(Move):
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="moves", verbose_name=_("lead"))

    class Meta(Move.Meta):
        db_table = "lds_move"
        ordering = ("-id",)
        verbose_name = _("stage move")
        indexes = [models.Index(fields=["lead", "-id"], name="lds_move_lead_ix")]


class Handover(AppendOnlyModel):
    """Whose lead it was and became, and why: registering, pool, claim, transfer, decision."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="handovers", verbose_name=_("lead"))
    kind = models.CharField(_("what"), max_length=12, choices=HandoverKind.choices)
    from_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("unit", "from")
    )
    to_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("unit", "to")
    )
    from_officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    to_officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    keeps_credit = models.BooleanField(_("the giving unit keeps the credit"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    on = models.DateField(_("date"))
    at = models.DateTimeField(_("entered"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "lds_handover"
        ordering = ("-id",)
        indexes = [models.Index(fields=["lead", "-id"], name="lds_handover_lead_ix")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.kind}"
