"""Hand a sender's file back with the wrong cells marked."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from .model import Cell, SheetError, Workbook, column_index
from .reading import MAX_BYTES, MAX_ROWS, check_package, read_workbook, sniff

FILL = "FFC7CE"  # Excel's own light red for "bad"
AUTHOR = "InvestPro"


def mark_cells(
    data: bytes,
    marks: Mapping[tuple[str, str], str],
    *,
    filename: str = "",
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> bytes:
    """The sender's file as .xlsx, each marked (sheet, "B7") filled light red with its reason as a comment.

    An .xlsx keeps its own look and formulas; .xls and text files come back as a copy of their values
    (the sheet of a text file is CSV_SHEET). Raises SheetError as reading does, "no_sheet" for a sheet
    that isn't in the file.
    """
    if len(data) > max_bytes:
        raise SheetError("too_large", size=-(-len(data) // 2**20), limit=max_bytes // 2**20)
    if sniff(data) == "xlsx":
        check_package(data, max_rows=max_rows)
        return _mark_original(data, marks)
    return _mark_copy(read_workbook(data, filename, max_bytes=max_bytes, max_rows=max_rows), marks)


def _mark_original(data: bytes, marks: Mapping[tuple[str, str], str]) -> bytes:
    try:
        book = openpyxl.load_workbook(io.BytesIO(data))
    except Exception as error:  # openpyxl lets errors of many kinds through from a file it can't read
        raise SheetError("broken") from error
    fill = PatternFill("solid", start_color=FILL, end_color=FILL)
    for (sheet_name, ref), reason in marks.items():
        if sheet_name not in book.sheetnames:
            raise SheetError("no_sheet", wanted=sheet_name, found=", ".join(book.sheetnames))
        cell: Any = book[sheet_name][ref]
        if isinstance(cell, MergedCell):
            area = next(a for a in book[sheet_name].merged_cells.ranges if ref in a)
            cell = book[sheet_name].cell(area.min_row, area.min_col)
        cell.fill = fill
        said = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment(said + reason, AUTHOR, width=260, height=90)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _mark_copy(workbook: Workbook, marks: Mapping[tuple[str, str], str]) -> bytes:
    for name, _ref in marks:
        workbook.sheet(name)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        plain_formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "red": book.add_format({"bg_color": f"#{FILL}"}),
            "red date": book.add_format({"bg_color": f"#{FILL}", "num_format": "yyyy-mm-dd"}),
        }
        for sheet in workbook.sheets:
            target = book.add_worksheet(sheet.name)
            reasons = {ref: reason for (name, ref), reason in marks.items() if name == sheet.name}
            for r, row in enumerate(sheet.rows):
                for c, cell in enumerate(row):
                    _write_value(target, r, c, cell, plain_formats, marked=cell.ref in reasons)
            for ref, reason in reasons.items():
                r, c = _position(ref)
                if r >= len(sheet.rows) or c >= len(sheet.rows[r]):
                    target.write_blank(r, c, None, plain_formats["red"])
                target.write_comment(r, c, reason, {"author": AUTHOR, "x_scale": 2})
    return out.getvalue()


def _write_value(
    target: Any, r: int, c: int, cell: Cell, formats: Mapping[str, Any], *, marked: bool
) -> None:
    red = formats["red"] if marked else None
    value = cell.value
    if value is None:
        if marked:
            target.write_blank(r, c, None, red)
    elif isinstance(value, str):
        target.write_string(r, c, cell.raw, red)  # never write(): text starting with "=" stays text
    elif isinstance(value, bool):
        target.write_boolean(r, c, value, red)
    elif hasattr(value, "isoformat"):
        target.write_datetime(r, c, value, formats["red date"] if marked else formats["date"])
    else:
        target.write_number(r, c, float(value), red)


def _position(ref: str) -> tuple[int, int]:
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", ref)
    if match is None:
        raise ValueError(f"not a cell: {ref!r}")
    return int(match[2]) - 1, column_index(match[1])
