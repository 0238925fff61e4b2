"""An indicator's marks: gates, the rule, coefficient, limits, rounding, and what is done when a figure is missing."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules import money
from rules.facts import Fact, Missing, Value
from rules.money import SETTLED, WIDE, WORK, add
from rules.scheme import marking as m
from rules.scheme.document import Indicator
from rules.scheme.figures import Condition
from rules.scheme.parts import setting
from rules.trace import Operand, Parameter, Trace, decimal_text

from .columns import Amount, Node, only_amounts
from .figures import within
from .rules import MARKS, ZERO, Rules

GATE = "gate"


@dataclass(slots=True)
class Checked:
    """A condition of every row: whether it holds, and how it was looked at."""

    condition: Condition
    figure: Node
    than: Node
    holds: list[bool]

    def trace(self, number: int) -> Trace:
        """How it was looked at for one row."""
        return Trace(
            "condition",
            f"condition.{self.condition.compare}",
            self.condition.compare,
            (self.figure.operand("figure", number), self.than.operand("than", number)),
            (Parameter("holds", "yes" if self.holds[number] else "no"),),
            children=self.figure.traces(number),
        )


@dataclass(slots=True)
class Marked:
    """The marks of an indicator for every row, before its weight. `reason`: why marks aren't simply the rule's; `left_out`:
    neither they nor the full marks count."""

    row: Indicator
    earned: Node
    limited: list[Amount]
    rounded: list[Amount]
    reasons: list[str | None]
    how: list[str | None]
    gates: list[Checked]
    parts: "list[Marked]"
    version: str
    coefficient: Node | None = None  # the figure that the marks are multiplied by, where there is one

    def left_out(self, number: int) -> bool:
        return self.how[number] == "leave_out"

    def fact(self, number: int) -> Fact:
        """The marks of a row."""
        amount = self.rounded[number]
        return amount if isinstance(amount, Missing) else Value(amount, MARKS)

    def applies(self, unit_type: str) -> bool:
        """Whether the indicator is for units of that type."""
        return not self.row.types or unit_type in self.row.types

    def trace(self, number: int, unit_type: str) -> Trace:
        """How the marks of a row came about."""
        full = Operand("full", setting(self.row.full, unit_type), MARKS)
        raw, how, gated = self.earned.column[number], self.how[number], self.reasons[number] == GATE
        parameters = (*self.earned.said(number), *self._bounds(unit_type))
        if how is not None:
            parameters = (*parameters, Parameter(f"{self.row.code}.missing", how, self.version))
        limited, rounded = self.limited[number], self.rounded[number]
        shown = limited if gated or how is not None else raw
        times = () if self.coefficient is None else (("coefficient", self.coefficient),)
        of = (*self.earned.of, *times)
        children = [
            *(part.trace(number, unit_type) for part in self.parts if part.applies(unit_type)),
            *(trace for _name, node in of for trace in node.traces(number)),
            *(gate.trace(number) for gate in self.gates),
        ]
        return Trace(
            self.row.code,
            f"indicator.{self.row.code}",
            self.row.rule.kind,
            (*(node.operand(name, number) for name, node in of), full),
            parameters,
            SETTLED.plus(shown) if isinstance(shown, Decimal) else None,
            limited if isinstance(limited, Decimal) else None,
            rounded if isinstance(rounded, Decimal) else None,
            MARKS,
            self.reasons[number],
            tuple(children),
        )

    def _bounds(self, unit_type: str) -> tuple[Parameter, ...]:
        """The coefficient and the limits of the marks, as far as the indicator has them."""
        row, found = self.row, []
        if row.coefficient is not None:
            factor = decimal_text(setting(row.coefficient.factor, unit_type))
            found += [("coefficient.factor", factor), ("coefficient.when", row.coefficient.when)]
        for name, limit in (("least", row.least), ("most_marks", row.most)):
            if limit is not None:
                found.append((name, decimal_text(setting(limit, unit_type))))
        if row.rounding is not None:
            found.append(("rounding", str(money.Rounding(row.rounding.digits, row.rounding.mode))))
        return tuple(Parameter(f"{row.code}.{name}", value, self.version) for name, value in found)


class Marks(Rules):
    """The marks of a group's rows."""

    def marked(self, row: Indicator, otherwise: str = "unscored") -> Marked:
        """The marks of one indicator. `otherwise`: what a missing figure does where the indicator doesn't say."""
        parts = [self.marked(part) for part in row.rule.parts] if isinstance(row.rule, m.Parts) else []
        earned = self._sum(parts) if parts else self.earned(row)
        gates = [self.checked(condition) for condition in row.gates]
        found = Marked(
            row,
            earned,
            self._limited(row, earned),
            [],
            [None] * len(self.rows),
            [None] * len(self.rows),
            gates,
            parts,
            self.version,
            None
            if row.coefficient is None or row.coefficient.figure is None
            else self.figure(row.coefficient.figure),
        )
        for gate in gates:
            for number, holds in enumerate(gate.holds):
                if not holds:
                    found.limited[number], found.reasons[number] = ZERO, GATE
        how = None if row.rounding is None else money.Rounding(row.rounding.digits, row.rounding.mode)
        found.rounded = list(found.limited)
        if how is not None:
            found.rounded = [how.apply(one) if isinstance(one, Decimal) else one for one in found.limited]
        if not only_amounts(found.limited):
            self._missing(found, otherwise)
        return found

    def checked(self, condition: Condition) -> Checked:
        """A condition, looked at for every row."""
        figure = self.figure(condition.figure)
        than = self.target(condition.than, figure.unit)
        compare = _COMPARE[condition.compare]
        holds = [
            compare(SETTLED.plus(one), SETTLED.plus(other))
            if isinstance(one, Decimal) and isinstance(other, Decimal)
            else condition.unknown == "holds"
            for one, other in zip(figure.column, than.column, strict=True)
        ]
        return Checked(condition, figure, than, holds)

    def _limited(self, row: Indicator, earned: Node) -> list[Amount]:
        """Marks after coefficient and limits, settled."""
        coefficient = row.coefficient
        if coefficient is None and row.least is None and row.most is None and earned.complete():
            complete: Any = earned.column
            return list(map(SETTLED.plus, complete))
        after = coefficient is not None and coefficient.when == "after_limit"

        def make(unit_type: str):  # type: ignore[no-untyped-def]
            least = None if row.least is None else setting(row.least, unit_type)
            most = None if row.most is None else setting(row.most, unit_type)
            factor = None if coefficient is None else setting(coefficient.factor, unit_type)

            def run(amount: Amount, by: Amount | None = None) -> Amount:
                if type(amount) is not Decimal:
                    return amount
                if factor is None:
                    return within(SETTLED.plus(amount), least, most)
                if by is not None and type(by) is not Decimal:
                    return by
                times = factor if by is None else WIDE.multiply(factor, by)
                if after:
                    return SETTLED.plus(WIDE.multiply(within(SETTLED.plus(amount), least, most), times))
                return within(SETTLED.plus(WIDE.multiply(amount, times)), least, most)

            return run

        if coefficient is None or coefficient.figure is None:
            return self.column_of_any(make, earned)
        return self.column_of_any(make, earned, self.figure(coefficient.figure))

    def _missing(self, found: Marked, otherwise: str) -> None:
        """Do what the indicator says of the figures that aren't there."""
        row = found.row
        lowest: Decimal | None = None
        for number, amount in enumerate(found.limited):
            if not isinstance(amount, Missing):
                continue
            reason = str(amount.reason)
            how = row.missing.reasons.get(reason) or row.missing.otherwise or otherwise
            found.reasons[number], found.how[number] = reason, how
            marks: Decimal | None = None
            if how == "zero":
                marks = ZERO
            elif how == "full":
                marks = setting(row.full, self.rows[number].type)
            elif how == "lowest":
                if lowest is None:
                    own = [found.rounded[one] for one in self.cohort if found.how[one] is None]
                    lowest = min((one for one in own if isinstance(one, Decimal)), default=None)
                marks = lowest
            if marks is not None:
                found.rounded[number] = marks
        for number, done in enumerate(found.how):
            if done is not None:
                found.limited[number] = found.rounded[number]

    def _sum(self, parts: list[Marked]) -> Node:
        """The sum of sub-indicators as what the indicator earned."""
        weighing = {name: Weighing(parts, name) for name in self.types}
        column = [weighing[row.type].total(number) for number, row in enumerate(self.rows)]
        return Node("parts", MARKS, column)


class Weighing:
    """The weighted sum of marks, for units of one type. What was left out scales the others up; missing when one is, or when
    all are left out."""

    def __init__(self, marked: list[Marked], unit_type: str) -> None:
        self.rows = [
            (one, setting(one.row.weight, unit_type), setting(one.row.full, unit_type))
            for one in marked
            if one.applies(unit_type)
        ]
        self.column: list[Amount] | None = None
        if self.rows and all(weight == 1 and only_amounts(one.rounded) for one, weight, _full in self.rows):
            column: Any = self.rows[0][0].rounded
            for one, _weight, _full in self.rows[1:]:
                other: Any = one.rounded
                column = list(map(WIDE.add, column, other))
            self.column = column

    def total(self, number: int) -> Amount:
        """The sum of a row."""
        if self.column is not None:
            return self.column[number]
        whole, left, first = ZERO, ZERO, None
        for one, weight, full in self.rows:
            amount = one.rounded[number]
            if type(amount) is Decimal:
                whole = WIDE.add(whole, amount if weight == 1 else WIDE.multiply(amount, weight))
            elif one.how[number] == "leave_out":
                left, first = WIDE.add(left, WIDE.multiply(full, weight)), first or amount
            else:
                return amount
        if first is None:
            return whole
        full = add(
            WIDE.multiply(full, weight) for one, weight, full in self.rows if one.how[number] != "leave_out"
        )
        return first if full <= 0 else WORK.divide(WIDE.multiply(whole, WIDE.add(full, left)), full)


_COMPARE = {
    "at_least": Decimal.__ge__,
    "above": Decimal.__gt__,
    "at_most": Decimal.__le__,
    "below": Decimal.__lt__,
    "equal": Decimal.__eq__,
}
