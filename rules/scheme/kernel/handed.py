"""What was handed in of a competition group: its rows, their facts and targets, as columns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from rules.facts import Missing, MissingReason
from rules.money import WIDE, WORK, add, ratio
from rules.periods import Linear, Month, Quarterly, progress
from rules.scheme.document import Group, Schedule, Scheme
from rules.scheme.facts import Absent, Facts, Known, TargetGiven, UnitFacts
from rules.scheme.parts import OwnTarget, PerType, setting
from rules.trace import Parameter, decimal_text

from .columns import NO_TARGET, Amount, Node

HUNDRED = Decimal(100)
NO_FACT = Missing(MissingReason.NOT_IN_TABLE)


@dataclass(frozen=True, slots=True)
class Row:
    """A unit as of one type; settings that differ by type are read for that type. `ranked`: one of those that means, best
    and places of the group are made from."""

    unit: UnitFacts
    type: str
    cohort: bool = False


class Own(NamedTuple):
    """A unit's own target of the whole year, and how it falls due."""

    amount: Amount
    schedule: Schedule
    ref: str | None = None


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
        self._targets: dict[tuple[str, str], list[Own]] = {}

    def _row(self, unit: UnitFacts, unit_type: str, cohort: bool = False) -> None:
        if (unit.code, unit_type) not in self.at:
            self.at[unit.code, unit_type] = len(self.rows)
            self.rows.append(Row(unit, unit_type, cohort))

    def column(self, make: Callable[[str], Callable[..., Amount]], *nodes: Node) -> list[Amount]:
        """One amount per row: `make` gives the function for a type, which takes the amounts of the nodes in a row."""
        amounts: Iterable[tuple[Amount, ...]] = zip(*(node.column for node in nodes), strict=True)
        if len(self.types) == 1:
            run = make(self.types[0])
            return [run(*row) for row in amounts]
        runs = {name: make(name) for name in self.types}
        return [runs[row.type](*given) for row, given in zip(self.rows, amounts, strict=True)]

    def constant(self, value: Decimal | PerType, unit: str) -> Node:
        """A setting as a column."""
        return Node(
            "setting", unit, [setting(value, row.type) for row in self.rows], refs=[None] * len(self.rows)
        )

    def fact(self, code: str) -> Node:
        """The facts of an input; of a unit made of several, theirs together."""
        if code not in self._facts:
            found = [self._fact(row.unit, code) for row in self.rows]
            unit = self.scheme.inputs[code].unit
            self._facts[code] = Node(
                "fact", unit, [one for one, _ref in found], refs=[ref for _one, ref in found]
            )
        return self._facts[code]

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
        column = [one.amount for one in found]
        if target.phased:
            column = [
                amount if isinstance(amount, Missing) else WORK.divide(WIDE.multiply(amount, part), HUNDRED)
                for amount, part in zip(column, self.due(target), strict=True)
            ]
        return Node("target", self.scheme.inputs[target.of].unit, column, refs=[one.ref for one in found])

    def due(self, target: OwnTarget | Decimal | PerType) -> list[Decimal]:
        """Per cent of each row's target that is due by the last month of the data; a setting follows the scheme."""
        if isinstance(target, OwnTarget):
            schedules = [one.schedule for one in self.own_targets(target)]
        else:
            schedules = [self.scheme.schedule] * len(self.rows)
        done = {one: progress(_schedule(one), self.through.number) for one in set(schedules)}
        return [done[one] for one in schedules]

    def own_targets(self, target: OwnTarget) -> list[Own]:
        """Each row's own target of the whole year."""
        key = target.of, target.which
        if key not in self._targets:
            self._targets[key] = [self._own_target(row.unit, *key) for row in self.rows]
        return self._targets[key]

    def _own_target(self, unit: UnitFacts, code: str, which: str) -> Own:
        given = unit.targets.get(code, {}).get(which)
        if isinstance(given, Decimal):
            return Own(given, self.scheme.schedule)
        if isinstance(given, TargetGiven):
            return Own(given.value, given.schedule or self.scheme.schedule, given.ref)
        if unit.made_of:
            parts = [self._own_target(self.units[one], code, which) for one in unit.made_of]
            return Own(_together([one.amount for one in parts], "sum"), parts[0].schedule)
        return Own(NO_TARGET, self.scheme.schedule)

    def target_parameters(
        self, target: OwnTarget | Decimal | PerType
    ) -> Callable[[int], tuple[Parameter, ...]]:
        """What is said of a row's target in its trace."""

        def said(number: int) -> tuple[Parameter, ...]:
            if not isinstance(target, OwnTarget):
                return ()
            schedule = self.own_targets(target)[number].schedule
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
