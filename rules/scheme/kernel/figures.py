"""Facts, targets and made figures of one competition group."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules import money, ranking
from rules.facts import PERCENT, POINTS, Fact, Missing, MissingReason, Value
from rules.money import add, multiply, ratio, settled, subtract
from rules.periods import progress
from rules.scheme import figures as f
from rules.scheme.checks import PLAIN, unit_of
from rules.scheme.document import Group, Scheme
from rules.scheme.facts import Facts
from rules.scheme.parts import OwnTarget, setting
from rules.trace import Operand, Parameter, Trace, decimal_text

from .handed import NO_FACT, Handed, Holder, amount_of, as_schedule

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure and how it came about. `trace` is None for a fact that was handed in: its operand says it all."""

    fact: Fact
    trace: Trace | None = None


class Figures(Handed):
    """Everything that is made of what was handed in. Each figure is made once per unit and type."""

    def __init__(self, scheme: Scheme, group: Group, facts: Facts, version: str) -> None:
        super().__init__(scheme, group, facts)
        self.version = version
        self._made: dict[tuple[str, str, int], Cell] = {}
        self._group: dict[tuple[str, Any], Any] = {}

    # -- what is made of it

    def figure(self, who: Holder, figure: Any) -> Cell:
        """The figure of a unit, unrounded."""
        if isinstance(figure, str):
            return Cell(self.fact(who.unit, figure))
        key = (who.code, who.type, id(figure))
        if key not in self._made:
            self._made[key] = getattr(self, f"_{figure.kind}")(who, figure)
        return self._made[key]

    def of_group(self, figure: Any, name: str, work: Callable[[dict[str, Decimal]], Any]) -> Any:
        """Something of the whole group (its mean, its best), worked out once from those who have the figure."""
        key = (name, figure if isinstance(figure, str) else id(figure))
        if key not in self._group:
            known = {}
            for who in self.cohort:
                fact = self.figure(who, figure).fact
                if isinstance(fact, Value):
                    known[who.code] = settled(fact.amount)
            self._group[key] = work(known)
        return self._group[key]

    def places(self, figure: Any, direction: str) -> dict[str, int]:
        """Competition places of the group's units by a figure."""

        def work(known: dict[str, Decimal]) -> dict[str, int]:
            order = "desc" if direction == "more" else "asc"
            return places({code: Value(amount, PLAIN) for code, amount in known.items()}, order)

        found: dict[str, int] = self.of_group(figure, f"places_{direction}", work)
        return found

    def _scaled(self, who: Holder, figure: f.Scaled) -> Cell:
        factor = setting(figure.factor, who.type)
        return self._step(
            who,
            figure,
            (("of", figure.of),),
            lambda amount: multiply(amount, factor),
            (self._parameter("factor", factor),),
        )

    def _completion(self, who: Holder, figure: f.Completion) -> Cell:
        of = self.figure(who, figure.of)
        target, how = self.target(who, figure.target, self.unit(figure.of))
        result: Decimal | MissingReason
        if isinstance(target, Missing):
            keep = target.reason is MissingReason.NOT_APPLICABLE
            result = MissingReason.NOT_APPLICABLE if keep else MissingReason.NO_TARGET
        elif isinstance(of.fact, Missing):
            result = of.fact.reason
        elif target.amount <= 0:
            result = MissingReason.ZERO_TARGET if target.amount == 0 else MissingReason.NOT_APPLICABLE
        else:
            result = ratio(of.fact.amount, target.amount, _HUNDRED)
        parameters = self._target_parameters(figure.target, how)
        return self._cell("completion", PERCENT, (("done", of), ("target", Cell(target))), result, parameters)

    def _points_to_schedule(self, who: Holder, figure: f.PointsToSchedule) -> Cell:
        done = self._completion(who, f.Completion(kind="completion", of=figure.of, target=figure.target))
        how = self.target(who, figure.target, self.unit(figure.of))[1]
        schedule = self.scheme.schedule
        if isinstance(figure.target, OwnTarget):
            schedule = self.own_target(who.unit, figure.target.of, figure.target.which)[1]
        due = progress(as_schedule(schedule), self.through.number)
        result = done.fact.reason if isinstance(done.fact, Missing) else subtract(done.fact.amount, due)
        operands = (("completion", done), ("progress", Cell(Value(due, PERCENT))))
        return self._cell(
            "points_to_schedule", POINTS, operands, result, self._target_parameters(figure.target, how)
        )

    def _ratio(self, who: Holder, figure: f.Ratio) -> Cell:
        part, whole = self.figure(who, figure.part), self.figure(who, figure.whole)
        result: Decimal | MissingReason
        if isinstance(part.fact, Missing) or isinstance(whole.fact, Missing):
            missing = part.fact if isinstance(part.fact, Missing) else whole.fact
            assert isinstance(missing, Missing)
            result = missing.reason
        elif whole.fact.amount == 0:
            zero: dict[str, Decimal | MissingReason] = {
                "zero": Decimal(0),
                "hundred": _HUNDRED,
                "missing": MissingReason.ZERO_BASE,
            }
            result = zero[figure.whole_zero]
        else:
            result = ratio(part.fact.amount, whole.fact.amount, figure.times)
        parameters = (
            self._parameter("times", figure.times),
            Parameter("whole_zero", figure.whole_zero, self.version),
        )
        return self._cell("ratio", self.unit(figure), (("part", part), ("whole", whole)), result, parameters)

    def _growth(self, who: Holder, figure: f.Growth) -> Cell:
        now, before = self.figure(who, figure.now), self.figure(who, figure.before)
        result: Decimal | MissingReason
        if isinstance(now.fact, Missing):
            result = now.fact.reason
        elif isinstance(before.fact, Missing):
            broken = before.fact.reason is MissingReason.BREAK_IN_DEFINITION
            result = before.fact.reason if broken else MissingReason.NO_BASE
        elif before.fact.amount <= 0:
            result = MissingReason.ZERO_BASE if before.fact.amount == 0 else MissingReason.NOT_APPLICABLE
        else:
            result = ratio(subtract(now.fact.amount, before.fact.amount), before.fact.amount, _HUNDRED)
        return self._cell("growth", PERCENT, (("now", now), ("before", before)), result)

    def _difference(self, who: Holder, figure: f.Difference) -> Cell:
        return self._step(who, figure, (("of", figure.of), ("less", figure.less)), subtract)

    def _share_of_group(self, who: Holder, figure: f.ShareOfGroup) -> Cell:
        whole = self.of_group(figure.of, "sum", lambda known: add(known.values()))
        of = self.figure(who, figure.of)
        result: Decimal | MissingReason
        if isinstance(of.fact, Missing):
            result = of.fact.reason
        else:
            result = ratio(of.fact.amount, whole, _HUNDRED) if whole > 0 else MissingReason.ZERO_BASE
        group = Cell(Value(whole, self.unit(figure.of)))
        return self._cell("share_of_group", PERCENT, (("of", of), ("group", group)), result)

    def _gap_to_mean(self, who: Holder, figure: f.GapToMean) -> Cell:
        mean = self.of_group(figure.of, "mean", _mean)
        of = self.figure(who, figure.of)
        result: Decimal | MissingReason
        if isinstance(of.fact, Missing):
            result = of.fact.reason
        else:
            result = MissingReason.NO_COHORT if mean is None else subtract(of.fact.amount, mean)
        group = NO_FACT if mean is None else Value(mean, self.unit(figure.of))
        return self._cell("gap_to_mean", self.unit(figure), (("of", of), ("mean", Cell(group))), result)

    def _position(self, who: Holder, figure: f.Position) -> Cell:
        of = self.figure(who, figure.of)
        place = self.places(figure.of, figure.direction).get(who.code)
        result: Decimal | MissingReason
        if isinstance(of.fact, Missing):
            result = of.fact.reason
        else:
            result = MissingReason.NOT_APPLICABLE if place is None else Decimal(place)
        parameters = (Parameter("direction", figure.direction, self.version),)
        return self._cell("position", PLAIN, (("of", of),), result, parameters)

    def _total(self, who: Holder, figure: f.Total) -> Cell:
        return self._weighted(
            who, figure, figure.of, lambda pairs: add(multiply(one, by) for one, by in pairs)
        )

    def _mean(self, who: Holder, figure: f.Mean) -> Cell:
        leave_out = figure.missing == "leave_out"
        rows = [row for row in figure.of if not (leave_out and self._lacks(who, row.figure))]

        def mean(pairs: Iterable[tuple[Decimal, Decimal]]) -> Decimal | MissingReason:
            pairs = tuple(pairs)
            weights = add(by for _one, by in pairs)
            return (
                ratio(add(multiply(one, by) for one, by in pairs), weights)
                if weights
                else MissingReason.ZERO_BASE
            )

        return self._weighted(who, figure, rows or list(figure.of), mean)

    def _lacks(self, who: Holder, figure: Any) -> bool:
        return isinstance(self.figure(who, figure).fact, Missing)

    def _weighted(self, who: Holder, figure: Any, rows: Iterable[f.Weighted], work: Any) -> Cell:
        rows = tuple(rows)
        cells = [self.figure(who, row.figure) for row in rows]
        weights = [setting(row.weight, who.type) for row in rows]
        missing = next((cell.fact for cell in cells if isinstance(cell.fact, Missing)), None)
        result = missing.reason if missing else work(_pairs(cells, weights))
        named = tuple(
            (_name(row.figure, number), cell)
            for number, (row, cell) in enumerate(zip(rows, cells, strict=True))
        )
        parameters = tuple(
            self._parameter(f"weight.{name}", weight)
            for (name, _cell), weight in zip(named, weights, strict=True)
        )
        return self._cell(figure.kind, self.unit(figure), named, result, parameters)

    def _within(self, who: Holder, figure: f.Within) -> Cell:
        limits = {
            name: setting(value, who.type)
            for name, value in (("least", figure.least), ("most", figure.most))
            if value is not None
        }
        return self._step(
            who,
            figure,
            (("of", figure.of),),
            lambda amount: within(settled(amount), limits.get("least"), limits.get("most")),
            tuple(self._parameter(name, value) for name, value in limits.items()),
        )

    def _rounded(self, who: Holder, figure: f.Rounded) -> Cell:
        how = money.Rounding(figure.rounding.digits, figure.rounding.mode)
        parameters = (Parameter("rounding", str(how), self.version),)
        return self._step(
            who, figure, (("of", figure.of),), lambda amount: how.apply(settled(amount)), parameters
        )

    def _composed(self, who: Holder, figure: f.Composed) -> Cell:
        cells, needed, missing = {}, {}, None
        for line in figure.lines:
            cells[line.of] = self.figure(who, line.of)
            target, _how = self.target(who, line.needed, self.unit(line.of))
            for fact in (cells[line.of].fact, target):
                missing = missing or (fact if isinstance(fact, Missing) else None)
            needed[line.of] = target
        met: dict[str, Decimal] = {}
        if missing is None:
            met = _fill(figure, {code: amount_of(cell.fact) for code, cell in cells.items()}, needed)
        whole = add(amount_of(fact) for fact in needed.values()) if missing is None else Decimal(0)
        result: Decimal | MissingReason
        if missing is not None:
            result = missing.reason
        else:
            result = ratio(add(met.values()), whole, _HUNDRED) if whole > 0 else MissingReason.ZERO_TARGET
        operands = list(cells.items())
        operands += [(f"needed.{code}", Cell(fact)) for code, fact in needed.items()]
        parameters = (
            Parameter("fill_down", "yes" if figure.fill_down else "no", self.version),
            *(self._parameter(f"met.{code}", amount) for code, amount in met.items()),
        )
        return self._cell("composed", PERCENT, tuple(operands), result, parameters)

    # -- writing it down

    def unit(self, figure: Any) -> str:
        """The unit of measure of a figure."""
        return unit_of(self.scheme, figure)

    def _parameter(self, path: str, value: Decimal) -> Parameter:
        return Parameter(path, decimal_text(value), self.version)

    def _target_parameters(self, target: Any, how: str) -> tuple[Parameter, ...]:
        if not isinstance(target, OwnTarget):
            return ()
        said = Parameter("target", target.which, self.version)
        return (said, Parameter("schedule", how, self.version), Parameter("through", str(self.through)))

    def _step(
        self,
        who: Holder,
        figure: Any,
        of: tuple[tuple[str, Any], ...],
        work: Callable[..., Decimal],
        parameters: tuple[Parameter, ...] = (),
    ) -> Cell:
        """An operation on figures that is missing with the first of them."""
        cells = [(name, self.figure(who, one)) for name, one in of]
        missing = next((cell.fact for _name, cell in cells if isinstance(cell.fact, Missing)), None)
        result = missing.reason if missing else work(*(amount_of(cell.fact) for _name, cell in cells))
        return self._cell(figure.kind, self.unit(figure), tuple(cells), result, parameters)

    def _cell(
        self,
        kind: str,
        unit: str,
        of: tuple[tuple[str, Cell], ...],
        result: Decimal | MissingReason,
        parameters: tuple[Parameter, ...] = (),
    ) -> Cell:
        operands = tuple(operand(name, cell.fact) for name, cell in of)
        children = tuple(cell.trace for _name, cell in of if cell.trace is not None)
        missing = isinstance(result, MissingReason)
        amount = None if isinstance(result, MissingReason) else settled(result)
        trace = Trace(
            kind,
            f"figure.{kind}",
            kind,
            operands,
            parameters,
            amount,
            amount,
            amount,
            unit,
            str(result) if missing else None,
            children,
        )
        return Cell(Missing(result) if isinstance(result, MissingReason) else Value(result, unit), trace)


def settle(fact: Fact) -> Fact:
    """A fact to compare or to show."""
    return Value(settled(fact.amount), fact.unit, fact.ref) if isinstance(fact, Value) else fact


def operand(name: str, fact: Fact) -> Operand:
    """A figure as it enters a step."""
    return Operand.of(name, settle(fact))


def within(amount: Decimal, least: Decimal | None, most: Decimal | None) -> Decimal:
    """An amount held between limits."""
    if most is not None and amount > most:
        amount = most
    return least if least is not None and amount < least else amount


def places(facts: dict[str, Fact], order: Any) -> dict[str, int]:
    """Competition places (1, 2, 2, 4) of those that have a value."""
    lines = [ranking.LineInput(code, "", facts={"by": settle(fact)}) for code, fact in facts.items()]
    ranked = ranking.rank(lines, ranking.RankRule((ranking.Key("by", order),)))
    return {row.unit: row.position for row in ranked if row.position is not None}


def _pairs(cells: list[Cell], weights: list[Decimal]) -> Iterable[tuple[Decimal, Decimal]]:
    return ((amount_of(cell.fact), weight) for cell, weight in zip(cells, weights, strict=True))


def _name(figure: Any, number: int) -> str:
    return figure if isinstance(figure, str) else f"{figure.kind}.{number + 1}"


def _mean(known: dict[str, Decimal]) -> Decimal | None:
    return ratio(add(known.values()), Decimal(len(known))) if known else None


def _fill(figure: f.Composed, have: dict[str, Decimal], needed: dict[str, Fact]) -> dict[str, Decimal]:
    """What each line of a composed target is met by: first its own items, then surplus of the lines above."""
    met = {code: min(amount, amount_of(needed[code])) for code, amount in have.items()}
    if figure.fill_down:
        for line in figure.lines:
            surplus = subtract(have[line.of], met[line.of])
            for code in line.fills:
                room = subtract(amount_of(needed[code]), met[code])
                used = min(surplus, room)
                met[code], surplus = add([met[code], used]), subtract(surplus, used)
    return met
