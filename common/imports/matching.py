"""Reading a sender's file and matching its columns and names with ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from django.conf import settings

from common import sheets
from common.errors import Refused
from common.models import ImportBatch, ImportMapping

from .registry import Cell, Field, importer_of


def normal(text: str) -> str:
    """Header words compared: full width folded, units in brackets, blanks and punctuation dropped."""
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"[((（\[【].*?[))）\]】]", "", folded)
    return re.sub(r"[\s:：,，、。.·*%％/_-]+", "", folded).lower()


def read(batch: ImportBatch) -> sheets.Workbook:
    """The sender's file. Raises Refused with what is wrong and what to do."""
    with batch.file.content.open("rb") as stream:
        return read_bytes(stream.read(), batch.filename)


def read_bytes(data: bytes, filename: str) -> sheets.Workbook:
    try:
        return sheets.read_workbook(
            data, filename, max_bytes=settings.IMPORT_MAX_BYTES, max_rows=settings.IMPORT_MAX_ROWS
        )
    except sheets.SheetError as problem:
        raise Refused(problem.message, code=problem.code) from problem


def sheet_of(batch: ImportBatch, book: sheets.Workbook) -> sheets.Sheet:
    try:
        return book.sheet(batch.sheet)
    except sheets.SheetError as problem:
        raise Refused(problem.message, code=problem.code) from problem


def known_words(fields: Sequence[Field]) -> list[str]:
    return [w for f in fields for w in (str(f.label), *f.words)]


def set_header(batch: ImportBatch, sheet: sheets.Sheet) -> list[str]:
    """Find the header and return its titles by column; a header of two rows is joined."""
    try:
        header = sheets.header_rows(sheet, known_words(importer_of(batch).fields(batch)))
    except sheets.SheetError:
        first = next(
            (n for n, row in enumerate(sheet.rows) if sum(isinstance(c.value, str) for c in row) >= 2), 0
        )
        batch.header_row, batch.header_rows = first + 1, 1
    else:
        batch.header_row, batch.header_rows = header.first_row + 1, header.data_row - header.first_row
    return headers(batch, sheet)


def headers(batch: ImportBatch, sheet: sheets.Sheet) -> list[str]:
    """Titles by column of the batch's header row or rows."""
    first, rows = batch.header_row - 1, batch.header_rows
    if first >= len(sheet.rows):
        return []
    if rows > 1:
        header = sheets.header_rows(sheet, known_words(importer_of(batch).fields(batch)))
        if header.first_row == first:
            return list(header.names)
    return ["" if cell.value is None else str(cell.value).strip() for cell in sheet.rows[first]]


def match_columns(batch: ImportBatch, titles: Sequence[str]) -> dict[str, str]:
    """Column number → field key: first what was remembered, then known words. One field, one column."""
    fields = importer_of(batch).fields(batch)
    known = {normal(w): f.key for f in reversed(fields) for w in (f.label, *f.words)}
    remembered = dict(
        ImportMapping.objects.filter(importer=batch.importer, scope_path=batch.scope_path).values_list(
            "header", "field"
        )
    )
    keys = {f.key for f in fields}
    found: dict[str, str] = {}
    for number, title in enumerate(titles):
        key = remembered.get(normal(title)) or known.get(normal(title))
        if title and key and (key == "" or (key in keys and key not in found.values())):
            found[str(number)] = key
    return found


def data_rows(batch: ImportBatch, sheet: sheets.Sheet) -> list[tuple[int, dict[str, Cell]]]:
    """Rows below the header as {field key: cell}; rows in which every matched cell is empty are passed over."""
    found = []
    above = batch.header_row - 1 + batch.header_rows
    for number, row in enumerate(sheet.rows[above:], start=above + 1):
        cells = {}
        for column, key in batch.columns.items():
            if int(column) < len(row):
                cell = row[int(column)]
                value = "" if cell.value is None else str(cell.value).strip()
                cells[key] = Cell(value, cell.ref)
        if any(c.value for c in cells.values()):
            found.append((number, cells))
    return found


def likely_sheet(batch: ImportBatch, book: sheets.Workbook) -> str:
    fields = importer_of(batch).fields(batch)
    words = {normal(w) for f in fields for w in (f.label, *f.words)}

    def known(sheet: sheets.Sheet) -> int:
        return max(
            (
                sum(1 for c in r if isinstance(c.value, str) and normal(c.value) in words)
                for r in sheet.rows[:30]
            ),
            default=0,
        )

    return max(book.sheets, key=known).name


def missing_columns(batch: ImportBatch) -> list[str]:
    """Labels of required fields without a column."""
    matched = set(batch.columns.values())
    return [f.label for f in importer_of(batch).fields(batch) if f.required and f.key not in matched]


def unknown_names(batch: ImportBatch, book: sheets.Workbook | None = None) -> list[str]:
    book = book or read(batch)
    return importer_of(batch).unknown_names(
        batch, [cells for _n, cells in data_rows(batch, sheet_of(batch, book))]
    )
