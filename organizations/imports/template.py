"""The Excel template of a directory import: one sheet to fill in, one that says how.

What Excel can refuse while typing it refuses (a kind or a yes that is none); the import tests it all again.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from common.exports import sheet_title
from organizations.models import Unit

from .base import DirectoryImporter

ROWS = 500  # rows on which typing is checked
WIDTH = 20


def build_template(importer: DirectoryImporter, units: Sequence[Unit]) -> bytes:
    """The template as .xlsx, its words in the active language. `units` are listed on a sheet of their own, so
    that names can be copied."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#DDEBF7", "align": "center"})
        text = book.add_format({"num_format": "@"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        _data(book.add_worksheet(sheet_title(str(importer.label))), importer, head, text)
        _guide(book.add_worksheet(sheet_title(_("How to fill it in"))), importer, head, wrap)
        if importer.code != "units":
            _units(book.add_worksheet(sheet_title(_("Names of units"))), units, head)
    return out.getvalue()


def _data(sheet: Any, importer: DirectoryImporter, head: Any, text: Any) -> None:
    for column, (key, label, _required, _words) in enumerate(importer.columns):
        sheet.write_string(0, column, str(label), head)
        sheet.set_column(column, column, WIDTH, text)
        if choices := importer.choices(key):
            message = _("One of: %(choices)s") % {"choices": "、".join(choices)}
            rule = {"validate": "list", "source": choices, "error_message": message[:255]}
            sheet.data_validation(1, column, ROWS, column, rule)
    sheet.freeze_panes(1, 1)
    sheet.activate()


def _guide(sheet: Any, importer: DirectoryImporter, head: Any, wrap: Any) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 70, wrap)
    rows = [(_("column"), _("must it be filled in?"))]
    rows += [(str(label), _("yes") if required else _("no")) for _k, label, required, _w in importer.columns]
    for number, (one, other) in enumerate(rows):
        sheet.write_string(number, 0, one, head if number == 0 else None)
        sheet.write_string(number, 1, other, head if number == 0 else wrap)
    for number, line in enumerate(
        (
            _("One row for each record. What is there already is changed, the rest is new."),
            _("An empty cell leaves what is there as it is."),
            _("Days are written as 2026-11-22."),
            _("Nothing is written before the preview is confirmed, and an import can be undone."),
        ),
        start=len(rows) + 1,
    ):
        sheet.write_string(number, 1, line, wrap)


def _units(sheet: Any, units: Sequence[Unit], head: Any) -> None:
    for column, title in enumerate((_("code"), _("name of the unit"))):
        sheet.write_string(0, column, title, head)
        sheet.set_column(column, column, WIDTH)
    for number, unit in enumerate(units, start=1):
        sheet.write_string(number, 0, unit.code)
        sheet.write_string(number, 1, unit.name)
