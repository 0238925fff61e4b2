"""Amounts in sentences: in ten thousands as on the pages, but with every cent, so that a refusal can be checked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from reference.models import HOME_CURRENCY

WAN = Decimal(10_000)


def figure(value: Decimal) -> str:
    """An amount of a currency's own unit in ten thousands: 1,860.00, 123.4567. At least two decimals, none cut off."""
    whole, _dot, rest = f"{(value / WAN).normalize():,f}".partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"


def exact(value: Decimal, currency: Any = HOME_CURRENCY) -> str:
    """The same with its unit: 1,860.00 万元, 6.20 万美元, 50.00 万 EUR."""
    return f"{figure(value)} {unit(currency)}"


def unit(currency: Any) -> str:
    """The unit in which amounts of a currency are shown."""
    known = {"CNY": _("ten thousand yuan"), "USD": _("ten thousand US dollars")}
    return known.get(str(currency)) or f"{_('ten thousand')} {currency}"
