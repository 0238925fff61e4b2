"""Columns that several tables share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_tables2.utils import call_with_appropriate

from common.tables import RowTable
from common.templatetags.ip import in_unit
from leads import confidential
from ledger.subjects import KEPT
from reference.amounts import spoken
from reference.models import HOME_CURRENCY

WAN = Decimal(10_000)


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


class KeepingTable(RowTable):
    """Leads whose cells know who reads them: of a lead that is confidential, or another unit's in the pool, the
    page and an export say KEPT for what the lead's own page keeps back, also where it is blank. `masked` are the
    columns that hide it themselves."""

    masked: frozenset[str] = frozenset({"name"})

    def __init__(self, *args: Any, actor: Any = None, **kwargs: Any) -> None:
        self.actor = actor if actor is not None else kwargs["request"].user
        super().__init__(*args, **kwargs)  # sorts
        for column in self.columns.iterall():
            if column.name not in confidential.OPEN | self.masked:
                self._guard(column)

    def hidden_q(self) -> Any:
        return confidential.hidden(self.actor)

    def unnamed_q(self) -> Any:
        return confidential.unnamed(self.actor)

    def _guard(self, bound: Any) -> None:
        blank, bound.column.empty_values = (
            bound.column.empty_values,
            (),
        )  # what is blank is asked about as well

        def guarded(draw: Any, nothing: Any) -> Any:
            def cell(**given: Any) -> Any:
                told = confidential.told(given["record"], self.actor)
                if told is not None and bound.name not in told:
                    return KEPT
                return nothing if given["value"] in blank else call_with_appropriate(draw, given)

            return cell

        bound.render, bound.value = guarded(bound.render, bound.default), guarded(bound.value, None)


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
