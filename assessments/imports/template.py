"""The Excel template that a clerk downloads, fills and uploads: annual targets and monthly figures, in one sheet.

Units, year and month are filled in; the header is locked, everything below it is open. What Excel can
refuse while typing it refuses (a negative target, a month that doesn't exist, text that is no number);
the import tests it all again, because a file can be filled by other programs.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from assessments.choices import MONEY
from assessments.models import Measure
from assessments.selectors import last_day
from assessments.words import load_words
from common.exports import sheet_title
from common.imports import normal
from organizations.models import CompetitionGroup
from organizations.selectors import members_on
from rules.periods import Month

HEADER_ROW = 2  # below the title and the hint; data begins in the next row
SPARE_ROWS = 200  # rows below the units on which typing is still checked
FIRST_YEAR, LAST_YEAR = 2000, 2100
FIXED = ("head.code", "head.unit", "head.year", "head.month")
PARTS = ("target", "ytd", "done")  # the three columns of a measure
_CODE, _UNIT, _NUMBER, _REMARK = 16, 26, 18, 30


def template_headers(measures: Sequence[tuple[str, str, str]], words: Mapping[str, str]) -> tuple[str, ...]:
    """The header of the data sheet; the import knows each of its columns without asking.

    `measures` are (code, name, unit). Two names that the import could not tell apart carry their code as well.
    """
    plain = [normal(name) for _code, name, _unit in measures]
    found = [words[key] for key in FIXED]
    for code, name, unit in measures:
        shown = name if plain.count(normal(name)) == 1 else f"{name} {code}"
        found += [words[f"head.{part}"].format(name=shown, unit=unit) for part in PARTS]
    return (*found, words["head.remark"])


def build_template(
    units: Sequence[tuple[str, str]],
    measures: Sequence[tuple[str, str, str]],
    year: int,
    month: int,
    words: Mapping[str, str],
) -> bytes:
    """The template as .xlsx: instructions, and one sheet for targets and figures.

    `units` are (code, name) in the order of the table, `measures` (code, name, unit of account),
    `words` from `load_words("template", ...)`. Raises ValueError for a month outside 1..12 or no measure.
    """
    if not 1 <= month <= 12 or not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"no such month: {year}-{month}")
    if not measures:
        raise ValueError("a template needs at least one measure")
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        formats = _formats(book, words)
        _guide(book, formats, measures, year, month, words)
        _data_sheet(book, formats, units, measures, year, month, words)
    return out.getvalue()


def template_for(
    *, group: CompetitionGroup, measures: Sequence[Measure], year: int, month: int, scale: str
) -> bytes:
    """The template of a competition group: its members of that month, money in `scale` (yuan, wan, yi).

    Its words are Chinese, as every paper of the office. Raises ValueError as `build_template` does.
    """
    words = load_words("template")
    units = [(m.unit.code, m.unit.name) for m in members_on(group, last_day(Month(year, month)))]
    columns = [(m.code, m.name, words[unit_word(m.unit, scale)]) for m in measures]
    return build_template(units, columns, year, month, words)


def unit_word(unit: str, scale: str) -> str:
    """The key of the word that a measure's header carries: money in its scale, other measures as they are."""
    return f"unit.{unit}.{scale}" if unit in MONEY else f"unit.{unit}"


def _formats(book: xlsxwriter.Workbook, words: Mapping[str, str]) -> dict[str, Any]:
    base = {"font_name": words["font.body"], "font_size": 11, "valign": "vcenter"}
    cell = base | {"border": 1, "border_color": "#BFBFBF", "locked": False}
    head = {"bold": True, "border": 1, "bg_color": "#DDEBF7", "text_wrap": True, "align": "center"}
    made = {
        "title": base | {"bold": True, "font_size": 16},
        "hint": base | {"font_color": "#595959", "text_wrap": True},
        "text": base | {"text_wrap": True, "valign": "top"},
        "head": base | head | {"locked": True},
        "unit": cell | {"num_format": "@"},
        "whole": cell | {"num_format": "0", "align": "center"},
        "number": cell | {"num_format": "#,##0.00##", "align": "right"},
        "open": {"locked": False},
        "open text": {"locked": False, "num_format": "@"},
    }
    return {name: book.add_format(properties) for name, properties in made.items()}


def _guide(
    book: xlsxwriter.Workbook,
    formats: Mapping[str, Any],
    measures: Sequence[tuple[str, str, str]],
    year: int,
    month: int,
    words: Mapping[str, str],
) -> None:
    sheet = book.add_worksheet(sheet_title(words["sheet.guide"]))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 44)
    sheet.set_column(2, 2, 14)
    sheet.write_string(0, 0, words["guide.title"].format(year=year, month=month), formats["title"])
    sheet.set_row(0, 30)
    row = 1
    steps = sorted((key for key in words if key.startswith("guide.step.")), key=lambda key: int(key[11:]))
    for number, key in enumerate(steps, start=1):
        sheet.merge_range(row, 0, row, 2, "", formats["text"])
        sheet.write_string(row, 0, f"{number}. {_said(words, key)}", formats["text"])
        sheet.set_row(row, 34)
        row += 1
    row += 1
    for c, key in enumerate(("measure.code", "measure.name", "measure.unit")):
        sheet.write_string(row, c, words[key], formats["head"])
    for measure in measures:
        row += 1
        for c, text in enumerate(measure):
            sheet.write_string(row, c, text, formats["unit"])
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.protect()


def _said(words: Mapping[str, str], key: str) -> str:
    return words[key].format(nil=words["nil"], not_reported=words["not_reported"])


def _data_sheet(
    book: xlsxwriter.Workbook,
    formats: Mapping[str, Any],
    units: Sequence[tuple[str, str]],
    measures: Sequence[tuple[str, str, str]],
    year: int,
    month: int,
    words: Mapping[str, str],
) -> None:
    sheet = book.add_worksheet(sheet_title(words["sheet.data"]))
    headers = template_headers(measures, words)
    first, remark = len(FIXED), len(headers) - 1  # the first column of a measure, and the column of remarks
    sheet.set_column(0, 0, _CODE, formats["open text"])
    sheet.set_column(1, 1, _UNIT, formats["open text"])
    sheet.set_column(2, first - 1, 8, formats["open"])
    sheet.set_column(first, remark - 1, _NUMBER, formats["open"])
    sheet.set_column(remark, remark, _REMARK, formats["open text"])
    for row, key, style, height in ((0, "title.data", "title", 28), (1, "hint.data", "hint", 34)):
        text = words[key].format(year=year, month=month, nil=words["nil"], not_reported=words["not_reported"])
        sheet.merge_range(row, 0, row, remark, "", formats[style])
        sheet.write_string(row, 0, text, formats[style])
        sheet.set_row(row, height)
    sheet.set_row(HEADER_ROW, 34)
    for c, header in enumerate(headers):
        sheet.write_string(HEADER_ROW, c, header, formats["head"])
    for r, (code, name) in enumerate(units, start=HEADER_ROW + 1):
        sheet.write_string(r, 0, code, formats["unit"])
        sheet.write_string(r, 1, name, formats["unit"])
        sheet.write_number(r, 2, year, formats["whole"])
        sheet.write_number(r, 3, month, formats["whole"])
        for c in range(first, remark):
            sheet.write_blank(r, c, None, formats["number"])
        sheet.write_blank(r, remark, None, formats["unit"])
    _check_typing(sheet, len(measures), HEADER_ROW + len(units) + SPARE_ROWS, words)
    sheet.freeze_panes(HEADER_ROW + 1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.activate()


def _check_typing(sheet: Any, measures: int, last: int, words: Mapping[str, str]) -> None:
    """Targets: a number that isn't negative. Figures: any number (reversals exist) or one of two words."""
    top = HEADER_ROW + 1
    title = {"error_title": words["error.title"]}
    for column, key, low, high in ((2, "error.year", FIRST_YEAR, LAST_YEAR), (3, "error.month", 1, 12)):
        rule = {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}
        message = words[key].format(low=low, high=high)
        sheet.data_validation(top, column, last, column, rule | title | {"error_message": message})
    for number in range(measures):
        target = len(FIXED) + number * len(PARTS)
        rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": words["error.target"]}
        sheet.data_validation(top, target, last, target, rule | title)
        cell = xl_rowcol_to_cell(top, target + 1)
        texts = "".join(f',{cell}="{words[key]}"' for key in ("nil", "not_reported"))
        rule = {"validate": "custom", "value": f"=OR(ISNUMBER({cell}){texts})"}
        rule["error_message"] = _said(words, "error.figure")
        sheet.data_validation(top, target + 1, last, target + 2, rule | title)
