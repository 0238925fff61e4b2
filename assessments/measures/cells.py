"""Figures that are counted from the books, as facts (docs/measures.md, docs/algorithms/measures.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assessments.booked import returns
from assessments.choices import FigureSource
from assessments.measures import derived
from assessments.measures.base import REGISTRY, Base, Derived, Operand
from assessments.measures.filters import Filters, plain, read
from assessments.measures.keys import CUMULATIVE, Asked, FactKey, before, settled
from assessments.measures.passing import Sums, sums
from assessments.measures.seeking import Sought
from assessments.models import Measure
from capital.counting import level_of
from organizations.models import Unit
from rules.facts import Fact, Missing, MissingReason, Value
from rules.ranking import ReturnState

WHY = "the catalogue of measures is the same for everybody"
HANDED_IN = (ReturnState.FILED, ReturnState.NIL)
Catalogue = Mapping[str, Measure]
Cells = dict[tuple[int, FactKey], Fact]


@dataclass(frozen=True, slots=True)
class Made:
    """A figure that is worked out: the formula, and the operands, each sought in the books or asked by its own key."""

    formula: str
    unit: str
    operands: tuple[Sought | FactKey, ...]
    zero: MissingReason = MissingReason.ZERO_BASE
    comparable: bool = True
    of: str = ""
    schedule: tuple[Decimal, ...] = ()


Compiled = Sought | Made


def catalogue() -> Catalogue:
    """Every measure by its code, in one query; archived ones too, for what was asked with them."""
    rows = Measure.objects.unscoped(reason=WHY).select_related("of_measure", "numerator", "denominator")
    return {row.code: row for row in rows}


def compiled(key: FactKey, measures: Catalogue, asked: Asked) -> Compiled | None:
    """What a key asks of the books; None where its measure isn't counted from them. KeyError for an unknown measure,
    ValueError for filters that don't fit (`assessments.measures.catalogue` says so before)."""
    measure = measures[key.measure]
    if measure.source != FigureSource.COUNTED:
        return None
    base = REGISTRY[measure.base]
    filters, problems = read({**measure.filters, **dict(key.filters)}, base.allowed)
    if problems:
        raise ValueError(f"{key.measure}: {problems[0].path} {problems[0].code} {problems[0].value}")
    if isinstance(base, Base):
        return Sought(base.code, filters, key.window, measure.role, measure.credit)
    if base.of_measure:
        return _of_measure(key, measure, base, filters, asked)
    given = {**plain(measure.filters), **dict(key.filters)}
    operands = base.instead if filters.whose == "any" else base.operands
    cohort = "whose" in base.allowed and filters.whose != "any"
    zero = MissingReason.NO_COHORT if cohort else MissingReason.ZERO_BASE
    return Made(
        base.formula,
        base.unit,
        tuple(_operand(one, given, key.window, measure) for one in operands),
        MissingReason.NO_LAND if base.formula == "quotient" else zero,
    )


def _operand(one: Operand, given: Mapping[str, Any], window: str, measure: Measure) -> Sought:
    definition = REGISTRY[one.base]
    passes = definition.allowed if one.passes is None else one.passes & definition.allowed
    own = {name: value for name, value in given.items() if name in passes}
    said = {**one.filters}
    if "stages" in said and "stages" in given:
        said.pop("stages")  # what counts as fulfilled here
    elif "stages" not in said and "whose" in REGISTRY[measure.base].allowed:
        own.pop("stages", None)  # it says what success is, not who is looked at
    filters, _problems = read({**own, **said})
    if one.window:
        window = before(CUMULATIVE) if window.endswith("before") else one.window
    return Sought(one.base, filters, window, measure.role, measure.credit)


def _of_measure(key: FactKey, measure: Measure, base: Derived, filters: Filters, asked: Asked) -> Made:
    of = measure.of_measure
    assert of is not None
    keys = [FactKey(of.code, (), key.window)]
    if base.formula == "growth":
        keys.append(FactKey(of.code, (), before(key.window)))
    year = settled(key.window, asked)[1].data_through.year
    comparable = of.defined_since is None or of.defined_since < year
    return Made(
        base.formula,
        base.unit,
        tuple(keys),
        comparable=comparable,
        of=of.code,
        schedule=filters.schedule,
    )


def cells(keys: Iterable[FactKey], units: Iterable[Unit], asked: Asked) -> Cells:
    """{(unit id, key): fact} of measures that are counted from the books, for every unit and every key. A number of
    queries that depends on neither: the catalogue, the tree, the pass over the lines (two when something isn't
    credited by share), the returns of a month, targets. Keys of other measures have no entry; a figure that is
    worked out of one of them is missing here (`assessments.measures.reading.facts` reads them all)."""
    measures, units = catalogue(), list(units)
    counted = [key for key in dict.fromkeys(keys) if measures[key.measure].source == FigureSource.COUNTED]
    books = Books.read(counted, measures, units, asked)
    absent = Missing(MissingReason.NOT_IN_TABLE)
    found: Cells = {}
    for key in counted:
        found |= books.column(key, units, lambda _unit, _key: absent)
    return found


Ask = Callable[[Unit, FactKey], Fact]


@dataclass(slots=True)
class Books:
    """Everything that some keys ask of the books, read once."""

    asked: Asked
    parts: dict[FactKey, Compiled]
    sums: Sums
    handed_in: dict[int, set[int]]  # by year: the units that handed in the return of the window's last month
    targets: derived.Targets
    city: set[int] = field(default_factory=set)  # units at whose level money from inside doesn't count
    columns: dict[tuple[Sought, str], dict[int, Fact]] = field(default_factory=dict)

    @classmethod
    def read(cls, keys: Collection[FactKey], measures: Catalogue, units: list[Unit], asked: Asked) -> Books:
        parts = expanded(keys, measures, asked)
        sought = list(_sought(parts.values()))
        wanted = [half for one in sought for half in one.split() if half is not None]
        targets = derived.Targets.read(
            {one.of for one in parts.values() if isinstance(one, Made) and one.of},
            units,
            asked,
            asks=any(isinstance(one, Made) and one.formula in derived.OF_TARGET for one in parts.values()),
        )
        city = {unit.pk for unit in units if level_of(unit) == "city"}
        found = cls(asked, parts, sums(wanted, units, asked), {}, targets, city)
        found._returns(sought, units)
        return found

    @property
    def mark(self) -> int:
        """Up to which line the books were read."""
        return self.sums.mark if self.asked.watermark is None else self.asked.watermark

    def _returns(self, sought: list[Sought], units: list[Unit]) -> None:
        """Of each window's last month, where something is due."""
        months = {settled(one.window, self.asked)[1].data_through for one in sought if one.definition.returns}
        for month in months:
            states = returns(units, month)
            self.handed_in[month.year] = {unit for unit, state in states.items() if state in HANDED_IN}

    def column(self, key: FactKey, units: list[Unit], ask: Ask) -> Cells:
        """A figure of some units, as `fact`."""
        part = self.parts[key]
        if not isinstance(part, Sought):
            return {(unit.pk, key): self.fact(unit, key, ask) for unit in units}
        column = self._column(part, self._ref(key))
        return {(unit.pk, key): column[unit.pk] for unit in units}

    def _ref(self, key: FactKey) -> str:
        return f"cells:{key.measure}:{self.asked.period}:{self.mark}"

    def fact(self, unit: Unit, key: FactKey, ask: Ask) -> Fact:
        """A figure of the books. `ask` gives the facts of other measures that it is worked out of."""
        part, ref = self.parts[key], self._ref(key)
        if isinstance(part, Sought):
            return self._column(part, ref)[unit.pk]
        operands = [
            self._column(one, ref)[unit.pk] if isinstance(one, Sought) else self._asked(unit, one, ask)
            for one in part.operands
        ]
        target = self.targets.of(unit.pk, part.of) if part.of else None
        return derived.worked_out(
            part.formula,
            operands,
            part.unit,
            ref,
            zero=part.zero,
            comparable=part.comparable,
            target=target,
            schedule=(self.targets.schedule(unit.pk, part.of) if part.of else ()) or part.schedule,
            month=self.asked.data_through.number,
        )

    def _asked(self, unit: Unit, key: FactKey, ask: Ask) -> Fact:
        return self.fact(unit, key, ask) if key in self.parts else ask(unit, key)

    def _column(self, sought: Sought, ref: str) -> dict[int, Fact]:
        """A figure of all units, made once. Zero only where something was handed in, or nothing is due."""
        if (sought, ref) in self.columns:
            return self.columns[sought, ref]
        inner, outer = sought.split()
        base, amounts = sought.definition, self.sums.amounts[inner]
        if outer is not None:
            amounts = {**amounts, **{pk: self.sums.amounts[outer][pk] for pk in self.city}}
        missing: dict[int, Fact] = {}
        if base.returns:
            said = self.handed_in[settled(sought.window, self.asked)[1].data_through.year]
            gap = Missing(MissingReason.NOT_REPORTED, ref)
            missing = dict.fromkeys(amounts.keys() - self.sums.reported[inner] - said, gap)
        if base.land:
            no_land = Missing(MissingReason.NO_LAND, ref)
            missing = {pk: no_land for pk, amount in amounts.items() if not amount}
        unit, zero = str(base.unit), Value(Decimal(0), str(base.unit), ref)
        found: dict[int, Fact] = {
            pk: Value(amount, unit, ref) if amount else zero for pk, amount in amounts.items()
        }
        self.columns[sought, ref] = found = {**found, **missing}
        return found


def expanded(keys: Iterable[FactKey], measures: Catalogue, asked: Asked) -> dict[FactKey, Compiled]:
    """All that keys ask of the books, with what they are worked out of."""
    found: dict[FactKey, Compiled] = {}
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        part = None if key in found else compiled(key, measures, asked)
        if part is None:
            continue
        found[key] = part
        if isinstance(part, Made):
            waiting += [one for one in part.operands if isinstance(one, FactKey)]
    return found


def _sought(parts: Iterable[Compiled]) -> Iterable[Sought]:
    for part in parts:
        if isinstance(part, Sought):
            yield part
        else:
            yield from (one for one in part.operands if isinstance(one, Sought))


__all__ = ["Books", "Cells", "Made", "catalogue", "cells", "compiled", "expanded"]
