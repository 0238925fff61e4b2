from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_tables2.utils import call_with_appropriate

from common.ordering import kept_order
from common.tables import RowTable
from leads.looks import Drawer
from leads.tables.columns import KEPT, WAN, MoneyColumn, wan_cell
from projects import confidential
from projects.models import Project


def cell(css: str) -> dict[str, Any]:
    return {"td": {"class": css}, "th": {"class": css}}


# What only those inside a confidential project read; the columns draw name and investor themselves.
GUARDED = frozenset(
    {
        "contract_amount", "leader", "officer", "industry", "sector", "mode", "currency", "registered_capital",
        "registered_currency", "fixed_assets", "land_mu", "national_code", "registered_name", "registered_code", "start_due",
        "completion_due", "production_due", "capacity_due", "last_sign_on",
    }
)  # fmt: skip


class ProjectTable(RowTable):
    """Cells that know who reads them. What tells a confidential project (`GUARDED`) is drawn for those inside it only."""

    name = tables.Column(
        _("name"),
        linkify=("project_detail", {"pk": tables.A("pk")}),
        order_by=("pinyin", "pk"),
        attrs=cell("c1 nm"),
    )
    host = tables.Column(_("landing place"), order_by=("host__path", "pk"), attrs=cell("c3 nb"))
    stage = tables.Column(_("stage"), order_by=("stage__sort", "pk"), attrs=cell("c2"))
    contract_amount = MoneyColumn(
        _("contract amount, ten thousands"),
        attrs={"td": {"class": "ip-num c4"}, "th": {"class": "ip-num c4"}},
    )
    signed_on = tables.Column(_("signed on"), attrs=cell("off nb"))
    due_on = tables.Column(pgettext_lazy("stage", "due"), attrs=cell("c8 nb"))
    leader = tables.Column(_("liaison leader"), order_by=("leader__name", "pk"), attrs=cell("off col-w nb"))
    officer = tables.Column(
        _("officer"), accessor="lead__officer", order_by=("lead__officer__pinyin", "pk"), attrs=cell("off nb")
    )
    industry = tables.Column(
        _("industry"), order_by=("industry__code", "pk"), attrs=cell("off col-w ip-clip")
    )
    registered_capital = MoneyColumn(_("registered capital, ten thousands"))
    fixed_assets = MoneyColumn(_("planned fixed assets, ten thousands"))
    investor = tables.Column(
        _("investor"), accessor="lead__investor", order_by=("lead__investor__pinyin", "pk")
    )

    class Meta(RowTable.Meta):
        model = Project
        attrs = {"class": "table stick cards lead"}
        fields = (
            "name", "host", "stage", "contract_amount", "signed_on", "due_on", "leader", "officer", "industry",
            "number", "unit", "investor", "sector", "mode", "currency", "registered_capital", "registered_currency",
            "fixed_assets", "land_mu", "national_code", "registered_name", "registered_code", "start_due",
            "completion_due", "production_due", "capacity_due", "stage_on", "last_sign_on", "stale_on", "updated_at",
        )  # fmt: skip
        sequence = fields
        optional = fields[9:]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.actor = kwargs["request"].user
        super().__init__(*args, **kwargs)  # sorts
        self._drawer: Drawer | None = None
        for bound in self.columns.iterall():
            if bound.name in GUARDED:
                self._guard(bound)

    def _guard(self, bound: Any) -> None:
        """Also where it is blank: that something is missing would tell as well."""
        blank, bound.column.empty_values = bound.column.empty_values, ()

        def guarded(draw: Any, nothing: Any) -> Any:
            def cell_of(**given: Any) -> Any:
                if confidential.kept_back(given["record"], self.actor):
                    return KEPT
                return nothing if given["value"] in blank else call_with_appropriate(draw, given)

            return cell_of

        bound.render, bound.value = guarded(bound.render, bound.default), guarded(bound.value, None)

    @property
    def drawer(self) -> Drawer:
        if self._drawer is None:
            self._drawer = Drawer.load("project")
        return self._drawer

    def hidden_q(self) -> Any:
        return confidential.hidden(self.actor)

    order_name, order_contract_amount = kept_order("pinyin"), kept_order("contract_amount")
    order_leader, order_officer = kept_order("leader__name"), kept_order("lead__officer__pinyin")
    order_sector = kept_order("sector")
    order_industry, order_investor = kept_order("industry__code"), kept_order("lead__investor__pinyin")
    order_mode, order_currency = kept_order("mode"), kept_order("currency")
    order_registered_capital = kept_order("registered_capital")
    order_registered_currency = kept_order("registered_currency")
    order_fixed_assets, order_land_mu = kept_order("fixed_assets"), kept_order("land_mu")
    order_national_code, order_registered_name = kept_order("national_code"), kept_order("registered_name")
    order_registered_code, order_last_sign_on = kept_order("registered_code"), kept_order("last_sign_on")
    order_start_due, order_completion_due = kept_order("start_due"), kept_order("completion_due")
    order_production_due, order_capacity_due = kept_order("production_due"), kept_order("capacity_due")

    def row_name(self, record: Project) -> str:
        return confidential.shown_name(record, self.actor)

    def render_name(self, record: Project) -> str:
        return confidential.shown_name(record, self.actor)

    def value_name(self, record: Project) -> str:
        return confidential.shown_name(record, self.actor)

    def render_investor(self, record: Project) -> str:
        return confidential.shown_investor(record, self.actor)

    def value_investor(self, record: Project) -> str:
        return confidential.shown_investor(record, self.actor)

    def value_contract_amount(self, value: Any) -> Any:
        """For an export: a number in ten thousands."""
        return value / WAN

    value_registered_capital = value_fixed_assets = value_contract_amount

    def render_host(self, value: Any) -> str:
        return value.label

    def value_host(self, value: Any) -> str:
        return value.name

    def render_stage(self, record: Project) -> Any:
        return self.drawer.stage(record)

    def value_stage(self, record: Project) -> str:
        return record.stage.label

    def render_due_on(self, value: Any) -> Any:
        return self.drawer.due(value)

    def value_due_on(self, value: Any) -> Any:
        return value

    def render_contract_amount(self, record: Project, value: Any) -> Any:
        return wan_cell(value, str(record.currency_id))

    render_fixed_assets = render_contract_amount

    def render_registered_capital(self, record: Project, value: Any) -> Any:
        return wan_cell(value, str(record.registered_currency_id))
