from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.models import EvaluationRound, Inspection, ScoreSheet
from capital.readable import hidden_entries
from common.ordering import kept_order
from common.tables import NUMBER, RowTable
from common.templatetags.ip import amount, in_unit
from projects import confidential
from projects.tables import KEPT, cell

WAN = Decimal(10_000)


class RoundTable(RowTable):
    name = tables.Column(_("name"), linkify=("round_detail", {"pk": tables.A("pk")}), attrs=cell("nm"))
    unit = tables.Column(_("held by"), order_by=("unit__pinyin", "pk"))
    period = tables.Column(pgettext_lazy("round", "up to month"), order_by=("period", "pk"))
    projects = tables.Column(_("projects"), attrs=NUMBER, order_by=("projects", "pk"))
    decided = tables.Column(_("decided"), attrs=NUMBER, order_by=("decided", "pk"))

    class Meta(RowTable.Meta):
        model = EvaluationRound
        fields = (
            "name", "kind", "period", "state", "projects", "decided", "due_on", "unit", "basis", "threshold", "sheet", "own_unit",
            "approval_number", "decided_name", "decided_at", "published_at", "updated_at",
        )  # fmt: skip
        sequence = fields
        optional = fields[8:]
        order_by = ("-period",)

    def render_threshold(self, value: Any) -> str:
        return in_unit(value)

    def value_threshold(self, value: Any) -> Any:
        return value / WAN


class MoneyCell(tables.Column):
    """Yuan in ten thousands; *** where the project is kept back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, attrs=NUMBER, **kwargs)

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return KEPT if confidential.kept_back(record.project, table.actor) else in_unit(value)

    def value(self, value: Any, record: Any, table: Any) -> Any:
        return KEPT if confidential.kept_back(record.project, table.actor) else value / WAN


class InspectionTable(RowTable):
    """A round's projects: reported, the team's result, the committee's. Money in ten thousand yuan."""

    project = tables.Column(
        _("project"),
        linkify=("inspection_detail", {"pk": tables.A("pk")}),
        order_by=("project__pinyin", "pk"),
        attrs=cell("nm"),
    )
    unit = tables.Column(_("unit"), accessor="project__unit", order_by=("project__unit__pinyin", "pk"))
    team = tables.Column(_("team"), order_by=("team__name", "pk"))
    reported = MoneyCell(_("reported"))
    initial = MoneyCell(_("initial result"))
    final = MoneyCell(_("final result"))
    initial_score = tables.Column(_("score"), attrs=NUMBER)

    class Meta(RowTable.Meta):
        model = Inspection
        fields = (
            "project", "unit", "team", "state", "visited_on", "initial_score", "reported", "initial", "final", "round",
            "initial_reason", "initial_name", "final_reason", "final_name", "updated_at",
        )  # fmt: skip
        sequence = fields
        optional = fields[9:]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.actor = kwargs["request"].user
        super().__init__(*args, **kwargs)  # sorts

    def hidden_q(self) -> Q:
        return hidden_entries(self.actor)

    order_project, order_initial_score = kept_order("project__pinyin"), kept_order("initial_score")
    order_reported, order_initial, order_final = (
        kept_order("reported"),
        kept_order("initial"),
        kept_order("final"),
    )
    order_initial_reason, order_final_reason = kept_order("initial_reason"), kept_order("final_reason")

    def row_name(self, record: Inspection) -> str:
        return confidential.shown_name(record.project, self.actor)

    def render_project(self, record: Inspection) -> str:
        return confidential.shown_name(record.project, self.actor)

    value_project = render_project

    def render_unit(self, value: Any) -> str:
        return value.label

    def render_initial_score(self, record: Inspection, value: Any) -> str:
        return self._told(record, amount(value))

    def value_initial_score(self, record: Inspection, value: Any) -> Any:
        return self._told(record, value)

    def _told(self, record: Inspection, value: Any) -> Any:
        return KEPT if confidential.kept_back(record.project, self.actor) else value

    render_initial_reason = value_initial_reason = render_final_reason = value_final_reason = _told


class SheetTable(RowTable):
    name = tables.Column(_("name"), linkify=("scoresheet_detail", {"pk": tables.A("pk")}))
    items = tables.Column(_("items"), accessor="document", attrs=NUMBER, orderable=False)

    class Meta(RowTable.Meta):
        model = ScoreSheet
        fields = ("name", "code", "number", "items", "updated_at")
        sequence = fields

    def render_items(self, value: Any) -> int:
        return len(value.get("items", ()))

    value_items = render_items
