"""Measures that are booked by a counting rule, in the windows of a key: what `assessments.booked` reads, by a clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.booked import returns, wanted
from assessments.measures.cells import HANDED_IN, Catalogue
from assessments.measures.keys import CUMULATIVE, MONTH, PERIOD, Asked, FactKey, code_of, last_day, settled
from assessments.models import Measure
from capital import counting
from capital.counting import KNOWN_NOW, Figure, Reading
from organizations.models import Unit
from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import subtract
from rules.periods import Month


@dataclass(slots=True)
class Booking:
    asked: Asked
    readings: dict[str, Reading] = field(default_factory=dict)  # by measure
    sums: dict[tuple[str, int, int], dict[int, Figure]] = field(default_factory=dict)  # measure, year, period
    handed_in: dict[tuple[int, int], bool] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)

    @classmethod
    def read(cls, keys: Collection[FactKey], measures: Catalogue, units: list[Unit], asked: Asked) -> Booking:
        """For each measure the queries of `capital.counting.read`, whatever the windows. Raises Refused (no_rule)."""
        found = cls(asked, units=units)
        for code in sorted({key.measure for key in keys}):
            through = KNOWN_NOW if asked.through >= KNOWN_NOW else asked.period
            found.readings[code] = counting.read(
                wanted(measures[code]),
                last_day(asked.data_through),
                through=through,
                watermark=asked.watermark,
                since_year=asked.data_through.year - 1,
            )
        months = {settled(key.window, asked)[1].data_through for key in keys}
        for month in months:
            states = returns(units, month)
            for unit in units:
                found.handed_in[unit.pk, month.year] = states.get(unit.pk) in HANDED_IN
        return found

    def fact(self, unit: Unit, key: FactKey, measure: Measure) -> Fact:
        """Zero only where the unit has lines or has handed in its return. What is cumulative isn't booked by a rule."""
        window, asked = settled(key.window, self.asked)
        if window == CUMULATIVE or key.filters:
            return Missing(MissingReason.NOT_APPLICABLE)
        month, reading = asked.data_through, self.readings[measure.code]
        ref = f"ledger:{measure.pk}:{reading.rule.version}:{asked.period}:{reading.watermark}"
        figure = self._at(measure.code, month.year, asked.period)[unit.pk]
        if not figure.lines and not self.handed_in.get((unit.pk, month.year)):
            return Missing(MissingReason.NOT_REPORTED, ref)
        less = Decimal(0)
        first = {MONTH: month, PERIOD: asked.first}.get(window)
        if first is not None and first.number > 1:
            begin = code_of(Month(month.year, first.number).previous())
            less = self._at(measure.code, month.year, begin)[unit.pk].own
        return Value(subtract(figure.own, less), measure.unit, ref)

    def _at(self, code: str, year: int, period: int) -> dict[int, Figure]:
        """The year to date of all units, up to a period."""
        if (code, year, period) not in self.sums:
            self.sums[code, year, period] = counting.figures(
                self.readings[code], self.units, period, year=year
            )
        return self.sums[code, year, period]
