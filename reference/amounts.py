"""Amounts in sentences: in ten thousands as on the pages, but with every cent, so that a refusal can be checked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reference.models import HOME_CURRENCY
from reference.sources import currency_name

WAN = Decimal(10_000)


def figure(value: Decimal) -> str:
    """An amount of a currency's own unit in ten thousands: 1,860.00, 123.4567. At least two decimals, none cut off."""
    whole, _dot, rest = f"{(value / WAN).normalize():,f}".partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"


def exact(value: Decimal, currency: Any = HOME_CURRENCY) -> str:
    """The same with its unit: 1,860.00 万元, 6.20 万美元, 50.00 万欧元."""
    return f"{figure(value)} {unit(currency)}"


def unit(currency: Any) -> str:
    """The unit in which amounts of a currency (its code) are shown: 万元, 万美元."""
    if str(currency) == HOME_CURRENCY:
        return _("ten thousand yuan")
    return _("ten thousand %(currency)s") % {"currency": spoken(currency)}


def spoken(currency: Any) -> str:
    """A currency's name in the language of the page, by its code: 美元, US dollars. The code itself when no name is
    known."""
    return currency_name(str(currency), "en" if (get_language() or "").startswith("en") else "zh_Hans")
