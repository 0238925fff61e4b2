"""Pages of evaluation rounds and their teams."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital import rounds
from capital.choices import InspectionState, RoundKind, RoundState
from capital.filters.rounds import RoundFilterSet
from capital.forms.rounds import MembersForm, RoundForm, RoundUpdateForm
from capital.models import EvaluationRound, Inspection, Team
from capital.services import rounds as services_
from capital.tables.rounds import RoundTable
from common import files, services
from common.access import Action
from common.actors import Actor
from common.errors import NotVisible
from common.scope import may_on
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, UpdatePage, action, write
from common.views.rows import RowPage
from leads.tables.columns import wan_text
from ledger.asked import Clock, asked
from projects import confidential
from projects.views.signing import RowsPage

CAPITAL = (_("Capital in place"), "")
RESULTS_IN = (InspectionState.INITIAL, InspectionState.FINAL)


class RoundNouns:
    model: Any = EvaluationRound
    kind = "evaluation"
    url_prefix = "round"
    crumbs: Crumbs = (CAPITAL, (_("Evaluation rounds"), "round_list"))


class RoundList(RoundNouns, ListPage):
    title = _("Evaluation rounds")
    sub = _("Teams look at projects on site, the committee decides, then it is published")
    crumbs: Crumbs = (CAPITAL,)
    table_class = RoundTable
    filterset_class = RoundFilterSet
    create_label = _("Prepare a round")
    empty = (
        _("No round yet."),
        _("A round picks its projects by itself: those completed in a month, or above a size line."),
    )

    def rows(self, queryset: Any) -> Any:
        present = Q(inspections__archived_at=None)
        return queryset.select_related("unit", "period", "sheet").annotate(
            projects=Count("inspections", filter=present),
            decided=Count("inspections", filter=present & Q(inspections__state=InspectionState.FINAL)),
        )

    def actions(self) -> list[dict[str, Any]]:
        if not self.may(Action.VIEW, "score_sheet"):
            return []
        return [action(_("Score sheets"), reverse("scoresheet_list"), icon="scheme")]


class RoundCreate(RoundNouns, CreatePage):
    title = _("Prepare a round")
    form_class = RoundForm
    submit_label = _("Pick the projects")
    saved = _("The round is prepared. Now set up its teams and give them their projects.")
    service = staticmethod(services_.round_prepare)


class RoundUpdate(RoundNouns, UpdatePage):
    form_class = RoundUpdateForm

    def run(self, form: Any) -> Any:
        values = form.values()
        upload = values.pop("approval", None)
        if upload is not None:
            values |= {"approval_file": files.store(upload), "approval_name": upload.name}
        version = form.cleaned_data.get("version") or 0
        return services_.round_update(actor=self.actor, pk=self.kwargs["pk"], version=version, **values)


class RoundArchive(RoundNouns, ArchivePage):
    service = staticmethod(services_.round_archive)


class RoundDetail(RoundNouns, DetailPage):
    """Progress, teams, and the gap of reported against found by unit."""

    template_name = "capital/round_detail.html"

    def get_object(self) -> EvaluationRound:
        row = super().get_object()
        if "unit" not in row._state.fields_cache:
            row = EvaluationRound._base_manager.select_related("unit", "period", "sheet").get(pk=row.pk)
            self.object = row
        return row

    def actions(self) -> list[dict[str, Any]]:
        row, found = self.get_object(), []
        keeps = row.archived_at is None and may_on(self.actor, Action.CHANGE, row)
        if keeps and row.state == RoundState.PREPARED:
            url = reverse("round_start", args=[row.pk])
            found.append(
                action(_("Begin the round"), url, primary=True, post=True, why_not=self.lacking(row))
            )
        if row.state == RoundState.FINAL and may_on(self.actor, Action.PUBLISH, row):
            found.append(
                action(_("Publish"), reverse("round_publish", args=[row.pk]), primary=True, post=True)
            )
        here = f"{reverse('inspection_list')}?round={row.pk}"
        if self.is_member(row) and row.state == RoundState.RUNNING:
            found.append(action(_("My projects"), f"{here}&mine=yes", primary=not found))
        if row.state == RoundState.INITIAL and may_on(self.actor, Action.CONFIRM, row):
            found.append(action(_("Decide"), f"{here}&state=initial", primary=not found))
        found.append(action(_("All projects"), here, primary=not found))
        found.append(action(_("Result list"), reverse("round_print", args=[row.pk]), icon="file"))
        if keeps and row.state != RoundState.PUBLISHED:
            found.append(action(_("Change"), reverse("round_update", args=[row.pk]), icon="edit"))
        if (
            row.archived_at is None
            and row.state == RoundState.PREPARED
            and may_on(self.actor, Action.ARCHIVE, row)
        ):
            found.append(action(_("Archive"), reverse("round_archive", args=[row.pk])))
        return found

    def lacking(self, row: EvaluationRound) -> str:
        """What the button "begin" lacks."""
        if not row.approval_number or row.approval_file_id is None:
            return _now("no approval on file")
        idle = Inspection._base_manager.filter(round=row, team=None, archived_at=None).count()
        return _now("%(n)s projects without a team") % {"n": idle} if idle else ""

    def is_member(self, row: EvaluationRound) -> bool:
        return Team.objects.filter(
            round=row, archived_at=None, members__user_id=self.actor.pk, members__archived_at=None
        ).exists()

    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        first, last = rounds.months_of(row.kind, row.period)
        facts = [
            (_("held by"), row.unit),
            (_("kind"), row.get_kind_display()),
            (
                _("months"),
                f"{first:%Y-%m} – {last:%Y-%m}" if row.kind == RoundKind.ON_SITE else f"{last:%Y-%m}",
            ),
            (_("basis"), row.get_basis_display()),
            (_("projects of at least"), wan_text(row.threshold)),
            (_("score sheet"), row.sheet),
            (_("due"), row.due_on),
        ]
        approval = [
            (_("number"), row.approval_number),
            (_("own unit"), _("allowed") if row.own_unit else _("nobody inspects his own unit")),
            (_("decided by"), row.decided_name),
            (_("published"), row.published_at),
        ]
        return [{"title": _("Facts"), "rows": facts}, {"title": _("Approval and result"), "rows": approval}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        seen = Inspection.objects.visible_to(self.actor).filter(round=row, archived_at=None)
        inside = may_on(self.actor, Action.EXPORT, row)  # a unit reads what was published about its projects
        counts = rounds.counts(seen)
        here = f"{reverse('inspection_list')}?round={row.pk}"
        figures = [
            (_("projects"), counts["all"], here),
            *(
                (state.label, counts.get(state, 0), f"{here}&state={state.value}")
                for state in InspectionState
            ),
        ]
        keeps = row.archived_at is None and may_on(self.actor, Action.CHANGE, row)
        opened = row.state in (RoundState.PREPARED, RoundState.RUNNING)
        done = counts.get(InspectionState.FINAL, 0) + counts.get(InspectionState.INITIAL, 0)
        by = clock_of(row, self.request.GET)
        return super().get_context_data(
            badges=[{"label": row.get_state_display(), "css": BADGES.get(row.state, "line")}],
            figures=figures,
            progress=100 * done // counts["all"] if counts["all"] else 0,
            done=done,
            total=counts["all"],
            teams=self.teams(row) if inside else [],
            team_add=reverse("round_team_create", args=[row.pk]) if keeps and opened else "",
            keeps_teams=keeps and opened,
            clock=by,
            taken=rounds.taken(row),
            gaps=gap_lines(self.actor, row, seen.select_related("project__unit"), by),
            unassigned=seen.filter(team=None).count() if inside else 0,
            assign_url=f"{here}&state=assigned",
            approval_url=reverse("round_approval", args=[row.pk]) if inside and row.approval_file_id else "",
            **kwargs,
        )

    def teams(self, row: EvaluationRound) -> list[dict[str, Any]]:
        open_ones = Q(inspections__archived_at=None)
        rows = (
            Team.objects.filter(round=row, archived_at=None)
            .annotate(
                n=Count("inspections", filter=open_ones, distinct=True),
                done=Count(
                    "inspections", filter=open_ones & Q(inspections__state__in=RESULTS_IN), distinct=True
                ),
            )
            .order_by("name")
        )
        return [
            {
                "team": one,
                "members": list(one.members.filter(archived_at=None).select_related("works_for")),
                "n": one.n,
                "done": one.done,
                "url": f"{reverse('inspection_list')}?round={row.pk}&team={one.pk}",
                "change": reverse("round_team_update", args=[one.pk]),
            }
            for one in rows
        ]


BADGES: dict[str, str] = {
    RoundState.PREPARED: "line",
    RoundState.RUNNING: "acc",
    RoundState.INITIAL: "warn",
    RoundState.FINAL: "ok",
    RoundState.PUBLISHED: "ok",
}


def clock_of(round_: EvaluationRound, given: QueryDict) -> Clock:
    """The round's own year, and the next: what was closed then also tells of its months."""
    year = round_.period.year
    return asked(given, year, year + 1, since=round_.period_id)


def gap_lines(actor: Actor, round_: EvaluationRound, rows: Any, by: Clock) -> list[dict[str, Any]]:
    """Gaps with the lengths of their bars, in per cent of the longest one. A project that is kept from the reader
    is in no sum: alone in its unit, the sum would tell."""
    seen = list(rows.exclude(project__in=confidential.kept_rows(actor)))
    last = rounds.months_of(round_.kind, round_.period)[1]
    found = rounds.gaps(seen, rounds.in_books([one.project_id for one in seen], round_.basis, last, by))
    most = max((max(one.reported, one.found) for one in found), default=0)
    return [
        {
            "gap": one,
            "reported": f"{one.reported * 100 / most:.2f}" if most else "0",
            "found": f"{one.found * 100 / most:.2f}" if most else "0",
        }
        for one in found
    ]


class RoundStep(RowPage):
    """A button: POST only."""

    model = EvaluationRound
    kind = "evaluation"
    url_prefix = "round"
    http_method_names = ["post"]
    service: Any
    said: Any = ""

    def check(self) -> None:
        services.authorize(self.actor, self.needs, self.get_object())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pk = self.kwargs["pk"]
        write(request, lambda: type(self).service(actor=self.actor, pk=pk, version=None), said=self.said)
        return HttpResponseRedirect(reverse("round_detail", args=[pk]))


class RoundStart(RoundStep):
    needs = Action.CHANGE
    service = staticmethod(services_.round_start)
    said = _("The round has begun. The teams have been told.")


class RoundPublish(RoundStep):
    needs = Action.PUBLISH
    service = staticmethod(services_.round_publish)
    said = _("Published. The units concerned can read it now.")


class RoundApproval(RowPage):
    """The approval's file, for those who prepare, inspect and decide."""

    model = EvaluationRound
    kind = "evaluation"
    needs = Action.EXPORT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = self.get_object()
        services.authorize(self.actor, Action.EXPORT, row)
        if row.approval_file is None:
            raise NotVisible
        return files.respond(row.approval_file, row.approval_name, inline=True)


class RoundPrint(RoundNouns, RowPage):
    """The result list on paper: what the reader may see of it."""

    template_name = "capital/round_print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        seen = Inspection.objects.visible_to(self.actor).filter(round=row, archived_at=None)
        seen = seen.select_related("project__unit", "team").order_by("project__unit__path", "pk")
        by = clock_of(row, self.request.GET)
        lines = [
            {"row": one, "name": confidential.shown_name(one.project, self.actor),
             "kept": confidential.kept_back(one.project, self.actor)}
            for one in seen
        ]  # fmt: skip
        return super().get_context_data(
            title=row.name,
            sub=row.get_state_display(),
            round=row,
            lines=lines,
            clock=by,
            taken=rounds.taken(row),
            gaps=gap_lines(self.actor, row, seen, by),
            **kwargs,
        )


# Teams


class TeamPage(RoundNouns, RowsPage):
    needs = Action.CHANGE
    form_class = MembersForm
    saved = _("Team saved.")
    team: Team | None = None

    def check(self) -> None:
        self.round = services.get_visible(EvaluationRound, self.kwargs["pk"], self.actor)
        services.authorize(self.actor, Action.CHANGE, self.round)

    def make_form(self, data: Any = None) -> Any:
        return MembersForm(data, actor=self.actor, round_=self.round, team=self.team, more=self.more)

    def save(self, form: Any) -> Any:
        return services_.team_set(
            actor=self.actor,
            round_pk=self.round.pk,
            pk=self.team.pk if self.team else None,
            name=form.cleaned_data["name"],
            members=form.members(),
        )

    def done_url(self, result: Any) -> str:
        return reverse("round_detail", args=[self.round.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        fieldsets = [
            {"fields": [form["name"]], "groups": [form.drawn("members")], "after": "projects/_rows.html"}
        ]
        return super().get_context_data(
            fieldsets=fieldsets, sub=self.round.name, cancel_url=self.done_url(None), **kwargs
        )


class TeamCreate(TeamPage):
    title = _("New team")


class TeamUpdate(TeamPage):
    title = _("Change the team")

    def check(self) -> None:
        team = Team.objects.filter(pk=self.kwargs["pk"], archived_at=None).first()
        if team is None:
            raise NotVisible
        self.team = team
        self.round = services.get_visible(EvaluationRound, team.round_id, self.actor)
        services.authorize(self.actor, Action.CHANGE, self.round)
