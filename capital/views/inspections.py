"""Pages of inspections: the list with assignment in bulk, the form on site, the team's result, the committee's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital import rounds
from capital.choices import InspectionState, RoundState
from capital.filters.rounds import InspectionFilterSet
from capital.forms.rounds import AssignForm
from capital.forms.sheets import InspectionForm, plain
from capital.models import Inspection, InspectionPhoto, Recognition
from capital.services import inspections as services_
from capital.tables.rounds import InspectionTable
from common import files, services, words
from common.access import Action
from common.actors import may
from common.errors import Denied, NotVisible
from common.scope import may_on
from common.templatetags.ip import amount, in_unit
from common.views import ArchivePage, BulkPage, Crumbs, DetailPage, ListPage, action
from common.views.rows import RowPage
from leads.tables.columns import wan_text
from ledger.subjects import KEPT
from projects import confidential
from rules.inspection import Kind

from .rounds import CAPITAL
from .sides import BothSides

JOINS = (
    "project__unit",
    "project__host",
    "project__lead",
    "round__unit",
    "round__period",
    "round__sheet",
    "team",
)
BADGES = {"assigned": "line", "inspected": "acc", "initial": "warn", "final": "ok"}


class InspectionNouns:
    model: Any = Inspection
    kind = "evaluation"
    url_prefix = "inspection"
    crumbs: Crumbs = (CAPITAL, (_("Evaluation rounds"), "round_list"), (_("Inspections"), "inspection_list"))


class InspectionList(InspectionNouns, ListPage):
    title = _("Inspections")
    sub = _(
        "Reported, as known when the round began; the team's result, the committee's. In ten thousand yuan"
    )
    crumbs: Crumbs = (CAPITAL, (_("Evaluation rounds"), "round_list"))
    table_class = InspectionTable
    filterset_class = InspectionFilterSet
    bulk = (("assign", _("Give to a team"), "users", "inspection_assign"),)
    empty = (_("No inspections."), _("They come with a round: prepare one."))

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related(*JOINS)

    def views(self) -> list[tuple[Any, str, int | None]]:
        found: list[tuple[Any, str, int | None]] = [(_("All"), "", None)]
        if self.may(Action.DECIDE):
            found.append((_("Mine"), "mine=yes", None))
        if self.may(Action.CONFIRM):
            found.append((_("To decide"), "state=initial", None))
        return found


class InspectionAssign(InspectionNouns, BulkPage):
    title = _("Give to a team")
    needs = Action.ASSIGN
    form_class = AssignForm
    submit_label = _("Give to the team")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related(*JOINS)

    def make_form(self, data: Any = None) -> Any:
        return AssignForm(data, actor=self.actor, rounds={one.round_id for one in self.chosen})

    def run_one(self, row: Inspection, values: dict[str, Any]) -> Any:
        return services_.inspection_assign(
            actor=self.actor, pk=row.pk, version=row.version, team=values["team"].pk
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for one in context["chosen"]:
            one["row"] = Named(one["row"], confidential.shown_name(one["row"].project, self.actor))
        return context


class Named:
    """A row under the name that the reader may know."""

    def __init__(self, row: Any, name: str) -> None:
        self.pk, self.name = row.pk, name

    def __str__(self) -> str:
        return self.name


def reported_text(row: Inspection) -> str:
    """What the round began with, and by which clock that is."""
    return words.comma().join(filter(None, (wan_text(row.reported), rounds.taken(row.round))))


class OfInspection(InspectionNouns, RowPage):
    """A page about one inspection. Whoever opens a confidential project is written down."""

    def get_object(self) -> Inspection:
        if not hasattr(self, "object"):
            rows = Inspection.objects.visible_to(self.actor).select_related(*JOINS)
            found = rows.filter(pk=self.kwargs["pk"]).first()
            if found is None:
                raise NotVisible
            self.object = found
        return self.object

    @property
    def name(self) -> str:
        return confidential.shown_name(self.get_object().project, self.actor)

    def may_inspect(self) -> bool:
        """Would the form be taken from this person now?"""
        row = self.get_object()
        return (
            row.archived_at is None
            and row.round.state in (RoundState.RUNNING, RoundState.INITIAL)
            and row.state in (InspectionState.ASSIGNED, InspectionState.INSPECTED)
            and may_on(self.actor, Action.DECIDE, row)
            and rounds.member_of(self.actor, row.team)
        )

    def may_conclude(self) -> bool:
        row = self.get_object()
        return (
            row.archived_at is None
            and row.state in (InspectionState.INITIAL, InspectionState.FINAL)
            and row.round.state != RoundState.PUBLISHED
            and may_on(self.actor, Action.CONFIRM, row)
        )


class InspectionDetail(OfInspection, DetailPage):
    template_name = "capital/inspection_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        confidential.look(self.actor, self.get_object().project)
        return super().get(request, *args, **kwargs)

    def actions(self) -> list[dict[str, Any]]:
        row, found = self.get_object(), []
        if self.may_inspect():
            form = reverse("inspection_form", args=[row.pk])
            ready = row.state == InspectionState.INSPECTED
            if ready:
                url = reverse("inspection_initial", args=[row.pk])
                found.append(action(_("Give the team's result"), url, primary=True, panel=True))
            found.append(action(_("Inspection form"), form, icon="edit", primary=not ready))
        if self.may_conclude():
            url = reverse("inspection_final", args=[row.pk])
            found.append(action(_("Decide"), url, primary=not found, panel=True))
            if row.state == InspectionState.INITIAL:
                back = reverse("inspection_return", args=[row.pk])
                found.append(action(_("Send back to the team"), back, panel=True))
        if row.final is not None and recognises(self.actor, row):
            url = reverse("inspection_recognise", args=[row.pk])
            found.append(action(_("Recognise entries"), url, icon="recognition", primary=not found))
        found.append(action(_("Print the sheet"), reverse("inspection_print", args=[row.pk]), icon="file"))
        open_ = row.state in (InspectionState.ASSIGNED, InspectionState.INSPECTED) and row.archived_at is None
        if open_ and may_on(self.actor, Action.ARCHIVE, row):
            found.append(action(_("Take out of the round"), reverse("inspection_archive", args=[row.pk])))
        return found

    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        project = row.project
        kept = confidential.kept_back(project, self.actor)
        facts = [
            (_("project"), f"{project.number} {self.name}"),
            (_("unit"), project.unit),
            (_("landing place"), project.host),
            (_("round"), row.round),
            (_("team"), row.team),
            (_("inspected on"), row.visited_on),
        ]
        if kept:
            return [{"title": _("Facts"), "rows": facts}]
        results = [
            (_("reported"), reported_text(row)),
            (_("initial result"), wan_text(row.initial)),
            (_("score"), amount(row.initial_score)),
            (_("team's reasons"), row.initial_reason),
            (_("given by"), row.initial_name),
            (_("final result"), wan_text(row.final)),
            (_("committee's reasons"), row.final_reason),
            (_("decided by"), row.final_name),
        ]
        return [{"title": _("Facts"), "rows": facts}, {"title": _("Results"), "rows": results}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        kept = confidential.kept_back(row.project, self.actor)
        return super().get_context_data(
            title=self.name,
            sub=row.round.name,
            badges=[{"label": row.get_state_display(), "css": BADGES[row.state]}],
            answers=[] if kept else answer_lines(row),
            photos=[] if kept else list(row.photos.select_related("stored")),
            recognitions=[] if kept else recognition_lines(self.actor, row),
            project_url=reverse("project_detail", args=[row.project_id])
            if self.may(Action.VIEW, "project")
            else "",
            **kwargs,
        )


def recognises(actor: Any, row: Inspection) -> bool:
    """May this person recognise entries of the project finally?"""
    return may(actor, Action.CONFIRM, "recognition", path=row.project.unit.path)


def recognition_lines(actor: Any, row: Inspection) -> list[Any]:
    """Decisions on entries that name this inspection."""
    rows = Recognition.objects.visible_to(actor).filter(inspection=row)
    return list(rows.select_related("entry").order_by("pk"))


def answer_lines(row: Inspection) -> list[dict[str, Any]]:
    """Each question with its answer in words, and what it earned of its weight."""
    items = services_.sheet_of(row)
    kept = services_.unpacked(items, row.answers)
    earned = {child.key: child.raw for child in services_.score_of(row).trace.children}
    found = []
    for item in items:
        said: Any = kept.get(item.code)
        if isinstance(said, bool):
            said = _now("yes") if said else _now("no")
        elif item.kind is Kind.AMOUNT and said is not None:
            said = wan_text(said)
        elif item.kind is Kind.POINTS and said is not None:
            said = _now("%(n)s of %(full)s points") % {"n": plain(said), "full": plain(item.full)}
        elif item.kind is Kind.CHOICE and said is not None:
            said = next(one.label for one in item.options if one.value == said)
        found.append(
            {
                "item": item,
                "answer": said,
                "weight": plain(item.weight) if item.weight else "",
                "earned": amount(earned.get(item.code)),
            }
        )
    return found


class InspectionArchive(InspectionNouns, ArchivePage):
    title = _("Take out of the round")
    submit_label = _("Take out")
    saved = _("Taken out of the round.")
    service = staticmethod(services_.inspection_drop)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = confidential.shown_name(self.get_object().project, self.actor)
        return super().get_context_data(title=self.title, sub=name, **kwargs)


class InspectionFormPage(OfInspection, BothSides):
    """The form on site, made for a phone: kept while one types, saved as far as it is, version-checked."""

    template_name = "capital/inspection_form.html"
    title = _("Inspection form")
    needs = Action.DECIDE
    draft_key = "inspection"
    submit_label = _("Save")
    saved = _("The form is saved.")
    form_class = InspectionForm
    unsent = ("photo",)

    def check(self) -> None:
        row = self.get_object()
        services.authorize(self.actor, Action.DECIDE, row)
        if not rounds.member_of(self.actor, row.team):
            raise Denied(_("Only a member of the project's team fills in its form."))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        confidential.look(self.actor, self.get_object().project)
        return super().get(request, *args, **kwargs)

    def make_form(self, data: Any = None) -> Any:
        row, sent = self.get_object(), self.request.FILES if data is not None else None
        return InspectionForm(self.settled(data, row), sent, actor=self.actor, row=row)

    def bare(self, row: Inspection) -> Any:
        return InspectionForm(actor=self.actor, row=row)

    def run(self, form: Any) -> Any:
        given, pk = form.cleaned_data, self.kwargs["pk"]
        saved = services_.inspection_save(
            actor=self.actor,
            pk=pk,
            version=given["version"],
            answers=form.answers(),
            visited_on=given["visited_on"],
        )
        if upload := given.get("photo"):
            services_.photo_add(actor=self.actor, pk=pk, stored=files.store(upload), name=upload.name)
        return saved

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        form = kwargs["form"]
        fields = [one for one in form.visible_fields() if one.name != "photo"]
        kwargs.setdefault("cancel_url", self.detail_url())
        return super().get_context_data(
            sub=f"{self.name} · {row.project.unit.label}",
            row=row,
            reported=KEPT if confidential.kept_back(row.project, self.actor) else in_unit(row.reported),
            taken=rounds.taken(row.round),
            photos=list(row.photos.all()),
            fieldsets=[{"title": "", "fields": fields}, {"title": _("File"), "fields": [form["photo"]]}],
            **kwargs,
        )


class InspectionPrint(OfInspection, RowPage):
    """The sheet on paper: with its answers, or empty to be filled in by hand."""

    template_name = "capital/inspection_print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        kept = confidential.kept_back(row.project, self.actor)
        members = row.team.members.filter(archived_at=None) if row.team else []
        return super().get_context_data(
            title=_("Inspection sheet"),
            sub=self.name,
            row=row,
            name=self.name,
            taken=rounds.taken(row.round),
            lines=[] if kept else answer_lines(row),
            kept=kept,
            members=members,
            **kwargs,
        )


class PhotoFile(InspectionNouns, RowPage):
    """A file taken on site, for those who may read the inspection and know its project."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        photo = InspectionPhoto._base_manager.select_related("stored").filter(pk=self.kwargs["pk"]).first()
        if photo is None:
            raise NotVisible
        row = services.get_visible(Inspection, photo.inspection_id, self.actor)
        if confidential.kept_back(row.project, self.actor):
            raise Denied
        confidential.look(self.actor, row.project)
        return files.respond(photo.stored, photo.name, inline=True)
