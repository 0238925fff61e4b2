"""Totals, vetoes, places, grades and boards of each group (DOMAIN §4, §8)."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from rules import money, ranking
from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import add, multiply, ratio, settled, subtract
from rules.scheme.document import Grades, Group, Points, Scheme
from rules.scheme.facts import Facts, UnitFacts
from rules.scheme.parts import setting
from rules.trace import Operand, Parameter, Trace, decimal_text

from .figures import Figures, operand, settle, within
from .handed import Holder, holder
from .marks import Marked, Marks, total
from .results import NOT_QUALIFIED, VETOED, GroupResult, Line, Result
from .rules import MARKS

TOTAL = "total"


def score(scheme: Scheme, facts: Facts, version: str = "") -> Result:
    """Every group of the scheme, scored and ranked. `version` names the scheme's version in the traces. Neither document may
    have problems (see `read`, `read_facts`)."""
    return Result(tuple(_Group(scheme, group, facts, version).result() for group in scheme.groups), version)


@dataclass(frozen=True, slots=True)
class _Sum:
    """A unit's total before places. `exact` is unrounded."""

    fact: Fact
    exact: Decimal | None
    marks: dict[str, Fact]
    trace: Trace
    vetoes: tuple[str, ...] = ()


class _Group:
    def __init__(self, scheme: Scheme, group: Group, facts: Facts, version: str) -> None:
        self.group, self.version = group, version
        self.figures = Figures(scheme, group, facts, version)
        self.marks = Marks(self.figures)

    def result(self) -> GroupResult:
        sums = {unit.code: self.sum(unit) for unit in self.figures.own}
        lines = self.places(sums)
        lines = self.grades(lines)
        lines = self.boards(lines)
        return GroupResult(self.group.code, tuple(replace(line, points=self.points(line)) for line in lines))

    # -- totals

    def sum(self, unit: UnitFacts) -> _Sum:
        """The total of one unit, by its type, by its types in turn, or as the mean of those it is made of."""
        group = self.group
        if unit.made_of and group.composites == "mean":
            members = [(self.sum(self.figures.units[one]), Decimal(1)) for one in unit.made_of]
            return self._mean(members, "mean_of_members")
        if len(unit.spells) > 1 and group.changes == "by_months":
            spells = [(self._sum(Holder(unit, spell.type)), Decimal(spell.months)) for spell in unit.spells]
            return self._mean(spells, "mean_by_months")
        return self._sum(holder(unit))

    def _mean(self, sums: list[tuple[_Sum, Decimal]], operation: str) -> _Sum:
        missing = next((one.fact for one, _months in sums if isinstance(one.fact, Missing)), None)
        operands = tuple(operand(f"{TOTAL}.{number}", one.fact) for number, (one, _m) in enumerate(sums))
        parameters = tuple(
            Parameter(f"weight.{number}", decimal_text(months)) for number, (_one, months) in enumerate(sums)
        )
        children = tuple(one.trace for one, _months in sums)
        if missing is not None:
            trace = Trace(
                TOTAL,
                TOTAL,
                operation,
                operands,
                parameters,
                unit=MARKS,
                reason=str(missing.reason),
                children=children,
            )
            return _Sum(missing, None, {}, trace)
        amounts = [(one.fact.amount, months) for one, months in sums if isinstance(one.fact, Value)]
        whole = add(months for _one, months in amounts)
        exact = settled(ratio(add(multiply(one, months) for one, months in amounts), whole))
        rounded = self._rounding().apply(exact)
        trace = Trace(
            TOTAL, TOTAL, operation, operands, parameters, exact, exact, rounded, MARKS, children=children
        )
        vetoes = tuple(sorted({code for one, _months in sums for code in one.vetoes}))
        return _Sum(Value(rounded, MARKS), exact, {}, trace, vetoes)

    def _sum(self, who: Holder) -> _Sum:
        group = self.group
        rows = [self.marks.of(who, row) for row in group.indicators if not row.types or who.type in row.types]
        more = [
            self.marks.of(who, row, "zero") for row in group.bonuses if not row.types or who.type in row.types
        ]
        less = [
            self.marks.of(who, row, "zero")
            for row in group.deductions
            if not row.types or who.type in row.types
        ]
        marks = {one.trace.key: one.fact for one in (*rows, *more, *less)}
        for one in (*rows, *more, *less):
            for child in one.trace.children:
                if child.unit == MARKS:
                    marks[child.key] = _marks_of(child)
        operands = [*_operands(rows, ""), *_operands(more, "bonus."), *_operands(less, "deduction.")]
        children = [one.trace for one in (*rows, *more, *less)]
        parameters: list[Parameter] = []
        parts = [total(part) for part in (rows, more, less)]
        missing = next((reason for _amount, reason in parts if reason is not None), None)
        vetoes, found = self._vetoes(who)
        children += found
        if missing is not None:
            trace = Trace(
                TOTAL,
                TOTAL,
                "sum",
                tuple(operands),
                unit=MARKS,
                reason=str(missing.reason),
                children=tuple(children),
            )
            return _Sum(missing, None, marks, trace, vetoes)
        bonus = self._at_most("bonus_most", group.bonus_most, who, parts[1][0], parameters)
        deduction = self._at_most("deduction_most", group.deduction_most, who, parts[2][0], parameters)
        raw = settled(subtract(add([parts[0][0], bonus]), deduction))
        limits = {}
        for name in ("least", "most"):
            limit = getattr(group, name)
            limits[name] = None if limit is None else setting(limit, who.type)
        exact = within(raw, limits["least"], limits["most"])
        if exact != raw:
            parameters += [
                Parameter(f"{TOTAL}.{name}", decimal_text(value), self.version)
                for name, value in limits.items()
                if value is not None
            ]
        if any(veto.then == "zero" and veto.code in vetoes for veto in group.vetoes):
            exact = Decimal(0)
        rounded = self._rounding().apply(exact)
        parameters.append(Parameter("rounding", str(self._rounding()), self.version))
        trace = Trace(
            TOTAL,
            TOTAL,
            "sum",
            tuple(operands),
            tuple(parameters),
            raw,
            exact,
            rounded,
            MARKS,
            children=tuple(children),
        )
        return _Sum(Value(rounded, MARKS), exact, marks, trace, vetoes)

    def _at_most(
        self, name: str, limit: Any, who: Holder, amount: Decimal, parameters: list[Parameter]
    ) -> Decimal:
        if limit is None:
            return amount
        most = setting(limit, who.type)
        parameters.append(Parameter(name, decimal_text(most), self.version))
        return min(amount, most)

    def _vetoes(self, who: Holder) -> tuple[tuple[str, ...], list[Trace]]:
        codes, traces = [], []
        for veto in self.group.vetoes:
            failed, checked = self.marks.failing(who, veto.when)
            if not failed:
                codes.append(veto.code)
            said = (
                Parameter(f"{veto.code}.then", veto.then, self.version),
                Parameter("holds", "no" if failed else "yes"),
            )
            traces.append(Trace(veto.code, f"veto.{veto.code}", "veto", (), said, children=checked))
        return tuple(codes), traces

    def _rounding(self) -> money.Rounding:
        return money.Rounding(self.group.rounding.digits, self.group.rounding.mode)

    # -- places

    def places(self, sums: dict[str, _Sum]) -> list[Line]:
        """The lines in order: ranked, then by veto last, then without a place."""
        lines: dict[str, Line] = {}
        free: list[UnitFacts] = []
        last: list[UnitFacts] = []
        for unit in self.figures.own:
            one, who = sums[unit.code], holder(unit)
            unqualified = self._unqualified(who)
            line = Line(unit.code, self.group.code, one.fact, one.marks, one.trace, vetoes=one.vetoes)
            lines[unit.code] = replace(line, unqualified=unqualified)
            then = {veto.then for veto in self.group.vetoes if veto.code in one.vetoes}
            if unit.ranked and not unqualified and "unranked" not in then:
                (last if "last" in then else free).append(unit)
        order = [self._rank(part, sums) for part in (free, last)]
        found, placed = [], 0
        for ranked in order:
            for row in ranked:
                if row.position is None:
                    continue
                line = replace(
                    lines.pop(row.unit), place=row.position + placed, tied=row.tied, decided_by=row.decided_by
                )
                found.append(line)
            placed = len(found)
        for unit in self.figures.own:
            if unit.code in lines:
                line = lines[unit.code]
                found.append(replace(line, reason=_reason(unit, line)))
        return found

    def _unqualified(self, who: Holder) -> tuple[str, ...]:
        return tuple(one.code for one in self.group.qualify if self.marks.failing(who, one.when)[0])

    def _rank(self, units: list[UnitFacts], sums: dict[str, _Sum]) -> tuple[ranking.Ranked, ...]:
        rule, columns = self.group.ranking, []
        for number, order in enumerate(rule.order):
            name = order.by if isinstance(order.by, str) else f"{order.by.kind}.{number + 1}"
            columns.append((name, order))
        lines = []
        for unit in units:
            facts = {
                name: self._key(unit, sums[unit.code], order.by, rule.rounded) for name, order in columns
            }
            lines.append(ranking.LineInput(unit.code, self.group.code, facts=facts))
        keys = tuple(
            ranking.Key(name, "desc" if order.direction == "more" else "asc") for name, order in columns
        )
        return ranking.rank(lines, ranking.RankRule(keys))

    def _key(self, unit: UnitFacts, one: _Sum, by: Any, rounded: bool) -> Fact:
        if by == TOTAL:
            return one.fact if rounded or one.exact is None else Value(one.exact, MARKS)
        if isinstance(by, str) and by in one.marks:
            return one.marks[by]
        return settle(self.figures.figure(holder(unit), by).fact)

    # -- what follows from the place

    def grades(self, lines: list[Line]) -> list[Line]:
        """Each line with its grade, lifted or lowered by jumps, held down by vetoes."""
        rule = self.group.grades
        if rule is None:
            return lines
        ranked = sum(1 for line in lines if line.place is not None)
        return [replace(line, grade=self._grade(rule, line, ranked)) for line in lines]

    def _grade(self, rule: Grades, line: Line, ranked: int) -> str | None:
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
        who = holder(self.figures.units[line.unit])
        for jump in rule.jumps:
            if not self.marks.failing(who, jump.when)[0]:
                found -= jump.by
        codes = [row.code for row in rule.rows]
        found = min(max(found, 0), len(codes) - 1)
        held = [
            codes.index(veto.grade) for veto in self.group.vetoes if veto.grade and veto.code in line.vetoes
        ]
        return codes[max([found, *held])]

    def boards(self, lines: list[Line]) -> list[Line]:
        """Each line with the boards that it is on, by the places of its marks in single indicators."""
        on: dict[str, list[str]] = {line.unit: [] for line in lines}
        for board in self.group.boards:
            times: dict[str, int] = {}
            for code in board.of:
                ranked = [
                    ranking.LineInput(
                        line.unit, "", facts={"by": line.marks.get(code, Missing(MissingReason.NOT_IN_TABLE))}
                    )
                    for line in lines
                    if line.place is not None
                ]
                direction: Any = "desc" if board.end == "first" else "asc"
                for row in ranking.rank(ranked, ranking.RankRule((ranking.Key("by", direction),))):
                    if row.position is not None and row.position <= board.places:
                        times[row.unit] = times.get(row.unit, 0) + 1
            for unit, count in times.items():
                if count >= board.times:
                    on[unit].append(board.code)
        return [replace(line, boards=tuple(on[line.unit])) for line in lines]

    def points(self, line: Line) -> Decimal | None:
        """What the result is worth in a larger assessment."""
        rule = self.group.points
        if rule is None:
            return None
        found = _points(rule, line)
        if found is None or rule.rounding is None:
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


def _reason(unit: UnitFacts, line: Line) -> str:
    """Why a line has no place."""
    if not unit.ranked:
        return ranking.NOT_RANKED
    if isinstance(line.total, Missing):
        return str(line.total.reason)
    return NOT_QUALIFIED if line.unqualified else VETOED


def _operands(marked: list[Marked], prefix: str) -> list[Operand]:
    found = []
    for one in marked:
        fact = one.fact
        if isinstance(fact, Value):
            fact = Value(multiply(fact.amount, one.weight), MARKS)
        found.append(operand(f"{prefix}{one.trace.key}", fact))
    return found


def _marks_of(trace: Trace) -> Fact:
    if trace.rounded is None:
        return Missing(MissingReason(trace.reason or "not_reported"))
    return Value(trace.rounded, MARKS)
