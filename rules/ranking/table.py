"""The month's whole computation for one competition group (DOMAIN §4, §8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rules.facts import PERCENT, Fact, Missing, MissingReason, Value
from rules.money import Rounding, subtract
from rules.periods import Linear, Month, Schedule, progress
from rules.ranking.order import Key, LineInput, Ranked, RankRule, ReturnState, compared, only_group, rank
from rules.ranking.rates import completion, growth, points_to_schedule
from rules.ranking.total import GroupTotal, Sums, sums
from rules.ranking.values import Cell, fact_cell
from rules.trace import Document, Operand, Parameter, Trace

__all__ = ["Cell", "GroupTotal", "RankCell", "Table", "TableLine", "TableRule", "build_table"]

RANKS = ("rank", "rank_by_rate", "rank_by_amount")
BY_RATE = RankRule((Key("completion"),))
BY_AMOUNT = RankRule((Key("done"),))


@dataclass(frozen=True, slots=True)
class TableRule:
    """How a table is computed. ``version`` names the settings' version and goes into every trace.

    ``schedule`` None: the measure is no flow, so there are no points to schedule. ``data_through``: last month
    of the data when the circular's month is later; the schedule then counts up to it. ``roundings`` by column
    (completion, points, growth, …), half up to 2 digits where absent. ``points_from_rounded`` and
    ``progress_rounding`` say whether points are taken from printed figures.
    ValueError when ``data_through`` lies after the month or in another year.
    """

    month: Month
    schedule: Schedule | None = field(default_factory=Linear)
    data_through: Month | None = None
    roundings: Mapping[str, Rounding] = field(default_factory=dict)
    points_from_rounded: bool = False
    progress_rounding: Rounding | None = None
    rank: RankRule = BY_RATE
    rank_by_rate: RankRule = BY_RATE
    rank_by_amount: RankRule = BY_AMOUNT
    version: str = ""

    def __post_init__(self) -> None:
        through = self.data_through
        if through is not None and (through.year != self.month.year or through > self.month):
            raise ValueError(f"data through {through} can't stand in a table of {self.month}")

    def rounding(self, column: str) -> Rounding:
        """The rounding of a column."""
        return self.roundings.get(column, Rounding(2))

    def progress(self) -> tuple[Decimal, Trace] | None:
        """Percent of the target due by the last month of the data, with its trace; None without a schedule."""
        if self.schedule is None:
            return None
        through = self.data_through or self.month
        raw = progress(self.schedule, through.number)
        used = raw if self.progress_rounding is None else self.progress_rounding.apply(raw)
        rounding = "exact" if self.progress_rounding is None else str(self.progress_rounding)
        parameters = tuple(
            Parameter(path, value, self.version)
            for path, value in (
                ("data_through", str(through)),
                ("month", str(self.month)),
                ("rounding.progress", rounding),
                ("schedule", str(self.schedule)),
            )
        )
        trace = Trace(
            "progress", "column.progress", "schedule_progress", (), parameters, raw, raw, used, PERCENT
        )
        return used, trace


@dataclass(frozen=True, slots=True)
class RankCell:
    """A place with its trace."""

    ranked: Ranked
    trace: Trace


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line. ``facts`` are the input's, so that further columns can be shown."""

    unit: str
    ranked: bool
    in_total: bool
    return_state: ReturnState
    target: Cell
    done: Cell
    month: Cell
    completion: Cell
    points: Cell
    growth: Cell
    rank: RankCell
    rank_by_rate: RankCell
    rank_by_amount: RankCell
    facts: Mapping[str, Fact]

    def to_document(self) -> Document:
        """JSON-able form: codes and the traces of all cells."""
        cells = (self.target, self.done, self.month, self.completion, self.points, self.growth)
        places = (self.rank, self.rank_by_rate, self.rank_by_amount)
        return {
            "cells": [cell.trace.to_document() for cell in cells],
            "in_total": self.in_total,
            "ranked": self.ranked,
            "ranks": [
                {
                    "decided_by": place.ranked.decided_by,
                    "position": place.ranked.position,
                    "reason": place.ranked.reason,
                    "tied": place.ranked.tied,
                    "trace": place.trace.to_document(),
                }
                for place in places
            ],
            "return_state": str(self.return_state),
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """A computed table. ``lines`` stand in the order of ``rank``; ``progress`` is in percent.

    ``total`` is the sum of the lines; ``reported`` a total that was handed in as such, None when there is none;
    ``gap`` is reported done − summed done.
    """

    group: str
    month: Month
    data_through: Month
    progress: Decimal | None
    lines: tuple[TableLine, ...]
    total: GroupTotal
    reported: GroupTotal | None
    gap: Decimal | None

    def line(self, unit: str) -> TableLine:
        """The line of a unit; KeyError when it isn't in the table."""
        for line in self.lines:
            if line.unit == unit:
                return line
        raise KeyError(unit)

    def to_document(self) -> Document:
        """JSON-able form; the same input and rule give the same bytes through ``canonical_json``."""
        return {
            "data_through": str(self.data_through),
            "group": self.group,
            "lines": [line.to_document() for line in self.lines],
            "month": str(self.month),
            "reported": None if self.reported is None else self.reported.to_document(),
            "total": self.total.to_document(),
        }


def _cells(line: LineInput, rule: TableRule) -> dict[str, Cell]:
    late = line.return_state is ReturnState.MISSING
    absent = Missing(MissingReason.NOT_REPORTED if late else MissingReason.NOT_IN_TABLE)
    target = line.facts.get("target", Missing(MissingReason.NO_TARGET))
    done = line.facts.get("done", absent)
    cells = {"target": fact_cell("target", target), "done": fact_cell("done", done)}
    cells["month"] = fact_cell("month", line.facts.get("month", absent))
    cells["completion"] = Cell.of(
        *completion(done, target, rule.rounding("completion"), version=rule.version)
    )
    cells["points"] = _points(cells["completion"], rule)
    cells["growth"] = _growth(line, done, rule)
    return cells


def _points(rate: Cell, rule: TableRule) -> Cell:
    due = rule.progress()
    if due is None:
        return fact_cell("points", Missing(MissingReason.NOT_APPLICABLE))
    fact, trace = points_to_schedule(
        rate.exact,
        due[0],
        rule.rounding("points"),
        rule.points_from_rounded,
        rate_rounding=rule.rounding("completion"),
        version=rule.version,
    )
    return Cell.of(fact, replace(trace, children=(rate.trace, due[1])))


def _growth(line: LineInput, done: Fact, rule: TableRule) -> Cell:
    """Growth from last year's figure, or the growth that was handed in when only that is known."""
    if "growth" in line.facts and "before" not in line.facts and line.comparable:
        return fact_cell("growth", line.facts["growth"])
    before = line.facts.get("before", Missing(MissingReason.NO_BASE))
    fact, trace = growth(done, before, line.comparable, rule.rounding("growth"), version=rule.version)
    return Cell.of(fact, trace)


def _places(lines: Sequence[LineInput], rule: TableRule, name: str) -> dict[str, RankCell]:
    """Every unit's place by one of the rule's three rank rules, best first."""
    order: RankRule = getattr(rule, name)
    roundings = {column: rule.rounding(column) for column in ("completion", "points", "growth")}
    roundings.update(rule.roundings)
    values = {line.unit: compared(line, order, roundings) for line in lines}
    parameters = (
        Parameter(f"{name}.order_by", ",".join(map(str, order.order_by)), rule.version),
        Parameter(f"{name}.rounded", "true" if order.rounded else "false", rule.version),
    )
    places = {}
    for ranked in rank(lines, order, roundings):
        operands = tuple(
            Operand.of(key.column, fact)
            for key, fact in zip(order.order_by, values[ranked.unit], strict=True)
        )
        position = None if ranked.position is None else Decimal(ranked.position)
        places[ranked.unit] = RankCell(
            ranked,
            Trace(
                name,
                f"column.{name}",
                "competition_rank",
                operands,
                parameters,
                position,
                position,
                position,
                "position",
                ranked.reason,
            ),
        )
    return places


def _total(found: Sums, rule: TableRule) -> GroupTotal:
    """Completion, points and growth of the sums."""
    fact, trace = completion(
        found.compared_done.exact, found.target.exact, rule.rounding("completion"), version=rule.version
    )
    rate = Cell.of(fact, replace(trace, children=(found.compared_done.trace, found.target.trace)))
    fact, trace = growth(
        found.done.exact, found.before.exact, found.comparable, rule.rounding("growth"), version=rule.version
    )
    return GroupTotal(
        kind="sum",
        target=found.target,
        done=found.done,
        month=found.month,
        completion=rate,
        points=_points(rate, rule),
        growth=Cell.of(fact, replace(trace, children=(found.done.trace, found.before.trace))),
        lines=found.lines,
        without_target=found.without_target,
        without_done=found.without_done,
    )


def _reported(line: LineInput, rule: TableRule) -> GroupTotal:
    """A total that was handed in, computed like a line."""
    cells = _cells(line, rule)
    return GroupTotal(
        kind="reported",
        **cells,
        lines=1,
        without_target=int(isinstance(cells["target"].exact, Missing)),
        without_done=int(isinstance(cells["done"].exact, Missing)),
    )


def build_table(rule: TableRule, lines: Sequence[LineInput], reported: LineInput | None = None) -> Table:
    """Compute the month for one competition group.

    Columns read from ``facts``: ``target``, ``done`` (year to date), ``month``, ``before`` (same period last
    year) or else ``growth`` as handed in, and whatever a rank rule names. Computed columns that a rank rule may
    name: ``completion``, ``points``, ``growth`` (exact, or as printed if the rule says so).
    ``reported`` is a total handed in as a figure of its own; it stands beside the sum, never in its place.
    ValueError for mixed groups, a unit that stands twice, or mixed units of measure.
    """
    group = only_group(lines)
    cells = {line.unit: _cells(line, rule) for line in lines}
    full = [
        replace(line, facts={**line.facts, **{name: cell.exact for name, cell in cells[line.unit].items()}})
        for line in lines
    ]
    by_unit = {line.unit: line for line in lines}
    places = {name: _places(full, rule, name) for name in RANKS}
    rows = tuple(
        TableLine(
            unit=unit,
            ranked=by_unit[unit].ranked,
            in_total=by_unit[unit].in_total,
            return_state=by_unit[unit].return_state,
            facts=by_unit[unit].facts,
            rank=places["rank"][unit],
            rank_by_rate=places["rank_by_rate"][unit],
            rank_by_amount=places["rank_by_amount"][unit],
            **cells[unit],
        )
        for unit in places["rank"]
    )
    total = _total(sums([line for line in full if line.in_total]), rule)
    handed_in = None if reported is None else _reported(reported, rule)
    gap = None
    if handed_in and isinstance(handed_in.done.exact, Value) and isinstance(total.done.exact, Value):
        gap = subtract(handed_in.done.exact.amount, total.done.exact.amount)
    due = rule.progress()
    return Table(
        group=group,
        month=rule.month,
        data_through=rule.data_through or rule.month,
        progress=None if due is None else due[0],
        lines=rows,
        total=total,
        reported=handed_in,
        gap=gap,
    )
