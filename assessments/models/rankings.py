"""What is ranked how (a table), and what came out (runs, written once)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.choices import RankBy, RoundingMode, Scale, ScheduleKind, TargetKind, TieBreak
from common import scope
from common.changelog import track
from common.models import AppendOnlyModel, ScopedModel
from common.scope import ScopedQuerySet
from organizations.models import CompetitionGroup, Unit

from .figures import Measure


def rounding_field(label: Any) -> models.CharField:
    return models.CharField(label, max_length=8, choices=RoundingMode.choices, default=RoundingMode.HALF_UP)


def digits_field(label: Any, default: int = 2) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, default=default, validators=[MaxValueValidator(6)])


@track("ast_table_event")
class RankingTable(ScopedModel):
    """A ranking of one group by one measure. Everything that published tables differ in is a setting."""

    group = models.ForeignKey(
        CompetitionGroup, models.PROTECT, related_name="tables", verbose_name=_("group")
    )
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="tables", verbose_name=_("measure"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    rank_by = models.CharField(_("rank by"), max_length=12, choices=RankBy.choices, default=RankBy.RATE)
    tie_break = models.CharField(
        _("tie-breaker"), max_length=12, choices=TieBreak.choices, default=TieBreak.NONE, blank=True
    )
    tie_measure = models.ForeignKey(
        Measure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tie-breaking measure"),
    )
    rank_as_printed = models.BooleanField(_("compare values as printed"), default=False)
    target_kind = models.CharField(
        _("target"), max_length=8, choices=TargetKind.choices, default=TargetKind.FIRM
    )
    schedule = models.CharField(
        _("schedule"), max_length=10, choices=ScheduleKind.choices, default=ScheduleKind.LINEAR
    )
    quarters = models.JSONField(_("quarterly shares, in per cent"), default=list, blank=True)
    scale = models.CharField(_("shown in"), max_length=5, choices=Scale.choices, default=Scale.WAN)
    value_digits = digits_field(_("digits of amounts"))
    rate_digits = digits_field(_("digits of rates"))
    rate_rounding = rounding_field(_("rounding of rates"))
    points_digits = digits_field(_("digits of points"))
    points_rounding = rounding_field(_("rounding of points"))
    points_from_rounded = models.BooleanField(_("points from the printed rate"), default=False)
    growth_digits = digits_field(_("digits of growth"))
    reported_total = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit that carries the reported total"),
    )
    sort = models.PositiveIntegerField(_("order"), default=0)

    class Scope(scope.Scope):
        kind = "ranking_table"
        path = "group__owner__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(group__memberships__unit__path__startswith=grant.path)

    class Meta:
        db_table = "ast_ranking_table"
        ordering = ("group__sort", "sort", "code")
        verbose_name = _("ranking table")
        constraints = [
            models.CheckConstraint(
                condition=Q(tie_break="tie", tie_measure__isnull=False)
                | (~Q(tie_break="tie") & Q(tie_measure__isnull=True)),
                name="ast_table_tie_ck",
                violation_error_message=_(
                    "Name the tie-breaking measure exactly when the tie-breaker is another measure."
                ),
            ),
            models.CheckConstraint(condition=~Q(tie_measure=F("measure")), name="ast_table_tie_other_ck"),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.name}"

    def clean(self) -> None:
        shares = self.quarters if isinstance(self.quarters, list) else []
        if self.schedule == ScheduleKind.QUARTERLY:
            try:
                numbers = [Decimal(str(s)) for s in shares]
            except ArithmeticError:
                numbers = []
            if len(numbers) != 4 or any(n < 0 for n in numbers) or sum(numbers) != 100:
                raise ValidationError(
                    {"quarters": _("Give four shares that add up to 100, such as 15, 25, 30, 30.")}
                )


class RunScope(scope.Scope):
    """Who runs the group sees every run; its members see published ones."""

    kind = "ranking_run"
    path = "table__group__owner__path"

    @staticmethod
    def members(grant: Any) -> Q:
        return Q(table__group__memberships__unit__path__startswith=grant.path, publication__isnull=False)


class RankingRun(AppendOnlyModel):
    """A table computed for a month. Keyed by its inputs: the same inputs give the same run again."""

    table = models.ForeignKey(RankingTable, models.PROTECT, related_name="runs", verbose_name=_("table"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    data_through = models.PositiveSmallIntegerField(_("data through month"))
    number = models.PositiveIntegerField(_("number"))  # 1, 2, … for each table and month
    input_hash = models.CharField(max_length=64)
    inputs = models.JSONField(default=dict)  # rule and lines, canonical: replays to the same document
    document = models.JSONField(default=dict)  # totals, progress and traces
    computed_at = models.DateTimeField(_("computed"))
    actor_name = models.CharField(_("computed by"), max_length=150)

    objects = ScopedQuerySet.as_manager()
    Scope = RunScope

    class Meta(AppendOnlyModel.Meta):
        db_table = "ast_run"
        ordering = ("-year", "-month", "-id")
        verbose_name = _("ranking")
        constraints = [
            models.UniqueConstraint(fields=["table", "year", "month", "number"], name="ast_run_number_uq"),
            models.CheckConstraint(
                condition=Q(month__range=(1, 12), data_through__range=(1, 12), data_through__lte=F("month")),
                name="ast_run_month_ck",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.year}-{self.month:02d}"


class RankingLine(AppendOnlyModel):
    """A unit's line in a run, with the name it had then and every cell's trace."""

    run = models.ForeignKey(RankingRun, models.PROTECT, related_name="lines")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit_name = models.CharField(max_length=100)
    position = models.PositiveIntegerField()  # place in the printed list, 1 …
    rank = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=14)
    target = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    done = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    completion = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    points = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    growth = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    document = models.JSONField(default=dict)  # cells, ranks, traces, comparisons, sources

    class Meta(AppendOnlyModel.Meta):
        db_table = "ast_line"
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["run", "unit"], name="ast_line_unit_uq")]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.rank or '—'}"


class RunPublication(AppendOnlyModel):
    """A run becomes the published one, with who and when. A later one of the same month replaces it on pages."""

    run = models.OneToOneField(RankingRun, models.PROTECT, related_name="publication")
    at = models.DateTimeField(_("published"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("published by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "ast_publication"

    def __str__(self) -> str:
        return f"{self.run} {self.at:%Y-%m-%d}"
