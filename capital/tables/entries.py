from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital.looks import state_mark
from capital.models import CapitalEntry
from capital.opening import mark
from capital.readable import hidden_entries, told
from common import words
from common.ordering import kept_order
from common.tables import RowTable
from leads.tables.columns import WAN, MoneyColumn, wan
from ledger.subjects import KEPT
from projects import confidential
from projects.tables import cell

MONEY_CELL = {"td": {"class": "ip-num c4"}, "th": {"class": "ip-num c4"}}


class CapitalEntryTable(RowTable):
    """Entries, amounts in ten thousands of their currency. What tells a confidential project is drawn for those
    inside it only."""

    number = tables.Column(_("number"), linkify=("entry_detail", {"pk": tables.A("pk")}), attrs=cell("c3 nb"))
    project = tables.Column(_("project"), order_by=("project__pinyin", "pk"), attrs=cell("c1 nm"))
    unit = tables.Column(_("unit"), order_by=("unit__path", "pk"), attrs=cell("off nb"))
    occurred_on = tables.Column(_("date"), attrs=cell("c8 nb"))
    period = tables.Column(_("month"), order_by=("period", "pk"), attrs=cell("off nb col-w"))
    kind = tables.Column(attrs=cell("off nb"))
    basis = tables.Column(attrs=cell("off nb"))
    amount = MoneyColumn(_("amount, ten thousands"), attrs=MONEY_CELL)
    final_sum = MoneyColumn(_("recognised, ten thousands"), order_by=("final_sum", "pk"))
    proofs = tables.Column(_("vouchers"), attrs={"td": {"class": "ip-num off"}, "th": {"class": "ip-num"}})
    state = tables.Column(attrs=cell("c2 nb"))
    note = tables.Column(attrs=cell("off col-w ip-clip"))
    preliminary_sum = MoneyColumn(_("preliminary, ten thousands"))

    class Meta(RowTable.Meta):
        model = CapitalEntry
        attrs = {"class": "table stick cards lead"}
        fields = (
            "number", "project", "unit", "occurred_on", "period", "kind", "basis", "amount", "final_sum", "proofs",
            "state", "note", "preliminary_sum", "currency", "rate", "rate_note", "funder", "zone", "fund_source", "mode",
            "is_opening", "replaces", "entered_name", "reported_at", "updated_at",
        )  # fmt: skip
        sequence = fields
        optional = fields[12:]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.actor = kwargs["request"].user
        super().__init__(*args, **kwargs)  # sorts

    def hidden_q(self) -> Q:
        return hidden_entries(self.actor)

    order_project, order_note = kept_order("project__pinyin"), kept_order("note")
    order_kind, order_basis, order_amount = kept_order("kind"), kept_order("basis"), kept_order("amount")
    order_final_sum, order_preliminary_sum = kept_order("final_sum"), kept_order("preliminary_sum")
    order_currency, order_rate, order_rate_note = (
        kept_order("currency"),
        kept_order("rate"),
        kept_order("rate_note"),
    )
    order_funder, order_zone = kept_order("funder__pinyin"), kept_order("zone")
    order_fund_source, order_mode = kept_order("fund_source"), kept_order("mode")

    def row_name(self, record: CapitalEntry) -> str:
        return record.number

    def _told(self, record: CapitalEntry, value: Any) -> Any:
        return value if told(record, self.actor) else KEPT

    def render_project(self, record: CapitalEntry) -> str:
        return confidential.shown_name(record.project, self.actor)

    value_project = render_project

    def render_unit(self, value: Any) -> str:
        return value.label

    def value_unit(self, value: Any) -> str:
        return value.name

    def render_state(self, record: CapitalEntry) -> Any:
        return state_mark(record)

    def value_state(self, record: CapitalEntry) -> str:
        marks = [mark()] if record.is_opening else []
        return words.comma().join([str(record.get_state_display()), *marks])

    def render_amount(self, record: CapitalEntry, value: Any) -> Any:
        return self._told(record, wan(value, record.currency_id))

    def value_amount(self, record: CapitalEntry, value: Any) -> Any:
        return self._told(record, value / WAN if isinstance(value, Decimal) else value)

    render_final_sum = render_preliminary_sum = render_amount
    value_final_sum = value_preliminary_sum = value_amount

    def render_proofs(self, record: CapitalEntry, value: int) -> str:
        return str(value) if value else _now("none")

    def value_proofs(self, value: int) -> int:
        return value

    def render_note(self, record: CapitalEntry, value: Any) -> Any:
        return self._told(record, value)

    value_note = render_note
    render_funder = value_funder = render_currency = value_currency = render_note
    render_zone = value_zone = render_fund_source = value_fund_source = render_note
    render_mode = value_mode = render_rate = value_rate = render_rate_note = value_rate_note = render_note
    render_kind = value_kind = render_basis = value_basis = render_note
