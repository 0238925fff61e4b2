"""Amounts in words: the number, its unit, and no digit lost."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from common.templatetags.ip import amount, signed
from rules.money import WIDE

MONEY = ("yuan", "usd")
SCALE = {"zh": Decimal(10_000), "en": Decimal(1_000_000)}  # 万元; million yuan
MOST_DIGITS = 8
WHOLE = ("count", "people", "trips", "number")


def digits_of(value: Decimal, least: int = 2) -> int:
    """The decimals that a number needs, `least` at least."""
    exponent = value.normalize().as_tuple().exponent
    return min(max(least, -exponent if isinstance(exponent, int) else 0), MOST_DIGITS)


def plain(value: Decimal, least: int = 2) -> str:
    """1234.5 → "1,234.50"; further digits where there are some."""
    return amount(value, digits_of(value, least))


def marks(value: Decimal) -> str:
    """Marks, two digits at least and four at most."""
    return amount(value, min(digits_of(value), 4))


def figure(value: Decimal, unit: str, *, sign: bool = False) -> str:
    """A figure with its unit: "45,000.00 万元", "120.00 %", "4"."""
    if unit in MONEY:
        chinese = (get_language() or "").startswith("zh")
        text = _number(WIDE.divide(value, SCALE["zh" if chinese else "en"]), 2, sign)
        if chinese:  # never translated as millions: the scale goes with the word
            return f"{text} {_('10 thousand yuan') if unit == 'yuan' else _('10 thousand US dollars')}"
        return (_("%(n)s million yuan") if unit == "yuan" else _("%(n)s million US dollars")) % {"n": text}
    if unit in WHOLE:
        return _number(value, 0, sign)
    if unit == "percent":
        return _short(value, sign) + "%"
    if unit == "points":
        return pgettext("marks", "%(n)s points") % {"n": _short(value, sign)}
    if unit == "percentage_points":
        return _("%(n)s percentage points") % {"n": _short(value, sign)}
    if unit == "marks":
        return _short(value, sign)
    if unit == "mu":
        return _("%(n)s mu") % {"n": _number(value, 2, sign)}
    return _number(value, 0 if value == value.to_integral_value() else 2, sign)


def _number(value: Decimal, least: int, sign: bool) -> str:
    digits = digits_of(value, least)
    return signed(value, digits) if sign else amount(value, digits)


def _short(value: Decimal, sign: bool) -> str:
    """Rates as they are printed, two digits: a third of a per cent needs no more to be understood."""
    return signed(value, 2) if sign else amount(value, 2)


def rounding(text: str) -> str:
    """ "half_up:2" in words."""
    mode, _colon, digits = text.partition(":")
    said = _("rounded half up to %(n)s decimals") if mode == "half_up" else _("cut off after %(n)s decimals")
    return said % {"n": digits}


def month(text: str) -> str:
    """ "2026-09" → "September 2026"."""
    year, _dash, number = text.partition("-")
    return _("%(year)s-%(month)s") % {"year": year, "month": number}
