from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import NUMBER, RowTable
from leads.models import Stage, StageReason
from leads.stages import words


class StageTable(RowTable):
    name = tables.Column(
        _("stage"), accessor="label", linkify=("stage_detail", {"pk": tables.A("pk")}), order_by=("name",)
    )
    facts = tables.Column(_("required facts"), orderable=False)
    evidence = tables.Column(_("required evidence"), orderable=False)
    movers = tables.Column(_("who may move"), orderable=False)
    due_days = tables.Column(attrs=NUMBER)
    stale_days = tables.Column(attrs=NUMBER)

    class Meta(RowTable.Meta):
        model = Stage
        fields = (
            "name",
            "code",
            "pipeline",
            "kind",
            "sort",
            "facts",
            "evidence",
            "movers",
            "due_days",
            "stale_days",
            "updated_at",
        )
        sequence = fields
        optional = ("code", "sort", "updated_at")
        order_by = ("pipeline", "sort")

    def render_facts(self, record: Stage) -> str:
        return words.facts_of(record)

    def render_evidence(self, record: Stage) -> str:
        return words.evidence_of(record)

    def render_movers(self, record: Stage) -> str:
        return words.movers_of(record)

    value_facts, value_evidence, value_movers = render_facts, render_evidence, render_movers


class StageReasonTable(RowTable):
    name = tables.Column(
        _("reason"), accessor="label", linkify=("stagereason_update", {"pk": tables.A("pk")})
    )

    class Meta(RowTable.Meta):
        model = StageReason
        fields = ("name", "code", "sort")
        orderable = False
