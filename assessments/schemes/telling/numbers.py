"""Numbers of a document in words: exact amounts with their unit, settings that differ by type of unit, rounding."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from assessments.choices import MeasureUnit
from rules.scheme import Scheme
from rules.scheme.parts import PerType, Rounding

WAN, YI = Decimal(10_000), Decimal(100_000_000)


def number_words(value: Decimal) -> str:
    """An exact number: thousands apart, no trailing zeros, a true minus sign."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "\u2212")


UNITS: dict[str, str | Promise] = {
    **{str(code): label for code, label in MeasureUnit.choices},
    "count": "",
    "number": "",
    "percent": "%",
    "points": pgettext_lazy("unit of account", "points"),
    "marks": pgettext_lazy("unit of account", "marks"),
    "people": pgettext_lazy("unit of account", "people"),
    "mu": pgettext_lazy("unit of account", "mu"),
}


def unit_words(unit: str) -> str:
    """A unit of measure as it stands behind an amount; "" where it needs none (a bare number)."""
    return str(UNITS.get(unit, unit))


def amount_words(value: Decimal, unit: str) -> str:
    """An amount with its unit; round sums of money in 亿 or 万."""
    if unit in (MeasureUnit.YUAN, MeasureUnit.USD) and value and value % WAN == 0:
        if value % YI == 0 and unit == MeasureUnit.YUAN:
            return _("%(amount)s hundred million yuan") % {"amount": number_words(value / YI)}
        amount = {"amount": number_words(value / WAN)}
        if unit == MeasureUnit.YUAN:
            return _("%(amount)s ten thousand yuan") % amount
        return _("%(amount)s ten thousand US dollars") % amount
    named = unit_words(unit)
    if named == "%":
        return f"{number_words(value)}%"
    return f"{number_words(value)} {named}".rstrip()


def setting_words(value: Decimal | PerType | None, scheme: Scheme, unit: str = "") -> str:
    """A setting; where it differs by type of unit, every type with its own."""
    if value is None:
        return _("none")
    if not isinstance(value, PerType):
        return amount_words(value, unit)
    parts = [
        _("%(type)s %(amount)s") % {"type": scheme.types.get(code, code), "amount": amount_words(one, unit)}
        for code, one in value.types.items()
    ]
    said = _("%(default)s (%(types)s)")
    return said % {"default": amount_words(value.default, unit), "types": listed(parts)}


def rounding_words(rounding: Rounding) -> str:
    """How many digits are kept, and how."""
    if rounding.mode == "truncate":
        said = ngettext("cut off after %(n)d digit", "cut off after %(n)d digits", rounding.digits)
    else:
        said = ngettext("rounded half up to %(n)d digit", "rounded half up to %(n)d digits", rounding.digits)
    return said % {"n": rounding.digits}


def listed(parts: Iterable[Any]) -> str:
    """Things one after the other."""
    return pgettext("between the items of a list", ", ").join(str(part) for part in parts)


def sentences(parts: Iterable[str]) -> str:
    """Sentences one after the other."""
    some = [part for part in parts if part]
    said = some[0] if some else ""
    for then in some[1:]:
        said = pgettext("two sentences", "%(said)s %(then)s") % {"said": said, "then": then}
    return said
