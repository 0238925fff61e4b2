from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from capital.choices import EntryState
from capital.models import CapitalEntry
from capital.readable import hidden_entries
from common.ordering import kept_order
from common.tables import RowTable
from leads.tables.columns import WAN, MoneyColumn, wan
from projects import confidential
from projects.tables import KEPT, cell


class OpeningTable(RowTable):
    """Amounts in ten thousands of their currency; *** where the project is kept back."""

    number = tables.Column(_("number"), linkify=("entry_detail", {"pk": tables.A("pk")}))
    project = tables.Column(_("project"), order_by=("project__pinyin", "pk"), attrs=cell("nm"))
    unit = tables.Column(_("unit"), order_by=("unit__pinyin", "pk"))
    amount = MoneyColumn(_("amount, ten thousands"))
    occurred_on = tables.Column(_("as of"))
    state = tables.Column(_("state"))

    class Meta(RowTable.Meta):
        model = CapitalEntry
        fields = (
            "number",
            "project",
            "unit",
            "basis",
            "amount",
            "occurred_on",
            "state",
            "entered_name",
            "note",
        )
        sequence = fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.actor = kwargs["request"].user
        super().__init__(*args, **kwargs)  # sorts

    def hidden_q(self) -> Q:
        return hidden_entries(self.actor)

    order_project, order_basis = kept_order("project__pinyin"), kept_order("basis")
    order_amount, order_note = kept_order("amount"), kept_order("note")

    def _kept(self, record: CapitalEntry) -> bool:
        return confidential.kept_back(record.project, self.actor)

    def row_name(self, record: CapitalEntry) -> str:
        return f"{record.number} {confidential.shown_name(record.project, self.actor)}"

    def render_project(self, record: CapitalEntry) -> str:
        return confidential.shown_name(record.project, self.actor)

    value_project = render_project

    def render_amount(self, record: CapitalEntry, value: Any) -> Any:
        return KEPT if self._kept(record) else wan(value, str(record.currency_id))

    def value_amount(self, record: CapitalEntry, value: Any) -> Any:
        return KEPT if self._kept(record) else value / WAN

    def render_note(self, record: CapitalEntry, value: Any) -> Any:
        return KEPT if self._kept(record) else value

    value_note = render_basis = value_basis = render_note

    def render_state(self, record: CapitalEntry, value: Any) -> Any:
        return _("to be confirmed") if record.state == EntryState.DRAFT else _("confirmed")

    value_state = render_state
