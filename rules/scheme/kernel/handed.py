"""What was handed in of a competition group: its rows, their facts and targets, as columns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import add, multiply, ratio
from rules.periods import Linear, Month, Quarterly, progress
from rules.scheme.document import Group, Schedule, Scheme
from rules.scheme.facts import Absent, Facts, Known, TargetGiven, UnitFacts
from rules.scheme.parts import OwnTarget, PerType, setting
from rules.trace import Parameter, decimal_text

from .columns import Amount, Node

HUNDRED = Decimal(100)
NO_FACT = Missing(MissingReason.NOT_IN_TABLE)


@dataclass(frozen=True, slots=True)
class Row:
    """A unit as of one type; settings that differ by type are read for that type. `ranked`: one of those that means, best
    and places of the group are made from."""

    unit: UnitFacts
    type: str
    cohort: bool = False


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
            unit = self.scheme.inputs[code].unit
            self._facts[code] = _node("fact", unit, [self._fact(row.unit, code) for row in self.rows])
        return self._facts[code]

    def _fact(self, unit: UnitFacts, code: str) -> Fact:
        given, declared = unit.facts.get(code), self.scheme.inputs[code]
        if given is None and unit.made_of:
            members = [self._fact(self.units[one], code) for one in unit.made_of]
            return _together(members, declared.unit, declared.combine)
        if given is None:
            return NO_FACT
        if isinstance(given, Absent):
            return Missing(MissingReason(given.missing), given.ref)
        if isinstance(given, Known):
            return Value(given.value, declared.unit, given.ref)
        return Value(given, declared.unit)

    def target(self, target: OwnTarget | Decimal | PerType, unit: str) -> Node:
        """The targets in force: a setting, or each unit's own, the part that is due where it is phased."""
        if not isinstance(target, OwnTarget):
            return self.constant(target, unit)
        found = [self.own_target(row.unit, target) for row in self.rows]
        node = _node("target", self.scheme.inputs[target.of].unit, [fact for fact, _schedule in found])
        if target.phased:
            due = self.due(target)
            node.column = [
                amount if isinstance(amount, Missing) else ratio(multiply(amount, part), HUNDRED)
                for amount, part in zip(node.column, due, strict=True)
            ]
        return node

    def due(self, target: OwnTarget | Decimal | PerType) -> list[Decimal]:
        """Per cent of each row's target that is due by the last month of the data; a setting follows the scheme."""
        done: dict[str, Decimal] = {}
        column = []
        for row in self.rows:
            schedule = (
                self.own_target(row.unit, target)[1]
                if isinstance(target, OwnTarget)
                else self.scheme.schedule
            )
            name = _said(schedule)
            if name not in done:
                done[name] = progress(_schedule(schedule), self.through.number)
            column.append(done[name])
        return column

    def own_target(self, unit: UnitFacts, target: OwnTarget) -> tuple[Fact, Schedule]:
        """A unit's target of the whole year, and how it falls due."""
        given = unit.targets.get(target.of, {}).get(target.which)
        declared = self.scheme.inputs[target.of]
        if given is None and unit.made_of:
            parts = [self.own_target(self.units[one], target) for one in unit.made_of]
            return _together([fact for fact, _schedule in parts], declared.unit, "sum"), parts[0][1]
        if given is None:
            return Missing(MissingReason.NO_TARGET), self.scheme.schedule
        if isinstance(given, TargetGiven):
            return Value(given.value, declared.unit, given.ref), given.schedule or self.scheme.schedule
        return Value(given, declared.unit), self.scheme.schedule

    def target_parameters(
        self, target: OwnTarget | Decimal | PerType
    ) -> Callable[[int], tuple[Parameter, ...]]:
        """What is said of a row's target in its trace."""

        def said(number: int) -> tuple[Parameter, ...]:
            if not isinstance(target, OwnTarget):
                return ()
            schedule = self.own_target(self.rows[number].unit, target)[1]
            return (
                Parameter("target", target.which, self.version),
                Parameter("schedule", _said(schedule), self.version),
                Parameter("through", str(self.through)),
            )

        return said


def latest(unit: UnitFacts) -> str:
    """The type that a unit has at the end of the period."""
    return unit.spells[-1].type if unit.spells else unit.type or ""


def _node(kind: str, unit: str, facts: list[Fact]) -> Node:
    column: list[Amount] = [fact if isinstance(fact, Missing) else fact.amount for fact in facts]
    return Node(kind, unit, column, refs=[fact.ref for fact in facts])


def _together(facts: list[Fact], unit: str, how: str) -> Fact:
    """The fact of a unit made of several: missing when one of theirs is."""
    amounts = []
    for fact in facts:
        if isinstance(fact, Missing):
            return fact
        amounts.append(fact.amount)
    return Value(add(amounts) if how == "sum" else ratio(add(amounts), Decimal(len(amounts))), unit)


def _schedule(schedule: Schedule) -> Linear | Quarterly:
    if schedule == "linear":
        return Linear()
    first, second, third, fourth = (ratio(Decimal(share), HUNDRED) for share in schedule)
    return Quarterly((first, second, third, fourth))


def _said(schedule: Schedule) -> str:
    return "linear" if schedule == "linear" else ",".join(decimal_text(Decimal(share)) for share in schedule)
