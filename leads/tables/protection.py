from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.ordering import kept_order
from common.tables import NUMBER, RowTable
from common.templatetags.ip import icon, in_unit, panel_link
from leads import confidential
from leads.choices import ContactKind
from leads.models import Dispute, Gate, GateCheck, Lead, LeadTransfer, ProtectionTerms
from leads.screening import measured
from reference.models import HOME_CURRENCY

from .columns import KeepingTable


class PoolTable(KeepingTable):
    """What may be known of a lead in the pool: the idea, never the people. Its name is a code name where it is
    confidential."""

    name = tables.Column(_("project idea"), order_by=("pinyin", "pk"))
    zone = tables.Column(_("investor at home"), accessor="investor__get_zone_display", orderable=False)
    amount = tables.Column(_("investment, ten thousands"), attrs=NUMBER)
    unit = tables.Column(_("last unit"), order_by=("unit__pinyin", "pk"))
    pooled_on = tables.Column(_("in the pool since"))
    claim = tables.Column("", accessor="pk", orderable=False, exclude_from_export=True)
    may_claim = False
    masked = frozenset({"name", "claim"})

    class Meta(RowTable.Meta):
        model = Lead
        fields = ("name", "industry", "zone", "amount", "currency", "unit", "pooled_on", "number", "claim")
        sequence = fields
        optional = ("currency", "number")
        order_by = ("-pooled_on",)

    order_name, order_amount = kept_order("pinyin"), kept_order("amount")
    order_industry, order_currency = kept_order("industry__code"), kept_order("currency")

    def render_name(self, record: Lead) -> str:
        return confidential.shown_name(record, self.request.user)

    def value_name(self, record: Lead) -> str:
        return self.render_name(record)

    def render_claim(self, record: Lead) -> Any:
        if not self.may_claim:
            return ""
        url = reverse("pool_claim", args=[record.pk])
        return format_html(
            '<a class="btn btn-sm" href="{}" {} aria-label="{}">{}</a>',
            url,
            panel_link(url),
            _("Claim %(name)s") % {"name": confidential.shown_name(record, self.request.user)},
            _("Claim"),
        )

    def render_amount(self, value: Any, record: Lead) -> str:
        shown = in_unit(value)
        return shown if record.currency_id == HOME_CURRENCY else f"{shown} {record.currency_id}"

    def value_amount(self, value: Any, record: Lead) -> Any:
        return value


class TransferTable(RowTable):
    lead = tables.Column(
        _("lead"), linkify=("transfer_detail", {"pk": tables.A("pk")}), order_by=("lead__pinyin", "pk")
    )
    from_unit = tables.Column(pgettext_lazy("unit", "from"), order_by=("from_unit__pinyin", "pk"))
    to_unit = tables.Column(pgettext_lazy("unit", "to"), order_by=("to_unit__pinyin", "pk"))

    class Meta(RowTable.Meta):
        model = LeadTransfer
        fields = (
            "lead",
            "from_unit",
            "to_unit",
            "state",
            "keeps_credit",
            "reason",
            "proposed_by",
            "created_at",
            "officer",
            "answer",
            "answered_by",
            "answered_at",
            "updated_at",
        )
        sequence = fields
        optional = ("officer", "answer", "answered_by", "answered_at", "updated_at")
        order_by = ("-created_at",)

    order_lead = kept_order("lead__pinyin")

    def hidden_q(self) -> Any:
        return Q(lead__in=confidential.kept_rows(self.request.user))

    def render_lead(self, record: LeadTransfer) -> str:
        return confidential.shown_name(record.lead, self.request.user)

    def value_lead(self, record: LeadTransfer) -> str:
        return self.render_lead(record)


class DisputeTable(RowTable):
    number = tables.Column(_("number"), linkify=("dispute_detail", {"pk": tables.A("pk")}))
    claimant = tables.Column(_("claimant"), order_by=("claimant__pinyin", "pk"))
    respondent = tables.Column(_("holder"), order_by=("respondent__pinyin", "pk"))

    class Meta(RowTable.Meta):
        model = Dispute
        fields = (
            "number",
            "investor_name",
            "claimant",
            "respondent",
            "state",
            "due_on",
            "ruling",
            "opened_by",
            "created_at",
            "decided_by",
            "decided_at",
            "updated_at",
        )
        sequence = fields
        optional = ("opened_by", "created_at", "decided_by", "decided_at", "updated_at")
        order_by = ("-number",)


class TermsTable(RowTable):
    valid_from = tables.Column(_("valid from"), linkify=("protectionterms_detail", {"pk": tables.A("pk")}))
    remind_before = tables.Column(_("reminders before the end"), orderable=False)
    real_kinds = tables.Column(_("real follow-ups"), orderable=False)

    class Meta(RowTable.Meta):
        model = ProtectionTerms
        fields = (
            "valid_from",
            "first_days",
            "prolong_days",
            "longest_days",
            "remind_before",
            "real_kinds",
            "claim_limit",
            "rest_days",
            "collision_days",
            "hearing_days",
            "source",
            "updated_at",
        )
        sequence = fields
        optional = ("collision_days", "hearing_days", "updated_at")
        order_by = ("-valid_from",)

    def render_remind_before(self, value: list[int]) -> str:
        return "、".join(map(str, value))

    def value_remind_before(self, value: list[int]) -> str:
        return self.render_remind_before(value)

    def render_real_kinds(self, value: list[str]) -> str:
        return kinds(value)

    def value_real_kinds(self, value: list[str]) -> str:
        return kinds(value)


def kinds(codes: list[str]) -> str:
    """Kinds of follow-ups in words."""
    return "、".join(str(ContactKind(code).label) for code in codes if code in ContactKind.values)


class GateTable(RowTable):
    name = tables.Column(_("name"), linkify=("gate_detail", {"pk": tables.A("pk")}))
    unit = tables.Column(_("only for"), order_by=("unit__pinyin", "pk"))

    class Meta(RowTable.Meta):
        model = Gate
        fields = ("name", "name_en", "code", "unit", "valid_from", "valid_to", "source", "sort", "updated_at")
        sequence = fields
        optional = ("name_en", "code", "sort", "updated_at")
        order_by = ("-valid_from",)


class GateCheckTable(RowTable):
    """Checks of a gate on its page; `may_change` draws the links."""

    name = tables.Column(_("check"), accessor="label")
    measured_in = tables.Column(_("measured in"))
    change = tables.Column("", accessor="pk")

    class Meta(RowTable.Meta):
        model = GateCheck
        fields = ("name", "comparison", "limit", "measured_in", "required", "change")
        sequence = fields
        orderable = False

    def __init__(self, *args: Any, may_change: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_change = may_change

    def render_limit(self, value: Any) -> str:
        return f"{value.normalize():f}"

    def render_measured_in(self, value: str) -> str:
        return measured(value)

    def render_change(self, record: GateCheck) -> Any:
        if not self.may_change:
            return ""
        return format_html(
            '<a class="btn btn-sm btn-ghost" href="{}" aria-label="{}">{}</a> '
            '<a class="btn btn-sm btn-ghost" href="{}" aria-label="{}">{}</a>',
            reverse("gatecheck_update", args=[record.pk]),
            _("Change %(name)s") % {"name": record.label},
            icon("edit"),
            reverse("gatecheck_archive", args=[record.pk]),
            _("Archive %(name)s") % {"name": record.label},
            icon("close"),
        )
