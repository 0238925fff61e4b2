"""From a figure to marks: each rule of the vocabulary (DOMAIN §8 "Scoring constructs")."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import add, multiply, ratio, settled, subtract
from rules.scheme import marking as m
from rules.scheme.document import Indicator
from rules.scheme.parts import setting
from rules.trace import Operand, Parameter, Trace, decimal_text

from .figures import Cell, Figures, operand, within
from .handed import Holder

_HUNDRED = Decimal(100)
_ZERO = Decimal(0)
MARKS = "marks"


@dataclass(frozen=True, slots=True)
class Earned:
    """What a rule gives before coefficient and limits."""

    amount: Decimal
    parameters: tuple[Parameter, ...] = ()
    operands: tuple[Operand, ...] = ()
    children: tuple[Trace, ...] = ()


class Rules:
    """The rules of a group. Each takes a unit, the indicator, its rule, the full marks and, but for rules that name their
    own figures, the amount of the value; it gives marks, or a cell that is missing when something it needs is."""

    def __init__(self, figures: Figures) -> None:
        self.figures, self.version = figures, figures.version

    def rule(self, who: Holder, row: Indicator, value: Cell | None, full: Decimal) -> Earned | Cell:
        """What the rule gives; a cell that is missing when something it needs is."""
        work: Callable[..., Earned | Cell] = getattr(self, f"_{row.rule.kind}")
        if isinstance(row.rule, m.WITHOUT_VALUE):
            return work(who, row, row.rule, full)
        assert value is not None
        assert isinstance(value.fact, Value)
        return work(who, row, row.rule, full, value.fact.amount)

    def _proportional(
        self, who: Holder, row: Any, rule: m.Proportional, full: Decimal, value: Decimal
    ) -> Earned:
        at = setting(rule.at, who.type)
        parameters = [self._parameter(row, "at", at)]
        if rule.least_value is not None:
            line = setting(rule.least_value, who.type)
            parameters.append(self._parameter(row, "least_value", line))
            if settled(value) < line:
                return Earned(_ZERO, tuple(parameters))
        share = ratio(value, at)
        if rule.most is not None:
            most = setting(rule.most, who.type)
            parameters.append(self._parameter(row, "most", most))
            share = min(share, ratio(most, _HUNDRED))
        return Earned(multiply(full, max(share, _ZERO)), tuple(parameters))

    def _at_target(
        self, who: Holder, row: Any, rule: m.AtTarget, full: Decimal, value: Decimal
    ) -> Earned | Cell:
        at = setting(rule.at, who.type)
        base = full if rule.base is None else setting(rule.base, who.type)
        parameters = [self._parameter(row, "at", at), self._parameter(row, "base", base)]
        size: Fact | None = None
        if rule.size is not None:
            size, _how = self.figures.target(who, rule.size, self.figures.unit(rule.size.of))
            if isinstance(size, Missing):
                return Cell(size)
        operands = () if size is None else (operand("size", size),)
        if settled(value) < at:
            parameters.append(Parameter(f"{row.code}.below", rule.below, self.version))
            if rule.below == "nothing":
                amount = _ZERO
            elif rule.below == "proportional":
                amount = multiply(base, max(ratio(value, at), _ZERO))
            else:
                assert rule.short is not None
                cost = self._steps(who, row, "short", rule.short, subtract(at, value), size, parameters)
                amount = max(subtract(base, cost), _ZERO)
        else:
            more = _ZERO
            if rule.over is not None:
                more = self._steps(who, row, "over", rule.over, subtract(value, at), size, parameters)
            amount = add([base, more])
        return Earned(amount, tuple(parameters), operands)

    def _steps(
        self,
        who: Holder,
        row: Indicator,
        name: str,
        step: m.Step,
        distance: Decimal,
        size: Fact | None,
        parameters: list[Parameter],
    ) -> Decimal:
        """The points of a distance in steps."""
        wide, points = setting(step.step, who.type), setting(step.points, who.type)
        if step.by_target:
            assert isinstance(size, Value)
            points = _ZERO
            for line in step.by_target:
                if size.amount >= line.from_target:
                    points = line.points
        count = settled(ratio(distance, wide))
        if step.whole:
            count = count.to_integral_value(ROUND_DOWN)
        amount = multiply(count, points)
        parameters += [
            self._parameter(row, f"{name}.step", wide),
            self._parameter(row, f"{name}.points", points),
            self._parameter(row, f"{name}.steps", count),
        ]
        if step.most is not None:
            most = setting(step.most, who.type)
            parameters.append(self._parameter(row, f"{name}.most", most))
            amount = min(amount, most)
        return amount

    def _bands(self, who: Holder, row: Any, rule: m.Bands, full: Decimal, value: Decimal) -> Earned:
        reached = [band for band in rule.bands if settled(value) >= band.from_value]
        if not reached:
            return Earned(
                setting(rule.below, who.type), (Parameter(f"{row.code}.band", "below", self.version),)
            )
        parameters = (self._parameter(row, "band", reached[-1].from_value),)
        return Earned(setting(reached[-1].points, who.type), parameters)

    def _min_max(self, who: Holder, row: Any, rule: m.MinMax, full: Decimal, value: Decimal) -> Earned | Cell:
        ends = self.figures.of_group(
            row.value,
            "ends",
            lambda known: (min(known.values()), max(known.values()), len(known)) if known else None,
        )
        if ends is None:
            return Cell(Missing(MissingReason.NO_COHORT))
        least, most, number = ends
        value = settled(value)
        middle = ratio(add([rule.low, rule.high]), Decimal(2))
        level = {"high": rule.high, "low": rule.low, "middle": middle}
        if number == 1:
            percent = level[rule.single]
        elif least == most:
            percent = level[rule.equal]
        else:
            above = subtract(value, least) if rule.direction == "more" else subtract(most, value)
            share = multiply(subtract(rule.high, rule.low), ratio(above, subtract(most, least)))
            percent = within(add([rule.low, share]), rule.low, rule.high)
        unit = self.figures.unit(row.value)
        parameters = (self._parameter(row, "low", rule.low), self._parameter(row, "high", rule.high))
        operands = (Operand("least", least, unit), Operand("most", most, unit))
        return Earned(ratio(multiply(full, percent), _HUNDRED), parameters, operands)

    def _share_of_best(
        self, who: Holder, row: Any, rule: m.ShareOfBest, full: Decimal, value: Decimal
    ) -> Earned | Cell:
        more = rule.direction == "more"
        best = self.figures.of_group(
            row.value,
            f"best_{rule.direction}",
            lambda known: (max if more else min)(known.values(), default=None),
        )
        if best is None:
            return Cell(Missing(MissingReason.NO_COHORT))
        upper, lower = (settled(value), best) if more else (best, settled(value))
        if lower <= 0:
            share = Decimal(1) if upper == lower else _ZERO
        else:
            share = within(ratio(upper, lower), _ZERO, Decimal(1))
        return Earned(multiply(full, share), (), (Operand("best", best, self.figures.unit(row.value)),))

    def _by_position(
        self, who: Holder, row: Any, rule: m.ByPosition, full: Decimal, value: Decimal
    ) -> Earned | Cell:
        if rule.given:
            place: int | None = int(settled(value))
        else:
            place = self.figures.places(row.value, rule.direction).get(who.code)
        if place is None or place < 1:
            return Cell(Missing(MissingReason.NOT_APPLICABLE))
        points = rule.points[place - 1] if place <= len(rule.points) else rule.after
        return Earned(points, (self._parameter(row, "place", Decimal(place)),))

    def _per_item(
        self, who: Holder, row: Any, rule: m.PerItem, full: Decimal, value: Decimal
    ) -> Earned | Cell:
        free, _how = self.figures.target(who, rule.free, self.figures.unit(row.value))
        if isinstance(free, Missing):
            return Cell(free)
        each, count = setting(rule.each, who.type), max(subtract(value, free.amount), _ZERO)
        if rule.whole:
            count = settled(count).to_integral_value(ROUND_DOWN)
        amount = multiply(count, each)
        parameters = [self._parameter(row, "each", each), self._parameter(row, "items", count)]
        if rule.most is not None:
            most = setting(rule.most, who.type)
            parameters.append(self._parameter(row, "most", most))
            amount = min(amount, most)
        return Earned(amount, tuple(parameters), (operand("free", free),) if free.amount else ())

    def _given(self, who: Holder, row: Any, rule: m.Given, full: Decimal, value: Decimal) -> Earned:
        out_of = setting(rule.out_of, who.type)
        return Earned(ratio(multiply(full, value), out_of), (self._parameter(row, "out_of", out_of),))

    def _classes(self, who: Holder, row: Any, rule: m.Classes, full: Decimal) -> Earned | Cell:
        amount, above, parameters, operands = _ZERO, _ZERO, [], []
        for line in rule.classes:
            fact = self.figures.fact(who.unit, line.of)
            operands.append(operand(line.of, fact))
            if isinstance(fact, Missing):
                return Cell(fact)
            each = setting(line.each, who.type)
            count = max(subtract(fact.amount, above), _ZERO) if rule.nested else fact.amount
            above = max(above, fact.amount)
            amount = add([amount, multiply(count, each)])
            parameters += [
                self._parameter(row, f"{line.of}.each", each),
                self._parameter(row, f"{line.of}.items", count),
            ]
        if rule.most is not None:
            most = setting(rule.most, who.type)
            parameters.append(self._parameter(row, "most", most))
            amount = min(amount, most)
        return Earned(amount, tuple(parameters), tuple(operands))

    def _counts(self, who: Holder, row: Any, rule: m.Counts, full: Decimal) -> Earned | Cell:
        cost, parameters, operands, children = _ZERO, [], [], []
        for number, line in enumerate(rule.lines):
            cell = self.figures.figure(who, line.of)
            needed, _how = self.figures.target(who, line.needed, self.figures.unit(line.of))
            for fact in (cell.fact, needed):
                if isinstance(fact, Missing):
                    return Cell(fact)
            assert isinstance(cell.fact, Value)
            assert isinstance(needed, Value)
            each = setting(line.each, who.type)
            lacking = max(subtract(needed.amount, cell.fact.amount), _ZERO)
            cost = add([cost, multiply(lacking, each)])
            operands += [operand(f"line.{number}", cell.fact), operand(f"needed.{number}", needed)]
            parameters += [
                self._parameter(row, f"line.{number}.each", each),
                self._parameter(row, f"line.{number}.lacking", lacking),
            ]
            children += [] if cell.trace is None else [cell.trace]
        return Earned(max(subtract(full, cost), _ZERO), tuple(parameters), tuple(operands), tuple(children))

    def _parameter(self, row: Indicator, name: str, value: Decimal) -> Parameter:
        return Parameter(f"{row.code}.{name}", decimal_text(value), self.version)
