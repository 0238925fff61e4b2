"""The list of projects, a project's page, its facts, its end."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import services
from common.access import Action
from common.errors import Denied
from common.scope import may_on
from common.views import ArchivePage, BulkPage, Crumbs, DetailPage, ListPage, UpdatePage, action
from common.views.rows import RowPage
from leads import dossier as dossiers
from leads import stages
from leads.choices import StageKind
from leads.tables.columns import sum_text
from leads.timeline import timeline
from ledger.asked import asked
from projects import confidential
from projects.filters.projects import ProjectFilterSet, mine_q, overdue_q
from projects.forms.projects import LeaderForm, ProjectForm
from projects.models import Project
from projects.sections import Draw, Reading, added, agreed, dossier, overview, site
from projects.services import project_archive, project_update
from projects.tables import ProjectTable

PIPELINE = (_("Progress"), "")
JOINS = (
    "stage", "held_from", "unit", "host", "leader", "industry", "lead__officer__unit", "lead__investor", "lead__unit",
)  # fmt: skip


class ProjectNouns:
    model: Any = Project
    kind = "project"
    url_prefix = "project"
    crumbs: Crumbs = (PIPELINE, (_("Projects"), "project_list"))


class ProjectList(ProjectNouns, ListPage):
    """One query counts all tabs, one adds up the contract amounts."""

    title = _("Projects")
    table_class = ProjectTable
    filterset_class = ProjectFilterSet
    create_label = _("Take over a running project")
    create_needs = Action.IMPORT
    importer = "projects"
    crumbs: Crumbs = (PIPELINE,)
    switch = ((_("Table"), "project_list"), (_("Board"), "project_board"))
    bulk = (("leader", _("Liaison leader"), "user", "project_leader_many"),)
    empty = (_("No project yet."), _("A lead becomes a project when it is signed."))

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related(*JOINS)

    def views(self) -> list[tuple[Any, str, int | None]]:
        wanted = {
            "all": Q(),
            "mine": mine_q(self.actor),
            "overdue": overdue_q(),
            "stale": Q(stale_on__isnull=False),
            "suspended": Q(stage__kind=StageKind.HELD),
        }
        counts = (
            Project.objects.visible_to(self.actor)
            .filter(archived_at=None)
            .aggregate(**{name: Count("pk", filter=q) if q else Count("pk") for name, q in wanted.items()})
        )
        return [
            (_("All"), "", counts["all"]),
            (_("Mine"), "mine=yes", counts["mine"]),
            (_("Overdue"), "overdue=yes", counts["overdue"]),
            (_("Stale"), "stale=yes", counts["stale"]),
            (_("Suspended"), "suspended=yes", counts["suspended"]),
        ]

    def summary(self) -> str:
        """40 projects, contract amount 164.20 亿元, by currency; of those whose amount this person may know."""
        found = self.filterset.qs if self.filterset.is_valid() else self.visible().none()
        sums = list(
            found.order_by()
            .values("currency_id")
            .annotate(total=Sum("contract_amount", filter=~confidential.hidden(self.actor)), n=Count("pk"))
            .order_by("-total")
        )
        count = sum(one["n"] for one in sums)
        amounts = [sum_text(one["total"], one["currency_id"]) for one in sums if one["total"]]
        text = ngettext("%(n)s project", "%(n)s projects", count) % {"n": count}
        if not amounts:
            return text
        return _now("%(projects)s, contract amount %(amounts)s") % {
            "projects": text,
            "amounts": _now(", ").join(amounts[:3]),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.summary(), live_sub=True, **kwargs)


class OfProject(ProjectNouns, RowPage):
    """A page about one project. Whoever opens a confidential one is written down."""

    def get_object(self) -> Project:
        if not hasattr(self, "object"):
            rows = Project.objects.visible_to(self.actor).select_related(*JOINS, "currency", "lead__contact")
            self.object = rows.filter(pk=self.kwargs["pk"]).first() or services.get_visible(
                Project, self.kwargs["pk"], self.actor
            )
        return self.object

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        confidential.look(self.actor, self.get_object())
        return super().get(request, *args, **kwargs)

    def must_know(self) -> None:
        """What shows the whole of a project is for those who may know it. Raises Denied."""
        if confidential.kept_back(self.get_object(), self.actor):
            raise Denied


PARTS: tuple[tuple[str, Any, tuple[Draw, ...]], ...] = (
    ("", _("Overview"), (agreed.agreements, agreed.attribution)),
    ("capital", _("Investors and payment plan"), (agreed.investors, agreed.plan)),
    ("land", _("Land and yield"), (site.parcels, site.figures_per_mu, site.half_years)),
    ("promises", _("Commitments and obligations"), (site.commitments, site.obligations)),
    ("dossier", _("Follow-ups and files"), (dossier.follow_ups, dossier.tasks, dossier.papers)),
    ("figures", _("Contribution to figures"), (dossier.postings,)),
)
COUNTED = ("", "capital", "figures")  # parts with figures of the books, so with two clocks
RECENT = 8


class ProjectDetail(OfProject, DetailPage):
    """`?part=` chooses the tab. Who may not know a confidential project sees its head and no part."""

    template_name = "projects/project_detail.html"

    def actions(self) -> list[dict[str, Any]]:
        project = self.get_object()
        if project.archived_at is not None or confidential.kept_back(project, self.actor):
            return []
        found = []
        need = self.need
        if need is not None and self.reading.changes:
            label = _now("Move to “%(stage)s”") % {"stage": need["stage"]}
            if need["count"]:
                lacking = ngettext("%(n)s missing", "%(n)s missing", need["count"]) % {"n": need["count"]}
                label = _now("%(move)s, %(missing)s") % {"move": label, "missing": lacking}
            url = reverse("project_move", args=[project.pk])
            found.append(action(label, url, icon="check", primary=not need["count"], panel=True))
        if may_on(self.actor, Action.ARCHIVE, project):
            found.append(action(_("Archive"), reverse("project_archive", args=[project.pk])))
        if self.reading.changes:
            url = reverse("project_update", args=[project.pk])
            primary = not any(one["primary"] for one in found)
            found.append(action(_("Change"), url, icon="edit", primary=primary, panel=True))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        project = self.get_object()
        self.reading = reading = Reading.of(project, self.actor)
        clock = asked(self.request.GET, reading.today.year)
        reading.closing = clock.closing
        steps = stages.ladder("project")
        self.need = overview.need(reading, steps)
        part = self.request.GET.get("part", "")
        code, _label, draws = next((one for one in PARTS if one[0] == part), PARTS[0])
        draws = (*draws, *added(code))
        here = reverse("project_detail", args=[project.pk])
        kept = {"as": str(clock.closing.period)} if clock.closing else {}  # the same clock on the next tab
        tabs = []
        for name, label, _draws in PARTS:
            query = urlencode({"part": name, **kept} if name else kept)
            tabs.append({"label": label, "url": f"{here}?{query}" if query else here, "active": name == code})
        readable = reading.told and dossiers.may(self.actor, Action.VIEW, project.lead)
        if not readable:
            draws = tuple(draw for draw in draws if draw.__module__ != dossier.__name__)
        found = super().get_context_data(
            title=confidential.shown_name(project, self.actor),
            sub=confidential.shown_investor(project, self.actor),
            badges=overview.badges(project),
            warning=confidential.notice(project),
            bar=overview.bar(project, steps),
            tabs=tabs if reading.told else [],
            need=self.need if not code else None,
            clock=clock if code in COUNTED else None,
            parts=[one for draw in draws if (one := draw(reading))] if reading.told else [],
            facts=overview.facts(reading),
            people=overview.people(reading),
            entries=timeline(project.lead, RECENT) if readable else None,
            timeline_url=reverse("project_timeline", args=[project.pk]),
            **kwargs,
        )
        if not reading.told:
            found.pop("history", None)
        return found


class ProjectTimeline(OfProject):
    """Everything that happened, whole."""

    template_name = "projects/timeline.html"

    def check(self) -> None:
        super().check()
        self.must_know()
        dossiers.read(self.actor, self.get_object().lead_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        project = self.get_object()
        crumbs = [(label, reverse(name) if name else "") for label, name in self.crumbs]
        return super().get_context_data(
            title=_("What happened"),
            sub=confidential.shown_name(project, self.actor),
            crumbs=[*crumbs, (confidential.shown_name(project, self.actor), self.detail_url())],
            entries=timeline(project.lead),
            **kwargs,
        )


class ProjectUpdate(OfProject, UpdatePage):
    panel = True
    form_class = ProjectForm
    service = staticmethod(project_update)

    def check(self) -> None:
        super().check()
        self.must_know()


class ProjectArchive(OfProject, ArchivePage):
    service = staticmethod(project_archive)


class ProjectLeaderMany(ProjectNouns, BulkPage):
    """One liaison leader for several projects."""

    title = _("Liaison leader")
    needs = Action.CHANGE
    form_class = LeaderForm
    submit_label = _("Set for all")

    def check(self) -> None:
        super().check()
        if any(confidential.kept_back(row, self.actor) for row in self.chosen):
            raise Denied

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit", "host", "leader")

    def make_form(self, data: Any = None) -> Any:
        return LeaderForm(data, actor=self.actor, projects=self.chosen)

    def run_one(self, row: Any, values: dict[str, Any]) -> Any:
        return project_update(actor=self.actor, pk=row.pk, version=row.version, leader=values["leader"])
