"""What counts, as data: terms of recognition, evidence asked for, counting rules of scheme families (DOMAIN §3)."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from capital.choices import EntryKind, RuleState
from common import scope, versions
from common.changelog import track
from common.models import RowModel, ScopedModel
from projects.models import Project


@track("cap_terms_event")
class RecognitionTerms(ScopedModel):
    """How recognition works from a day on."""

    since = models.DateField(_("in force from"), unique=True)
    own_unit = models.BooleanField(
        _("one's own unit may be recognised"),
        default=False,
        help_text=_("Off: nobody decides about the unit that he works for."),
    )
    sample_percent = models.DecimalField(
        _("sample for recognition in bulk, in per cent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(5),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)],
    )
    sample_least = models.PositiveSmallIntegerField(_("and at least"), default=3)
    evidence = models.JSONField(
        _("vouchers asked for"), default=dict, blank=True
    )  # {entry kind: [voucher type, …]}: one of them at least
    average_rate = models.BooleanField(
        _("convert at the month's average"),
        default=False,
        help_text=_("Off: at the rate of the day on which it happened."),
    )

    class Scope(scope.Scope):
        kind = "capital_rule"

    class Meta:
        db_table = "cap_terms"
        ordering = ("-since",)
        verbose_name = _("terms of recognition")

    def __str__(self) -> str:
        return f"{self.since}"

    def asked_for(self, kind: str) -> list[str]:
        """Voucher types of which an entry of this kind needs one; empty: any voucher."""
        return list(self.evidence.get(EntryKind(kind), ()))


@track("cap_rule_event")
class CountingRule(ScopedModel):
    """What a family of schemes counts as capital in place: one immutable version, once published. `document`
    is read by rules/counting/; no two published versions of a code overlap in time."""

    code = models.SlugField(_("code"), max_length=40)
    number = models.PositiveSmallIntegerField(_("version"), editable=False, default=1)
    name = models.CharField(_("name"), max_length=100)
    source = models.CharField(_("source"), max_length=300, blank=True, help_text=_("Document and clause."))
    since = models.DateField(_("in force from"))
    until = models.DateField(_("until"), null=True, blank=True)
    document = models.JSONField(default=dict, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=RuleState.choices, default=RuleState.DRAFT, editable=False
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_name = models.CharField(_("published by"), max_length=150, blank=True, editable=False)

    class Scope(scope.Scope):
        kind = "capital_rule"

    class Meta:
        db_table = "cap_rule"
        ordering = ("code", "-number")
        verbose_name = _("counting rule")
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="cap_rule_number_uq"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="cap_rule_dates_ck"
            ),
            versions.once(
                "cap_rule_once",
                # Text itself would need an extension here; the hash of 64 bits stands for the code.
                Func(F("code"), Value(0), function="hashtextextended"),
                message=_("Another published version of this rule holds on these days."),
            ),
        ]
        triggers = [
            versions.kept(
                "cap_rule_published", "code", "number", "name", "source", "since", "document", "sha256"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


@track("cap_exclusion_event")
class Excluded(RowModel):
    """A project that a family of schemes leaves out, with the written reason."""

    code = models.SlugField(_("code of the rule"), max_length=40)
    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    since = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=500)

    class Meta:
        db_table = "cap_excluded"
        ordering = ("id",)
        verbose_name = _("exclusion")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "project"], condition=Q(archived_at=None), name="cap_excluded_uq"
            )
        ]

    def __str__(self) -> str:
        return str(self.project)


@track("cap_alarm_event")
class FalseAlarm(ScopedModel):
    """A signal of inflated figures that somebody looked at and explained. `key` names rule and rows. Taken back, it is
    archived: the signal stands again, and may be explained anew."""

    key = models.CharField(max_length=160, editable=False)
    unit = models.ForeignKey(
        "organizations.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"), editable=False
    )
    reason = models.CharField(_("reason"), max_length=500)
    by_name = models.CharField(_("by"), max_length=150, editable=False)

    class Scope(scope.Scope):
        kind = "capital_signal"
        path = "unit__path"

    class Meta:
        db_table = "cap_alarm"
        ordering = ("-id",)
        verbose_name = _("false alarm")
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(archived_at=None), name="cap_alarm_key_uq")
        ]

    def __str__(self) -> str:
        return self.key
