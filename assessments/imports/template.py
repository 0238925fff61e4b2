"""The Excel template that a clerk downloads, fills and uploads: annual targets and monthly figures.

Units, year and month are filled in; the header is locked, everything below it is open. What Excel can
refuse while typing it refuses (a negative target, a month that doesn't exist, text that is no number);
the import tests it all again, because a file can be filled by other programs.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from common.exports import sheet_title

HEADER_ROW = 2  # below the title and the hint; data begins in the next row
SPARE_ROWS = 200  # rows below the units on which typing is still checked
FIRST_YEAR, LAST_YEAR = 2000, 2100
_CODE, _UNIT, _MEASURE = 16, 26, 18


class TemplateKind(StrEnum):
    TARGETS = "targets"
    FIGURES = "figures"


def template_headers(
    kind: TemplateKind, measures: Sequence[tuple[str, str, str]], words: Mapping[str, str]
) -> tuple[str, ...]:
    """The header of a data sheet, as `common.sheets.header_rows` reads it back.

    `measures` are (code, name, unit); two that would read alike carry their code as well.
    """
    fixed = [words["head.code"], words["head.unit"], words["head.year"]]
    if kind is TemplateKind.FIGURES:
        fixed.append(words["head.month"])
    plain = [_measure_header(name, unit, words) for _code, name, unit in measures]
    named = [
        header if plain.count(header) == 1 else _measure_header(f"{name}[{code}]", unit, words)
        for header, (code, name, unit) in zip(plain, measures, strict=True)
    ]
    return (*fixed, *named)


def _measure_header(name: str, unit: str, words: Mapping[str, str]) -> str:
    return words["head.measure"].format(name=name, unit=unit) if unit else name


def build_template(
    units: Sequence[tuple[str, str]],
    measures: Sequence[tuple[str, str, str]],
    year: int,
    month: int,
    words: Mapping[str, str],
) -> bytes:
    """The template as .xlsx: instructions, annual targets, monthly figures.

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
        for kind in TemplateKind:
            _data_sheet(book, formats, kind, units, measures, year, month, words)
    return out.getvalue()


def _formats(book: xlsxwriter.Workbook, words: Mapping[str, str]) -> dict[str, Any]:
    base = {"font_name": words["font.body"], "font_size": 11, "valign": "vcenter"}
    cell = base | {"border": 1, "border_color": "#BFBFBF", "locked": False}
    made = {
        "title": base | {"bold": True, "font_size": 16},
        "hint": base | {"font_color": "#595959", "text_wrap": True},
        "text": base | {"text_wrap": True, "valign": "top"},
        "head": base
        | {
            "bold": True,
            "border": 1,
            "bg_color": "#DDEBF7",
            "text_wrap": True,
            "align": "center",
            "locked": True,
        },
        "code": cell | {"num_format": "@"},
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
        text = words[key].format(nil=words["nil"], not_reported=words["not_reported"])
        sheet.write_string(row, 0, f"{number}. {text}", formats["text"])
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


def _data_sheet(
    book: xlsxwriter.Workbook,
    formats: Mapping[str, Any],
    kind: TemplateKind,
    units: Sequence[tuple[str, str]],
    measures: Sequence[tuple[str, str, str]],
    year: int,
    month: int,
    words: Mapping[str, str],
) -> None:
    sheet = book.add_worksheet(sheet_title(words[f"sheet.{kind}"]))
    headers = template_headers(kind, measures, words)
    first = 4 if kind is TemplateKind.FIGURES else 3  # the first column of a measure
    sheet.set_column(0, 0, _CODE, formats["open text"])
    sheet.set_column(1, 1, _UNIT, formats["open text"])
    sheet.set_column(2, first - 1, 8, formats["open"])
    sheet.set_column(first, len(headers) - 1, _MEASURE, formats["open"])
    sheet.merge_range(0, 0, 0, len(headers) - 1, "", formats["title"])
    sheet.write_string(0, 0, words[f"title.{kind}"].format(year=year, month=month), formats["title"])
    sheet.merge_range(1, 0, 1, len(headers) - 1, "", formats["hint"])
    hint = words[f"hint.{kind}"].format(nil=words["nil"], not_reported=words["not_reported"])
    sheet.write_string(1, 0, hint, formats["hint"])
    sheet.set_row(0, 28)
    sheet.set_row(1, 34)
    sheet.set_row(HEADER_ROW, 34)
    for c, header in enumerate(headers):
        sheet.write_string(HEADER_ROW, c, header, formats["head"])
    for r, (code, name) in enumerate(units, start=HEADER_ROW + 1):
        sheet.write_string(r, 0, code, formats["code"])
        sheet.write_string(r, 1, name, formats["unit"])
        sheet.write_number(r, 2, year, formats["whole"])
        if kind is TemplateKind.FIGURES:
            sheet.write_number(r, 3, month, formats["whole"])
        for c in range(first, len(headers)):
            sheet.write_blank(r, c, None, formats["number"])
    last = HEADER_ROW + len(units) + SPARE_ROWS
    sheet.data_validation(
        HEADER_ROW + 1, 2, last, 2, _whole(FIRST_YEAR, LAST_YEAR, words["error.year"], words)
    )
    if kind is TemplateKind.FIGURES:
        sheet.data_validation(HEADER_ROW + 1, 3, last, 3, _whole(1, 12, words["error.month"], words))
    rule = _measure_rule(kind, xl_rowcol_to_cell(HEADER_ROW + 1, first), words)
    sheet.data_validation(HEADER_ROW + 1, first, last, len(headers) - 1, rule)
    sheet.freeze_panes(HEADER_ROW + 1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)


def _whole(low: int, high: int, message: str, words: Mapping[str, str]) -> dict[str, Any]:
    rule = {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}
    return rule | {"error_title": words["error.title"], "error_message": message.format(low=low, high=high)}


def _measure_rule(kind: TemplateKind, cell: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Targets: a number that isn't negative. Figures: any number (reversals exist) or one of two words."""
    if kind is TemplateKind.TARGETS:
        rule: dict[str, Any] = {"validate": "decimal", "criteria": ">=", "value": 0}
    else:
        texts = "".join(f',{cell}="{words[key]}"' for key in ("nil", "not_reported"))
        rule = {"validate": "custom", "value": f"=OR(ISNUMBER({cell}){texts})"}
    message = words[f"error.{kind}"].format(nil=words["nil"], not_reported=words["not_reported"])
    return rule | {"error_title": words["error.title"], "error_message": message}


def template_for(*, group: Any, measures: Sequence[Any], year: int, month: int, scale: str) -> bytes:
    """The template of a competition group: its members of that month, money in the chosen unit."""
    day = last_day(Month(year, month))
    units = [(m.unit.code, m.unit.name) for m in members_on(group, day)]
    words = load_words("template")
    return build_template(units, [(m.code, m.name, words[f"unit.{m.unit}.{scale}"] if m.unit in MONEY else words.get(f"unit.{m.unit}", "")) for m in measures], year, month, words)
