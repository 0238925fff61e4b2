"""A group's totals: sums of marks, bonuses and deductions with their limits, vetoes of zero, means of several rows."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules import money
from rules.facts import Fact, Missing, Value
from rules.money import SETTLED, WIDE, WORK, add
from rules.scheme.document import Veto
from rules.scheme.facts import UnitFacts
from rules.scheme.parts import setting
from rules.trace import Operand, Parameter, Trace, decimal_text

from .columns import Amount
from .figures import within
from .handed import latest
from .marks import Checked, Marked, Marks, Weighing
from .rules import MARKS, ZERO

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Sum:
    """A row's total before places: as printed, exact, before its limits; and the vetoes that hold."""

    fact: Fact
    exact: Amount
    raw: Amount
    vetoes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vetoed:
    """A veto with its conditions, looked at for every row."""

    veto: Veto
    checked: list[Checked]

    def holds(self, number: int) -> bool:
        """Whether all its conditions hold."""
        return all(one.holds[number] for one in self.checked)

    def trace(self, number: int, version: str) -> Trace:
        """How it was looked at for one row."""
        said = (
            Parameter(f"{self.veto.code}.then", self.veto.then, version),
            Parameter("holds", "yes" if self.holds(number) else "no"),
        )
        children = tuple(one.trace(number) for one in self.checked)
        return Trace(self.veto.code, f"veto.{self.veto.code}", "veto", (), said, children=children)


class Totals(Marks):
    """The totals of a group's rows and units."""

    def make(self) -> None:
        """Score every indicator, bonus and deduction."""
        group = self.group
        self.parts = (
            [self.marked(row) for row in group.indicators],
            [self.marked(row, "zero") for row in group.bonuses],
            [self.marked(row, "zero") for row in group.deductions],
        )
        self.vetoed = [Vetoed(veto, [self.checked(one) for one in veto.when]) for veto in group.vetoes]
        self.rounding = money.Rounding(group.rounding.digits, group.rounding.mode)
        self._weighing = {name: [Weighing(part, name) for part in self.parts] for name in self.types}
        self._zero = [one for one in self.vetoed if one.veto.then == "zero"]
        limits = {name: self._limits(name) for name in ("bonus_most", "deduction_most", "least", "most")}
        self.sums = [
            self._summed(number, {name: one[row.type] for name, one in limits.items()})
            for number, row in enumerate(self.rows)
        ]

    def _limits(self, name: str) -> dict[str, Decimal | None]:
        value = getattr(self.group, name)
        return {one: None if value is None else setting(value, one) for one in self.types}

    def _summed(self, number: int, limits: dict[str, Decimal | None]) -> Sum:
        unit_type = self.rows[number].type
        vetoes = tuple(one.veto.code for one in self.vetoed if one.holds(number))
        amounts = []
        for weighing in self._weighing[unit_type]:
            amount = weighing.total(number)
            if isinstance(amount, Missing):
                return Sum(amount, amount, amount, vetoes)
            amounts.append(amount)
        bonus, deduction = (
            amount if limit is None else min(amount, limit)
            for amount, limit in zip(
                amounts[1:], (limits["bonus_most"], limits["deduction_most"]), strict=True
            )
        )
        raw = SETTLED.plus(WIDE.subtract(WIDE.add(amounts[0], bonus), deduction))
        exact = within(raw, limits["least"], limits["most"])
        if any(one.holds(number) for one in self._zero):
            exact = ZERO
        return Sum(Value(self.rounding.apply(exact), MARKS), exact, raw, vetoes)

    # -- units

    def several(self, unit: UnitFacts) -> list[tuple[int, Decimal]]:
        """The rows whose mean is the unit's total, with their weights; one row for most."""
        if unit.made_of and self.group.composites == "mean":
            return [(self.at[code, latest(self.units[code])], Decimal(1)) for code in unit.made_of]
        if len(unit.spells) > 1 and self.group.changes == "by_months":
            return [(self.at[unit.code, spell.type], Decimal(spell.months)) for spell in unit.spells]
        return [(self.number(unit), Decimal(1))]

    def number(self, unit: UnitFacts) -> int:
        """The row of a unit as of its latest type."""
        return self.at[unit.code, latest(unit)]

    def sum(self, unit: UnitFacts) -> Sum:
        """The total of a unit."""
        rows = self.several(unit)
        if len(rows) == 1:
            return self.sums[rows[0][0]]
        sums = [(self.sums[number], weight) for number, weight in rows]
        vetoes = tuple(dict.fromkeys(code for one, _weight in sums for code in one.vetoes))
        pairs = []
        for one, weight in sums:
            if isinstance(one.fact, Missing):
                return Sum(one.fact, one.fact, one.fact, vetoes)
            pairs.append((one.fact.amount, weight))
        whole = add(weight for _amount, weight in pairs)
        exact = SETTLED.plus(
            WORK.divide(add(WIDE.multiply(amount, weight) for amount, weight in pairs), whole)
        )
        return Sum(Value(self.rounding.apply(exact), MARKS), exact, exact, vetoes)

    def marks_of(self, unit: UnitFacts) -> dict[str, Fact]:
        """Marks by code of a unit with one row; a mean of several has none of its own."""
        rows = self.several(unit)
        if len(rows) > 1:
            return {}
        number, found = rows[0][0], {}
        unit_type = self.rows[number].type
        for one in _with_parts([one for part in self.parts for one in part]):
            if one.applies(unit_type):
                found[one.row.code] = one.fact(number)
        return found

    def trace(self, unit: UnitFacts) -> Trace:
        """The whole calculation of a unit's total."""
        rows, one = self.several(unit), self.sum(unit)
        if len(rows) == 1:
            return self._trace_row(rows[0][0])
        operation = "mean_of_members" if unit.made_of else "mean_by_months"
        operands = tuple(
            Operand.of(f"{TOTAL}.{at}", self.sums[number].fact) for at, (number, _weight) in enumerate(rows)
        )
        parameters = tuple(
            Parameter(f"weight.{at}", decimal_text(weight)) for at, (_number, weight) in enumerate(rows)
        )
        children = tuple(self._trace_row(number) for number, _weight in rows)
        return self._trace(operation, operands, parameters, one, children)

    def _trace_row(self, number: int) -> Trace:
        row, one = self.rows[number], self.sums[number]
        operands, children = [], []
        for prefix, part in zip(("", "bonus.", "deduction."), self.parts, strict=True):
            for marked in part:
                if not marked.applies(row.type):
                    continue
                fact = marked.fact(number)
                if isinstance(fact, Value):
                    fact = Value(WIDE.multiply(fact.amount, setting(marked.row.weight, row.type)), MARKS)
                operands.append(Operand.of(f"{prefix}{marked.row.code}", fact))
                children.append(marked.trace(number, row.type))
        children += [veto.trace(number, self.version) for veto in self.vetoed]
        return self._trace("sum", tuple(operands), tuple(self._limits_read(row.type)), one, tuple(children))

    def _limits_read(self, unit_type: str) -> list[Parameter]:
        found = []
        for name in ("bonus_most", "deduction_most", "least", "most"):
            value: Any = getattr(self.group, name)
            if value is not None:
                found.append(
                    Parameter(f"{TOTAL}.{name}", decimal_text(setting(value, unit_type)), self.version)
                )
        return [*found, Parameter("rounding", str(self.rounding), self.version)]

    def _trace(
        self,
        operation: str,
        operands: tuple[Operand, ...],
        parameters: tuple[Parameter, ...],
        one: Sum,
        children: tuple[Trace, ...],
    ) -> Trace:
        missing = isinstance(one.fact, Missing)
        return Trace(
            TOTAL,
            TOTAL,
            operation,
            operands,
            parameters,
            None if isinstance(one.raw, Missing) else one.raw,
            None if isinstance(one.exact, Missing) else one.exact,
            None if isinstance(one.fact, Missing) else one.fact.amount,
            MARKS,
            str(one.fact.reason) if isinstance(one.fact, Missing) and missing else None,
            children,
        )


def _with_parts(marked: list[Marked]) -> list[Marked]:
    """Indicators with their sub-indicators."""
    found = []
    for one in marked:
        found += [one, *_with_parts(one.parts)]
    return found
