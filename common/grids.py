"""What grids of boxes share: a block of a sheet is pasted or read from a workbook into boxes, and nothing is saved by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from common import sheets
from common.errors import Refused

MOST_BYTES = 2 * 1024 * 1024
HEADS = 20  # rows in which the heads may stand
K = TypeVar("K")


def plain(text: str) -> str:
    """A number as it comes from a sheet: without thousands' marks and blanks, "-" and "—" for nothing."""
    bare = "".join(text.replace("，", ",").replace(",", "").split())
    return "" if bare in ("-", "—", "–", "/") else bare


def lines(
    data: bytes, filename: str, heads: Mapping[str, K], wanted: str
) -> Iterator[tuple[list[str], dict[K, str]]]:
    """The rows of a workbook below its heads: what names the row (the cells before the first of our columns), and what
    stands in our columns, as text without thousands' marks. `heads`: lower-case head → column; `wanted` says in words which
    ones are looked for. Raises Refused: too large, no workbook, no column of ours."""
    try:
        book = sheets.read_workbook(data, filename, max_bytes=MOST_BYTES)
    except sheets.SheetError as wrong:
        raise Refused(wrong.message, code="sheet") from wrong
    rows = [[_text(cell.value) for cell in row] for row in book.sheets[0].rows]
    top = next((n for n, row in enumerate(rows[:HEADS]) if any(cell.lower() in heads for cell in row)), None)
    if top is None:
        raise Refused(
            _("No column has one of these heads: %(heads)s. Use the workbook that this page hands out.")
            % {"heads": wanted},
            code="sheet",
        )
    ours = {n: heads[cell.lower()] for n, cell in enumerate(rows[top]) if cell.lower() in heads}
    return _below(rows[top + 1 :], ours)


def _below(rows: list[list[str]], ours: Mapping[int, K]) -> Iterator[tuple[list[str], dict[K, str]]]:
    first = min(ours)
    for row in rows:
        values = {column: plain(row[n]) for n, column in ours.items() if n < len(row) and plain(row[n])}
        if values:
            yield [cell for cell in row[:first] if cell], values


def _text(value: Any) -> str:
    if value is None or isinstance(value, (bool, date, datetime)):
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value).strip()
