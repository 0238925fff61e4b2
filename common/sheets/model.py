"""What a read spreadsheet is made of, and the errors that reading it can give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext

CellValue = str | Decimal | date | datetime | bool | None
CSV_SHEET = "CSV"  # the one sheet of a text file, in every trace and mark

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _(msgid: str) -> str:
    """Mark text for translation. Django's own marker asks for settings at import time."""
    return msgid


class InputError(ValueError):
    """Wrong input, told to the person who sent it: `code` for programs, `message` for people.

    `str()` is English and needs no settings (logs, shell); `message` is in the active language.
    """

    messages: ClassVar[dict[str, str]] = {}

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        self.msgid = self.messages[code]
        super().__init__(self.msgid % params)

    @property
    def message(self) -> str:
        """What happened and what to do, in the active language."""
        params = self.params
        if "what" in params:  # the kind of a file is said in words of ours
            params = params | {"what": gettext(params["what"])}
        return gettext(self.msgid) % params


class SheetError(InputError):
    """The file, one of its sheets or its header can't be used."""

    messages: ClassVar[dict[str, str]] = {
        "too_large": _(
            "The file has %(size)s MB; at most %(limit)s MB are taken. Split it or remove pictures from it."
        ),
        "wrong_type": _(
            "This is not a spreadsheet but %(what)s, whatever its name says. "
            "Open it in Excel or WPS and save it as .xlsx."
        ),
        "empty": _("The file is empty. Fill in the template and upload it again."),
        "encrypted": _(
            "The file is protected by a password. Remove the password, save it and upload it again."
        ),
        "broken": _(
            "The file is damaged and can't be read. Open it in Excel or WPS, save it anew and upload it."
        ),
        "unknown_encoding": _(
            "The text is neither UTF-8 nor GBK. Open it in Excel or WPS and save it as .xlsx."
        ),
        "too_many_rows": _(
            "The sheet “%(sheet)s” has more than %(limit)s rows. Delete what isn't needed, or split the file."
        ),
        "too_wide": _(
            "The sheet “%(sheet)s” has values as far as %(ref)s. Delete what stands far from the table."
        ),
        "zip_bomb": _(
            "Unpacked, the file would have more than %(limit)s MB. Copy the table into a new file and upload that."
        ),
        "no_sheet": _("There is no sheet “%(wanted)s” in the file. It has: %(found)s."),
        "no_header": _(
            "No header row was found on the sheet “%(sheet)s”. It needs at least two of these words: %(words)s."
        ),
        "missing_column": _(
            "The sheet “%(sheet)s” lacks these columns: %(names)s. Take the headers from the template."
        ),
        "double_column": _(
            "On the sheet “%(sheet)s” several columns could be “%(name)s”: %(found)s. Keep one, or map it by hand."
        ),
    }


class NumberError(InputError):
    """The text of a cell isn't a number that can be taken over without guessing."""

    messages: ClassVar[dict[str, str]] = {
        "letter_for_digit": _(
            "“%(text)s”: character %(position)s is the letter “%(char)s”. Is the digit %(digit)s meant?"
        ),
        "not_a_number": _(
            "“%(text)s” is not a number: character %(position)s, “%(char)s”, doesn't belong in one."
        ),
        "unit": _(
            "“%(text)s” carries the unit “%(unit)s”. Write the number only, in the unit of the column's header."
        ),
        "grouping": _(
            "“%(text)s”: the separator “%(char)s” at character %(position)s doesn't part thousands."
        ),
        "scientific": _(
            "“%(text)s” is in scientific notation, which may have lost digits. Format the cell as a number."
        ),
        "formula_error": _("The cell shows the error %(text)s. Mend its formula or type the value."),
        "uncalculated": _(
            "The cell holds the formula %(text)s without a result. Open the file in Excel or WPS, save it, upload it."
        ),
        "date": _("The cell holds a date (%(text)s), not a number. Format it as a number and type it again."),
        "boolean": _("The cell holds %(text)s, not a number."),
    }


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `value` trimmed and typed, `ref` as people say it ("B7"), `raw` as the file has it."""

    value: CellValue
    ref: str
    raw: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Row 0, column 0 is A1; `merged` holds (first row, first column, last row, last column)."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """A whole file. `kind`: "xlsx", "xls" or "csv"; `encoding` only for text files."""

    sheets: tuple[Sheet, ...]
    kind: str
    encoding: str | None = None

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name, spaces around it aside. Raises SheetError("no_sheet")."""
        for sheet in self.sheets:
            if sheet.name.strip() == name.strip():
                return sheet
        raise SheetError("no_sheet", wanted=name, found=", ".join(s.name for s in self.sheets))


def column_letters(column: int) -> str:
    """Letters of a column counted from 0: 0 is "A", 26 is "AA"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = _LETTERS[rest] + letters
    return letters


def column_index(letters: str) -> int:
    """The column of its letters, from 0."""
    index = 0
    for letter in letters:
        index = index * 26 + _LETTERS.index(letter) + 1
    return index - 1
