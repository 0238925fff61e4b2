"""Cell formats and measures of the circular's workbook (GB/T 9704-2012: fonts, title size, margins)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from .document import Kind

TITLE_SIZE = 22  # size 2 (二号) of GB/T 9704-2012
SMALL = 12
LARGE = 14
TINY = 10
LARGE_UP_TO = 6  # columns
SMALL_UP_TO = 10
PORTRAIT_UP_TO = 7  # columns
# Printable width in Excel's units (about 1.87 mm at 96 dpi): A4 less the standard's margins.
PORTRAIT_WIDTH = 82.0
LANDSCAPE_WIDTH = 118.0
MARGINS_MM = {"top": 37, "left": 28, "bottom": 35, "right": 26}
CENTRED = frozenset({Kind.RANK, Kind.RANK_AMOUNT, Kind.RANK_RATE, Kind.UNIT})


class Styles:
    """Formats of one workbook, each made once."""

    def __init__(self, book: Workbook, words: Mapping[str, str]) -> None:
        self._book = book
        self._words = words
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, font: str, size: float, **properties: Any) -> Format:
        """`font`: title, head or body. The rest is XlsxWriter's own vocabulary."""
        wanted = {
            "font_name": self._words[f"font.{font}"],
            "font_size": size,
            "valign": "vcenter",
        } | properties
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def number(self, kind: Kind, digits: int, mark: str, size: float, *, bold: bool) -> Format:
        """A figure; the mark of its note is part of the format, so the cell stays a number."""
        align = "center" if kind in CENTRED else "right"
        shown = number_format(kind, digits, mark)
        return self.get("body", size, border=1, align=align, num_format=shown, bold=bold)


def number_format(kind: Kind, digits: int, mark: str = "") -> str:
    """Excel's format of a column: thousands and digits, points with their sign, ranks whole.

    "_ " at the end keeps a number off the border (an indent does too, but not in every program).
    """
    if kind in CENTRED:
        core = "0"
        return f'{core}"{mark}"' if mark else core
    core = "#,##0" + ("." + "0" * digits if digits else "")
    tail = f'"{mark}"_ ' if mark else "_ "
    if kind in (Kind.POINTS, Kind.DIFFERENCE):
        return f"+{core}{tail};-{core}{tail};{core}{tail}"
    return core + tail


def body_size(columns: int) -> int:
    """Points of the table's text: the more columns, the smaller."""
    if columns <= LARGE_UP_TO:
        return LARGE
    return SMALL if columns <= SMALL_UP_TO else TINY


def note_mark(number: int) -> str:
    """The number of a note: ① to ⑳, then (21)."""
    return chr(0x2460 + number - 1) if number <= 20 else f"({number})"


def text_width(text: str) -> int:
    """Width in half-width characters; a Chinese character has two."""
    return sum(2 if ord(char) > 0x2E7F or char in "“”—·…①" else 1 for char in text)


def lines_needed(text: str, width: float, size: float) -> int:
    """Lines that a text takes in `width` Excel units (characters of 11 points)."""
    fits = max(width * 11 / size - 1, 2)
    return sum(max(1, math.ceil(text_width(part) / fits)) for part in text.split("\n"))


def fitted_widths(natural: list[float], available: float) -> list[float]:
    """Column widths that fill the page; too wide a table is left to the fit-to-width of the printer."""
    total = sum(natural)
    factor = min(max(available / total, 1.0), 1.8)
    return [round(width * factor, 2) for width in natural]


def page_setup(sheet: Any, *, landscape: bool) -> None:
    """A4 with the standard's margins (turned with the page), one page wide, page number at the foot."""
    sheet.set_paper(9)
    inch = {side: mm / 25.4 for side, mm in MARGINS_MM.items()}
    if landscape:
        sheet.set_landscape()
        inch = {"top": inch["left"], "right": inch["top"], "bottom": inch["right"], "left": inch["bottom"]}
    sheet.set_margins(**inch)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_footer("&C— &P —")
