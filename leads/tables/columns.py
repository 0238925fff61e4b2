"""Columns that several tables share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.templatetags.ip import in_unit
from reference.amounts import spoken
from reference.models import HOME_CURRENCY

WAN = Decimal(10_000)
KEPT = "***"  # what a cell says of what is kept back


class MoneyColumn(tables.Column):
    """An amount with the row's `currency_id`, in ten thousands; the yuan goes without saying. An export gets
    the number in ten thousands."""

    attrs = {"td": {"class": "ip-num"}, "th": {"class": "ip-num"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, attrs=kwargs.pop("attrs", self.attrs), **kwargs)

    def render(self, value: Any, record: Any) -> Any:
        return wan(value, record.currency_id)

    def value(self, value: Any, record: Any) -> Any:
        return value / WAN


class MaskedColumn(tables.Column):
    """Personal data: masked on the page and in the export alike. `name` is the field's."""

    def __init__(self, *args: Any, mask: Any, **kwargs: Any) -> None:
        self.mask = mask
        super().__init__(*args, orderable=False, **kwargs)

    def render(self, value: Any) -> Any:
        return self.mask(value)

    def value(self, value: Any) -> Any:
        return self.mask(value)


def wan(value: Any, currency: Any = HOME_CURRENCY) -> Any:
    """12,000.00, and for another currency its code behind: 500.00 USD."""
    text = in_unit(value, "wan")
    return text if currency == HOME_CURRENCY else format_html("{} <small>{}</small>", text, currency)


def wan_cell(value: Any, currency: Any = HOME_CURRENCY) -> Any:
    """`wan` for a table whose head, which says the unit, is gone on a phone: the unit stands behind there."""
    unit = pgettext("unit of money on a phone", "ten thousand")
    return format_html('{} <small class="only-phone">{}</small>', wan(value, currency), unit)


def sum_text(value: Any, currency: Any = HOME_CURRENCY) -> str:
    """A large total in a sentence: 164.20 亿元; another currency in ten thousands: 6,200.00 万美元."""
    if currency == HOME_CURRENCY:
        return _("%(amount)s hundred million yuan") % {"amount": in_unit(value, "yi")}
    return wan_text(value, currency)


def wan_text(value: Any, currency: Any = HOME_CURRENCY) -> str:
    """In a sentence or a list of facts: 12,000.00 万元, 500.00 万美元. Empty for no amount."""
    if value is None:
        return ""
    if currency == HOME_CURRENCY:
        return _("%(amount)s ten thousand yuan") % {"amount": in_unit(value, "wan")}
    return _("%(amount)s ten thousand %(currency)s") % {
        "amount": in_unit(value, "wan"),
        "currency": spoken(currency),
    }
