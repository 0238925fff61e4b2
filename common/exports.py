"""Tables on their way out: CSV and Excel, both safe against formula injection.

A cell that begins with "=", "+", "-", "@", a tab or a line break can run as a formula when a text file is
opened. In CSV such text gets an apostrophe in front; in Excel files text is always stored as text, so it
stays as it is. Numbers are never touched: -5 is a number, "-5" typed as text is text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import rustpy_xlsxwriter as rust

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_TEXT = 32_767  # Excel's limit for a cell
EXACT_DIGITS = 15  # Excel keeps no more digits of a number
EXACT_MONEY = Decimal(10) ** (EXACT_DIGITS - 2)
DATE_FORMAT = "yyyy-mm-dd"
_CHUNK = 64 * 1024
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def safe_text(value: str) -> str:
    """Text for a CSV cell: an apostrophe in front of what a spreadsheet would run."""
    return f"'{value}" if value.startswith(DANGEROUS) else value


def stream_csv(
    headers: Sequence[object], rows: Iterable[Sequence[object]], *, encoding: str = "utf-8-sig"
) -> Iterator[bytes]:
    """Chunks of a CSV file, for a streamed response. Rows may be a generator; nothing is kept.

    UTF-8 with mark by default, which Excel needs to read Chinese; "gb18030" for older programs. Numbers
    are written in plain digits, dates as 2026-11-22, None as an empty cell.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    first = encoding
    later = "utf-8" if encoding == "utf-8-sig" else encoding
    writer.writerow([_csv_value(header) for header in headers])
    for row in rows:
        writer.writerow([_csv_value(value) for value in row])
        if buffer.tell() >= _CHUNK:
            yield buffer.getvalue().encode(first)
            first = later
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode(first)


def _csv_value(value: Any) -> object:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return safe_text(str(value))


def write_xlsx(
    headers: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    number_formats: Mapping[str, str] | None = None,
    target: BinaryIO | None = None,
) -> bytes:
    """An .xlsx with one sheet `title`, a frozen bold header and typed cells, in constant memory.

    `number_formats` maps a header to an Excel format ("#,##0.00"); a column of dates gets yyyy-mm-dd
    unless named there. Decimals become numbers, except from 10¹³ on, where Excel's 15 digits would lose
    the cents: those become text. Written to `target` if given (then returns b""), else returned.
    Raises ValueError for two equal headers or a row of another length.
    """
    names = [str(header) for header in headers]
    if len(set(names)) != len(names):
        raise ValueError(f"two columns have the same header: {names}")
    formats = {
        name: rust.Format().set_num_format(code)
        for name, code in (number_formats or {}).items()
        if name in names
    }
    out = target if target is not None else io.BytesIO()
    rust.write_worksheet(
        _records(names, rows),
        out,
        sheet_name=sheet_title(title),
        freeze_row=1,
        bold_headers=True,
        datetime_format=DATE_FORMAT,
        column_formats=formats or None,
        column_widths=[float(min(max(_width(name) + 4, 10), 40)) for name in names],
        header_format=rust.Format().set_bold().set_text_wrap(),
    )
    return out.getvalue() if isinstance(out, io.BytesIO) and target is None else b""


def _records(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[dict[str, object]]:
    empty = True
    for row in rows:
        empty = False
        yield dict(zip(names, map(_xlsx_value, row), strict=True))
    if empty:
        yield dict.fromkeys(names)  # the header is written with the first record


def _xlsx_value(value: Any) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, Decimal):
        return value if -EXACT_MONEY < value < EXACT_MONEY else f"{value:f}"
    if isinstance(value, int):
        return value if abs(value) < 10**EXACT_DIGITS else str(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)  # Excel knows no zone: the caller gives local time
    if isinstance(value, date):
        return value
    return str(value)[:LONGEST_TEXT]


def sheet_title(title: str) -> str:
    """A title that Excel takes for a sheet: forbidden characters out, at most 31, never empty."""
    return _NOT_IN_TITLE.sub(" ", title).strip("' ")[:31].strip("' ") or "Sheet1"


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
