"""An indicator's marks: gates, the rule, coefficient, limits, rounding, and what is done when a figure is missing."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from rules import money
from rules.facts import Fact, Missing, Value
from rules.money import add, multiply, ratio, settled
from rules.scheme import marking as m
from rules.scheme.document import IfMissing, Indicator
from rules.scheme.figures import Condition
from rules.scheme.parts import setting
from rules.trace import Operand, Parameter, Trace

from .figures import Cell, operand, within
from .handed import Holder
from .rules import MARKS, Earned, Rules

_ZERO = Decimal(0)
LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Marked:
    """An indicator's marks as they enter the sum, before the weight. `left_out`: neither they nor the full marks count."""

    fact: Fact
    full: Decimal
    weight: Decimal
    trace: Trace
    left_out: bool = False


class Marks(Rules):
    """The marks of a group's units. `otherwise`: what a missing figure does where the indicator doesn't say."""

    def of(self, who: Holder, row: Indicator, otherwise: str = "unscored") -> Marked:
        """The marks of one indicator for one unit."""
        full, weight = setting(row.full, who.type), setting(row.weight, who.type)
        failed, checked = self.failing(who, row.gates)
        if failed:
            trace = self._trace(row, full, Earned(_ZERO, children=checked), _ZERO, _ZERO, "gate")
            return Marked(Value(_ZERO, MARKS), full, weight, trace)
        value = None if row.value is None else self.figures.figure(who, row.value)
        if value is not None and isinstance(value.fact, Missing):
            return self._missing(who, row, value, otherwise, full, weight)
        found = self.rule(who, row, value, full)
        if isinstance(found, Cell):
            return self._missing(who, row, found, otherwise, full, weight)
        if value is not None:
            found = replace(
                found,
                operands=(operand("value", value.fact), *found.operands),
                children=(*(() if value.trace is None else (value.trace,)), *found.children),
            )
        found = replace(found, children=(*found.children, *checked))
        limited = self._limited(who, row, found.amount)
        if isinstance(limited, Missing):
            return self._missing(who, row, Cell(limited), otherwise, full, weight)
        rounded = limited
        if row.rounding is not None:
            rounded = money.Rounding(row.rounding.digits, row.rounding.mode).apply(limited)
        return Marked(Value(rounded, MARKS), full, weight, self._trace(row, full, found, limited, rounded))

    def failing(self, who: Holder, conditions: tuple[Condition, ...]) -> tuple[bool, tuple[Trace, ...]]:
        """Whether one of the conditions doesn't hold, and how each was looked at."""
        failed, traces = False, []
        for condition in conditions:
            holds, trace = self.holds(who, condition)
            failed = failed or not holds
            traces.append(trace)
        return failed, tuple(traces)

    def holds(self, who: Holder, condition: Condition) -> tuple[bool, Trace]:
        """Whether a condition holds for a unit."""
        cell = self.figures.figure(who, condition.figure)
        than, _how = self.figures.target(who, condition.than, self.figures.unit(condition.figure))
        if isinstance(cell.fact, Missing) or isinstance(than, Missing):
            holds = condition.unknown == "holds"
        else:
            left, right = settled(cell.fact.amount), settled(than.amount)
            holds = {
                "at_least": left >= right,
                "above": left > right,
                "at_most": left <= right,
                "below": left < right,
                "equal": left == right,
            }[condition.compare]
        trace = Trace(
            "condition",
            f"condition.{condition.compare}",
            condition.compare,
            (operand("figure", cell.fact), operand("than", than)),
            (Parameter("holds", "yes" if holds else "no"),),
            children=() if cell.trace is None else (cell.trace,),
        )
        return holds, trace

    def _limited(self, who: Holder, row: Indicator, amount: Decimal) -> Decimal | Missing:
        by = Decimal(1)
        if row.coefficient is not None:
            by = setting(row.coefficient.factor, who.type)
            if row.coefficient.figure is not None:
                cell = self.figures.figure(who, row.coefficient.figure)
                if isinstance(cell.fact, Missing):
                    return cell.fact
                by = multiply(by, cell.fact.amount)
        least = None if row.least is None else setting(row.least, who.type)
        most = None if row.most is None else setting(row.most, who.type)
        if row.coefficient is not None and row.coefficient.when == "after_limit":
            return settled(multiply(within(settled(amount), least, most), by))
        return within(settled(multiply(amount, by)), least, most)

    def _missing(
        self, who: Holder, row: Indicator, cell: Cell, otherwise: str, full: Decimal, weight: Decimal
    ) -> Marked:
        """What the indicator says of a figure that isn't there."""
        assert isinstance(cell.fact, Missing)
        how = _how(row.missing, str(cell.fact.reason), otherwise)
        value = operand("value", cell.fact)
        children = () if cell.trace is None else (cell.trace,)
        found = Earned(_ZERO, (Parameter(f"{row.code}.missing", how, self.version),), (value,), children)
        if how in ("unscored", "leave_out"):
            trace = self._trace(row, full, found, None, None, str(cell.fact.reason))
            return Marked(cell.fact, full, weight, trace, left_out=how == "leave_out")
        amount = {"zero": _ZERO, "full": full}.get(how)
        if amount is None:
            amount = self._lowest(row, otherwise)
        if amount is None:
            trace = self._trace(row, full, found, None, None, str(cell.fact.reason))
            return Marked(cell.fact, full, weight, trace)
        found = replace(found, amount=amount)
        trace = self._trace(row, full, found, amount, amount, str(cell.fact.reason))
        return Marked(Value(amount, MARKS), full, weight, trace)

    def _lowest(self, row: Indicator, otherwise: str) -> Decimal | None:
        """The lowest marks of those in the group who have the figure."""
        known = []
        for one in self.figures.cohort:
            if row.value is not None and isinstance(self.figures.figure(one, row.value).fact, Value):
                fact = self.of(one, row, otherwise).fact
                if isinstance(fact, Value):
                    known.append(fact.amount)
        return min(known, default=None)

    def _parts(self, who: Holder, row: Any, rule: m.Parts, full: Decimal) -> Earned | Cell:
        marked = [self.of(who, part) for part in rule.parts if not part.types or who.type in part.types]
        amount, missing = total(marked)
        if missing is not None:
            return Cell(missing)
        return Earned(amount, children=tuple(one.trace for one in marked))

    def _trace(
        self,
        row: Indicator,
        full: Decimal,
        found: Earned,
        limited: Decimal | None,
        rounded: Decimal | None,
        reason: str | None = None,
    ) -> Trace:
        return Trace(
            row.code,
            f"indicator.{row.code}",
            row.rule.kind,
            (*found.operands, Operand("full", full, MARKS)),
            found.parameters,
            None if limited is None else settled(found.amount),
            limited,
            rounded,
            MARKS,
            reason,
            found.children,
        )


def _how(missing: IfMissing, reason: str, otherwise: str) -> str:
    return missing.reasons.get(reason) or missing.otherwise or otherwise


def total(marked: list[Marked]) -> tuple[Decimal, Missing | None]:
    """The weighted sum of marks; what was left out scales the others up. Missing when one is, or all are left out."""
    for one in marked:
        if isinstance(one.fact, Missing) and not one.left_out:
            return _ZERO, one.fact
    scored = [one for one in marked if not one.left_out]
    left = [one for one in marked if one.left_out]
    amount = add(multiply(one.fact.amount, one.weight) for one in scored if isinstance(one.fact, Value))
    if left:
        full = add(multiply(one.full, one.weight) for one in scored)
        if full <= 0:
            assert isinstance(left[0].fact, Missing)
            return _ZERO, left[0].fact
        whole = add([full, *(multiply(one.full, one.weight) for one in left)])
        amount = ratio(multiply(amount, whole), full)
    return amount, None
