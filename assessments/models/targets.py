"""Targets (DOMAIN §4): whose, of what, for which year, from which month on, and who said so."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.choices import QuartersIn, TargetKind
from common import scope
from common.changelog import track
from common.models import ImportBatch, ImportRow
from organizations.models import CompetitionGroup, Officer, Post, User

from .figures import SourcedFact

SPLIT = ("quarter_1", "quarter_2", "quarter_3", "quarter_4")
KEY = ("measure", "year", "kind", "holds_from")
CURRENT = Q(superseded_at__isnull=True)
FILLED = Q(**{f"{name}__isnull": False for name in SPLIT})
EMPTY = Q(**{f"{name}__isnull": True for name in SPLIT})
REST = F("quarter_2") + F("quarter_3") + F("quarter_4")


def _once(name: str, holder: str, **condition: object) -> models.UniqueConstraint:
    """One row in force for a holder, measure, year, kind and first month."""
    return models.UniqueConstraint(
        fields=[holder, *KEY], condition=CURRENT & Q(**condition), name=f"ast_target_{name}_uq"
    )


@track("ast_target_event")
class Target(SourcedFact):
    """A target of a year. It holds from a month on; a change inside the year is a row of its own, and so is a correction:
    nothing is overwritten.

    The holder is `post` or `officer` of `unit`, or else the unit itself. A `residual` one holds for each unit that has none
    of its own: each of the competition group, or, without a group, each below `unit`. Groups go before the rest.

    `value` and amounts by quarter are in yuan, dollars or pieces; shares by quarter in per cent of the year (100 for the
    whole). Without quarters the schedule of the scheme or the table holds. `composed` is read by
    assessments/targets/composed.py. `implied`: not printed, but derived from published amount and rate. It comes from a
    cell (`row`, `batch`, `ref`) or from a person (`entered_by`, `reason`, `document_no`).
    """

    row = models.ForeignKey(  # type: ignore[assignment]
        ImportRow, models.PROTECT, null=True, related_name="+", verbose_name=_("row")
    )
    batch = models.ForeignKey(  # type: ignore[assignment]
        ImportBatch, models.PROTECT, null=True, related_name="+", verbose_name=_("import")
    )
    ref = models.CharField(_("cell"), max_length=12, blank=True)
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("post")
    )
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("officer")
    )
    group = models.ForeignKey(
        CompetitionGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("competition group"),
    )
    residual = models.BooleanField(
        _("for those without a target"),
        default=False,
        help_text=_("It holds for each unit of the group, or each below the unit, that has none of its own."),
    )
    year = models.PositiveSmallIntegerField(_("year"))
    holds_from = models.PositiveSmallIntegerField(_("holds from month"), default=1)
    kind = models.CharField(_("kind"), max_length=8, choices=TargetKind.choices, default=TargetKind.FIRM)
    value = models.DecimalField(_("target"), max_digits=24, decimal_places=6)
    quarters_in = models.CharField(
        pgettext_lazy("target", "split by quarter"), max_length=8, choices=QuartersIn.choices, blank=True
    )
    quarter_1 = models.DecimalField(
        _("first quarter"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    quarter_2 = models.DecimalField(
        _("second quarter"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    quarter_3 = models.DecimalField(
        _("third quarter"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    quarter_4 = models.DecimalField(
        _("fourth quarter"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    composed = models.JSONField(_("made of"), null=True, blank=True, editable=False)
    implied = models.BooleanField(_("implied"), default=False)
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entered by")
    )
    entered_name = models.CharField(_("entered by"), max_length=150, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    document_no = models.CharField(_("document number"), max_length=100, blank=True)
    withdrawn_name = models.CharField(_("withdrawn by"), max_length=150, blank=True, editable=False)
    withdrawn_reason = models.CharField(
        _("reason of the withdrawal"), max_length=500, blank=True, editable=False
    )

    class Scope(scope.Scope):
        kind = "target"
        path = "unit__path"

    class Meta:
        db_table = "ast_target"
        ordering = ("-year", "measure__sort", "id")
        verbose_name = _("target")
        constraints = [
            _once("current", "unit", post=None, officer=None, residual=False),
            _once("post", "post", post__isnull=False),
            _once("officer", "officer", officer__isnull=False),
            _once("group", "group", group__isnull=False),
            _once("rest", "unit", group=None, residual=True),
            models.CheckConstraint(
                condition=Q(post=None, officer=None, group=None)
                | Q(post__isnull=False, officer=None, group=None, residual=False)
                | Q(post=None, officer__isnull=False, group=None, residual=False)
                | Q(post=None, officer=None, group__isnull=False, residual=True),
                name="ast_target_holder_ck",
                violation_error_message=_(
                    "A target has one holder: a unit, a post or a person, or the units of a group without one."
                ),
            ),
            models.CheckConstraint(
                condition=(Q(row__isnull=False, batch__isnull=False, entered_name="") & ~Q(ref=""))
                | (Q(row=None, batch=None, ref="") & ~Q(entered_name="")),
                name="ast_target_source_ck",
                violation_error_message=_("A target comes from an imported cell, or from a person."),
            ),
            models.CheckConstraint(
                condition=(Q(quarters_in="") & EMPTY)
                | (Q(quarters_in=QuartersIn.PERCENT) & FILLED & Q(quarter_1=Decimal(100) - REST))
                | (Q(quarters_in=QuartersIn.AMOUNT) & FILLED & Q(value=F("quarter_1") + REST)),
                name="ast_target_quarters_ck",
                violation_error_message=_(
                    "Four quarters add up: to 100 when they are shares in per cent, to the target when they are amounts."
                ),
            ),
            models.CheckConstraint(
                condition=EMPTY | Q(**{f"{name}__gte": 0 for name in SPLIT}), name="ast_target_split_ck"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="ast_target_value_ck"),
            models.CheckConstraint(condition=Q(holds_from__range=(1, 12)), name="ast_target_month_ck"),
        ]
        indexes = [models.Index(fields=["year", "measure"], name="ast_target_year_ix")]

    def __str__(self) -> str:
        return f"{self.holder} {self.measure} {self.year}"

    @property
    def holder(self) -> str:
        """Whose it is, in words."""
        if self.residual:
            whose = self.group.name if self.group else self.unit.label
            return str(_("others of %(name)s") % {"name": whose})
        return str(self.post or self.officer or self.unit)

    @property
    def quarters(self) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
        """As they were given (`quarters_in`): shares in per cent, or amounts."""
        first, second, third, fourth = self.quarter_1, self.quarter_2, self.quarter_3, self.quarter_4
        if first is None or second is None or third is None or fourth is None:
            return None
        return first, second, third, fourth
