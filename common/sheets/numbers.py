"""Numbers as Chinese offices type them. Nothing is guessed: what isn't plain is refused with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum

from .model import CellValue, NumberError


class Special(Enum):
    """What a sender says instead of a number (DOMAIN: filed, nil and missing are told apart)."""

    NIL = "nil"  # a return that says: zero
    NOT_REPORTED = "not_reported"


NIL = Special.NIL
NOT_REPORTED = Special.NOT_REPORTED

NIL_WORDS = frozenset({"零报告", "零申报", "零上报", "nil"})
NOT_REPORTED_WORDS = frozenset({"未报", "未上报", "未报送", "未填报", "缺报", "not reported"})
BLANK_WORDS = frozenset({"", "-", "--", "—", "——", "–", "−", "/", "·", "…"})
UNITS = ("亿美元", "万美元", "亿元", "万元", "百分点", "美元", "亿", "万", "元", "个", "家", "项", "%", "‰")
LETTERS_FOR_DIGITS = {
    "O": "0",
    "o": "0",
    "〇": "0",
    "l": "1",
    "I": "1",
    "i": "1",
    "Z": "2",
    "S": "5",
    "B": "8",
}

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}([, ])\d{3}(\1\d{3})*(\.\d*)?")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+")


def parse_number(value: CellValue, *, units: Mapping[str, Decimal] | None = None) -> Decimal | Special | None:
    """The number in a cell, None for a blank or a dash, NIL or NOT_REPORTED for those words.

    Full-width digits and signs, thousands separators (",", "，", a space) and spaces around are taken.
    A unit after the number is refused unless `units` names it with its factor into the column's unit:
    units={"万元": Decimal(1), "亿元": Decimal(10000)} makes "1.2亿元" 12000. Positions in errors count
    from 1 in the text as typed. Raises NumberError.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        raise NumberError("boolean", text=str(value))
    if isinstance(value, Decimal):
        return value
    if isinstance(value, date):
        raise NumberError("date", text=value.isoformat())
    # Character by character, so that positions stay those of the text as typed.
    narrow = "".join(_narrow(char) for char in value)
    text = narrow.strip()
    start = len(narrow) - len(narrow.lstrip())
    if text in BLANK_WORDS:
        return None
    if text.casefold() in NIL_WORDS:
        return NIL
    if text.casefold() in NOT_REPORTED_WORDS:
        return NOT_REPORTED
    if text.startswith("#"):
        raise NumberError("formula_error", text=text)
    if text.startswith("="):
        raise NumberError("uncalculated", text=text)
    factor = Decimal(1)
    for unit in UNITS:
        if text.endswith(unit) and text != unit:
            if unit not in (units or {}):
                raise NumberError("unit", text=value, unit=unit)
            factor = (units or {})[unit]
            text = text[: -len(unit)].rstrip()
            break
    if _PLAIN.fullmatch(text):
        return Decimal(text) * factor
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", "").replace(" ", "")) * factor
    if _SCIENTIFIC.fullmatch(text):
        raise NumberError("scientific", text=value)
    raise _refusal(value, text, start)


def _narrow(char: str) -> str:
    if char in "−﹣":
        return "-"
    if char.isspace():
        return " "
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def _refusal(value: str, text: str, start: int) -> NumberError:
    """Name the first character that spoils the number."""
    digits_seen = any(char in "0123456789" for char in text)
    point_seen = False
    for index, char in enumerate(text):
        place = {"text": value, "position": start + index + 1, "char": value[start + index]}
        if digits_seen and char in LETTERS_FOR_DIGITS:
            return NumberError("letter_for_digit", digit=LETTERS_FOR_DIGITS[char], **place)
        sign_inside = char in "+-" and index > 0
        second_point = char == "." and point_seen
        if char not in "0123456789.,+- " or sign_inside or second_point:
            return NumberError("not_a_number", **place)
        point_seen = point_seen or char == "."
    separator = next((i for i, char in enumerate(text) if char in ", "), 0)
    return NumberError("grouping", text=value, position=start + separator + 1, char=value[start + separator])
