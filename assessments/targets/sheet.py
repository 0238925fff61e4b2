"""The grid of targets as a workbook: handed out, and read back into its boxes. Nothing is saved by it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.targets.grid import Column, Grid
from assessments.targets.numbers import unit_label
from common import exports, grids
from organizations.selectors import normal_name


def head(column: Column) -> str:
    """What stands above a column: the measure, what kind of target, the quarter and in what."""
    parts = [column.measure.name, str(column.kind_label), column.label if column.part else ""]
    return f"{' '.join(filter(None, parts))} ({unit_label(column.measure)})"


def workbook(grid: Grid) -> bytes:
    """Code and name of each holder, then the targets as they are typed."""
    heads = [_("code"), _("holder"), *(head(column) for column in grid.columns)]
    rows = (
        [line.code, line.name, *(_number(cell.text or cell.fixed) for cell in line.cells)]
        for line in grid.lines
    )
    return exports.write_xlsx(heads, rows, title=_("Targets"))


def fill(grid: Grid, data: bytes, filename: str) -> tuple[int, list[str]]:
    """Put what a workbook says into the boxes: how many, and the names that the grid doesn't have. Raises Refused."""
    heads = {head(column).lower(): column.key for column in grid.columns}
    lines = {
        key: line for line in grid.lines for key in (normal_name(line.name), line.code, line.label) if key
    }
    done, unknown = 0, []
    for names, values in grids.lines(data, filename, heads, "、".join(head(one) for one in grid.columns[:5])):
        line = next((lines[key] for name in names for key in (name, normal_name(name)) if key in lines), None)
        if line is None:
            unknown += names[:1]
            continue
        for cell in line.cells:
            if cell.key in values and line.editable and not cell.fixed:
                cell.text = values[cell.key]
                done += 1
    return done, unknown


def _number(text: str) -> Decimal | str | None:
    bare = grids.plain(text)
    try:
        return Decimal(bare) if bare else None
    except ArithmeticError:  # a share in per cent, or what isn't saved yet
        return bare
