"""From a figure to marks: each rule of the vocabulary (DOMAIN §8 "Scoring constructs"; docs/schemes.md, "Rules").

A rule is a function of the amounts that it needs, for units of one type. It is called once per row for the marks; for a
row's trace it is called again with `notes`, a list in which it writes down what it read and found on its way.
"""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from rules.money import SETTLED, WIDE, WORK
from rules.scheme import marking as m
from rules.scheme.document import Indicator
from rules.scheme.parts import setting
from rules.trace import Parameter, decimal_text

from .columns import NO_COHORT, NOT_APPLICABLE, Amount, Node
from .figures import Figures, within
from .handed import HUNDRED

ZERO, ONE = Decimal(0), Decimal(1)
MARKS = "marks"
Notes = list[tuple[str, Decimal | str]]
Work = Callable[..., Amount]
Of = tuple[tuple[str, Node], ...]


def note(notes: Notes | None, **found: Decimal | str) -> None:
    """Write down what a rule read, when somebody wants to know."""
    if notes is not None:
        notes.extend((name.replace("__", "."), value) for name, value in found.items())


class Rules(Figures):
    """The rules of a group."""

    def earned(self, row: Indicator) -> Node:
        """The marks of an indicator before coefficient and limits."""
        make, of = getattr(self, f"_rule_{row.rule.kind}")(row, row.rule)
        nodes = tuple(node for _name, node in of)

        def said(number: int) -> tuple[Parameter, ...]:
            notes: Notes = []
            amounts = [node.column[number] for node in nodes]
            if all(type(amount) is Decimal for amount in amounts):
                make(self.rows[number].type)(*amounts, notes=notes)
            return tuple(
                Parameter(
                    f"{row.code}.{name}",
                    value if isinstance(value, str) else decimal_text(value),
                    self.version,
                )
                for name, value in notes
            )

        column = self.column(make, *nodes)
        return Node(row.rule.kind, MARKS, column, of, said)

    def _value(self, row: Indicator) -> Node:
        return self.figure(row.value)

    def _rule_proportional(self, row: Indicator, rule: m.Proportional) -> tuple[Any, Of]:
        def make(unit_type: str) -> Work:
            full, at = setting(row.full, unit_type), setting(rule.at, unit_type)
            most = None if rule.most is None else setting(rule.most, unit_type)
            top = None if most is None else WORK.divide(most, HUNDRED)
            line = None if rule.least_value is None else setting(rule.least_value, unit_type)

            def run(value: Decimal, notes: Notes | None = None) -> Amount:
                if notes is not None:
                    found = {"at": at, "most": most, "least_value": line}
                    note(notes, **{name: one for name, one in found.items() if one is not None})
                if line is not None and SETTLED.plus(value) < line:
                    return ZERO
                share = WORK.divide(value, at)
                if top is not None and share > top:
                    share = top
                return WIDE.multiply(full, share) if share > 0 else ZERO

            return run

        return make, (("value", self._value(row)),)

    def _rule_at_target(self, row: Indicator, rule: m.AtTarget) -> tuple[Any, Of]:
        def make(unit_type: str) -> Work:
            at = setting(rule.at, unit_type)
            base = setting(row.full if rule.base is None else rule.base, unit_type)
            over = None if rule.over is None else _steps("over", rule.over, unit_type)
            short = None if rule.short is None else _steps("short", rule.short, unit_type)

            def run(value: Decimal, size: Decimal = ZERO, notes: Notes | None = None) -> Amount:
                note(notes, at=at, base=base)
                settled = SETTLED.plus(value)
                if settled >= at:
                    return (
                        base
                        if over is None
                        else WIDE.add(base, over(WIDE.subtract(settled, at), size, notes))
                    )
                note(notes, below=rule.below)
                if rule.below == "nothing":
                    return ZERO
                if short is not None:
                    return max(WIDE.subtract(base, short(WIDE.subtract(at, settled), size, notes)), ZERO)
                return WIDE.multiply(base, WORK.divide(value, at)) if value > 0 else ZERO

            return run

        of: Of = (("value", self._value(row)),)
        if rule.size is not None:
            of = (*of, ("size", self.target(rule.size, MARKS)))
        return make, of

    def _rule_bands(self, row: Indicator, rule: m.Bands) -> tuple[Any, Of]:
        def make(unit_type: str) -> Work:
            bands = [(band.from_value, setting(band.points, unit_type)) for band in reversed(rule.bands)]
            below = setting(rule.below, unit_type)

            def run(value: Decimal, notes: Notes | None = None) -> Amount:
                settled = SETTLED.plus(value)
                for limit, points in bands:
                    if settled >= limit:
                        note(notes, band=limit)
                        return points
                note(notes, band="below")
                return below

            return run

        return make, (("value", self._value(row)),)

    def _rule_min_max(self, row: Indicator, rule: m.MinMax) -> tuple[Any, Of]:
        node = self._value(row)
        known = self.known(node)
        least, most = (min(known), max(known)) if known else (ZERO, ZERO)
        wide = WIDE.subtract(most, least)
        level = {
            "high": rule.high,
            "low": rule.low,
            "middle": WORK.divide(WIDE.add(rule.low, rule.high), Decimal(2)),
        }
        fixed = None
        if len(known) == 1 or wide == 0:
            fixed = level[rule.single if len(known) == 1 else rule.equal]
        band, more = WIDE.subtract(rule.high, rule.low), rule.direction == "more"

        def make(unit_type: str) -> Work:
            full = setting(row.full, unit_type)

            def run(value: Decimal, _least: Decimal, _most: Decimal, notes: Notes | None = None) -> Amount:
                note(notes, low=rule.low, high=rule.high)
                if not known:
                    return NO_COHORT
                percent = fixed
                if percent is None:
                    settled = SETTLED.plus(value)
                    above = WIDE.subtract(settled, least) if more else WIDE.subtract(most, settled)
                    share = WIDE.multiply(band, WORK.divide(above, wide))
                    percent = within(WIDE.add(rule.low, share), rule.low, rule.high)
                return WORK.divide(WIDE.multiply(full, percent), HUNDRED)

            return run

        ends = (("least", self.constant(least, node.unit)), ("most", self.constant(most, node.unit)))
        return make, (("value", node), *ends)

    def _rule_share_of_best(self, row: Indicator, rule: m.ShareOfBest) -> tuple[Any, Of]:
        node = self._value(row)
        known, more = self.known(node), rule.direction == "more"
        best = (max if more else min)(known, default=ZERO)

        def make(unit_type: str) -> Work:
            full = setting(row.full, unit_type)

            def run(value: Decimal, _best: Decimal, notes: Notes | None = None) -> Amount:
                if not known:
                    return NO_COHORT
                settled = SETTLED.plus(value)
                upper, lower = (settled, best) if more else (best, settled)
                if lower <= 0:
                    return full if upper == lower else ZERO
                return WIDE.multiply(full, within(WORK.divide(upper, lower), ZERO, ONE))

            return run

        return make, (("value", node), ("best", self.constant(best, node.unit)))

    def _rule_by_position(self, row: Indicator, rule: m.ByPosition) -> tuple[Any, Of]:
        node = self._value(row)
        if not rule.given:
            places = self.places(node, rule.direction)
            column: list[Amount] = [
                amount
                if type(amount) is not Decimal
                else (Decimal(places[number]) if number in places else NOT_APPLICABLE)
                for number, amount in enumerate(node.column)
            ]
            node = Node("position", "number", column, (("of", node),))

        def make(_unit_type: str) -> Work:
            def run(place: Decimal, notes: Notes | None = None) -> Amount:
                at = int(SETTLED.plus(place))
                if at < 1:
                    return NOT_APPLICABLE
                note(notes, place=Decimal(at))
                return rule.points[at - 1] if at <= len(rule.points) else rule.after

            return run

        return make, (("value", node),)

    def _rule_per_item(self, row: Indicator, rule: m.PerItem) -> tuple[Any, Of]:
        node = self._value(row)

        def make(unit_type: str) -> Work:
            each = setting(rule.each, unit_type)
            most = None if rule.most is None else setting(rule.most, unit_type)

            def run(value: Decimal, free: Decimal, notes: Notes | None = None) -> Amount:
                count = SETTLED.plus(WIDE.subtract(value, free))
                count = ZERO if count < 0 else count
                if rule.whole:
                    count = count.to_integral_value(ROUND_DOWN)
                note(notes, each=each, items=count)
                return _at_most(WIDE.multiply(count, each), most, notes)

            return run

        return make, (("value", node), ("free", self.target(rule.free, node.unit)))

    def _rule_given(self, row: Indicator, rule: m.Given) -> tuple[Any, Of]:
        def make(unit_type: str) -> Work:
            full, out_of = setting(row.full, unit_type), setting(rule.out_of, unit_type)
            most = (
                None
                if rule.most is None
                else WORK.divide(WIDE.multiply(full, setting(rule.most, unit_type)), HUNDRED)
            )

            def run(value: Decimal, notes: Notes | None = None) -> Amount:
                note(notes, out_of=out_of)
                return _at_most(WORK.divide(WIDE.multiply(full, value), out_of), most, notes)

            return run

        return make, (("value", self._value(row)),)

    def _rule_classes(self, row: Indicator, rule: m.Classes) -> tuple[Any, Of]:
        def make(unit_type: str) -> Work:
            points = [(line.of, setting(line.each, unit_type)) for line in rule.classes]
            most = None if rule.most is None else setting(rule.most, unit_type)

            def run(*counts: Decimal, notes: Notes | None = None) -> Amount:
                amount = above = ZERO
                for (code, each), count in zip(points, counts, strict=True):
                    own = max(WIDE.subtract(count, above), ZERO) if rule.nested else count
                    above = max(above, count)
                    amount = WIDE.add(amount, WIDE.multiply(own, each))
                    note(notes, **{f"{code}__each": each, f"{code}__items": own})
                return _at_most(amount, most, notes)

            return run

        return make, tuple((line.of, self.fact(line.of)) for line in rule.classes)

    def _rule_counts(self, row: Indicator, rule: m.Counts) -> tuple[Any, Of]:
        have = [self.figure(line.of) for line in rule.lines]
        needed = [self.target(line.needed, node.unit) for line, node in zip(rule.lines, have, strict=True)]

        def make(unit_type: str) -> Work:
            full, prices = (
                setting(row.full, unit_type),
                [setting(line.each, unit_type) for line in rule.lines],
            )

            def run(*amounts: Decimal, notes: Notes | None = None) -> Amount:
                cost, count = ZERO, len(prices)
                for number, (own, whole, each) in enumerate(
                    zip(amounts[:count], amounts[count:], prices, strict=True)
                ):
                    lacking = max(WIDE.subtract(whole, own), ZERO)
                    cost = WIDE.add(cost, WIDE.multiply(lacking, each))
                    note(notes, **{f"line__{number}__each": each, f"line__{number}__lacking": lacking})
                return max(WIDE.subtract(full, cost), ZERO)

            return run

        names = [f"line.{number}" for number in range(len(have))]
        goals = [f"needed.{number}" for number in range(len(have))]
        return make, (*zip(names, have, strict=True), *zip(goals, needed, strict=True))


def _steps(name: str, step: m.Step, unit_type: str) -> Callable[[Decimal, Decimal, Notes | None], Decimal]:
    """The points of a distance in steps; `size` is the target that points may depend on."""
    wide, flat = setting(step.step, unit_type), setting(step.points, unit_type)
    most = None if step.most is None else setting(step.most, unit_type)

    def run(distance: Decimal, size: Decimal, notes: Notes | None) -> Decimal:
        points = ZERO if step.by_target else flat
        for line in step.by_target:
            if size >= line.from_target:
                points = line.points
        count = SETTLED.plus(WORK.divide(distance, wide))
        if step.whole:
            count = count.to_integral_value(ROUND_DOWN)
        note(notes, **{f"{name}__step": wide, f"{name}__points": points, f"{name}__steps": count})
        return _at_most(WIDE.multiply(count, points), most, notes, f"{name}__most")

    return run


def _at_most(amount: Decimal, most: Decimal | None, notes: Notes | None, name: str = "most") -> Decimal:
    if most is None:
        return amount
    note(notes, **{name: most})
    return min(amount, most)
