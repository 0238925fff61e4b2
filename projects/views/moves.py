"""The move page and the board of projects."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.views import Crumbs
from leads.views.moves import PIPELINE, MovePage, StageBoard
from projects import confidential
from projects.filters.moves import ProjectBoardFilterSet
from projects.models import Project
from projects.services import project_move
from projects.services.moves import INSIDE


class ProjectNouns:
    model: Any = Project
    kind = "project"
    url_prefix = "project"
    pipeline = "project"
    crumbs: Crumbs = (PIPELINE, (_("Projects"), "project_list"))


class ProjectMovePage(ProjectNouns, MovePage):
    """Who may not know a confidential project moves it when nothing is missing, and is written down."""

    service = staticmethod(project_move)

    def check(self) -> None:
        super().check()
        self.lacks_inside = bool(self.missing) and confidential.kept_back(self.get_object(), self.actor)
        if self.lacks_inside:
            self.missing = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        confidential.look(self.actor, self.get_object())
        return super().get(request, *args, **kwargs)

    @cached_property
    def why_not(self) -> str:
        return super().why_not or (str(INSIDE) if self.lacks_inside else "")

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
