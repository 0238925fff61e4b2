"""Live formulas of the circular's workbook.

A formula goes into a cell only if it gives, in exact decimals, the very number that the run decided;
otherwise the number goes in as it is (a rate taken from unrounded inputs, a rank with a tie-breaker).
So a recalculation in Excel or WPS never contradicts the published table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.utility import xl_rowcol_to_cell

from .document import (
    RANK_KINDS,
    SUMMED_KINDS,
    Basis,
    Block,
    Column,
    Figure,
    Kind,
    Line,
    LineKind,
    Missing,
    Rounding,
    Tie,
)

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Placed:
    """A block on its sheet: `top` is the row of its first line, `progress` the cell ("$A$3") or ""."""

    block: Block
    sheet: str
    top: int
    progress: str = ""

    def column(self, key: str) -> int:
        return [column.key for column in self.block.columns].index(key)

    def cell(self, key: str, index: int, *, fixed: bool = False) -> str:
        return xl_rowcol_to_cell(self.top + index, self.column(key), row_abs=fixed, col_abs=fixed)

    def ranges(self, key: str, indexes: Iterable[int], *, fixed: bool = False) -> list[str]:
        """The cells of these lines, neighbours joined: ["D5:D9", "D11:D11"]."""
        runs: list[list[int]] = []
        for index in indexes:
            if runs and index == runs[-1][1] + 1:
                runs[-1][1] = index
            else:
                runs.append([index, index])
        return [f"{self.cell(key, a, fixed=fixed)}:{self.cell(key, b, fixed=fixed)}" for a, b in runs]


class Formulas:
    """Decides cell by cell. `placed` is filled before the first question: a total may add other blocks."""

    def __init__(self, rounding: Rounding, placed: Mapping[str, Placed]) -> None:
        self.rounding = rounding
        self.placed = placed

    def cell(self, at: Placed, column: Column, index: int) -> str:
        """The formula of a cell, or "" where its value must be written as it is.

        Raises ValueError for a SUM line whose figure isn't the sum: such a total is a reported one.
        """
        line = at.block.lines[index]
        figure = line.figures.get(column.key)
        if figure is None or figure.value is None:
            return ""
        if line.kind is LineKind.SUM and column.kind in SUMMED_KINDS:
            return self._sum(at, column, line, figure.value)
        if column.kind in RANK_KINDS:
            return self._rank(at, column, index) if self.rank_is_live(at.block, column) else ""
        text, value = self._calculated(at, column, index)
        return text if value == figure.value else ""

    def _sum(self, at: Placed, column: Column, line: Line, value: Decimal) -> str:
        areas, total = [], Decimal(0)
        for key in line.sum_of or (at.block.key,):
            source = self.placed[key]
            added = [
                (i, row)
                for i, row in enumerate(source.block.lines)
                if row.in_sum and row.kind in (LineKind.RANKED, LineKind.UNRANKED)
            ]
            total += sum((_amount(row, column.key) for _i, row in added), Decimal(0))
            other = "" if source.sheet == at.sheet else "'" + source.sheet.replace("'", "''") + "'!"
            areas += [other + area for area in source.ranges(column.key, (i for i, _row in added))]
        if total != value:
            raise ValueError(
                f"{at.block.key!r}, {line.unit!r}, {column.key!r}: {value} isn't the sum {total}; "
                "a total that isn't a sum is a REPORTED line"
            )
        return f"=SUM({','.join(areas)})" if areas else ""

    def rank_is_live(self, block: Block, column: Column) -> bool:
        """Whether RANK() over the printed figures gives every rank of the column."""
        measured = block.operands(column)[0]
        ranked = [line for line in block.lines if line.kind is LineKind.RANKED]
        if block.tie is Tie.BROKEN or measured is None:
            return False
        values = [f.value for line in ranked if (f := line.figures.get(measured.key)) and f.value is not None]
        for line in ranked:
            rank, figure = line.figures.get(column.key), line.figures.get(measured.key)
            if rank is None or rank.value is None:
                if figure is not None and figure.value is not None:
                    return False  # it would have a rank by formula
                continue
            if figure is None or figure.value is None:
                return False
            mine = figure.value
            better = sum(v < mine if column.ascending else v > mine for v in values)
            if rank.value != better + 1:
                return False
        indexes = [i for i, line in enumerate(block.lines) if line.kind is LineKind.RANKED]
        return bool(indexes) and indexes[-1] - indexes[0] == len(indexes) - 1

    def _rank(self, at: Placed, column: Column, index: int) -> str:
        measured = at.block.operands(column)[0]
        if measured is None or at.block.lines[index].kind is not LineKind.RANKED:
            return ""
        indexes = [i for i, line in enumerate(at.block.lines) if line.kind is LineKind.RANKED]
        area = at.ranges(measured.key, indexes, fixed=True)[0]
        return f"=RANK({at.cell(measured.key, index)},{area},{int(column.ascending)})"

    def _calculated(self, at: Placed, column: Column, index: int) -> tuple[str, Decimal | None]:
        of, base = at.block.operands(column)
        figures = at.block.lines[index].figures
        if column.kind not in (Kind.RATE, Kind.POINTS, Kind.GROWTH, Kind.DIFFERENCE) or not of or not base:
            return "", None
        upper, lower = figures.get(of.key), figures.get(base.key)
        if upper is None or lower is None or upper.amount is None or lower.value is None:
            return "", None
        a, b = _operand(at, of, index, upper), at.cell(base.key, index)
        if column.kind is Kind.DIFFERENCE:
            text, value = self._rounded(f"{a}-{b}", upper.amount - lower.value, column.digits)
            return f"={text}", value
        if lower.value == 0:
            return "", None
        if column.kind is Kind.RATE:
            text, value = self._rounded(f"{a}/{b}*100", upper.amount / lower.value * HUNDRED, column.digits)
        elif column.kind is Kind.GROWTH:
            exact = (upper.amount / lower.value - 1) * HUNDRED
            text, value = self._rounded(f"({a}/{b}-1)*100", exact, column.digits)
        else:
            return self._points(at, column, index, (a, b), upper.amount / lower.value * HUNDRED)
        return _guarded(b, text), value

    def _points(
        self, at: Placed, column: Column, index: int, cells: tuple[str, str], rate: Decimal
    ) -> tuple[str, Decimal | None]:
        progress = at.block.progress
        if progress is None or not at.progress:
            return "", None
        if column.basis is Basis.EXACT:
            text = f"{cells[0]}/{cells[1]}*100-{at.progress}"
            text, value = self._rounded(text, rate - progress, column.digits)
            return _guarded(cells[1], text), value
        printed = next((c for c in at.block.columns if c.kind is Kind.RATE), None)
        figure = at.block.lines[index].figures.get(printed.key) if printed else None
        if printed is None or figure is None or figure.value is None:
            return "", None
        schedule = Rounding.HALF_UP.apply(progress, 2)
        text = f"{at.cell(printed.key, index)}-ROUND({at.progress},2)"
        text, value = self._rounded(text, figure.value - schedule, column.digits)
        return _guarded(cells[1], text), value

    def _rounded(self, text: str, exact: Decimal, digits: int) -> tuple[str, Decimal]:
        value = self.rounding.apply(exact, digits)
        if self.rounding is Rounding.TRUNCATE:
            # Binary noise just below a digit's edge would be cut off as well: 0.29*100 is 28.999…
            return f"TRUNC(ROUND({text},8),{digits})", value
        return f"ROUND({text},{digits})", value


def _guarded(base: str, text: str) -> str:
    """A target that is deleted or set to nought leaves the cell empty instead of an error."""
    return f'=IF({base}=0,"",{text})'


def _operand(at: Placed, column: Column, index: int, figure: Figure) -> str:
    cell = at.cell(column.key, index)
    return f"N({cell})" if figure.missing is Missing.NIL else cell  # the word for nil counts as zero


def _amount(line: Line, key: str) -> Decimal:
    figure = line.figures.get(key)
    return (figure.amount if figure else None) or Decimal(0)
