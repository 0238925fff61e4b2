"""Reads for rankings: the facts of a group in a month, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from assessments.booked import Booked, code_of, has_lines, is_booked, last_day
from assessments.choices import FigureSource, FigureState, MeasureUnit, Nature, Span
from assessments.measures.given import Given
from assessments.measures.keys import MONTH, YEAR_BEFORE, YEAR_TO_DATE, Asked, FactKey
from assessments.measures.reading import Facts, reporting
from assessments.models import ImportedFigure, Measure, RankingTable
from assessments.rankings import Document, line_document, rule_document, text
from assessments.targets.reading import Held, targets
from ledger.models import Posting
from organizations.models import CompetitionGroup, GroupMembership, Unit
from organizations.selectors import members_on
from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import add, ratio, subtract
from rules.periods import Month
from rules.ranking import LineInput, ReturnState

WHY = "a ranking reads the figures of its whole group; its page goes through its own scope"
STATES = {
    FigureState.FILED: ReturnState.FILED,
    FigureState.NIL: ReturnState.NIL,
    FigureState.NOT_REPORTED: ReturnState.MISSING,
}


@dataclass(slots=True)
class Figures:
    """Current figures and targets of some units and measures, in memory."""

    figures: dict[tuple[int, int, int, int, str], ImportedFigure] = field(default_factory=dict)
    targets: dict[tuple[int, str], Held] = field(default_factory=dict)
    reporting: set[tuple[int, int, int]] = field(
        default_factory=set
    )  # (unit, year, month) with any figure at all
    booked: Booked = field(default_factory=Booked)  # recognised capital by a counting rule
    given: Given = field(default_factory=Given)  # what people entered
    counted: dict[tuple[int, str, Month, str], Fact] = field(default_factory=dict)  # by a definition

    @classmethod
    def read(
        cls,
        units: Iterable[Unit],
        measures: Iterable[Measure],
        through: Month,
        target_kind: str,
        month: Month | None = None,
    ) -> Figures:
        """Figures up to the last month of the data, targets as they hold in `month` (the same one, if not given)."""
        units, measures = list(units), list(measures)
        found = cls(booked=Booked.read(units, measures, through))
        ids, counted = [unit.pk for unit in units], [measure.pk for measure in measures]
        rows = ImportedFigure.objects.unscoped(reason=WHY).filter(
            unit_id__in=ids,
            measure_id__in=counted,
            year__in=(through.year - 1, through.year),
            superseded_at=None,
        )
        found.given = Given.read(ids, counted, (through.year - 1, through.year))
        found._count(units, measures, through)
        for row in rows:
            found.figures[row.unit_id, row.measure_id, row.year, row.month, row.span] = row
        at = month or through
        held = targets(units, measures, at.year, at.number, (target_kind,))
        found.targets = {(unit, measure): one for (unit, measure, _kind), one in held.items()}
        found.reporting = reporting(ids, (through.year,))
        return found

    def _count(self, units: list[Unit], measures: list[Measure], month: Month) -> None:
        """What the books say by a definition: the month, the year to it, and the same of the last year."""
        windows = {YEAR_TO_DATE: (month, Span.YEAR_TO_DATE), MONTH: (month, Span.MONTH)}
        windows[YEAR_BEFORE] = (month.same_last_year(), Span.YEAR_TO_DATE)
        codes = [measure.code for measure in measures if measure.source == FigureSource.COUNTED]
        if not codes:
            return
        keys = [FactKey(code, (), window) for code in codes for window in windows]
        facts = Facts.read(keys, units, Asked.month(month))
        for unit in units:
            for key in keys:
                at, span = windows[key.window]
                self.counted[unit.pk, key.measure, at, span] = facts.from_books(unit, key)

    def at(
        self, unit: int, measure: Measure, month: Month, span: str = Span.YEAR_TO_DATE
    ) -> ImportedFigure | None:
        return self.figures.get((unit, measure.pk, month.year, month.number, span))

    def year_to_date(self, unit: int, measure: Measure, month: Month) -> Fact:
        """The figure up to a month; else the sum of its months when every one of them is there; else what the books
        count. A confirmer's figure wins over the books, and the two are never added."""
        if row := self.at(unit, measure, month):
            return fact(row, measure)
        months = [
            self.at(unit, measure, Month(month.year, n), Span.MONTH) for n in range(1, month.number + 1)
        ]
        if all(months):
            facts = [fact(m, measure) for m in months if m]
            values = [f for f in facts if isinstance(f, Value)]
            if len(values) == len(facts):
                return Value(
                    add(v.amount for v in values), measure.unit, ",".join(v.ref or "" for v in values)
                )
        if entered := self.given.at(unit, measure.pk, month):
            return Value(entered[0], measure.unit, entered[1])
        if is_booked(measure):
            return self.booked.year_to_date(unit, measure, month)
        if measure.source == FigureSource.COUNTED:
            return self.counted.get(
                (unit, measure.code, month, Span.YEAR_TO_DATE), Missing(MissingReason.NOT_IN_TABLE)
            )
        filed = (unit, month.year, month.number) in self.reporting
        return Missing(MissingReason.NOT_IN_TABLE if filed else MissingReason.NOT_REPORTED)

    def in_month(self, unit: int, measure: Measure, month: Month) -> Fact:
        """The month's own figure: as filed, or this year to date less the month before's, both from one source."""
        if row := self.at(unit, measure, month, Span.MONTH):
            return fact(row, measure)
        if entered := self.given.at(unit, measure.pk, month, Span.MONTH):
            return Value(entered[0], measure.unit, entered[1])
        now = self.at(unit, measure, month)
        if now is None and is_booked(measure):
            return self.booked.in_month(unit, measure, month)
        if now is None and measure.source == FigureSource.COUNTED:
            return self.counted.get(
                (unit, measure.code, month, Span.MONTH), Missing(MissingReason.NOT_IN_TABLE)
            )
        if now is None or now.value is None:
            return Missing(MissingReason.NOT_REPORTED)
        if month.number == 1:
            return fact(now, measure)
        before = self.at(unit, measure, month.previous())
        if before is None or before.value is None:
            return Missing(MissingReason.NOT_APPLICABLE)
        return Value(subtract(now.value, before.value), measure.unit, f"figure:{now.pk},figure:{before.pk}")

    def target(self, unit: int, measure: Measure) -> Held | None:
        """The target that holds in the month that was asked for."""
        return self.targets.get((unit, measure.code))


def fact(row: ImportedFigure, measure: Measure) -> Fact:
    """A figure as a fact with its source; a missing return is a reason, never zero."""
    ref = f"figure:{row.pk}"
    if row.value is None:
        late = row.state == FigureState.NOT_REPORTED
        return Missing(MissingReason.NOT_REPORTED if late else MissingReason.NOT_APPLICABLE, ref)
    return Value(row.value, measure.unit, ref)


def measure_fact(figures: Figures, unit: int, measure: Measure, month: Month) -> Fact:
    """Year to date of a measure; a ratio is worked out from its two parts, in per cent, unrounded."""
    if measure.nature != Nature.RATIO or measure.numerator is None:
        return figures.year_to_date(unit, measure, month)
    assert measure.numerator
    assert measure.denominator
    part = figures.year_to_date(unit, measure.numerator, month)
    whole = figures.year_to_date(unit, measure.denominator, month)
    for one in (part, whole):
        if isinstance(one, Missing):
            return one
    assert isinstance(part, Value)
    assert isinstance(whole, Value)
    refs = f"{part.ref},{whole.ref}"
    if whole.amount == 0:
        return Missing(MissingReason.ZERO_BASE, refs)
    return Value(ratio(part.amount, whole.amount, Decimal(100)), MeasureUnit.PERCENT, refs)


def needed(table: RankingTable) -> list[Measure]:
    """All measures that a table reads."""
    found = [table.measure]
    for one in (table.measure, table.tie_measure):
        if one is not None:
            found += [m for m in (one, one.numerator, one.denominator) if m is not None]
    return list({m.pk: m for m in found}.values())


def gather(table: RankingTable, month: Month, data_through: Month | None = None) -> Document:
    """The inputs of a run: the table's rule, a line for each member, the reported total. Fixed query count."""
    through = data_through or month
    members: list[GroupMembership] = list(members_on(table.group, last_day(month)))
    units = [m.unit for m in members]
    if table.reported_total is not None:
        units.append(table.reported_total)
    measures = needed(table)
    figures = Figures.read(units, measures, through, table.target_kind, month)

    def line(unit: Unit, *, ranked: bool, in_total: bool) -> Document:
        return _line(table, unit, figures, month, through, ranked=ranked, in_total=in_total)

    inputs = {
        "schema": 1,
        "table": table.code,
        "measure": table.measure.code,
        "unit": table.measure.unit,
        "rule": rule_document(table, month, through),
        "lines": [line(m.unit, ranked=m.ranked, in_total=m.in_total) for m in members],
        "reported": line(table.reported_total, ranked=False, in_total=False)
        if table.reported_total
        else None,
    }
    if figures.booked.readings:
        inputs["ledger"] = figures.booked.document({m.pk: m for m in measures})
    return inputs


def _line(
    table: RankingTable,
    unit: Unit,
    figures: Figures,
    month: Month,
    through: Month,
    *,
    ranked: bool,
    in_total: bool,
) -> Document:
    measure = table.measure
    facts: dict[str, Fact] = {"done": measure_fact(figures, unit.pk, measure, through)}
    published: dict[str, Any] = {}
    quanta: dict[str, Decimal] = {}
    implied = False
    own = measure if measure.nature != Nature.RATIO else None
    row = figures.at(unit.pk, own, through) if own else None
    if own is not None:
        facts["month"] = figures.in_month(unit.pk, own, through)
        before = figures.year_to_date(unit.pk, own, through.same_last_year())
        if isinstance(before, Value):
            facts["before"] = before
        if row is not None:
            published = {**row.published}
            quanta["done"] = row.quantum
            if "growth" in published and "before" not in facts and row.value is not None:
                facts["growth"] = Value(
                    Decimal(published.pop("growth")["value"]), MeasureUnit.PERCENT, f"figure:{row.pk}"
                )
        # The target of the circular's month counts, also where the data end earlier.
        if target := figures.target(unit.pk, own):
            facts["target"] = Value(target.value, measure.unit, target.ref)
            quanta["target"] = target.quantum
            implied = target.implied
    elif measure.numerator and measure.denominator:
        facts["numerator"] = figures.year_to_date(unit.pk, measure.numerator, through)
        facts["denominator"] = figures.year_to_date(unit.pk, measure.denominator, through)
    part = figures.at(unit.pk, measure.numerator, through) if measure.numerator else None
    if part and "rate" in part.published:
        published = {"rate": part.published["rate"], "of": "done"}
    if table.tie_measure is not None:
        facts["tie"] = measure_fact(figures, unit.pk, table.tie_measure, through)
    state = ReturnState.FILED
    if row is not None:
        state = STATES.get(FigureState(row.state), ReturnState.FILED)
    elif own is not None and is_booked(own) and unit.pk in figures.booked.returns:
        state = figures.booked.returns[unit.pk]
    elif isinstance(facts["done"], Missing) and facts["done"].reason is MissingReason.NOT_REPORTED:
        state = ReturnState.MISSING
    comparable = measure.defined_since is None or measure.defined_since < through.year
    one = LineInput(unit.code, table.group.code, ranked, facts, state, in_total, comparable)
    document = {**line_document(one, unit.label, published, quanta), "implied": implied}
    if own is not None and is_booked(own):
        document["booked"] = _booked(figures, unit, own, through, confirmed=row)
    return document


def _booked(
    figures: Figures, unit: Unit, measure: Measure, month: Month, *, confirmed: ImportedFigure | None
) -> Document:
    """What the books say of a line. Where a confirmer's figure was taken instead, the difference to the sum of the
    rows is a line of its own (DOMAIN §3)."""
    figure = figures.booked.sums[unit.pk, measure.pk, month]
    found = {
        "own": text(figure.own),
        "prior": text(figure.prior),
        "projects": figure.projects,
        "ref": figures.booked.ref(measure, month),
    }
    if confirmed is not None and confirmed.value is not None:
        found["confirmed"] = text(confirmed.value)
        found["difference"] = text(subtract(confirmed.value, figure.own))
    return found


def unit_ids(codes: Iterable[str]) -> Mapping[str, int]:
    """Unit codes → ids, for storing lines."""
    rows = Unit.objects.unscoped(reason=WHY).filter(code__in=list(codes)).values_list("code", "pk")
    return dict(rows)


def has_figures(table: RankingTable, month: Month) -> bool:
    """Whether anything was filed or said for a table's members in a month: else there is nothing to rank."""
    measures, members = needed(table), members_on(table.group, last_day(month))
    paths = members.values_list("unit__path", flat=True)
    if any(is_booked(measure) for measure in measures) and has_lines(paths, month):
        return True
    if any(measure.source == FigureSource.COUNTED for measure in measures) and _posted(paths, month):
        return True
    rows = ImportedFigure.objects.unscoped(reason=WHY).filter(
        unit_id__in=members.values("unit_id"), measure__in=measures, year=month.year, month=month.number,
        superseded_at=None,
    )  # fmt: skip
    return rows.exists()


def _posted(paths: Iterable[str], month: Month) -> bool:
    """Whether anything at all was posted in a month for units or those below them."""
    near = Q(pk__in=())
    for path in paths:
        near |= Q(unit__path__startswith=path)
    return Posting.objects.unscoped(reason=WHY).filter(near, posted_in=code_of(month)).exists()


def group_for(units: Collection[int], measures: Collection[str], month: Month) -> CompetitionGroup | None:
    """The group that ranks most of these units by one of these measures at the end of a month; None: no group does."""
    member = Q(
        memberships__unit__in=units,
        memberships__archived_at=None,
        memberships__valid__contains=last_day(month),
    )
    rows = CompetitionGroup.objects.unscoped(reason="where an import's figures are ranked")
    ranking = rows.filter(
        member, archived_at=None, tables__archived_at=None, tables__measure__code__in=measures
    )
    return ranking.annotate(n=Count("memberships__unit", distinct=True)).order_by("-n", "pk").first()
