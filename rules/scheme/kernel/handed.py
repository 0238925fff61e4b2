"""What was handed in of a competition group: its rows, their facts and targets, as columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from rules.facts import PERCENT, Missing, MissingReason
from rules.money import WIDE, WORK, add, ratio
from rules.periods import Linear, Month, Quarterly, progress
from rules.scheme.document import Group, Schedule, Scheme
from rules.scheme.facts import Absent, Facts, Known, TargetGiven, UnitFacts
from rules.scheme.parts import OwnTarget, PerType, setting
from rules.trace import Parameter, decimal_text

from .columns import NO_TARGET, Amount, Node, lifted, only_amounts

HUNDRED = Decimal(100)
NO_FACT = Missing(MissingReason.NOT_IN_TABLE)
NO_TARGETS: Mapping[str, Any] = {}
Make = Callable[[str], Callable[..., Amount]]


@dataclass(frozen=True, slots=True)
class Row:
    """A unit as of one type; settings that differ by type are read for that type. `ranked`: one of those that means, best
    and places of the group are made from."""

    unit: UnitFacts
    type: str
    cohort: bool = False


class Own(NamedTuple):
    """Each row's own target of the whole year, how it falls due (None: all as the scheme says), and where it stands."""

    amounts: list[Amount]
    schedules: list[Schedule] | None = None
    refs: list[str | None] | None = None


class Handed:
    """The rows of a group and what is known of them. A unit has one row; more when it was of several types in the period.
    Units that a composite's mean is made of have a row as well."""

    def __init__(self, scheme: Scheme, group: Group, facts: Facts, version: str) -> None:
        self.scheme, self.group, self.version = scheme, group, version
        self.through = Month.parse(facts.data_through or facts.month)
        self.units = {unit.code: unit for unit in facts.units}
        self.own = [unit for unit in facts.units if unit.group == group.code]
        self.rows: list[Row] = []
        self.at: dict[tuple[str, str], int] = {}
        mean = group.composites == "mean"
        for unit in self.own:
            self._row(unit, latest(unit), unit.ranked and not (mean and unit.made_of))
        for unit in self.own:
            for spell in unit.spells if group.changes == "by_months" else ():
                self._row(unit, spell.type)
            for code in unit.made_of if mean else ():
                self._row(self.units[code], latest(self.units[code]))
        self.cohort = [number for number, row in enumerate(self.rows) if row.cohort]
        self.types = tuple(dict.fromkeys(row.type for row in self.rows))
        self._facts: dict[str, Node] = {}
        self._targets: dict[tuple[str, str], Own] = {}

    def _row(self, unit: UnitFacts, unit_type: str, cohort: bool = False) -> None:
        if (unit.code, unit_type) not in self.at:
            self.at[unit.code, unit_type] = len(self.rows)
            self.rows.append(Row(unit, unit_type, cohort))

    def column(self, make: Make, *nodes: Node) -> list[Amount]:
        """One amount per row: `make` gives the function for a type, which takes the amounts of the nodes in a row. Missing with
        the first of them that is."""
        if all(node.complete() for node in nodes):
            return self.column_of_any(make, *nodes)
        return self.column_of_any(lambda unit_type: lifted(make(unit_type)), *nodes)

    def column_of_any(self, make: Make, *nodes: Node) -> list[Amount]:
        """The same with a function that looks itself for what is missing."""
        columns = [node.column for node in nodes]
        if len(self.types) == 1:
            return list(map(make(self.types[0]), *columns))
        runs = {name: make(name) for name in self.types}
        return [
            runs[row.type](*given) for row, given in zip(self.rows, zip(*columns, strict=True), strict=True)
        ]

    def constant(self, value: Decimal | PerType, unit: str) -> Node:
        """A setting as a column."""
        return Node("setting", unit, [setting(value, row.type) for row in self.rows], handed=True)

    def fact(self, code: str) -> Node:
        """The facts of an input; of a unit made of several, theirs together."""
        if not self._facts:
            self._facts = self._read()
        return self._facts[code]

    def _read(self) -> dict[str, Node]:
        """All facts in one pass over the units."""
        columns: dict[str, list[Any]] = {code: [] for code in self.scheme.inputs}
        for row in self.rows:
            given = row.unit.facts
            for code, column in columns.items():
                column.append(given.get(code))
        found = {}
        for code, column in columns.items():
            refs = None
            if not only_amounts(column):
                read = [self._fact(row.unit, code) for row in self.rows]
                column, refs = [one for one, _ref in read], [ref for _one, ref in read]
            found[code] = Node("fact", self.scheme.inputs[code].unit, column, refs=refs, handed=True)
        return found

    def _fact(self, unit: UnitFacts, code: str) -> tuple[Amount, str | None]:
        given = unit.facts.get(code)
        if isinstance(given, Decimal):
            return given, None
        if isinstance(given, Known):
            return given.value, given.ref
        if isinstance(given, Absent):
            return Missing(MissingReason(given.missing)), given.ref
        if unit.made_of:
            members = [self._fact(self.units[one], code)[0] for one in unit.made_of]
            return _together(members, self.scheme.inputs[code].combine), None
        return NO_FACT, None

    def target(self, target: OwnTarget | Decimal | PerType, unit: str) -> Node:
        """The targets in force: a setting, or each unit's own, the part that is due where it is phased."""
        if not isinstance(target, OwnTarget):
            return self.constant(target, unit)
        found = self.own_targets(target)
        unit = self.scheme.inputs[target.of].unit
        whole = Node("target", unit, found.amounts, refs=found.refs, handed=True)
        if not target.phased:
            return whole
        due = Node("progress", PERCENT, list(self.due(target)), handed=True)
        column = self.column(
            lambda _type: lambda amount, part: WORK.divide(WIDE.multiply(amount, part), HUNDRED), whole, due
        )
        return Node("target", unit, column, refs=found.refs, handed=True)

    def due(self, target: OwnTarget | Decimal | PerType) -> list[Decimal]:
        """Per cent of each row's target that is due by the last month of the data; a setting follows the scheme."""
        schedules = self.own_targets(target).schedules if isinstance(target, OwnTarget) else None
        if schedules is None:
            return [progress(_schedule(self.scheme.schedule), self.through.number)] * len(self.rows)
        done = {one: progress(_schedule(one), self.through.number) for one in set(schedules)}
        return [done[one] for one in schedules]

    def own_targets(self, target: OwnTarget) -> Own:
        """Each row's own target."""
        code, which = key = target.of, target.which
        if key not in self._targets:
            column: list[Any] = [row.unit.targets.get(code, NO_TARGETS).get(which) for row in self.rows]
            found = Own(column)
            if not only_amounts(column):
                read = [self._own_target(row.unit, code, which) for row in self.rows]
                found = Own([one[0] for one in read], [one[1] for one in read], [one[2] for one in read])
            self._targets[key] = found
        return self._targets[key]

    def _own_target(self, unit: UnitFacts, code: str, which: str) -> tuple[Amount, Schedule, str | None]:
        given = unit.targets.get(code, {}).get(which)
        if isinstance(given, Decimal):
            return given, self.scheme.schedule, None
        if isinstance(given, TargetGiven):
            return given.value, given.schedule or self.scheme.schedule, given.ref
        if unit.made_of:
            parts = [self._own_target(self.units[one], code, which) for one in unit.made_of]
            return _together([amount for amount, _schedule, _ref in parts], "sum"), parts[0][1], None
        return NO_TARGET, self.scheme.schedule, None

    def target_parameters(
        self, target: OwnTarget | Decimal | PerType
    ) -> Callable[[int], tuple[Parameter, ...]]:
        """What is said of a row's target in its trace."""

        def said(number: int) -> tuple[Parameter, ...]:
            if not isinstance(target, OwnTarget):
                return ()
            schedules = self.own_targets(target).schedules
            schedule = self.scheme.schedule if schedules is None else schedules[number]
            return (
                Parameter("target", target.which, self.version),
                Parameter("schedule", _said(schedule), self.version),
                Parameter("through", str(self.through)),
            )

        return said


def latest(unit: UnitFacts) -> str:
    """The type that a unit has at the end of the period."""
    return unit.spells[-1].type if unit.spells else unit.type or ""


def _together(amounts: list[Amount], how: str) -> Amount:
    """The fact of a unit made of several: missing when one of theirs is."""
    known = []
    for amount in amounts:
        if isinstance(amount, Missing):
            return amount
        known.append(amount)
    return add(known) if how == "sum" else ratio(add(known), Decimal(len(known)))


def _schedule(schedule: Schedule) -> Linear | Quarterly:
    if schedule == "linear":
        return Linear()
    first, second, third, fourth = (ratio(Decimal(share), HUNDRED) for share in schedule)
    return Quarterly((first, second, third, fourth))


def _said(schedule: Schedule) -> str:
    return "linear" if schedule == "linear" else ",".join(decimal_text(Decimal(share)) for share in schedule)
