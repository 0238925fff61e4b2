"""The admission gate (准入): checks as data, and each check of a lead on record (DOMAIN §2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import scope
from common.changelog import track
from common.models import RowModel, ScopedModel
from leads.choices import CheckResult, Comparison
from organizations.models import Unit

from .leads import Lead
from .stages import Named


@track("lds_gate_event")
class Gate(Named):
    """A set of checks that is in force for a time, everywhere or for one unit and those below it."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only for")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Scope(scope.Scope):
        kind = "gate"

    class Meta:
        db_table = "lds_gate"
        ordering = ("-valid_from", "code")
        verbose_name = _("admission gate")
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="lds_gate_code_uq")]


@track("lds_gate_check_event")
class GateCheck(Named):
    """One check. Its limit is a number in `measured_in`, or a question that must be answered yes or no."""

    gate = models.ForeignKey(Gate, models.PROTECT, related_name="checks", verbose_name=_("admission gate"))
    comparison = models.CharField(_("must be"), max_length=4, choices=Comparison.choices)
    limit = models.DecimalField(_("limit"), max_digits=18, decimal_places=4, null=True, blank=True)
    measured_in = models.CharField(_("measured in"), max_length=30, blank=True)
    required = models.BooleanField(_("required"), default=True)

    class Scope(scope.Scope):
        kind = "gate"

    class Meta:
        db_table = "lds_gate_check"
        ordering = ("gate", "sort", "code")
        verbose_name = _("check")
        constraints = [
            models.UniqueConstraint(fields=["gate", "code"], name="lds_gate_check_code_uq"),
            models.CheckConstraint(
                condition=models.Q(comparison__in=["yes", "no"], limit__isnull=True)
                | models.Q(comparison__in=["ge", "le"], limit__isnull=False),
                name="lds_gate_check_limit_ck",
                violation_error_message=_("A number needs its limit, a question has none."),
            ),
        ]


@track("lds_screening_event")
class Screening(ScopedModel):
    """The quick review (快速评审) of a lead: the outcome of its checks, or the committee's override."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="screenings", verbose_name=_("lead"))
    gate = models.ForeignKey(
        Gate, models.PROTECT, related_name="screenings", verbose_name=_("admission gate")
    )
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=CheckResult.choices, default=CheckResult.OPEN, editable=False
    )
    override_reason = models.TextField(
        _("reason of the override"), max_length=2000, blank=True, editable=False
    )
    overridden_by = models.CharField(_("overridden by"), max_length=150, blank=True, editable=False)
    overridden_at = models.DateTimeField(_("overridden at"), null=True, blank=True, editable=False)

    class Scope(scope.Scope):
        kind = "screening"
        path = "lead__unit__path"

    class Meta:
        db_table = "lds_screening"
        ordering = ("-id",)
        verbose_name = _("screening")
        constraints = [
            models.UniqueConstraint(
                fields=["lead"],
                condition=models.Q(archived_at=None),
                name="lds_screening_once_uq",
                violation_error_message=_("This lead is being screened already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.lead} / {self.gate}"

    @property
    def admitted(self) -> bool:
        return self.outcome == CheckResult.PASSED or bool(self.overridden_at)


@track("lds_check_event")
class ScreeningCheck(RowModel):
    """A check's value beside the limit that held then, who checked it, and the result."""

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="checks")
    check_def = models.ForeignKey(GateCheck, models.PROTECT, related_name="+", verbose_name=_("check"))
    limit = models.DecimalField(_("limit"), max_digits=18, decimal_places=4, null=True)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True, blank=True)
    answer = models.BooleanField(_("answer"), null=True, blank=True)
    result = models.CharField(
        _("result"), max_length=8, choices=CheckResult.choices, default=CheckResult.OPEN, editable=False
    )
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=150, blank=True, editable=False)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True, editable=False)

    class Meta:
        db_table = "lds_check"
        ordering = ("check_def__sort", "id")
        constraints = [models.UniqueConstraint(fields=["screening", "check_def"], name="lds_check_once_uq")]

    def __str__(self) -> str:
        return str(self.check_def)
