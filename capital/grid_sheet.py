"""The month grid as a workbook: handed out to be filled in away from the page, and read back into its boxes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from capital.choices import EntryKind
from capital.grid import Grid, columns, plain
from common import exports, sheets
from common.errors import Refused
from leads.imports.cells import words_of
from organizations.selectors import normal_name

MOST_BYTES = 2 * 1024 * 1024
HEADS = 20  # rows in which the heads may stand


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
    try:
        book = sheets.read_workbook(data, filename, max_bytes=MOST_BYTES)
    except sheets.SheetError as wrong:
        raise Refused(wrong.message, code="sheet") from wrong
    rows = [[_text(cell.value) for cell in row] for row in book.sheets[0].rows]
    words = words_of(EntryKind)
    heads = next(
        (n for n, row in enumerate(rows[:HEADS]) if any(cell.lower() in words for cell in row)), None
    )
    if heads is None:
        raise Refused(
            _("No column is named after a kind: %(kinds)s. Use the workbook that this page hands out.")
            % {"kinds": "、".join(str(column.label) for column in columns())},
            code="sheet",
        )
    kinds = {n: words[cell.lower()] for n, cell in enumerate(rows[heads]) if cell.lower() in words}
    return _into(grid, rows[heads + 1 :], kinds)


def _into(grid: Grid, rows: list[list[str]], kinds: dict[int, str]) -> tuple[int, list[str]]:
    lines = {line.project.number: line for line in grid.lines}
    names: dict[str, list[Any]] = {}
    for line in grid.lines:
        names.setdefault(normal_name(line.project.name), []).append(line)
    first, done, unknown = min(kinds), 0, []
    for row in rows:
        asked = [cell for cell in row[:first] if cell]
        found = next((lines[cell] for cell in asked if cell in lines), None)
        for cell in asked if found is None else ():
            same = names.get(normal_name(cell), [])
            found = found or (same[0] if len(same) == 1 else None)
        amounts = {kind: row[n] for n, kind in kinds.items() if n < len(row) and plain(row[n])}
        if found is None:
            unknown += asked[:1] if amounts else []
            continue
        for box in found.cells:
            if box.kind in amounts and box.several is None:
                box.text = plain(amounts[box.kind])
                done += 1
    return done, unknown


def _text(value: Any) -> str:
    if value is None or isinstance(value, (bool, date, datetime)):
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value).strip()


def _number(text: str) -> Decimal | None:
    return Decimal(plain(text)) if plain(text) else None
