from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from capital.models import Voucher
from capital.readable import KEPT, hidden_vouchers
from common.ordering import kept_order
from common.tables import RowTable
from leads.tables.columns import WAN, MoneyColumn, wan
from projects.tables import cell

from .entries import MONEY_CELL


class VoucherTable(RowTable):
    """Vouchers with what is used of them. Rows carry `used` and `kept` (about a project kept from the reader)."""

    number = tables.Column(linkify=("voucher_detail", {"pk": tables.A("pk")}), attrs=cell("c1 nm"))
    type = tables.Column(attrs=cell("c2 nb"))
    issuer = tables.Column(attrs=cell("c3"))
    dated = tables.Column(attrs=cell("c8 nb"))
    amount = MoneyColumn(_("amount, ten thousands"), attrs=MONEY_CELL)
    used = MoneyColumn(_("used, ten thousands"), order_by=("used", "pk"))
    unit = tables.Column(_("unit"), order_by=("unit__path", "pk"), attrs=cell("off nb"))
    file_name = tables.Column(_("file"), attrs=cell("off ip-clip"))

    class Meta(RowTable.Meta):
        model = Voucher
        attrs = {"class": "table stick cards lead"}
        fields = (
            "number", "type", "issuer", "dated", "amount", "used", "unit", "file_name", "payer", "payee", "currency",
            "note", "entered_name", "updated_at",
        )  # fmt: skip
        sequence = fields
        optional = fields[8:]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.actor = kwargs["request"].user
        super().__init__(*args, **kwargs)  # sorts

    def hidden_q(self) -> Q:
        return hidden_vouchers(self.actor)

    order_number, order_issuer = kept_order("number"), kept_order("issuer")
    order_amount, order_used = kept_order("amount"), kept_order("used")
    order_payer, order_payee, order_note = kept_order("payer"), kept_order("payee"), kept_order("note")
    order_file_name, order_currency = kept_order("file_name"), kept_order("currency")

    def row_name(self, record: Any) -> str:
        return KEPT if record.kept else str(record)

    def _told(self, record: Any, value: Any) -> Any:
        return KEPT if record.kept else value

    render_number = value_number = render_issuer = value_issuer = _told
    render_payer = value_payer = render_payee = value_payee = render_note = value_note = _told
    render_file_name = value_file_name = render_currency = value_currency = _told

    def render_amount(self, record: Any, value: Any) -> Any:
        return self._told(record, wan(value, record.currency_id))

    def value_amount(self, record: Any, value: Any) -> Any:
        return self._told(record, value / WAN if isinstance(value, Decimal) else value)

    render_used, value_used = render_amount, value_amount

    def render_unit(self, value: Any) -> str:
        return value.label

    def value_unit(self, value: Any) -> str:
        return value.name
