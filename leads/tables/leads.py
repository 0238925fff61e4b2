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

from .columns import KEPT, WAN, MoneyColumn, wan_cell


def cell(css: str) -> dict[str, Any]:
    return {"td": {"class": css}, "th": {"class": css}}


class LeadCells(RowTable):
    """Cells that know who reads them and what they share. `actor` is the request's user."""

    def __init__(self, *args: Any, actor: Any = None, **kwargs: Any) -> None:
        request = kwargs.get("request")
        self.actor = actor if actor is not None else request.user  # type: ignore[union-attr]
        super().__init__(*args, **kwargs)  # sorts
        self._drawer: Drawer | None = None

    @property
    def drawer(self) -> Drawer:
        if self._drawer is None:
            self._drawer = Drawer.load()
        return self._drawer

    def hidden_q(self) -> Any:
        return confidential.hidden(self.actor)

    def unnamed_q(self) -> Any:
        """Of which the reader may not know the investor either."""
        return confidential.hidden(self.actor) | confidential.of_others_q(self.actor)

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
    order_investor = kept_order("investor__pinyin", "unnamed_q")
    order_offer = kept_order("offer__pinyin", "unnamed_q")
    order_tip_from = kept_order("tip_from__pinyin", "unnamed_q")

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
        if confidential.kept_back(record, self.actor):
            return KEPT
        return wan_cell(record.amount, record.currency_id)

    def value_amount(self, record: Lead) -> Any:
        return KEPT if confidential.kept_back(record, self.actor) else record.amount / WAN

    def _open(self, record: Lead, value: Any) -> str:
        """What tells whose it is, as on its page and in the API."""
        kept = confidential.kept_back(record, self.actor) or confidential.of_others(record, self.actor)
        return KEPT if kept else str(value)

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

    def render_offer(self, record: Lead, value: Any) -> str:
        return self._open(record, value)

    def render_tip_from(self, record: Lead, value: Any) -> str:
        return self._open(record, value)

    value_contact, value_introducer = render_contact, render_introducer
    value_offer, value_tip_from = render_offer, render_tip_from


class RelatedLeadTable(LeadCells):
    """The leads of an investor, an introducer or an offer."""

    name = tables.Column(_("project idea"), linkify=("lead_detail", {"pk": tables.A("pk")}), attrs=cell("nm"))
    amount = MoneyColumn(_("investment, ten thousands"))

    class Meta(RowTable.Meta):
        model = Lead
        fields = ("name", "stage", "amount", "unit", "officer", "next_on")
        sequence = fields
        orderable = False
