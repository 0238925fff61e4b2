"""Places, grades and boards of each group, and the points that follow (DOMAIN §4, §8)."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from rules import money, ranking
from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import multiply, ratio, settled
from rules.scheme.document import Grades, Group, Jump, Order, Points, Qualify, Scheme
from rules.scheme.facts import Facts, UnitFacts

from .marks import Checked
from .results import NOT_QUALIFIED, VETOED, GroupResult, Line, Result
from .rules import MARKS
from .totals import TOTAL, Sum, Totals

NO_MARKS = Missing(MissingReason.NOT_IN_TABLE)


def score(scheme: Scheme, facts: Facts, version: str = "") -> Result:
    """Every group of the scheme, scored and ranked. `version` names the scheme's version in the traces. Neither document may
    have problems (see `read`, `read_facts`)."""
    return Result(tuple(_result(scheme, group, facts, version) for group in scheme.groups), version)


def _result(scheme: Scheme, group: Group, facts: Facts, version: str) -> GroupResult:
    table = _Table(scheme, group, facts, version)
    table.make()
    lines = table.boards(table.grades(table.lines()))
    return GroupResult(group.code, tuple(replace(line, points=table.points(line)) for line in lines))


class _Table(Totals):
    """A group's units in order."""

    def lines(self) -> list[Line]:
        """The lines in order: ranked, then those that a veto puts last, then those without a place."""
        qualify = [(one, self._all(one)) for one in self.group.qualify]
        sums = {unit.code: self.sum(unit) for unit in self.own}
        lines: dict[str, Line] = {}
        free: list[UnitFacts] = []
        last: list[UnitFacts] = []
        for unit in self.own:
            one, number = sums[unit.code], self.number(unit)
            unqualified = tuple(rule.code for rule, checked in qualify if not _holds(checked, number))
            lines[unit.code] = Line(
                unit.code,
                self.group.code,
                one.fact,
                partial(self.marks_of, unit),
                partial(self.trace, unit),
                vetoes=one.vetoes,
                unqualified=unqualified,
            )
            then = {veto.then for veto in self.group.vetoes if veto.code in one.vetoes}
            if unit.ranked and not unqualified and "unranked" not in then:
                (last if "last" in then else free).append(unit)
        found: list[Line] = []
        for part in (free, last):
            above = len(found)
            for row in self._rank(part, sums):
                if row.position is not None:
                    line = lines.pop(row.unit)
                    place = row.position + above
                    found.append(replace(line, place=place, tied=row.tied, decided_by=row.decided_by))
        for unit in self.own:
            if unit.code in lines:
                line = lines[unit.code]
                found.append(replace(line, reason=_reason(unit, line)))
        return found

    def _all(self, rule: Qualify | Jump) -> list[Checked]:
        return [self.checked(condition) for condition in rule.when]

    def _rank(self, units: list[UnitFacts], sums: dict[str, Sum]) -> tuple[ranking.Ranked, ...]:
        rule = self.group.ranking
        names = [
            order.by if isinstance(order.by, str) else f"{order.by.kind}.{number}"
            for number, order in enumerate(rule.order, 1)
        ]
        lines = [
            ranking.LineInput(
                unit.code,
                self.group.code,
                facts={
                    name: self._key(unit, sums[unit.code], order)
                    for name, order in zip(names, rule.order, strict=True)
                },
            )
            for unit in units
        ]
        keys = tuple(
            ranking.Key(name, "desc" if order.direction == "more" else "asc")
            for name, order in zip(names, rule.order, strict=True)
        )
        return ranking.rank(lines, ranking.RankRule(keys))

    def _key(self, unit: UnitFacts, one: Sum, order: Order) -> Fact:
        if order.by == TOTAL:
            if self.group.ranking.rounded or isinstance(one.exact, Missing):
                return one.fact
            return Value(one.exact, MARKS)
        if isinstance(order.by, str):
            marks = self.marks_of(unit)
            if order.by in marks or order.by not in self.scheme.inputs:
                return marks.get(order.by, NO_MARKS)
        return self.figure(order.by).fact(self.number(unit))

    # -- what follows from the place

    def grades(self, lines: list[Line]) -> list[Line]:
        """Each line with its grade, lifted or lowered by jumps, held down by vetoes."""
        rule = self.group.grades
        if rule is None:
            return lines
        ranked = sum(1 for line in lines if line.place is not None)
        jumps = [(jump, self._all(jump)) for jump in rule.jumps]
        return [replace(line, grade=self._grade(rule, jumps, line, ranked)) for line in lines]

    def _grade(
        self, rule: Grades, jumps: list[tuple[Jump, list[Checked]]], line: Line, ranked: int
    ) -> str | None:
        by: Decimal | None = None
        if rule.by == "total":
            by = line.total.amount if isinstance(line.total, Value) else None
        elif line.place is not None:
            place = Decimal(line.place)
            by = place if rule.by == "place" else settled(ratio(place, Decimal(ranked), Decimal(100)))
        if by is None or line.reason is not None:
            return None
        found = None
        for number, row in enumerate(rule.rows):
            if row.limit is None or (by >= row.limit if rule.by == "total" else by <= row.limit):
                found = number
                break
        if found is None:
            return None
        at = self.number(self.units[line.unit])
        for jump, checked in jumps:
            if _holds(checked, at):
                found -= jump.by
        codes = [row.code for row in rule.rows]
        found = min(max(found, 0), len(codes) - 1)
        held = [
            codes.index(veto.grade) for veto in self.group.vetoes if veto.grade and veto.code in line.vetoes
        ]
        return codes[max([found, *held])]

    def boards(self, lines: list[Line]) -> list[Line]:
        """Each line with the boards that it is on, by the places of its marks in single indicators."""
        if not self.group.boards:
            return lines
        on: dict[str, list[str]] = {line.unit: [] for line in lines}
        marks = {line.unit: line.marks for line in lines if line.place is not None}
        for board in self.group.boards:
            direction: Any = "desc" if board.end == "first" else "asc"
            times: dict[str, int] = {}
            for code in board.of:
                inputs = [
                    ranking.LineInput(unit, "", facts={"by": own.get(code, NO_MARKS)})
                    for unit, own in marks.items()
                ]
                for row in ranking.rank(inputs, ranking.RankRule((ranking.Key("by", direction),))):
                    if row.position is not None and row.position <= board.places:
                        times[row.unit] = times.get(row.unit, 0) + 1
            for unit, count in times.items():
                if count >= board.times:
                    on[unit].append(board.code)
        return [replace(line, boards=tuple(on[line.unit])) for line in lines]

    def points(self, line: Line) -> Decimal | None:
        """What the result is worth in a larger assessment."""
        rule = self.group.points
        found = None if rule is None else _points(rule, line)
        if rule is None or found is None or rule.rounding is None:
            return found
        return money.Rounding(rule.rounding.digits, rule.rounding.mode).apply(found)


def _points(rule: Points, line: Line) -> Decimal | None:
    if rule.by == "total":
        if isinstance(line.total, Missing):
            return None
        return settled(ratio(multiply(line.total.amount, rule.worth), rule.out_of))
    if rule.by == "grade":
        return None if line.grade is None else rule.grades[line.grade]
    if line.place is None:
        return None
    return rule.places[line.place - 1] if line.place <= len(rule.places) else rule.after


def _holds(checked: list[Checked], number: int) -> bool:
    return all(one.holds[number] for one in checked)


def _reason(unit: UnitFacts, line: Line) -> str:
    """Why a line has no place."""
    if not unit.ranked:
        return ranking.NOT_RANKED
    if isinstance(line.total, Missing):
        return str(line.total.reason)
    return NOT_QUALIFIED if line.unqualified else VETOED
