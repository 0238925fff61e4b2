"""The change log viewer: for the audit administrator alone."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig
from pghistory.models import Events

from common.changelog import DONE, QUIET, in_words
from common.tables import RowTable
from common.views import Page
from common.views.rows import PAGE_SIZE, column_choices


class EventTable(RowTable):
    pgh_created_at = tables.DateTimeColumn(verbose_name=_("time"), format="Y-m-d H:i:s")
    who = tables.Column(_("who"), accessor="pgh_context__actor", orderable=False)
    pgh_label = tables.Column(_("action"))
    row = tables.Column(_("row"), accessor="pgh_obj_model", orderable=False)
    changes = tables.Column(_("before → after"), accessor="pgh_diff", orderable=False)
    reason = tables.Column(_("reason"), accessor="pgh_context__reason", orderable=False)
    request_id = tables.Column(_("event number"), accessor="pgh_context__request_id", orderable=False)

    class Meta(RowTable.Meta):
        orderable = False

    def render_pgh_label(self, value: str) -> str:
        return str(DONE.get(value, value))

    def render_row(self, record: Any) -> str:
        return f"{apps.get_model(record.pgh_obj_model)._meta.verbose_name} {record.pgh_obj_id}"

    def render_changes(self, value: dict[str, tuple[Any, Any]], record: Any) -> str:
        fields = {f.attname: f for f in apps.get_model(record.pgh_obj_model)._meta.concrete_fields}
        told = [
            (
                fields[name].verbose_name,
                in_words(fields[name], before) or "—",
                in_words(fields[name], after) or "—",
            )
            for name, (before, after) in value.items()
            if name in fields and name not in QUIET
        ]
        return format_html_join("", "<div>{}: {} → {}</div>", told)


class EventFilterSet(django_filters.FilterSet):
    who = django_filters.CharFilter(method="by_actor", label=_("Who"))
    model = django_filters.CharFilter(field_name="pgh_obj_model", lookup_expr="icontains", label=_("Table"))
    day = django_filters.DateFilter(
        field_name="pgh_created_at",
        lookup_expr="date",
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = Events
        fields = ("who", "model", "day")

    def by_actor(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pgh_context__actor__icontains=value)


class ChangeLog(Page):
    kind = "change_log"
    title = _("Change log")
    sub = _("Every change of every editable row: who, when, before and after. Nobody can delete it.")
    template_name = "common/list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = EventFilterSet(
            request.GET, queryset=Events.objects.order_by("-pgh_created_at", "-pgh_id"), request=request
        )
        table = EventTable(found.qs, chosen=request.GET.getlist("columns"), request=request)
        RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
        partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
        context = self.get_context_data(
            table=table,
            columns=column_choices(table),
            filter=found,
            total=table.paginator.count,
            empty={"title": _("Nothing here yet."), "why": ""},
        )
        name = "common/_results.html" if partial else "common/list.html"
        return self.response_class(request=request, template=[name], context=context)
