"""Figures of measures that are counted from the books: recognised capital in place by a counting rule
(docs/algorithms/counting.md, DOMAIN §3, §4). Imported figures stand beside them in `assessments/selectors.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from assessments.choices import FigureSource, MeasureUnit
from assessments.models import Measure
from capital import counting
from capital.choices import ReturnState as Return
from capital.counting import Figure, Reading, Wanted
from capital.models import MonthlyReturn, ReportingDuty
from ledger import terms
from ledger.choices import Kind
from ledger.models import Posting
from organizations.models import Unit
from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import subtract
from rules.periods import Month
from rules.ranking import ReturnState

WHY = "a ranking reads the returns of its whole group; its page goes through its own scope"
Key = tuple[int, int, Month]  # unit, measure, month


def code_of(month: Month) -> int:
    """The period of a month in the books."""
    return month.year * 100 + month.number


def last_day(month: Month) -> date:
    return terms.last_day(code_of(month))


def currency_of(measure: Measure) -> str:
    """In which currency lines are summed: a measure in dollars counts only lines in dollars; "" is yuan."""
    return "USD" if measure.unit == MeasureUnit.USD else ""


def wanted(measure: Measure) -> Wanted:
    """What a measure counts now."""
    return Wanted(
        basis=measure.basis,
        state=measure.level,
        rule_code=measure.rule_code,
        currency=currency_of(measure),
        role=measure.role,
    )


def is_booked(measure: Measure) -> bool:
    return measure.source == FigureSource.LEDGER


@dataclass(slots=True)
class Booked:
    """Year to date by unit, measure and month, and who has handed in the month's return."""

    readings: dict[int, Reading] = field(default_factory=dict)  # by measure
    sums: dict[Key, Figure] = field(default_factory=dict)
    returns: dict[int, ReturnState] = field(default_factory=dict)  # by unit; none without a duty and a return
    year: int = 0

    @classmethod
    def read(cls, units: Iterable[Unit], measures: Iterable[Measure], through: Month) -> Booked:
        """The month, the one before it and the same month of the last year. Raises Refused (no_rule)."""
        found, units = cls(year=through.year), list(units)
        for measure in measures:
            if is_booked(measure):
                found._count(units, measure, through)
        if found.readings:
            found.returns = returns(units, through)
        return found

    def _count(self, units: list[Unit], measure: Measure, through: Month) -> None:
        reading = counting.read(
            wanted(measure), last_day(through), through=code_of(through), since_year=through.year - 1
        )
        self.readings[measure.pk] = reading
        months = [through, through.same_last_year()]
        months += [through.previous()] if through.number > 1 else []
        for month in months:
            for unit, figure in counting.figures(reading, units, code_of(month), year=month.year).items():
                self.sums[unit, measure.pk, month] = figure

    def year_to_date(self, unit: int, measure: Measure, month: Month) -> Fact:
        """What counts up to a month; zero only where the unit has lines, or has handed in a return."""
        figure = self.sums.get((unit, measure.pk, month))
        if figure is None:
            return Missing(MissingReason.NOT_IN_TABLE)
        handed_in = month.year == self.year and self.returns.get(unit) in (ReturnState.FILED, ReturnState.NIL)
        if figure.lines or handed_in:
            return Value(figure.own, measure.unit, self.ref(measure, month))
        return Missing(MissingReason.NOT_REPORTED)

    def in_month(self, unit: int, measure: Measure, month: Month) -> Fact:
        """The year to date less that of the month before."""
        now = self.year_to_date(unit, measure, month)
        before = self.sums.get((unit, measure.pk, month.previous())) if month.number > 1 else None
        if not isinstance(now, Value) or before is None:
            return now
        return Value(subtract(now.amount, before.own), measure.unit, now.ref)

    def ref(self, measure: Measure, month: Month) -> str:
        """Where the figure can be read again: measure, rule and version, period, last line."""
        reading = self.readings[measure.pk]
        return f"ledger:{measure.pk}:{reading.rule.version}:{code_of(month)}:{reading.watermark}"

    def document(self, measures: Mapping[int, Measure]) -> dict[str, Any]:
        """What was read, for a run's inputs: enough to read it again by the same clock."""
        return {
            measures[pk].code: {
                "rule": reading.rule.version,
                "sha256": reading.sha256,
                "basis": reading.wanted.basis,
                "state": str(reading.wanted.state),
                "role": str(reading.wanted.role),
                "watermark": reading.watermark,
                "excluded": {str(key): day.isoformat() for key, day in sorted(reading.excluded.items())},
            }
            for pk, reading in sorted(self.readings.items())
        }


def returns(units: Iterable[Unit], month: Month) -> dict[int, ReturnState]:
    """Who has handed in the month's return. A unit without a duty of its own is what those below it are: filed when
    one of them filed, nil when all who handed in had nothing, missing when nobody handed in.

    Three queries at most; a unit without any duty and any return has no entry.
    """
    units, day = list(units), last_day(month)
    duties = ReportingDuty.objects.unscoped(reason=WHY).filter(archived_at=None, since__lte=day)
    bound = {
        path: until is None or until >= day
        for path, until in duties.order_by("since").values_list("unit__path", "until")
    }
    filed = MonthlyReturn.objects.unscoped(reason=WHY).filter(period=code_of(month))
    states = {path: Return(state) for path, state in filed.values_list("unit__path", "state")}
    found = {}
    for unit in units:
        own = unit.path if unit.path in states or bound.get(unit.path) else ""
        paths = {own} if own else {p for p in {*bound, *states} if p.startswith(unit.path)}
        expected = {path for path in paths if path in states or bound.get(path)}
        if not expected:
            continue
        given = {states[path] for path in expected if path in states}
        if Return.FILED in given:
            found[unit.pk] = ReturnState.FILED
        else:
            found[unit.pk] = ReturnState.NIL if given else ReturnState.MISSING
    return found


def has_lines(paths: Iterable[str], month: Month) -> bool:
    """Whether anything was reported in a month for units or those below them (`paths` are theirs), by an entry or a
    return that says "nothing"."""
    near = Q(pk__in=())
    for path in paths:
        near |= Q(unit__path__startswith=path)
    if MonthlyReturn.objects.unscoped(reason=WHY).filter(near, period=code_of(month)).exists():
        return True
    capital = (Kind.CAPITAL_REPORTED, Kind.CAPITAL_PRELIMINARY, Kind.CAPITAL_RECOGNISED)
    lines = Posting.objects.unscoped(reason=WHY).filter(near, kind__in=capital, posted_in=code_of(month))
    return lines.exists()
