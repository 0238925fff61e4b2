"""Where a sender's table begins, and which column is which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .model import Cell, Sheet, SheetError

LONGEST_HEADER = 40  # characters; anything longer is a sentence above the table


@dataclass(frozen=True, slots=True)
class Header:
    """A header of one or two rows. `names` by column ("" where there is none), `first_row`,
    `data_row` (first row below) and the columns count from 0."""

    sheet: str
    names: tuple[str, ...]
    first_row: int
    data_row: int


def plain_header(text: str) -> str:
    """A header for comparison: full width and spaces folded, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def header_rows(sheet: Sheet, known: Sequence[str], *, joiner: str = "/") -> Header:
    """Guess the header: the first row in which at least two text cells contain one of the `known` words.

    A second level is joined ("城市/完成") where the header's cells are merged over two rows or across
    columns, or, in files without merged cells, where the header has gaps that the row below fills with
    text only. Raises SheetError("no_header").
    """
    words = [plain_header(word) for word in known]
    hits = (r for r, row in enumerate(sheet.rows) if sum(_is_known(cell, words) for cell in row) >= 2)
    index = next(hits, None)
    if index is None:
        raise SheetError("no_header", sheet=sheet.name, words=", ".join(known))
    row = sheet.rows[index]
    top = [_text(cell) for cell in row]
    spans = [m for m in sheet.merged if m[0] == index]
    for _first, left, _last, right in spans:
        for column in range(left, min(right, len(top) - 1) + 1):
            top[column] = top[left]
    below = sheet.rows[index + 1] if index + 1 < len(sheet.rows) else ()
    if not _two_levels(row, below, spans, index):
        return Header(sheet.name, tuple(top), index, index + 1)
    if not spans:
        top = _filled_right(top, below)
    covered = {c for first, left, last, right in spans if last > first for c in range(left, right + 1)}
    names = []
    for column, upper in enumerate(top):
        lower = "" if column in covered else _text(below[column])
        names.append(joiner.join(part for part in (upper, lower) if part))
    return Header(sheet.name, tuple(names), index, index + 2)


def _two_levels(row: tuple[Cell, ...], below: tuple[Cell, ...], spans: list, index: int) -> bool:
    filled = [cell for cell in below if cell.value is not None]
    if not filled or not all(isinstance(cell.value, str) for cell in filled):
        return False
    if spans:
        return any(last > index or right > left for _first, left, last, right in spans)
    gaps = [c for c, cell in enumerate(row) if cell.value is None and c > 0]
    digits = any(re.search(r"\d", _text(cell)) for cell in filled)
    return bool(gaps) and not digits and any(below[c].value is not None for c in gaps)


def _filled_right(top: list[str], below: tuple[Cell, ...]) -> list[str]:
    filled, last = [], ""
    for column, text in enumerate(top):
        last = text or (last if below[column].value is not None else "")
        filled.append(last)
    return filled


def _is_known(cell: Cell, words: list[str]) -> bool:
    text = plain_header(_text(cell))
    return 0 < len(text) <= LONGEST_HEADER and any(word in text for word in words)


def _text(cell: Cell) -> str:
    return " ".join(cell.value.split()) if isinstance(cell.value, str) else ""


def find_columns(header: Header, wanted: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Column of each wanted field, by the words that may name it: the whole header first, then a part of it.

    `wanted` maps a field to its words; the first is the one that errors show. Raises
    SheetError("missing_column") with all that are missing, or "double_column".
    """
    names = [plain_header(name) for name in header.names]
    found: dict[str, int] = {}
    missing = []
    for field, words in wanted.items():
        candidates: list[int] = []
        for matches in (lambda name, word: name == word, lambda name, word: word in name):
            candidates = [
                c
                for c, name in enumerate(names)
                if name and any(matches(name, plain_header(w)) for w in words)
            ]
            if candidates:
                break
        if len(candidates) > 1:
            shown = ", ".join(header.names[c] for c in candidates)
            raise SheetError("double_column", sheet=header.sheet, name=words[0], found=shown)
        if candidates:
            found[field] = candidates[0]
        else:
            missing.append(words[0])
    if missing:
        raise SheetError("missing_column", sheet=header.sheet, names=", ".join(missing))
    return found
