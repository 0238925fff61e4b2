"""The circular's tables as an Excel file, laid out to be pasted into an official document.

Written with XlsxWriter, because it stores a computed value beside each live formula: phone previews, mail
viewers and the reader of an import show the cached value and never calculate, while Excel and WPS
recalculate. (openpyxl writes formulas without values; the bulk writer has no per-cell values either.)
A bureau's clerk changes a figure and sees total, rate, points and rank follow; what can't follow is a value
and the sheet of definitions says so (see `formulas`). Text is always written as text: a unit whose name
begins with "=" never becomes a formula.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from assessments.words import load_words
from common.exports import sheet_title

from .appendix import write_definitions, write_sources
from .document import (
    RANK_KINDS,
    Block,
    CircularDocument,
    Column,
    Figure,
    Kind,
    Layout,
    Line,
    LineKind,
    Missing,
)
from .formulas import Formulas, Placed
from .labels import header_label, period_text
from .styles import (
    LANDSCAPE_WIDTH,
    LARGE,
    PORTRAIT_UP_TO,
    PORTRAIT_WIDTH,
    SMALL,
    TITLE_SIZE,
    Styles,
    body_size,
    fitted_widths,
    lines_needed,
    note_mark,
    page_setup,
    text_width,
)

WIDEST_LABEL = {False: 12, True: 10}  # half-width characters before a header wraps; landscape is denser


def build_workbook(doc: CircularDocument, words: Mapping[str, str] | None = None) -> bytes:
    """The .xlsx of a circular: the tables, the definitions and the source rows.

    `words` comes from `load_words("circular", ...)`; Chinese by default. Raises ValueError for a document
    that contradicts itself (a SUM line that isn't the sum, a line without a figure for a column).
    """
    words = words or load_words("circular")
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": doc.title})
        book.set_calc_mode("auto")
        writer = _Tables(book, doc, words)
        for name, blocks in _sheets(doc, words):
            writer.plan(name, blocks)
        for name in writer.names:
            writer.write(name)
        write_definitions(book, doc, words, writer.styles, writer.formulas, writer.value_cells)
        write_sources(book, doc, words, writer.styles)
    return out.getvalue()


def _sheets(doc: CircularDocument, words: Mapping[str, str]) -> list[tuple[str, Sequence[Block]]]:
    if doc.layout is Layout.ONE_SHEET:
        return [(sheet_title(words["sheet.table"]), doc.blocks)]
    taken = {words["sheet.definitions"].casefold(), words["sheet.sources"].casefold()}
    parts: dict[str, list[Block]] = {}
    for block in doc.blocks:
        parts.setdefault(block.sheet if doc.layout is Layout.NAMED_SHEETS else block.key, []).append(block)
    sheets: list[tuple[str, Sequence[Block]]] = []
    for number, (named, blocks) in enumerate(parts.items(), start=1):
        wanted = named if doc.layout is Layout.NAMED_SHEETS else blocks[0].title
        name = sheet_title(wanted or f"{words['sheet.table']} {number}")
        if name.casefold() in taken:
            name = f"{number} {name}"[:31]
        taken.add(name.casefold())
        sheets.append((name, blocks))
    return sheets


class _Tables:
    """Plans where every block stands, then writes sheet by sheet (a total may add another block's lines)."""

    def __init__(self, book: xlsxwriter.Workbook, doc: CircularDocument, words: Mapping[str, str]) -> None:
        self.book = book
        self.doc = doc
        self.words = words
        self.styles = Styles(book, words)
        self.names: dict[str, list[tuple[Placed, int, bool]]] = {}  # sheet -> (place, first row, has a head)
        self.placed: dict[str, Placed] = {}
        self.formulas = Formulas(doc.rounding, self.placed)
        self.value_cells: dict[tuple[str, str], int] = {}  # calculated cells that had to stay values

    def plan(self, name: str, blocks: Sequence[Block]) -> None:
        row, before = 2, None  # the title and the period stand above
        plan = []
        for block in blocks:
            same = before is not None and _head(before) == _head(block)
            head = 0 if same else 2  # the line with the unit, the header
            gap = 1 if before is not None and not same else 0
            start = row + gap
            band = 1 if block.title else 0
            has_progress = block.progress is not None and any(c.kind is Kind.POINTS for c in block.columns)
            if has_progress and same and before is not None:
                progress = self.placed[before.key].progress
            else:
                progress = "$A$" + str(start + 1) if has_progress and len(block.columns) > 3 else ""
            place = Placed(block, name, start + head + band, progress)
            self.placed[block.key] = place
            plan.append((place, start, not same))
            row, before = place.top + len(block.lines), block
        self.names[name] = plan

    def write(self, name: str) -> None:
        plan = self.names[name]
        sheet = self.book.add_worksheet(name)
        count = max(len(place.block.columns) for place, _row, _head in plan)
        landscape = count > PORTRAIT_UP_TO
        size = body_size(count)
        marks = self._marks(plan)
        widths = self._widths([place.block for place, _row, _head in plan], count, size, marks, landscape)
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        self._title(sheet, count, widths)
        first_head = None
        for place, row, has_head in plan:
            if has_head:
                self._unit_line(sheet, place, row)
                self._header(sheet, place.block, row + 1, widths, size)
                first_head = row + 1 if first_head is None else first_head
            if place.block.title:
                band = self.styles.get("head", size, border=1, align="left", indent=1)
                _merge(sheet, place.top - 1, 0, len(place.block.columns) - 1, place.block.title, band)
                sheet.set_row(place.top - 1, size * 1.9)
            for index, line in enumerate(place.block.lines):
                self._line(sheet, place, index, line, marks, widths, size)
        last = plan[-1][0]
        end = self._notes(sheet, last.top + len(last.block.lines), count, plan, marks, sum(widths))
        unit_columns = [i for i, c in enumerate(plan[0][0].block.columns) if c.kind is Kind.UNIT]
        head = first_head or 0
        sheet.freeze_panes(head + 1, unit_columns[0] + 1 if unit_columns else 0)
        sheet.repeat_rows(head)
        sheet.print_area(0, 0, end - 1, count - 1)
        page_setup(sheet, landscape=landscape)

    def _marks(self, plan: Sequence[tuple[Placed, int, bool]]) -> dict[str, str]:
        """Notes numbered as a reader meets them: line by line, from left to right."""
        order: list[str] = []
        for place, _row, _head in plan:
            for line in place.block.lines:
                used = [line.note]
                used += [line.figures[c.key].note for c in place.block.columns if c.key in line.figures]
                order += [key for key in used if key and key not in order]
        order = list(dict.fromkeys(order))
        return {key: note_mark(number) for number, key in enumerate(order, start=1)}

    def _widths(
        self, blocks: Sequence[Block], count: int, size: float, marks: Mapping[str, str], landscape: bool
    ) -> list[float]:
        natural = [4.0] * count
        for block in blocks:
            for index, column in enumerate(block.columns):
                label = text_width(header_label(column, block, self.words))
                texts = [self._shown(column, line, marks) for line in block.lines]
                longest = max((text_width(text) for text in texts), default=0)
                if column.kind is Kind.REMARK:
                    longest = min(longest, 24)
                needed = max(min(label, WIDEST_LABEL[landscape]), longest) + 3
                natural[index] = max(natural[index], needed * size / 11)
        return fitted_widths(natural, LANDSCAPE_WIDTH if landscape else PORTRAIT_WIDTH)

    def _shown(self, column: Column, line: Line, marks: Mapping[str, str]) -> str:
        """The text of a cell as a reader sees it, for its width."""
        if column.kind is Kind.UNIT:
            return self._unit_name(line, marks)
        if column.kind is Kind.REMARK:
            return line.remark
        figure = line.figures.get(column.key)
        if figure is None:
            return ""
        if figure.value is None:
            return self.words[f"missing.{figure.missing}"] + marks.get(figure.note, "")
        digits = 0 if column.kind in RANK_KINDS else column.digits
        return f"{figure.value:,.{digits}f}" + marks.get(figure.note, "")

    def _title(self, sheet: Any, count: int, widths: list[float]) -> None:
        title = self.styles.get("title", TITLE_SIZE, align="center", text_wrap=True)
        _merge(sheet, 0, 0, count - 1, self.doc.title, title)
        sheet.set_row(0, TITLE_SIZE * 1.5 * lines_needed(self.doc.title, sum(widths), TITLE_SIZE) + 6)
        period = self.styles.get("body", LARGE, align="center")
        _merge(sheet, 1, 0, count - 1, period_text(self.doc, self.words), period)
        sheet.set_row(1, LARGE * 1.7)

    def _unit_line(self, sheet: Any, place: Placed, row: int) -> None:
        last = len(place.block.columns) - 1
        left = 0
        if place.progress:
            # The words are part of the format, so that the cell is the number that formulas refer to.
            said = self.words["progress"].replace('"', "")
            value = self.styles.get("body", SMALL, align="left", num_format=f'"{said}"0.00"%"')
            _merge(sheet, row, 0, 2, "", value)
            sheet.write_number(row, 0, float(place.block.progress or 0), value)
            left = 3
        if place.block.unit:
            right = self.styles.get("body", SMALL, align="right")
            _merge(sheet, row, left, last, self.words["unit"].format(unit=place.block.unit), right)
        sheet.set_row(row, SMALL * 1.7)

    def _header(self, sheet: Any, block: Block, row: int, widths: list[float], size: float) -> None:
        style = self.styles.get("head", size, align="center", border=1, text_wrap=True)
        most = 1
        for index, column in enumerate(block.columns):
            label = header_label(column, block, self.words)
            sheet.write_string(row, index, label, style)
            most = max(most, lines_needed(label, widths[index], size))
        sheet.set_row(row, most * size * 1.35 + 8)

    def _unit_name(self, line: Line, marks: Mapping[str, str]) -> str:
        name = line.unit
        if line.kind is LineKind.REPORTED:
            name = self.words["line.reported"].format(unit=name)
        return name + marks.get(line.note, "")

    def _line(
        self,
        sheet: Any,
        place: Placed,
        index: int,
        line: Line,
        marks: Mapping[str, str],
        widths: list[float],
        size: float,
    ) -> None:
        row = place.top + index
        bold = line.kind in (LineKind.SUM, LineKind.REPORTED)
        text = self.styles.get("body", size, border=1, align="center", bold=bold)
        height = 1
        for c, column in enumerate(place.block.columns):
            if column.kind is Kind.UNIT:
                sheet.write_string(row, c, self._unit_name(line, marks), text)
            elif column.kind is Kind.REMARK:
                style = self.styles.get(
                    "body", size, border=1, align="left", indent=1, text_wrap=True, bold=bold
                )
                sheet.write_string(row, c, line.remark, style)
                height = lines_needed(line.remark, widths[c], size) if line.remark else 1
            elif column.key in line.figures:
                self._figure(sheet, place, index, column, line.figures[column.key], marks, size, bold)
            elif line.kind is LineKind.RANKED or (
                line.kind is LineKind.UNRANKED and column.kind not in RANK_KINDS
            ):
                raise ValueError(f"{place.block.key!r}, {line.unit!r}: no figure for {column.key!r}")
            elif line.kind is LineKind.UNRANKED:
                sheet.write_string(row, c, self.words[f"missing.{Missing.NOT_APPLICABLE}"], text)
            else:
                sheet.write_blank(row, c, None, text)
        sheet.set_row(row, max(size * 1.9, height * size * 1.3 + 4))

    def _figure(
        self,
        sheet: Any,
        place: Placed,
        index: int,
        column: Column,
        figure: Figure,
        marks: Mapping[str, str],
        size: float,
        bold: bool,
    ) -> None:
        row, c = place.top + index, place.column(column.key)
        mark = marks.get(figure.note, "")
        if figure.value is None:
            text = self.styles.get("body", size, border=1, align="center", bold=bold)
            sheet.write_string(row, c, self.words[f"missing.{figure.missing}"] + mark, text)
            return
        style = self.styles.number(column.kind, column.digits, mark, size, bold=bold)
        formula = self.formulas.cell(place, column, index)
        if formula:
            sheet.write_formula(row, c, formula, style, float(figure.value))
            return
        sheet.write_number(row, c, float(figure.value), style)
        if column.kind in (Kind.RATE, Kind.POINTS, Kind.GROWTH, Kind.DIFFERENCE):
            key = (place.block.key, column.key)
            self.value_cells[key] = self.value_cells.get(key, 0) + 1

    def _notes(
        self,
        sheet: Any,
        row: int,
        count: int,
        plan: Sequence[tuple[Placed, int, bool]],
        marks: Mapping[str, str],
        width: float,
    ) -> int:
        """Numbered reasons below the table, then what the marks in it mean. Returns the row after them."""
        said = {note.key: note.text for note in self.doc.notes}
        texts = [f"{mark} {said[key].rstrip('。.')}{self.words['stop']}" for key, mark in marks.items()]
        lines = [line for place, _row, _head in plan for line in place.block.lines]
        missing = {figure.missing for line in lines for figure in line.figures.values()}
        legend = [self.words[f"legend.{m.value}"] for m in Missing if m in missing]
        if any(line.kind is LineKind.REPORTED for line in lines):
            legend.append(self.words["legend.reported"])
        if legend:
            texts.append(self.words["semicolon"].join(legend) + self.words["stop"])
        style = self.styles.get("body", SMALL, align="left", text_wrap=True)
        for number, text in enumerate(texts):
            shown = (self.words["notes"] if number == 0 else "") + text
            _merge(sheet, row, 0, count - 1, shown, style)
            sheet.set_row(row, lines_needed(shown, width, SMALL) * SMALL * 1.35 + 4)
            row += 1
        return row


def _head(block: Block) -> tuple[object, ...]:
    """Blocks with an equal head share one: the same columns in the same unit on the same schedule."""
    return (block.columns, block.unit, block.progress)


def _merge(sheet: Any, row: int, first: int, last: int, text: str, style: Any) -> None:
    if last <= first:
        sheet.write_string(row, first, text, style)
        return
    sheet.merge_range(row, first, row, last, "", style)
    sheet.write_string(row, first, text, style)
