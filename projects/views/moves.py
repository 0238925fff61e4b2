"""The move page and the board of projects."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.views import Crumbs
from leads.views.moves import PIPELINE, MovePage, StageBoard
from projects import confidential
from projects.filters.moves import ProjectBoardFilterSet
from projects.models import Project
from projects.services import project_move


class ProjectNouns:
    model: Any = Project
    kind = "project"
    url_prefix = "project"
    pipeline = "project"
    crumbs: Crumbs = (PIPELINE, (_("Projects"), "project_list"))


class ProjectMovePage(ProjectNouns, MovePage):
    service = staticmethod(project_move)

    def shown_name(self) -> str:
        return confidential.shown_name(self.get_object(), self.actor)


class ProjectBoard(ProjectNouns, StageBoard):
    title = _("Projects")
    sum_field = "contract_amount"
    filterset_class = ProjectBoardFilterSet
    crumbs: Crumbs = (PIPELINE,)
    switch = ((_("Table"), "project_list"), (_("Board"), "project_board"))

    def summed(self) -> Q:
        return ~confidential.hidden(self.actor)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("stage", "unit", "host", "lead")

    def card(self, row: Project) -> dict[str, Any]:
        where = row.unit.label if row.host_id == row.unit_id else f"{row.unit.label} → {row.host.label}"
        return {
            "title": confidential.shown_name(row, self.actor),
            "url": reverse("project_detail", args=[row.pk]),
            "lines": [where, *self.marks(row)],
        }
