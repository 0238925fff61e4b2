from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ordering import kept_order
from common.tables import RowTable
from common.templatetags.ip import glyph
from leads import confidential
from leads.models import Task


class TaskTable(RowTable):
    title = tables.Column(_("what"), linkify=("lead_detail", {"pk": tables.A("lead_id")}))
    lead = tables.Column(_("lead"), order_by=("lead__pinyin",))

    class Meta(RowTable.Meta):
        model = Task
        fields = ("title", "lead", "assignee", "due_on", "done_on", "outcome", "updated_at")
        optional = ("done_on", "outcome", "updated_at")
        order_by = ("due_on",)

    order_lead = kept_order("lead__pinyin")

    def hidden_q(self) -> Q:
        return Q(lead__in=confidential.kept_rows(self.request.user))

    def render_due_on(self, value: Any, record: Task) -> Any:
        """Open and late, or settled: said beside the day."""
        if record.done_on:
            state, word = "done", _("done")
        elif value and value < clock.today():
            state, word = "overdue", _("overdue")
        else:
            return value or "—"
        return format_html('<span class="ip-st">{}{} {}</span>', glyph(state), word, value or "")

    def value_due_on(self, value: Any) -> Any:
        return value

    def render_lead(self, record: Task) -> str:
        return confidential.shown_name(record.lead, self.request.user)

    def value_lead(self, record: Task) -> str:
        return self.render_lead(record)
