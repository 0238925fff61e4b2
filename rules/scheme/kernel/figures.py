"""The figures of a group: each kind as a column made of other columns (docs/schemes.md, "Figures")."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rules import money, ranking
from rules.facts import PERCENT, POINTS, Missing, MissingReason, Value
from rules.money import SETTLED, WIDE, WORK, add
from rules.scheme import figures as f
from rules.scheme.checks import PLAIN, unit_of
from rules.scheme.document import Group, Scheme
from rules.scheme.facts import Facts
from rules.scheme.parts import setting
from rules.trace import Parameter, decimal_text

from .columns import (
    NO_BASE,
    NO_COHORT,
    NO_TARGET,
    NOT_APPLICABLE,
    ZERO_BASE,
    ZERO_TARGET,
    Amount,
    Node,
)
from .handed import HUNDRED, Handed

Run = Callable[..., Amount]
ZERO = Decimal(0)


class Figures(Handed):
    """Everything that is made of what was handed in. Each figure of the document is made once."""

    def __init__(self, scheme: Scheme, group: Group, facts: Facts, version: str) -> None:
        super().__init__(scheme, group, facts, version)
        self._made: dict[int, Node] = {}

    def figure(self, figure: Any) -> Node:
        """The column of a figure."""
        if isinstance(figure, str):
            return self.fact(figure)
        if id(figure) not in self._made:
            self._made[id(figure)] = getattr(self, f"_{figure.kind}")(figure)
        return self._made[id(figure)]

    def unit(self, figure: Any) -> str:
        """The unit of measure of a figure."""
        return unit_of(self.scheme, figure)

    def known(self, node: Node) -> list[Decimal]:
        """The settled figures of those in the group's ranking who have one."""
        amounts = (node.column[number] for number in self.cohort)
        return [SETTLED.plus(amount) for amount in amounts if isinstance(amount, Decimal)]

    def places(self, node: Node, direction: str) -> dict[int, int]:
        """Competition places (1, 2, 2, 4) of the group's rows by a figure."""
        lines = [
            ranking.LineInput(str(number), "", facts={"by": node.fact(number)})
            for number in self.cohort
            if type(node.column[number]) is Decimal
        ]
        key = ranking.Key("by", "desc" if direction == "more" else "asc")
        ranked = ranking.rank(lines, ranking.RankRule((key,)))
        return {int(row.unit): row.position for row in ranked if row.position is not None}

    def parameter(self, path: str, value: Decimal) -> Parameter:
        return Parameter(path, decimal_text(value), self.version)

    # -- one function for each kind

    def _scaled(self, figure: f.Scaled) -> Node:
        of = self.figure(figure.of)
        factor = self.constant(figure.factor, PLAIN)
        column = self.column(lambda _type: WIDE.multiply, of, factor)
        return Node("scaled", of.unit, column, (("of", of), ("factor", factor)))

    def _completion(self, figure: f.Completion) -> Node:
        done = self.figure(figure.of)
        target = self.target(figure.target, done.unit)

        def rate(amount: Amount, whole: Amount) -> Amount:
            if type(whole) is not Decimal:
                assert isinstance(whole, Missing)
                return NOT_APPLICABLE if whole.reason is MissingReason.NOT_APPLICABLE else NO_TARGET
            if type(amount) is not Decimal:
                return amount
            if whole <= 0:
                return ZERO_TARGET if whole == 0 else NOT_APPLICABLE
            return WORK.divide(WIDE.multiply(amount, HUNDRED), whole)

        column = self.column_of_any(lambda _type: rate, done, target)
        said = self.target_parameters(figure.target)
        return Node("completion", PERCENT, column, (("done", done), ("target", target)), said)

    def _points_to_schedule(self, figure: f.PointsToSchedule) -> Node:
        done = self._completion(f.Completion(kind="completion", of=figure.of, target=figure.target))
        due = Node("progress", PERCENT, list(self.due(figure.target)), handed=True)
        column = self.column(lambda _type: WIDE.subtract, done, due)
        said = self.target_parameters(figure.target)
        return Node("points_to_schedule", POINTS, column, (("completion", done), ("progress", due)), said)

    def _ratio(self, figure: f.Ratio) -> Node:
        part, whole = self.figure(figure.part), self.figure(figure.whole)
        empty: Amount = {"zero": ZERO, "hundred": HUNDRED}.get(figure.whole_zero, ZERO_BASE)

        def share(amount: Decimal, by: Decimal) -> Amount:
            return empty if by == 0 else WORK.divide(WIDE.multiply(amount, figure.times), by)

        said = (
            self.parameter("times", figure.times),
            Parameter("whole_zero", figure.whole_zero, self.version),
        )
        column = self.column(lambda _type: share, part, whole)
        return Node(
            "ratio", self.unit(figure), column, (("part", part), ("whole", whole)), lambda _number: said
        )

    def _growth(self, figure: f.Growth) -> Node:
        now, before = self.figure(figure.now), self.figure(figure.before)

        def growth(amount: Amount, base: Amount) -> Amount:
            if type(amount) is not Decimal:
                return amount
            if type(base) is not Decimal:
                assert isinstance(base, Missing)
                return base if base.reason is MissingReason.BREAK_IN_DEFINITION else NO_BASE
            if base <= 0:
                return ZERO_BASE if base == 0 else NOT_APPLICABLE
            return WORK.divide(WIDE.multiply(WIDE.subtract(amount, base), HUNDRED), base)

        column = self.column_of_any(lambda _type: growth, now, before)
        return Node("growth", PERCENT, column, (("now", now), ("before", before)))

    def _difference(self, figure: f.Difference) -> Node:
        of, less = self.figure(figure.of), self.figure(figure.less)
        column = self.column(lambda _type: WIDE.subtract, of, less)
        return Node("difference", of.unit, column, (("of", of), ("less", less)))

    def _share_of_group(self, figure: f.ShareOfGroup) -> Node:
        of = self.figure(figure.of)
        whole = add(self.known(of))
        group = self.constant(whole, of.unit)

        def share(amount: Decimal, _whole: Decimal) -> Amount:
            return WORK.divide(WIDE.multiply(amount, HUNDRED), whole) if whole > 0 else ZERO_BASE

        column = self.column(lambda _type: share, of, group)
        return Node("share_of_group", PERCENT, column, (("of", of), ("group", group)))

    def _gap_to_mean(self, figure: f.GapToMean) -> Node:
        of = self.figure(figure.of)
        known = self.known(of)
        mean = WORK.divide(add(known), Decimal(len(known))) if known else ZERO
        group = self.constant(mean, of.unit)
        run: Run = WIDE.subtract if known else lambda _amount, _mean: NO_COHORT
        column = self.column(lambda _type: run, of, group)
        return Node("gap_to_mean", of.unit, column, (("of", of), ("mean", group)))

    def _position(self, figure: f.Position) -> Node:
        of = self.figure(figure.of)
        places = self.places(of, figure.direction)
        column: list[Amount] = [
            amount
            if isinstance(amount, Missing)
            else (Decimal(places[number]) if number in places else NOT_APPLICABLE)
            for number, amount in enumerate(of.column)
        ]
        said = (Parameter("direction", figure.direction, self.version),)
        return Node("position", PLAIN, column, (("of", of),), lambda _number: said)

    def _total(self, figure: f.Total) -> Node:
        return self._weighted(figure, lambda pairs: add(WIDE.multiply(one, by) for one, by in pairs))

    def _mean(self, figure: f.Mean) -> Node:
        def mean(pairs: list[tuple[Decimal, Decimal]]) -> Amount:
            weights = add(by for _one, by in pairs)
            if not weights:
                return ZERO_BASE
            return WORK.divide(add(WIDE.multiply(one, by) for one, by in pairs), weights)

        return self._weighted(figure, mean, leave_out=figure.missing == "leave_out")

    def _weighted(
        self, figure: f.Total | f.Mean, work: Callable[[Any], Amount], leave_out: bool = False
    ) -> Node:
        nodes = [self.figure(row.figure) for row in figure.of]
        names = [
            row.figure if isinstance(row.figure, str) else f"{row.figure.kind}.{number}"
            for number, row in enumerate(figure.of, 1)
        ]

        def make(unit_type: str) -> Run:
            weights = [setting(row.weight, unit_type) for row in figure.of]

            def run(*amounts: Amount) -> Amount:
                pairs = [pair for pair in zip(amounts, weights, strict=True) if type(pair[0]) is Decimal]
                if len(pairs) < len(amounts) and (not leave_out or not pairs):
                    return next(amount for amount in amounts if type(amount) is not Decimal)
                return work(pairs)

            return run

        def said(number: int) -> tuple[Parameter, ...]:
            unit_type = self.rows[number].type
            return tuple(
                self.parameter(f"weight.{name}", setting(row.weight, unit_type))
                for name, row in zip(names, figure.of, strict=True)
            )

        column = self.column_of_any(make, *nodes)
        return Node(figure.kind, self.unit(figure), column, tuple(zip(names, nodes, strict=True)), said)

    def _within(self, figure: f.Within) -> Node:
        of = self.figure(figure.of)

        def limits(unit_type: str) -> dict[str, Decimal | None]:
            given = {"least": figure.least, "most": figure.most}
            return {name: None if one is None else setting(one, unit_type) for name, one in given.items()}

        def make(unit_type: str) -> Run:
            ends = limits(unit_type)
            return lambda amount: within(SETTLED.plus(amount), ends["least"], ends["most"])

        def said(number: int) -> tuple[Parameter, ...]:
            ends = limits(self.rows[number].type)
            return tuple(self.parameter(name, one) for name, one in ends.items() if one is not None)

        return Node("within", of.unit, self.column(make, of), (("of", of),), said)

    def _rounded(self, figure: f.Rounded) -> Node:
        of = self.figure(figure.of)
        how = money.Rounding(figure.rounding.digits, figure.rounding.mode)
        said = (Parameter("rounding", str(how), self.version),)

        def run(amount: Decimal) -> Decimal:
            return how.apply(SETTLED.plus(amount))

        column = self.column(lambda _type: run, of)
        return Node("rounded", of.unit, column, (("of", of),), lambda _number: said)

    def _composed(self, figure: f.Composed) -> Node:
        have = [self.figure(line.of) for line in figure.lines]
        needed = [self.target(line.needed, node.unit) for line, node in zip(figure.lines, have, strict=True)]
        count = len(have)

        def share(*amounts: Decimal) -> Amount:
            whole = add(amounts[count:])
            if whole <= 0:
                return ZERO_TARGET
            return WORK.divide(
                WIDE.multiply(add(_fill(figure, amounts[:count], amounts[count:])), HUNDRED), whole
            )

        def said(number: int) -> tuple[Parameter, ...]:
            facts = [node.fact(number) for node in (*have, *needed)]
            amounts = [fact.amount for fact in facts if isinstance(fact, Value)]
            met = _fill(figure, amounts[:count], amounts[count:]) if len(amounts) == len(facts) else []
            return (
                Parameter("fill_down", "yes" if figure.fill_down else "no", self.version),
                *(
                    self.parameter(f"met.{line.of}", one)
                    for line, one in zip(figure.lines, met, strict=False)
                ),
            )

        names = [line.of for line in figure.lines]
        of = (
            *zip(names, have, strict=True),
            *((f"needed.{name}", node) for name, node in zip(names, needed, strict=True)),
        )
        column = self.column(lambda _type: share, *have, *needed)
        return Node("composed", PERCENT, column, of, said)


def within(amount: Decimal, least: Decimal | None, most: Decimal | None) -> Decimal:
    """An amount held between limits."""
    if most is not None and amount > most:
        amount = most
    return least if least is not None and amount < least else amount


def _fill(figure: f.Composed, have: Any, needed: Any) -> list[Decimal]:
    """What each line of a composed target is met by: first its own items, then surplus of the lines above."""
    at = {line.of: number for number, line in enumerate(figure.lines)}
    met = [min(one, whole) for one, whole in zip(have, needed, strict=True)]
    if figure.fill_down:
        for number, line in enumerate(figure.lines):
            surplus = WIDE.subtract(have[number], met[number])
            for code in line.fills:
                used = min(surplus, WIDE.subtract(needed[at[code]], met[at[code]]))
                met[at[code]] = WIDE.add(met[at[code]], used)
                surplus = WIDE.subtract(surplus, used)
    return met
