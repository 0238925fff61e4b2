"""The two sheets behind the circular's tables: definitions, and where each figure comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlsxwriter import Workbook

from common.exports import sheet_title

from .document import RANK_KINDS, Basis, Block, CircularDocument, Column, Kind, LineKind, Missing, Tie
from .formulas import Formulas
from .labels import column_label, period_text
from .styles import LARGE, SMALL, Styles, lines_needed, page_setup

ITEM_WIDTH = 18
TEXT_WIDTH = 76
SOURCE_COLUMNS = (
    ("block", 18),
    ("unit", 20),
    ("column", 16),
    ("value", 14),
    ("text", 14),
    ("file", 34),
    ("sheet", 14),
    ("cell", 9),
    ("imported_by", 12),
    ("imported_at", 18),
)


def write_definitions(
    book: Workbook,
    doc: CircularDocument,
    words: Mapping[str, str],
    styles: Styles,
    formulas: Formulas,
    value_cells: Mapping[tuple[str, str], int],
) -> None:
    """Definitions, period, state, schedule, rounding, ranking rule, marks, target versions, files."""
    sheet = book.add_worksheet(sheet_title(words["sheet.definitions"]))
    sheet.set_column(0, 0, ITEM_WIDTH)
    sheet.set_column(1, 1, TEXT_WIDTH)
    title = styles.get("title", LARGE + 4, align="center")
    sheet.merge_range(0, 0, 0, 1, words["definitions.title"], title)
    sheet.set_row(0, 34)
    head = styles.get("head", SMALL, align="center", border=1)
    sheet.write_string(1, 0, words["definitions.item"], head)
    sheet.write_string(1, 1, words["definitions.text"], head)
    sheet.set_row(1, SMALL * 1.9)
    item = styles.get("head", SMALL, align="left", indent=1, border=1, text_wrap=True)
    body = styles.get("body", SMALL, align="left", indent=1, border=1, text_wrap=True)
    for row, (name, text) in enumerate(_definitions(doc, words, formulas, value_cells), start=2):
        sheet.write_string(row, 0, name, item)
        sheet.write_string(row, 1, text, body)
        height = max(lines_needed(text, TEXT_WIDTH, SMALL), lines_needed(name, ITEM_WIDTH, SMALL))
        sheet.set_row(row, height * SMALL * 1.35 + 6)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    page_setup(sheet, landscape=False)


def _definitions(
    doc: CircularDocument,
    words: Mapping[str, str],
    formulas: Formulas,
    value_cells: Mapping[tuple[str, str], int],
) -> list[tuple[str, str]]:
    month = words["definitions.month"]
    year, last = doc.through or (doc.year, doc.month)
    rows = [
        ("circular", doc.title),
        ("period", period_text(doc, words).strip("（）()")),
        ("through", month.format(year=year, month=last)),
        ("state", doc.state),
        ("schedule", doc.schedule),
    ]
    for block in doc.blocks:
        if block.progress is not None:
            shown = words["definitions.schedule_value"]
            rows.append(("schedule", shown.format(block=_name(block, doc), progress=f"{block.progress:.2f}")))
    rows.append(("rounding", words[f"rounding.{doc.rounding.value}"]))
    points = {c.basis for block in doc.blocks for c in block.columns if c.kind is Kind.POINTS}
    rows += [("points", words[f"points.{basis.value}"]) for basis in Basis if basis in points]
    for block in doc.blocks:
        if any(line.kind is LineKind.RANKED for line in block.lines):
            rows += [
                ("rank", _rank_rule(doc, block, c, words, formulas))
                for c in block.columns
                if c.kind in RANK_KINDS
            ]
    for block in doc.blocks:
        for column in block.columns:
            count = value_cells.get((block.key, column.key), 0)
            if count:
                text = words["values.text"]
                rows.append(
                    (
                        "values",
                        text.format(block=_name(block, doc), column=column_label(column, words), count=count),
                    )
                )
    lines = [line for block in doc.blocks for line in block.lines]
    missing = {figure.missing for line in lines for figure in line.figures.values()}
    rows += [("marks", words[f"legend.{m.value}"]) for m in Missing if m in missing]
    if any(line.kind is LineKind.REPORTED for line in lines):
        rows.append(("marks", words["legend.reported"]))
    rows += [("target", text) for text in doc.target_versions]
    rows += [("file", text) for text in doc.files]
    named = [(words[f"definitions.{key}"], text) for key, text in rows if text]
    return [*named[:1], *doc.definitions, *named[1:]]


def _rank_rule(
    doc: CircularDocument, block: Block, column: Column, words: Mapping[str, str], formulas: Formulas
) -> str:
    measured = block.operands(column)[0]
    told = {"block": _name(block, doc), "column": column_label(column, words)}
    if measured is not None and formulas.rank_is_live(block, column):
        return words["rank.live"].format(measured=column_label(measured, words), **told)
    tie = block.tie_text if block.tie is Tie.BROKEN else ""
    return words["rank.value"].format(tie=words["rank.tie"].format(text=tie) if tie else "", **told)


def _name(block: Block, doc: CircularDocument) -> str:
    return block.title or doc.title


def write_sources(book: Workbook, doc: CircularDocument, words: Mapping[str, str], styles: Styles) -> None:
    """One row for each figure that was imported: file, sheet, cell, who imported it and when."""
    sheet = book.add_worksheet(sheet_title(words["sheet.sources"]))
    sheet.set_default_row(SMALL * 1.7)
    head = styles.get("head", SMALL, align="center", border=1)
    text = styles.get("body", SMALL, align="left", indent=1, border=1)
    number = styles.get("body", SMALL, align="right", indent=1, border=1, num_format="#,##0.00##")
    moment = styles.get("body", SMALL, align="center", border=1, num_format="yyyy-mm-dd hh:mm")
    for c, (key, width) in enumerate(SOURCE_COLUMNS):
        sheet.set_column(c, c, width)
        sheet.write_string(0, c, words[f"sources.{key}"], head)
    for r, source in enumerate(doc.sources, start=1):
        for c, (key, _width) in enumerate(SOURCE_COLUMNS):
            value: Any = getattr(source, key)
            if key == "value":
                if value is None:
                    sheet.write_blank(r, c, None, number)
                else:
                    sheet.write_number(r, c, float(value), number)
            elif key == "imported_at":
                sheet.write_datetime(r, c, value.replace(tzinfo=None), moment)
            elif value:
                sheet.write_string(r, c, value, text)
            else:
                sheet.write_blank(r, c, None, text)
    sheet.freeze_panes(1, 2)
    if doc.sources:
        sheet.autofilter(0, 0, len(doc.sources), len(SOURCE_COLUMNS) - 1)
    sheet.repeat_rows(0)
    page_setup(sheet, landscape=True)
