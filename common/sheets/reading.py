"""Read .xlsx, .xls and delimited text, told apart by their first bytes and never by their name.

A spreadsheet stores numbers as binary floats and shows 15 digits of them; here they become the decimal
that Excel shows, so 12.34 is Decimal("12.34"). Text cells stay text, so a code "0012" keeps its zeros.
Cells of a text file are all text: only the column tells whether "0012" is a number (see `parse_number`).
"""

from __future__ import annotations

import csv
import html
import io
import math
import re
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import python_calamine as calamine

from .model import CSV_SHEET, Cell, CellValue, Sheet, SheetError, Workbook, _, column_index, column_letters

MB = 1024 * 1024
MAX_BYTES = 20 * MB
MAX_ROWS = 100_000
MAX_UNPACKED = 200 * MB  # a table of 100,000 × 20 unpacks to about 80 MB
MAX_PARTS = 2_000
MAX_CELLS = 4_000_000  # the reader keeps the whole rectangle up to the farthest value in memory

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS = (
    (b"%PDF", _("a PDF")),
    (b"\x89PNG", _("a picture")),
    (b"\xff\xd8\xff", _("a picture")),
    (b"GIF8", _("a picture")),
    (b"Rar!", _("a packed archive")),
    (b"7z\xbc\xaf", _("a packed archive")),
    (b"\x1f\x8b", _("a packed archive")),
    (b"{\\rtf", _("a text document")),
)
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head", b"mime-version:")
DELIMITERS = (",", "\t", ";")

_VALUE_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)(?<!/)>")
_REF = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_FORMULA = rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>([^<]*)</(?:\w+:)?f>)"
_OPEN_CELL = rb"[^>]*\br\s*=\s*[\"']([A-Z]{1,3}\d{1,7})[\"'][^>]*>\s*"
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*\bt\s*=\s*[\"']e[\"'])"
    + _OPEN_CELL
    + rb"(?:"
    + _FORMULA
    + rb")?\s*<(?:\w+:)?v>([^<]*)<"
)
# A formula that no program has calculated yet. An empty text result (t="str") is a result.
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\s(?![^>]*\bt\s*=\s*[\"']str[\"'])"
    + _OPEN_CELL
    + _FORMULA
    + rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_workbook(
    data: bytes, filename: str = "", *, max_bytes: int = MAX_BYTES, max_rows: int = MAX_ROWS
) -> Workbook:
    """Read a whole upload. `max_bytes` is tested before anything is parsed, `max_rows` holds per sheet.

    `filename` is for the record only; the content decides what the file is. Rows that are empty to the end
    of a sheet are left out. A formula gives its last computed value, a formula's error its text
    ("#DIV/0!"), a formula that was never calculated itself ("=A1+1"): `parse_number` refuses both. (In
    .xls the reader gives an empty cell for them.) Raises SheetError.
    """
    if len(data) > max_bytes:
        raise SheetError("too_large", size=-(-len(data) // MB), limit=max_bytes // MB, filename=filename)
    if not data.strip():
        raise SheetError("empty")
    kind = sniff(data)
    encoding = None
    if kind == "csv":
        text, encoding = decode(data)
        sheets: tuple[Sheet, ...] = (_text_sheet(text, max_rows),)
    else:
        errors = check_package(data, max_rows=max_rows) if kind == "xlsx" else {}
        sheets = _book_sheets(data, errors, max_rows)
    if not any(sheet.rows for sheet in sheets):
        raise SheetError("empty")
    return Workbook(sheets, kind, encoding)


def sniff(data: bytes) -> str:
    """ "xlsx", "xls" or "csv" by content. Raises SheetError for anything else, saying what it is."""
    if data.startswith(EMPTY_ZIP):
        raise SheetError("wrong_type", what=_("a packed archive"))
    if data.startswith(ZIP):
        return _sniff_zip(data)
    if data.startswith(OLE):
        return _sniff_ole(data)
    for magic, what in OTHERS:
        if data.startswith(magic):
            raise SheetError("wrong_type", what=what)
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(MARKUP):
        raise SheetError("wrong_type", what=_("a web page"))
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetError("wrong_type", what=_("a program's file"))
    return "csv"


def _sniff_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise SheetError("broken") from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.startswith("word/") for name in names):
        raise SheetError("wrong_type", what=_("a Word document"))
    if any(name.startswith("ppt/") for name in names):
        raise SheetError("wrong_type", what=_("a presentation"))
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise SheetError("wrong_type", what=_("a spreadsheet of another kind (.xlsb or .ods)"))
    raise SheetError("wrong_type", what=_("a packed archive"))


def _sniff_ole(data: bytes) -> str:
    def has(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise SheetError("encrypted")
    if has("Workbook") or has("Book"):
        return "xls"
    if has("WordDocument"):
        raise SheetError("wrong_type", what=_("a Word document"))
    raise SheetError("wrong_type", what=_("an old Office file of another kind"))


def check_package(data: bytes, *, max_rows: int = MAX_ROWS) -> dict[str, dict[str, str]]:
    """Refuse an .xlsx that would fill the memory; give by sheet and cell the formulas without a value:
    their error ("#DIV/0!"), or themselves ("=A1+1") where no program has calculated them.

    Sizes in the directory of a zip may lie, so every part is really unpacked, up to the limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
            if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
                raise SheetError("zip_bomb", limit=MAX_UNPACKED // MB)
            left = MAX_UNPACKED
            parts: dict[str, bytes] = {}
            for info in infos:
                if info.flag_bits & 1:
                    raise SheetError("encrypted")
                content = _unpack(data, info, left)
                left -= len(content)
                if info.filename.endswith((".xml", ".rels")):
                    parts[info.filename] = content
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("broken") from error
    errors = {}
    for name, part in _sheet_parts(parts).items():
        _check_extent(name, part, max_rows)
        found = [(ref, text) for ref, _formula, text in _ERROR_CELL.findall(part)]
        found += [(ref, b"=" + formula) for ref, formula in _UNCALCULATED.findall(part)]
        errors[name] = {ref.decode(): html.unescape(text.decode()) for ref, text in found}
    return errors


def _unpack(data: bytes, info: zipfile.ZipInfo, limit: int) -> bytes:
    head = info.header_offset
    start = head + 30 + int.from_bytes(data[head + 26 : head + 28], "little")
    start += int.from_bytes(data[head + 28 : head + 30], "little")
    packed = data[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        content = packed
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        content = zlib.decompressobj(-15).decompress(packed, limit + 1)
    else:
        raise SheetError("broken")
    if len(content) > limit:
        raise SheetError("zip_bomb", limit=MAX_UNPACKED // MB)
    return content


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Sheet name -> its XML. Sheets that the workbook doesn't name are of no use to the reader."""
    try:
        book = ElementTree.fromstring(parts["xl/workbook.xml"])  # noqa: S314 (expat refuses entity bombs)
        links = ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])  # noqa: S314
    except (ElementTree.ParseError, KeyError) as error:
        raise SheetError("broken") from error
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(sheet.get(_RELATION), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in parts:
                found[sheet.get("name", "")] = parts[path]
    return found


def _check_extent(name: str, part: bytes, max_rows: int) -> None:
    """Two far-apart cells in a tiny file would make the reader allocate a rectangle of 17 billion."""
    last_row = last_column = 0
    for match in _VALUE_CELL.finditer(part):
        ref = _REF.search(match[1])
        if ref:
            last_row = max(last_row, int(ref[2]))
            last_column = max(last_column, column_index(ref[1].decode()) + 1)
    if last_row > max_rows:
        raise SheetError("too_many_rows", sheet=name, limit=max_rows)
    if last_row * last_column > max(MAX_CELLS, 64 * last_row):
        raise SheetError("too_wide", sheet=name, ref=f"{column_letters(last_column - 1)}{last_row}")


def _book_sheets(data: bytes, errors: dict[str, dict[str, str]], max_rows: int) -> tuple[Sheet, ...]:
    sheets = []
    try:
        with calamine.load_workbook(io.BytesIO(data)) as book:
            for meta in book.sheets_metadata:
                if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(meta.name)
                if sheet.total_height > max_rows:
                    raise SheetError("too_many_rows", sheet=meta.name, limit=max_rows)
                table = sheet.to_python(skip_empty_area=False)
                merged = tuple((a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ())
                hidden = meta.visible != calamine.SheetVisibleEnum.Visible
                rows = _typed_rows(table, errors.get(meta.name, {}))
                sheets.append(Sheet(meta.name, rows, merged, hidden))
    except calamine.PasswordError as error:
        raise SheetError("encrypted") from error
    except calamine.CalamineError as error:
        raise SheetError("broken") from error
    except BaseException as error:  # a panic of the reader on a crafted file isn't an Exception
        if type(error).__name__ == "PanicException":
            raise SheetError("broken") from None
        raise
    return tuple(sheets)


def _typed_rows(table: list[list[Any]], errors: dict[str, str]) -> tuple[tuple[Cell, ...], ...]:
    letters = [column_letters(c) for c in range(len(table[0]) if table else 0)]
    rows = []
    for r, row in enumerate(table, start=1):
        cells = []
        for letter, item in zip(letters, row, strict=True):
            ref = f"{letter}{r}"
            if ref in errors:
                cells.append(Cell(errors[ref], ref, errors[ref]))
            else:
                value = _typed(item)
                cells.append(Cell(value, ref, item if isinstance(item, str) else str(value)))
        rows.append(tuple(cells))
    return _without_empty_end(rows)


def _typed(item: Any) -> CellValue:
    if isinstance(item, str):
        return item.strip() or None
    if isinstance(item, bool | datetime | date):
        return item
    if isinstance(item, float | int) and math.isfinite(item):
        return to_decimal(item)
    return str(item)  # times and durations; no measure is one


def to_decimal(number: float) -> Decimal:
    """The decimal that Excel shows: whole numbers exactly, others to Excel's 15 significant digits."""
    if number == int(number) and abs(number) < 2**53:
        return Decimal(int(number))
    return Decimal(f"{number:.15g}")


def decode(data: bytes) -> tuple[str, str]:
    """Text and name of its encoding: UTF-8 with and without mark, UTF-16 with mark, else GB 18030.

    GB 18030 contains GBK and GB 2312. Raises SheetError("unknown_encoding").
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ["utf-16"]
    elif data.startswith(b"\xef\xbb\xbf"):
        names = ["utf-8-sig"]
    else:
        names = ["utf-8", "gb18030"]
    for name in names:
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    raise SheetError("unknown_encoding")


def _text_sheet(text: str, max_rows: int) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    try:
        for r, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)), start=1
        ):
            if r > max_rows:
                raise SheetError("too_many_rows", sheet=CSV_SHEET, limit=max_rows)
            rows.append(
                tuple(Cell(raw.strip() or None, f"{column_letters(c)}{r}", raw) for c, raw in enumerate(row))
            )
    except csv.Error as error:
        raise SheetError("broken") from error
    width = max((len(row) for row in rows), default=0)
    full = [
        row + tuple(Cell(None, f"{column_letters(c)}{r}", "") for c in range(len(row), width))
        for r, row in enumerate(rows, start=1)
    ]
    return Sheet(CSV_SHEET, _without_empty_end(full))


def _delimiter(text: str) -> str:
    """The delimiter that parts the first 20 lines most alike; a comma when nothing does."""
    head = text.splitlines()[:20]

    def score(delimiter: str) -> int:
        widths = [len(row) for row in csv.reader(head, delimiter=delimiter) if row]
        return max((widths.count(w) * (w > 1) for w in set(widths)), default=0)

    return max(DELIMITERS, key=score)


def _without_empty_end(rows: list[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    end = len(rows)
    while end and all(cell.value is None for cell in rows[end - 1]):
        end -= 1
    return tuple(rows[:end])
