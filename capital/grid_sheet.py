"""The month grid as a workbook: handed out to be filled in away from the page, and read back into its boxes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from capital.choices import EntryKind
from capital.grid import Grid, columns
from common import exports, grids
from common.grids import MOST_BYTES, plain
from leads.imports.cells import words_of
from organizations.selectors import normal_name

__all__ = ["MOST_BYTES", "fill", "workbook"]


def workbook(grid: Grid) -> bytes:
    """The grid as .xlsx: number and name of each project, then its amounts in ten thousands by kind."""
    heads = [_("project number"), _("project"), *(str(column.label) for column in columns())]
    rows = (
        [line.project.number, line.project.name, *(_number(cell.text) for cell in line.cells)]
        for line in grid.lines
    )
    return exports.write_xlsx(heads, rows, title=_("Month grid"))


def fill(grid: Grid, data: bytes, filename: str) -> tuple[int, list[str]]:
    """Put the amounts of a workbook into the boxes: how many, and the projects that the grid doesn't have. Nothing is
    saved. Raises Refused: too large, no workbook, no column of a kind."""
    wanted = "、".join(str(column.label) for column in columns())
    lines = {line.project.number: line for line in grid.lines}
    names: dict[str, list[Any]] = {}
    for line in grid.lines:
        names.setdefault(normal_name(line.project.name), []).append(line)
    done, unknown = 0, []
    for asked, amounts in grids.lines(data, filename, words_of(EntryKind), wanted):
        found = next((lines[cell] for cell in asked if cell in lines), None)
        for cell in asked if found is None else ():
            same = names.get(normal_name(cell), [])
            found = found or (same[0] if len(same) == 1 else None)
        if found is None:
            unknown += asked[:1]
            continue
        for box in found.cells:
            if box.kind in amounts and box.several is None:
                box.text = amounts[box.kind]
                done += 1
    return done, unknown


def _number(text: str) -> Decimal | None:
    return Decimal(plain(text)) if plain(text) else None
