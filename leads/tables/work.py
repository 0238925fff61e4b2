from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import RowTable
from leads.models import Task


class TaskTable(RowTable):
    title = tables.Column(_("what"), linkify=("lead_detail", {"pk": tables.A("lead_id")}))
    lead = tables.Column(_("lead"), order_by=("lead__pinyin",))

    class Meta(RowTable.Meta):
        model = Task
        fields = ("title", "lead", "assignee", "due_on", "done_on", "outcome", "updated_at")
        optional = ("done_on", "outcome", "updated_at")
        order_by = ("due_on",)
