"""Tables and filters of schemes, their versions and runs."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.choices import VersionState
from assessments.models import Scheme, SchemeRun, SchemeVersion
from assessments.schemes.periods import period_words
from common.filters import RowFilterSet
from common.tables import RowTable


class SchemeFilterSet(RowFilterSet):
    search_fields = ("name", "code", "owner__name")

    class Meta:
        model = Scheme
        fields = ("q",)


class SchemeTable(RowTable):
    name = tables.Column(_("name"), linkify=("scheme_detail", {"pk": tables.A("pk")}))
    in_force = tables.Column(_("version in force"), empty_values=(), orderable=False)

    class Meta(RowTable.Meta):
        model = Scheme
        fields = ("name", "code", "owner", "in_force", "updated_at")
        sequence = fields
        optional = ("updated_at",)

    def render_in_force(self, record: Any) -> str:
        return "—" if record.now is None else str(record.now)

    def value_in_force(self, record: Any) -> Any:
        return record.now


class SchemeVersionFilterSet(RowFilterSet):
    search_fields = ("scheme__name", "scheme__code", "source")
    scheme = django_filters.CharFilter(field_name="scheme__code", label=_("Scheme"))
    state = django_filters.ChoiceFilter(choices=VersionState.choices, empty_label=_("all"), label=_("State"))

    class Meta:
        model = SchemeVersion
        fields = ("q", "scheme", "state")


def state_text(row: SchemeVersion) -> str:
    """The state of a version in a word; one whose days are over is superseded."""
    return str(pgettext_lazy("rule", "superseded") if row.superseded else row.get_state_display())


class SchemeVersionTable(RowTable):
    number = tables.Column(_("version"), linkify=("schemeversion_detail", {"pk": tables.A("pk")}))
    state = tables.Column(_("state"))

    class Meta(RowTable.Meta):
        model = SchemeVersion
        fields = ("number", "state", "since", "until", "source", "published_at", "published_name")

    def render_state(self, record: SchemeVersion) -> str:
        return state_text(record)


class SchemeRunTable(RowTable):
    period = tables.Column(_("period"), empty_values=(), order_by=("year", "month"))
    version = tables.Column(_("version"), order_by=("version__number",))
    told = tables.Column(_("published"), empty_values=(), orderable=False)
    restates = tables.Column(_("computed anew because"), accessor="reason")

    class Meta(RowTable.Meta):
        model = SchemeRun
        fields = ("period", "number", "version", "told", "computed_at", "actor_name", "restates")
        sequence = fields

    def render_period(self, record: SchemeRun) -> Any:
        words = period_words(record.year, record.month, record.version.document["period"])
        return format_html('<a href="{}">{}</a>', reverse("scheme_result", args=[record.pk]), words)

    def value_period(self, record: SchemeRun) -> str:
        return f"{record.year}-{record.month:02d}"

    def render_version(self, record: SchemeRun) -> Any:
        url = reverse("schemeversion_detail", args=[record.version_id])
        return format_html('<a href="{}">{}</a>', url, record.version.number)

    def render_told(self, record: SchemeRun) -> str:
        last = max(record.publications.all(), key=lambda one: one.pk, default=None)
        return "—" if last is None else last.get_step_display()
