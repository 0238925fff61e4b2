"""Spreadsheets from outside: read any file a sender may have, and hand it back with its wrong cells marked.

No models and no request: bytes in, plain values out. See `read_workbook`, `parse_number`,
`header_rows`, `find_columns` and `mark_cells`.
"""

from .headers import Header, find_columns, header_rows, plain_header
from .marking import mark_cells
from .model import CSV_SHEET, Cell, InputError, NumberError, Sheet, SheetError, Workbook
from .numbers import NIL, NOT_REPORTED, Special, parse_number
from .reading import MAX_BYTES, MAX_ROWS, read_workbook

__all__ = [
    "CSV_SHEET",
    "MAX_BYTES",
    "MAX_ROWS",
    "NIL",
    "NOT_REPORTED",
    "Cell",
    "Header",
    "InputError",
    "NumberError",
    "Sheet",
    "SheetError",
    "Special",
    "Workbook",
    "find_columns",
    "header_rows",
    "mark_cells",
    "parse_number",
    "plain_header",
    "read_workbook",
]
