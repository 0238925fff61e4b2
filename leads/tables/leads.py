from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import Action
from common.ordering import kept_order
from common.scope import may_on
from common.tables import RowTable
from leads import confidential
from leads.looks import Drawer
from leads.models import Lead

from .columns import KEPT, WAN, KeepingTable, MoneyColumn, wan_cell


def cell(css: str) -> dict[str, Any]:
    return {"td": {"class": css}, "th": {"class": css}}


class LeadCells(KeepingTable):
    """Cells that know what they share. `actor` is the request's user."""

    masked = frozenset({"name", "investor"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._drawer: Drawer | None = None

    @property
    def drawer(self) -> Drawer:
        if self._drawer is None:
            self._drawer = Drawer.load()
        return self._drawer

    def row_name(self, record: Lead) -> str:
        return confidential.shown_name(record, self.actor)

    def render_investor(self, record: Lead) -> str:
        return confidential.shown_investor(record, self.actor)

    def render_name(self, record: Lead) -> str:
        return confidential.shown_name(record, self.actor)

    def value_name(self, record: Lead) -> str:
        return confidential.shown_name(record, self.actor)

    def value_investor(self, record: Lead) -> str:
        return confidential.shown_investor(record, self.actor)

    def render_stage(self, record: Lead) -> Any:
        return self.drawer.stage(record)

    def value_stage(self, record: Lead) -> str:
        return record.stage.label


class LeadTable(LeadCells):
    investor = tables.Column(
        _("investor"),
        linkify=("lead_detail", {"pk": tables.A("pk")}),
        order_by=("investor__pinyin", "pk"),
        attrs=cell("c1 nm"),
    )
    stage = tables.Column(_("stage"), order_by=("stage__sort", "pk"), attrs=cell("c2"))
    name = tables.Column(_("project idea"), order_by=("pinyin", "pk"), attrs=cell("c3 col-w ip-clip"))
    amount = tables.Column(_("investment, ten thousands"), attrs=cell("ip-num c4"))
    source = tables.Column(_("source"), attrs=cell("off col-w nb"))
    officer = tables.Column(_("officer"), order_by=("officer__pinyin", "pk"), attrs=cell("off col-w nb"))
    next_step = tables.Column(_("next step"), orderable=False, attrs=cell("c7 ip-clip"))
    next_on = tables.Column(pgettext_lazy("next step", "due"), attrs=cell("c8 nb"))
    contact = tables.Column(_("contact"), orderable=False)  # a place in the list would tell the name
    introducer = tables.Column(_("introducer"), orderable=False)
    protected_until = tables.Column(
        _("protection left"), attrs={"td": {"class": "ip-num off"}, "th": {"class": "ip-num off"}}
    )

    class Meta(RowTable.Meta):
        model = Lead
        attrs = {"class": "table stick cards lead"}
        fields = (
            "investor", "stage", "name", "amount", "source", "officer", "next_step", "next_on", "protected_until",
            "number", "unit", "custody", "contact", "offer", "industry", "sector", "currency", "land_mu", "introducer",
            "tip_from", "host", "signing_on", "visited_on", "valid_on", "stage_on", "due_on", "last_sign_on", "stale_on",
            "protected_from", "pooled_on", "registered_at", "registered_by", "updated_at",
        )  # fmt: skip
        sequence = fields
        optional = fields[9:]

    order_name, order_amount = kept_order("pinyin"), kept_order("amount")
    order_currency, order_land_mu = kept_order("currency"), kept_order("land_mu")
    order_industry, order_sector = kept_order("industry__code"), kept_order("sector")
    order_investor = kept_order("investor__pinyin", "unnamed_q")
    order_officer, order_offer = (
        kept_order("officer__pinyin", "unnamed_q"),
        kept_order("offer__pinyin", "unnamed_q"),
    )
    order_source, order_tip_from = (
        kept_order("source", "unnamed_q"),
        kept_order("tip_from__pinyin", "unnamed_q"),
    )
    order_host, order_next_on = kept_order("host__path", "unnamed_q"), kept_order("next_on", "unnamed_q")
    order_signing_on, order_visited_on = (
        kept_order("signing_on", "unnamed_q"),
        kept_order("visited_on", "unnamed_q"),
    )
    order_valid_on, order_last_sign_on = (
        kept_order("valid_on", "unnamed_q"),
        kept_order("last_sign_on", "unnamed_q"),
    )
    order_protected_from = kept_order("protected_from", "unnamed_q")
    order_protected_until = kept_order("protected_until", "unnamed_q")
    order_registered_at = kept_order("registered_at", "unnamed_q")
    order_registered_by = kept_order("registered_by", "unnamed_q")

    def render_next_on(self, value: Any) -> Any:
        return self.drawer.due(value)

    def value_next_on(self, value: Any) -> Any:
        return value

    def render_protected_until(self, value: Any) -> Any:
        return self.drawer.left(value)

    def value_protected_until(self, value: Any) -> Any:
        return value

    def render_next_step(self, record: Lead) -> Any:
        return format_html('<span class="ip-2" title="{0}">{0}</span>', self.value_next_step(record))

    def value_next_step(self, record: Lead) -> str:
        return self._people(record, record.next_step)

    def render_amount(self, record: Lead) -> Any:
        return wan_cell(record.amount, record.currency_id)

    def value_amount(self, record: Lead) -> Any:
        return record.amount / WAN

    def _people(self, record: Lead, value: Any) -> str:
        """Those behind a lead are known to who belongs to it."""
        return str(value) if confidential.may_know(record, self.actor) else KEPT

    def _person(self, record: Lead, value: Any) -> str:
        """And by name only to who may read the person's own record."""
        return self._people(record, value) if may_on(self.actor, Action.VIEW, value) else KEPT

    def render_contact(self, record: Lead, value: Any) -> str:
        return self._person(record, value)

    def render_introducer(self, record: Lead, value: Any) -> str:
        return self._person(record, value)

    value_contact, value_introducer = render_contact, render_introducer


class RelatedLeadTable(LeadCells):
    """The leads of an investor, an introducer or an offer."""

    name = tables.Column(_("project idea"), linkify=("lead_detail", {"pk": tables.A("pk")}), attrs=cell("nm"))
    amount = MoneyColumn(_("investment, ten thousands"))

    class Meta(RowTable.Meta):
        model = Lead
        fields = ("name", "stage", "amount", "unit", "officer", "next_on")
        sequence = fields
        orderable = False
