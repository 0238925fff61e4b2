from __future__ import annotations

import django_tables2 as tables
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ordering import kept_order
from common.tables import RowTable
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

    def render_lead(self, record: Task) -> str:
        return confidential.shown_name(record.lead, self.request.user)

    def value_lead(self, record: Task) -> str:
        return self.render_lead(record)
