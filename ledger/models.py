"""The ledger: whatever can be counted is written here once, and never changed (docs/architecture.md).

A line says how much of which kind counts for which unit in which dimension. Who caused it is kept as
type and id, because this app knows nothing of those above it.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import scope
from common.changelog import track
from common.models import AppendOnlyModel, RowModel, ScopedModel
from common.scope import ScopedQuerySet
from ledger.choices import Cause, Kind, Mode, PeriodState, Role, Zone
from organizations.models import Unit
from reference.choices import Sector

FINAL_ACCOUNT = 13  # the year's last period: what belongs to the old year and came late


@track("led_period_event")
class Period(models.Model):
    """A month of the books, or the final account of a year (number 13). Key: year × 100 + number."""

    code = models.PositiveIntegerField(_("period"), primary_key=True)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=7, choices=PeriodState.choices, default=PeriodState.OPEN)

    class Meta:
        db_table = "led_period"
        ordering = ("code",)
        verbose_name = _("period")
        constraints = [
            models.CheckConstraint(
                condition=Q(number__range=(1, FINAL_ACCOUNT), code=F("year") * 100 + F("number")),
                name="led_period_code_ck",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"

    @property
    def label(self) -> str:
        """As a heading: "2026-10", "2026, final account"."""
        if self.number == FINAL_ACCOUNT:
            return gettext("%(year)s, final account") % {"year": self.year}
        return str(self)


class Closing(AppendOnlyModel):
    """A period closed: all its lines with seq ≤ `watermark`, hashed together with the closing before (of any
    period), so that no line of a closed month can be altered unnoticed. A reopened period is closed again
    with the next revision; the older ones stay answerable."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="closings", verbose_name=_("period"))
    revision = models.PositiveSmallIntegerField(_("revision"))  # 1, 2, …
    watermark = models.BigIntegerField(_("last line"))  # the largest seq that existed
    lines = models.PositiveIntegerField(_("lines"))
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64, unique=True)
    at = models.DateTimeField(_("closed"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("closed by"), max_length=150)
    remarks = models.JSONField(_("left open"), default=list)  # what the checklist said, [{code, count}]

    objects = ScopedQuerySet.as_manager()

    class Scope(scope.Scope):
        kind = "period"

    class Meta(AppendOnlyModel.Meta):
        db_table = "led_closing"
        ordering = ("-id",)
        verbose_name = _("closing")
        constraints = [
            models.UniqueConstraint(fields=["period", "revision"], name="led_closing_revision_uq"),
            models.UniqueConstraint(fields=["prev_hash"], name="led_closing_chain_uq"),  # no two follow one
        ]

    def __str__(self) -> str:
        return f"{self.period}/{self.revision}"


class Reopening(AppendOnlyModel):
    """A closed period opened again by two people, with the reason."""

    closing = models.OneToOneField(
        Closing, models.PROTECT, related_name="reopening", verbose_name=_("closing")
    )
    reason = models.CharField(_("reason"), max_length=500)
    by_id = models.BigIntegerField()
    by_name = models.CharField(_("asked by"), max_length=150)
    second_by_id = models.BigIntegerField()
    second_by_name = models.CharField(_("second signature"), max_length=150)
    at = models.DateTimeField(_("when"))

    objects = ScopedQuerySet.as_manager()

    class Scope(scope.Scope):
        kind = "period"

    class Meta(AppendOnlyModel.Meta):
        db_table = "led_reopening"
        ordering = ("-id",)
        verbose_name = _("reopening")
        constraints = [
            models.CheckConstraint(condition=~Q(by_id=F("second_by_id")), name="led_reopening_two_ck"),
            models.CheckConstraint(condition=~Q(reason=""), name="led_reopening_reason_ck"),
        ]

    def __str__(self) -> str:
        return str(self.closing)


@track("led_reopening_ask_event")
class ReopeningAsked(RowModel):
    """Somebody asks to open a closed period again; another person signs or refuses."""

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="asked", verbose_name=_("closing"))
    reason = models.CharField(_("reason"), max_length=500)
    by_id = models.BigIntegerField(editable=False)
    by_name = models.CharField(_("asked by"), max_length=150, editable=False)
    at = models.DateTimeField(_("asked"), editable=False)
    signed = models.BooleanField(_("signed"), null=True, editable=False)
    answered_name = models.CharField(_("answered by"), max_length=150, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    class Meta:
        db_table = "led_reopening_ask"
        ordering = ("-id",)
        verbose_name = _("request to reopen")
        constraints = [
            models.UniqueConstraint(
                fields=["closing"],
                condition=Q(answered_at=None, archived_at=None),
                name="led_reopening_ask_uq",
            )
        ]

    def __str__(self) -> str:
        return str(self.closing)


@track("led_terms_event")
class ClosingTerms(ScopedModel):
    """When months are cut off and years end, from a day on."""

    since = models.DateField(_("in force from"), unique=True)
    cut_off_day = models.PositiveSmallIntegerField(
        _("cut-off: day of the next month"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
    )
    final_month = models.PositiveSmallIntegerField(
        _("final account until: month of the next year"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    final_day = models.PositiveSmallIntegerField(
        _("and day"), default=20, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    by_itself = models.BooleanField(_("months are cut off by themselves"), default=True)

    class Scope(scope.Scope):
        kind = "period"

    class Meta:
        db_table = "led_terms"
        ordering = ("-since",)
        verbose_name = _("closing calendar")

    def __str__(self) -> str:
        return f"{self.since}"


class Facet(AppendOnlyModel):
    """What a line was like when it was posted: the dimensions by which measures filter. Found by its hash,
    so equal facets are one row. A later change of the project makes a new facet and new lines."""

    sha = models.CharField(max_length=64, unique=True)
    sector = models.CharField(_("sector"), max_length=9, choices=Sector.choices, blank=True)
    industry = models.CharField(_("industry"), max_length=4, blank=True)  # code of GB/T 4754
    source = models.CharField(_("source"), max_length=20, blank=True)  # how the lead came
    zone = models.CharField(_("zone"), max_length=20, choices=Zone.choices, blank=True)
    fund_source = models.CharField(_("source of funds"), max_length=20, blank=True)
    mode = models.CharField(_("mode"), max_length=20, choices=Mode.choices, blank=True)
    park = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("park"))

    class Meta(AppendOnlyModel.Meta):
        db_table = "led_facet"

    def __str__(self) -> str:
        return self.sha[:12]


class Posting(AppendOnlyModel):
    """One immutable line. `event` names what happened and makes posting twice impossible; the lines of one
    event and role add up to `whole` exactly."""

    seq = models.BigAutoField(primary_key=True)
    event = models.CharField(_("event"), max_length=120)
    line = models.PositiveSmallIntegerField(_("line"))
    subject_type = models.CharField(max_length=20)  # "lead", "project"
    subject_id = models.BigIntegerField()
    source_type = models.CharField(max_length=20)  # the row that caused it
    source_id = models.BigIntegerField()
    kind = models.CharField(_("what"), max_length=30, choices=Kind.choices)
    basis = models.CharField(_("basis"), max_length=12, blank=True)
    role = models.CharField(_("dimension"), max_length=12, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="postings", verbose_name=_("unit"))
    holder = models.CharField(_("person"), max_length=40, blank=True)  # "officer:7" in personal dimensions
    facet = models.ForeignKey(Facet, models.PROTECT, related_name="postings")
    share = models.DecimalField(_("share"), max_digits=9, decimal_places=8)
    qty = models.DecimalField(_("counted"), max_digits=24, decimal_places=8)
    whole = models.DecimalField(_("whole"), max_digits=24, decimal_places=8)  # of the event, before the split
    currency = models.CharField(_("currency"), max_length=3, blank=True)  # "" for counts
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8, null=True)
    base_qty = models.DecimalField(_("in yuan"), max_digits=24, decimal_places=8)  # pieces for counts
    occurred_on = models.DateField(_("happened on"))
    posted_in = models.ForeignKey(
        Period, models.PROTECT, related_name="postings", verbose_name=_("counted in")
    )
    posted_at = models.DateTimeField(_("posted"))
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices, default=Cause.NORMAL)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("takes back")
    )
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("entered by"), max_length=150)

    objects = ScopedQuerySet.as_manager()

    class Scope(scope.Scope):
        kind = "posting"
        path = "unit__path"

    class Meta(AppendOnlyModel.Meta):
        db_table = "led_posting"
        ordering = ("-seq",)
        verbose_name = _("posting")
        constraints = [
            models.UniqueConstraint(fields=["event", "line"], name="led_posting_event_uq"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="led_posting_share_ck"),
            models.CheckConstraint(
                condition=Q(currency="", rate__isnull=True) | Q(rate__gt=0), name="led_posting_rate_ck"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "role", "unit", "occurred_on"], name="led_posting_sum_ix"),
            models.Index(fields=["subject_type", "subject_id"], name="led_posting_subject_ix"),
            models.Index(fields=["posted_in", "kind"], name="led_posting_period_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.event}/{self.line}"
