"""Facts of measures, whatever their source (docs/measures.md): a confirmer's imported figure wins over one that was
entered, and that over the books (DOMAIN §3). They are never added; what the books say is readable beside."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.booked import currency_of, wanted
from assessments.choices import FigureSource, FigureState, MeasureUnit
from assessments.measures import derived
from assessments.measures.booking import Booking
from assessments.measures.cells import Books, Catalogue, Cells, catalogue
from assessments.measures.given import Given
from assessments.measures.keys import (
    Asked,
    FactKey,
    code_of,
    settled,
)
from assessments.measures.windows import Stored
from assessments.models import ImportedFigure, Measure
from organizations.models import Unit
from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import subtract
from rules.periods import Month

WHY = "facts of the units asked for; pages show figures in their own scope"


def facts(keys: Iterable[FactKey], units: Iterable[Unit], asked: Asked) -> Cells:
    """{(unit id, key): fact}, for every unit and every key. `Value.ref` names where it came from: "figure:12",
    "given:3", "ledger:…", "cells:<measure>:<period>:<line>". A fixed number of queries for the measures that are
    imported, given and counted, and a few for each that is booked by a counting rule. Raises KeyError for an unknown
    measure, ValueError for filters that don't fit, Refused (no_rule)."""
    return Facts.read(keys, units, asked).all()


def beside(keys: Iterable[FactKey], units: Iterable[Unit], asked: Asked) -> dict[tuple[int, FactKey], Beside]:
    """What the books say where another figure was taken, and the difference, which is a line of its own."""
    read = Facts.read(keys, units, asked)
    found = {}
    for unit in read.units:
        for key in read.keys:
            taken, books = read.fact(unit, key), read.from_books(unit, key)
            if isinstance(taken, Value) and isinstance(books, Value) and taken.ref != books.ref:
                found[unit.pk, key] = Beside(taken, books, subtract(taken.amount, books.amount))
    return found


@dataclass(frozen=True, slots=True)
class Beside:
    """`difference`: what was taken, less what the books have."""

    taken: Value
    books: Value
    difference: Decimal


@dataclass(slots=True)
class Facts:
    """Everything that some keys ask for, in memory."""

    keys: list[FactKey]
    units: list[Unit]
    asked: Asked
    measures: Catalogue
    figures: dict[tuple[int, int, int, int, str], ImportedFigure]
    given: Given
    books: Books
    booking: Booking
    sent: set[int] = field(default_factory=set)  # measures with imported figures
    entered: set[int] = field(default_factory=set)  # measures with given ones
    filed: set[tuple[int, int, int]] = field(default_factory=set)  # unit, year, month with any figure at all

    @classmethod
    def read(cls, keys: Iterable[FactKey], units: Iterable[Unit], asked: Asked) -> Facts:
        measures, units = catalogue(), list(units)
        keys = list(dict.fromkeys(keys))
        every = closure(keys, measures, asked)
        used = {measures[key.measure] for key in every}
        ids, years = [unit.pk for unit in units], _years(every, asked)
        rows = ImportedFigure.objects.unscoped(reason=WHY).filter(
            unit__in=ids, measure__in=used, year__in=years, superseded_at=None
        )
        figures = {(row.unit_id, row.measure_id, row.year, row.month, row.span): row for row in rows}
        counted = [key for key in every if measures[key.measure].source == FigureSource.COUNTED]
        booked = [key for key in every if measures[key.measure].source == FigureSource.LEDGER]
        given = Given.read(ids, [measure.pk for measure in used], years)
        return cls(
            keys,
            units,
            asked,
            measures,
            figures,
            given,
            Books.read(counted, measures, units, asked),
            Booking.read(booked, measures, units, asked),
            {at[1] for at in figures},
            {at[1] for at in given.rows},
            {(at[0], at[2], at[3]) for at in figures},
        )

    def all(self) -> Cells:
        found: Cells = {}
        for key in self.keys:
            measure = self.measures[key.measure].pk
            if key in self.books.parts and measure not in self.sent | self.entered:
                found |= self.books.column(key, self.units, self.fact)
            else:
                found |= {(unit.pk, key): self.fact(unit, key) for unit in self.units}
        return found

    def fact(self, unit: Unit, key: FactKey) -> Fact:
        """By precedence of the sources."""
        measure = self.measures[key.measure]
        if measure.pk in self.sent and not key.filters and (found := self._imported(unit, key, measure)):
            return found
        if measure.pk in self.entered and (found := self._given(unit, key, measure)):
            return found
        return self.from_books(unit, key)

    def from_books(self, unit: Unit, key: FactKey) -> Fact:
        measure = self.measures[key.measure]
        if key in self.books.parts:
            return self.books.fact(unit, key, self.fact)
        if measure.source == FigureSource.LEDGER:
            return self.booking.fact(unit, key, measure)
        if measure.numerator and measure.denominator:
            parts = [self.fact(unit, one) for one in _parts(measure, key)]
            refs = ",".join(one.ref or "" for one in parts)
            return derived.worked_out("percent", parts, str(MeasureUnit.PERCENT), refs)
        _window, asked = settled(key.window, self.asked)
        month = asked.data_through
        late = (unit.pk, month.year, month.number) not in self.filed
        return Missing(MissingReason.NOT_REPORTED if late else MissingReason.NOT_IN_TABLE)

    # -- imported

    def _imported(self, unit: Unit, key: FactKey, measure: Measure) -> Fact | None:
        """A confirmer's figure; None where there is none of the window."""
        window, asked = settled(key.window, self.asked)
        stored = Stored(measure, lambda month, span: self._at(unit, measure, month, span))
        return stored.of(window, asked)

    def _at(self, unit: Unit, measure: Measure, month: Month, span: str) -> Fact | None:
        row = self.figures.get((unit.pk, measure.pk, month.year, month.number, span))
        if row is None:
            return None
        ref = f"figure:{row.pk}"
        if row.value is None:
            late = row.state == FigureState.NOT_REPORTED
            return Missing(MissingReason.NOT_REPORTED if late else MissingReason.NOT_APPLICABLE, ref)
        return Value(row.value, measure.unit, ref)

    # -- entered by people

    def _given(self, unit: Unit, key: FactKey, measure: Measure) -> Fact | None:
        if any(name != "giver" for name, _values in key.filters):
            return None
        window, asked = settled(key.window, self.asked)
        giver = next((values[0] for name, values in key.filters if name == "giver"), "")

        def at(month: Month, span: str) -> Fact | None:
            found = self.given.at(unit.pk, measure.pk, month, span, giver)
            return Value(found[0], measure.unit, found[1]) if found else None

        return Stored(measure, at).of(window, asked)


def closure(keys: Iterable[FactKey], measures: Catalogue, asked: Asked) -> list[FactKey]:
    """The keys, and those of the measures that they are worked out of."""
    from assessments.measures.cells import Made, compiled

    found: dict[FactKey, None] = {}
    waiting = list(keys)
    while waiting:
        key = waiting.pop(0)
        if key in found:
            continue
        found[key] = None
        part = compiled(key, measures, asked)
        if isinstance(part, Made):
            waiting += [one for one in part.operands if isinstance(one, FactKey)]
        elif part is None:
            waiting += _parts(measures[key.measure], key)
    return list(found)


def _parts(measure: Measure, key: FactKey) -> list[FactKey]:
    """Numerator and denominator of a ratio of two measures."""
    if not (measure.numerator and measure.denominator):
        return []
    return [FactKey(one.code, (), key.window) for one in (measure.numerator, measure.denominator)]


def _years(keys: Collection[FactKey], asked: Asked) -> set[int]:
    return {settled(key.window, asked)[1].data_through.year for key in keys}


__all__ = ["Beside", "Facts", "beside", "closure", "code_of", "currency_of", "facts", "wanted"]
