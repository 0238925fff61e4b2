"""First-contact protection, transfers and disputes (DOMAIN §2: one credit, no poaching)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import scope
from common.changelog import track
from common.models import AppendOnlyModel, ScopedModel
from common.scope import ScopedQuerySet
from leads.choices import ContactKind, DisputeState, Ruling, TransferState
from organizations.models import Officer, Unit

from .leads import Lead


@track("lds_terms_event")
class ProtectionTerms(ScopedModel):
    """The rules of protection from a day on. Day counts are working days, but for `collision_days`, which are
    calendar days."""

    valid_from = models.DateField(_("valid from"), unique=True)
    first_days = models.PositiveSmallIntegerField(_("protected after registration"))
    prolong_days = models.PositiveSmallIntegerField(_("prolonged by a real follow-up"))
    longest_days = models.PositiveSmallIntegerField(_("longest in all"), null=True, blank=True)
    remind_before = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("reminders before the end"))
    real_kinds = ArrayField(
        models.CharField(max_length=12, choices=ContactKind.choices), verbose_name=_("real follow-ups")
    )
    claim_limit = models.PositiveSmallIntegerField(_("claims held per officer"))
    rest_days = models.PositiveSmallIntegerField(_("days before an officer may claim back what he gave up"))
    collision_days = models.PositiveSmallIntegerField(_("days that a collision is hinted at"))
    hearing_days = models.PositiveSmallIntegerField(_("days to decide a dispute"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Scope(scope.Scope):
        kind = "protection_terms"

    class Meta:
        db_table = "lds_terms"
        ordering = ("-valid_from",)
        verbose_name = _("protection rules")

    def __str__(self) -> str:
        return _now("Protection rules from %(date)s") % {"date": f"{self.valid_from:%Y-%m-%d}"}


class FirstContact(AppendOnlyModel):
    """The certificate: who registered which investor first, and when. What it says is written once; how long
    protection runs stands on the lead. The token is the address in its QR code."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    token = models.CharField(max_length=32, unique=True)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="certificates", verbose_name=_("lead"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    unit_name = models.CharField(_("unit"), max_length=100)
    officer_name = models.CharField(_("officer"), max_length=60, blank=True)
    investor_name = models.CharField(_("investor"), max_length=120)
    lead_name = models.CharField(_("project idea"), max_length=120)
    issued_at = models.DateTimeField(_("issued"))
    first_until = models.DateField(_("protected at first until"))
    sha256 = models.CharField(_("check sum"), max_length=64)

    objects = ScopedQuerySet.as_manager()

    class Scope(scope.Scope):
        kind = "lead"
        path = "lead__unit__path"
        owner = "lead__officer__user_id"

    class Meta(AppendOnlyModel.Meta):
        db_table = "lds_first_contact"
        ordering = ("-id",)
        verbose_name = _("first-contact certificate")

    def __str__(self) -> str:
        return self.number


@track("lds_transfer_event")
class LeadTransfer(ScopedModel):
    """A lead offered to another unit. Nothing moves before that unit consents."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="transfers", verbose_name=_("lead"))
    from_unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("unit", "from")
    )
    to_unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("unit", "to")
    )
    reason = models.CharField(_("reason"), max_length=500)
    keeps_credit = models.BooleanField(_("the giving unit keeps the credit"), default=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=TransferState.choices,
        default=TransferState.PROPOSED,
        editable=False,
    )
    proposed_by = models.CharField(_("proposed by"), max_length=150, editable=False)
    answered_by = models.CharField(_("answered by"), max_length=150, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    answer = models.CharField(_("answer"), max_length=500, blank=True, editable=False)
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("officer there")
    )

    class Scope(scope.Scope):
        kind = "lead_transfer"
        path = "to_unit__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(from_unit__path__startswith=grant.path)

    class Meta:
        db_table = "lds_transfer"
        ordering = ("-id",)
        verbose_name = _("transfer")
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_unit=models.F("to_unit")),
                name="lds_transfer_units_ck",
                violation_error_message=_("Choose another unit than the one that holds the lead."),
            ),
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(state="proposed"),
                name="lds_transfer_once_uq",
                violation_error_message=_("A transfer of this lead is already waiting for consent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_unit} → {self.to_unit}"


@track("lds_dispute_event")
class Dispute(ScopedModel):
    """Two units claim one investor: heard and decided by the bureau, with written reasons. Each side sees
    the dispute and its own lead; the other's lead stays closed to it."""

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="disputes", verbose_name=_("lead"))
    respondent = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("holder"))
    claimant = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("claimant"))
    claimant_lead = models.ForeignKey(
        Lead,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("claimant's own lead"),
    )
    investor_name = models.CharField(_("investor"), max_length=120)
    claim = models.TextField(_("claim"), max_length=4000)
    state = models.CharField(
        _("state"), max_length=10, choices=DisputeState.choices, default=DisputeState.OPEN, editable=False
    )
    due_on = models.DateField(_("to be decided by"), null=True, editable=False)
    opened_by = models.CharField(_("opened by"), max_length=150, editable=False)
    ruling = models.CharField(_("ruling"), max_length=6, choices=Ruling.choices, blank=True, editable=False)
    reasons = models.TextField(_("reasons"), max_length=4000, blank=True, editable=False)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)

    class Scope(scope.Scope):
        kind = "dispute"
        path = "respondent__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(claimant__path__startswith=grant.path)

    class Meta:
        db_table = "lds_dispute"
        ordering = ("-id",)
        verbose_name = _("dispute")
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "claimant"],
                condition=Q(state__in=["open", "heard"]),
                name="lds_dispute_once_uq",
                violation_error_message=_("Your unit already disputes this lead."),
            )
        ]

    def __str__(self) -> str:
        return self.number


class DisputeStatement(AppendOnlyModel):
    """What a side, or the bureau at the hearing, put on record."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="statements")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    text = models.TextField(_("statement"), max_length=4000)
    at = models.DateTimeField(_("entered"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "lds_statement"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.dispute} {timezone.localdate(self.at)}"
