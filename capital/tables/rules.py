from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from capital.choices import RuleState
from capital.models import CountingRule, Excluded, SignalTerms
from common.actors import Actor
from common.filters import RowFilterSet
from common.tables import RowTable
from projects import confidential


class CountingRuleFilterSet(RowFilterSet):
    search_fields = ("code", "name", "source")
    state = django_filters.ChoiceFilter(choices=RuleState.choices, empty_label=_("all"), label=_("State"))

    class Meta:
        model = CountingRule
        fields = ("q", "state")


class CountingRuleTable(RowTable):
    name = tables.Column(_("name"), linkify=("countingrule_detail", {"pk": tables.A("pk")}))

    class Meta(RowTable.Meta):
        model = CountingRule
        fields = (
            "name",
            "code",
            "number",
            "state",
            "since",
            "until",
            "source",
            "published_at",
            "published_name",
            "updated_at",
        )
        optional = ("source", "published_at", "published_name", "updated_at")
        order_by = ("code", "-number")


class ExcludedTable(RowTable):
    project = tables.Column(_("project"), orderable=False)
    end = tables.Column("", accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(RowTable.Meta):
        model = Excluded
        fields = ("project", "since", "reason", "end")
        sequence = fields

    def __init__(self, *args: Any, actor: Actor, may_change: bool, **kwargs: Any) -> None:
        self.actor, self.may_change = actor, may_change
        super().__init__(*args, **kwargs)

    def render_project(self, record: Excluded) -> str:
        return confidential.shown_name(record.project, self.actor)

    def render_end(self, record: Excluded) -> Any:
        if not self.may_change:
            return ""
        return format_html(
            '<a href="{}">{}</a>', reverse("exclusion_end", args=[record.pk]), _("Count it again")
        )


class SignalTermsFilterSet(RowFilterSet):
    search_fields = ("source",)

    class Meta:
        model = SignalTerms
        fields = ("q",)


class SignalTermsTable(RowTable):
    since = tables.Column(_("in force from"), linkify=("signalterms_detail", {"pk": tables.A("pk")}))

    class Meta(RowTable.Meta):
        model = SignalTerms
        fields = (
            "since",
            "year_end_months",
            "year_end_percent",
            "round_step",
            "round_count",
            "round_percent",
            "contract_percent",
            "reversed_days",
            "reversed_percent",
            "source",
            "updated_at",
        )
        optional = ("year_end_months", "updated_at")
        order_by = ("-since",)
