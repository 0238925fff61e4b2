"""Pages of figures that people enter with their evidence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.above import from_above
from assessments.filters import GivenFigureFilterSet
from assessments.measures.forms import GivenFigureForm
from assessments.models import GivenFigure
from assessments.tables import GivenFigureTable
from assessments.views.records import ASSESSMENT
from common import files
from common.access import Action
from common.errors import Denied
from common.scope import may_on
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, Page, action
from common.views.rows import RowPage


class GivenNouns:
    model = GivenFigure
    kind = "given_figure"
    url_prefix = "given"
    crumbs: Crumbs = (ASSESSMENT, (_("Given figures"), "given_list"))


class GivenList(GivenNouns, ListPage):
    title = _("Given figures")
    sub = _("Scores and figures that people enter, each with its evidence")
    table_class = GivenFigureTable
    filterset_class = GivenFigureFilterSet
    create_label = _("New given figure")
    empty = (_("No given figures yet."), _("Enter what a jury, a unit or a department says, with its paper."))
    crumbs: Crumbs = (ASSESSMENT,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit", "measure")


class GivenDetail(GivenNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        fact = self.get_object()
        shown = GivenFigureTable([])
        rows: list[tuple[Any, Any]] = [
            (_("unit"), fact.unit),
            (_("measure"), fact.measure),
            (_("period"), shown.render_period(fact)),
            (_("span"), fact.get_span_display()),
            (_("value"), f"{shown.render_value(fact)} {shown.render_counts(fact)}"),
            (_("given by"), fact.giver),
            (_("kind of giver"), fact.giver_class),
            (_("remark"), fact.remark),
        ]
        source = [
            (_("evidence"), fact.file_name),
            (_("entered by"), fact.entered_name),
            (_("recorded"), fact.recorded_at),
        ]
        if fact.superseded_at:
            source.append((_("superseded"), fact.superseded_at))
        if fact.withdrawn:
            source.append((_("taken back because"), fact.withdrawn))
        return [
            {"title": _("Figure"), "rows": rows},
            {"title": _("Where it comes from"), "rows": source},
        ]

    def actions(self) -> list[dict[str, Any]]:
        fact = self.get_object()
        found = [action(_("Evidence"), reverse("given_file", args=[fact.pk]), icon="download")]
        may_take_back = may_on(self.actor, Action.ARCHIVE, fact) and from_above(
            self.actor, Action.ARCHIVE, self.kind, fact.unit
        )
        if fact.superseded_at is None and may_take_back:
            found.append(action(_("Take back"), reverse("given_withdraw", args=[fact.pk])))
        return found


class GivenCreate(GivenNouns, CreatePage):
    title = _("New given figure")
    form_class = GivenFigureForm
    again_label = _("Save and next")

    def make_form(self, data: Any = None) -> Any:
        upload = self.request.FILES if data is not None else None
        return GivenFigureForm(data, upload, actor=self.actor)

    def run(self, form: Any) -> GivenFigure:
        values = dict(form.values())
        upload = values.pop("file")
        if not may_on(self.actor, Action.CREATE, GivenFigure(unit=values["unit"])):
            raise Denied
        stored = files.store(upload)
        return services.given_create(actor=self.actor, stored=stored, file_name=upload.name, **values)


class GivenWithdraw(GivenNouns, ArchivePage):
    service = staticmethod(services.given_withdraw)
    submit_label = _("Take back")
    saved = _("Taken back.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Take back a given figure"), **kwargs)


class GivenFile(GivenNouns, RowPage, Page):
    """The evidence, for those who may read the figure."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        fact = self.get_object()
        return files.respond(fact.stored, fact.file_name, inline="inline" in request.GET)
