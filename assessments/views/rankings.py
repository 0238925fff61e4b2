"""The ranking page, its explanation, computing, publishing, and the circular workbook."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments import presenting, services
from assessments.circulars.compose import compose
from assessments.circulars.workbook import build_workbook
from assessments.forms import ComputeForm
from assessments.models import RankingRun, RankingTable, Scheme, SchemeGroup, SchemeRun
from assessments.reading import read
from common import clock
from common.access import Action
from common.exporting import XLSX
from common.models import ExportLog
from common.numbers import whole
from common.scope import may_on
from common.views import Crumbs, Page, action, write
from organizations.models import CompetitionGroup
from rules.periods import Month


class RankingPage(Page):
    """What is chosen in the address: group, table, period, run."""

    kind = "ranking_run"

    @cached_property
    def groups(self) -> list[CompetitionGroup]:
        today = Q(
            memberships__valid__contains=clock.today(),
            memberships__archived_at=None,
            memberships__ranked=True,
        )
        rows = CompetitionGroup.objects.visible_to(self.actor).filter(
            archived_at=None, tables__archived_at=None, tables__isnull=False
        )
        return list(
            rows.distinct()
            .annotate(n=Count("memberships", filter=today, distinct=True))
            .select_related("owner")
            .order_by("owner__path", "sort", "code")
        )

    def group_label(self, group: CompetitionGroup) -> str:
        """With the place's name where the reader sees groups of several places."""
        several = len({g.owner_id for g in self.groups}) > 1
        return f"{group.owner.label} {group.name}" if several else group.name

    @cached_property
    def group(self) -> CompetitionGroup | None:
        wanted = self.request.GET.get("group")
        if not wanted:
            return self.groups[0] if self.groups else None
        found = next((g for g in self.groups if g.code == wanted), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def tables(self) -> list[RankingTable]:
        if self.group is None:
            return []
        rows = RankingTable.objects.visible_to(self.actor).filter(group=self.group, archived_at=None)
        return list(
            rows.distinct().select_related(
                "group__owner", "measure__numerator", "measure__denominator", "tie_measure"
            )
        )

    @cached_property
    def table(self) -> RankingTable | None:
        wanted = self.request.GET.get("table")
        if not wanted:
            return self.tables[0] if self.tables else None
        found = next((t for t in self.tables if t.code == wanted), None)
        if found is None:
            raise Http404
        return found

    def runs(self) -> Any:
        return RankingRun.objects.visible_to(self.actor).filter(table=self.table).distinct()

    @cached_property
    def periods(self) -> list[str]:
        """Months with a run, newest first, and the month asked for."""
        rows = self.runs().order_by("-year", "-month").values_list("year", "month")
        found = list(dict.fromkeys(f"{y}-{m:02d}" for y, m in rows))
        return found if self.month is None or str(self.month) in found else [str(self.month), *found]

    @cached_property
    def month(self) -> Month | None:
        if wanted := self.request.GET.get("period"):
            try:
                return Month.parse(wanted)
            except ValueError as wrong:
                raise Http404(str(wrong)) from wrong
        newest = self.runs().order_by("-year", "-month").first() if self.table else None
        return Month(newest.year, newest.month) if newest else None

    @cached_property
    def candidates(self) -> list[RankingRun]:
        """The month's runs that the reader may see, newest first."""
        if self.table is None or self.month is None:
            return []
        rows = self.runs().filter(year=self.month.year, month=self.month.number)
        found = list(rows.select_related("publication").order_by("-number"))
        for run in found:
            run.table = self.table
        return found

    @cached_property
    def published(self) -> RankingRun | None:
        return next((r for r in self.candidates if hasattr(r, "publication")), None)

    @cached_property
    def run(self) -> RankingRun | None:
        """As published where there is one, unless the newest is asked for."""
        newest = self.candidates[0] if self.candidates else None
        if self.request.GET.get("as") == "now":
            return newest
        return self.published or newest

    def address(self, **changes: Any) -> str:
        """This page with other choices."""
        now = {
            "group": self.group.code if self.group else "",
            "table": self.table.code if self.table else "",
            "period": str(self.month) if self.month else "",
            "as": self.request.GET.get("as", ""),
        }
        chosen = {k: v for k, v in {**now, **changes}.items() if v}
        return f"{reverse('ranking')}?{urlencode(chosen)}"


class Ranking(RankingPage):
    """The page; an HTMX request for the panel gets the panel alone."""

    template_name = "assessments/ranking.html"
    crumbs: Crumbs = ((_("Assessment"), ""),)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.groups and not request.GET and SchemeRun.objects.visible_to(self.actor).exists():
            return HttpResponseRedirect(reverse("scheme_results"))
        context = self.get_context_data()
        if request.htmx and request.htmx.target == "panel":  # type: ignore[attr-defined]
            if not context["panel"]:
                raise Http404
            return self.response_class(
                request=request, template=["assessments/_ranking_panel.html"], context=context
            )
        return self.render_to_response(context)

    def schemes(self) -> list[dict[str, Any]]:
        """Schemes with results for this group, beside its tables; those that are bound to no group, beside all."""
        runs = SchemeRun.objects.visible_to(self.actor)
        rows = Scheme.objects.visible_to(self.actor).filter(pk__in=runs.values("version__scheme"))
        bound = SchemeGroup.objects.filter(scheme__in=rows.values("pk"), archived_at=None)
        codes = {one.scheme_id: one.code for one in bound if self.group and one.group_id == self.group.pk}
        elsewhere = {one.scheme_id for one in bound} - set(codes)
        found = []
        for scheme in rows.distinct().order_by("code"):
            if scheme.pk not in elsewhere:
                query = urlencode({"scheme": scheme.code, "group": codes.get(scheme.pk, "")})
                found.append(
                    {"label": scheme.name, "url": f"{reverse('scheme_results')}?{query}", "active": False}
                )
        return found

    def actions(self) -> list[dict[str, Any]]:
        if self.run is None:
            return []
        found = []
        if may_on(self.actor, Action.EXPORT, self.run):
            url = f"{reverse('circular_workbook')}?{urlencode({'run': self.run.pk})}"
            found.append(
                action(_("Circular (Excel)"), url, icon="download", primary=hasattr(self.run, "publication"))
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, group = self.run, self.group
        probe = RankingRun(table=self.table) if self.table else None
        may_run = probe is not None and may_on(self.actor, Action.RUN, probe)
        may_publish = (
            run is not None and not hasattr(run, "publication") and may_on(self.actor, Action.PUBLISH, run)
        )
        context: dict[str, Any] = {
            "title": _now("%(group)s: ranking") % {"group": self.group_label(group)}
            if group
            else _now("Rankings"),
            "sub": "",
            "tabs": [
                {
                    "label": self.group_label(g),
                    "url": f"{reverse('ranking')}?group={g.code}",
                    "active": g == group,
                    "count": getattr(g, "n", None),
                }
                for g in self.groups
            ],
            "measures": [
                *self.schemes(),
                *(
                    {
                        "label": t.name,
                        "url": self.address(table=t.code, **{"as": ""}),
                        "active": t == self.table,
                    }
                    for t in self.tables
                ),
            ],
            "periods": [
                {"value": p, "label": p, "selected": self.month is not None and p == str(self.month)}
                for p in self.periods
            ],
            "keep": [("group", group.code), ("table", self.table.code)] if group and self.table else [],
            "compute_url": reverse("ranking_compute") if may_run and self.month else "",
            "compute_fields": [("period", str(self.month)), ("group", group.code)]
            if group and self.month
            else [],
            "publish_url": reverse("ranking_publish", args=[run.pk]) if may_publish and run else "",
            "empty": {
                "title": _now("No ranking yet."),
                "why": _now("Import the month's figures, then compute the ranking."),
            },
            "panel": None,
            "run_exists": run is not None,
        }
        if self.may(Action.IMPORT, "figure"):
            context["empty"] |= {"url": reverse("import_list"), "label": _now("Import figures")}
        if run is not None and self.month is not None:
            context |= self.about_run(run)
        return super().get_context_data(**{**context, **kwargs})

    def about_run(self, run: RankingRun) -> dict[str, Any]:
        reader = read(run)
        open_unit = self.request.GET.get("unit", "")
        base = self.address()
        context = presenting.page(
            reader, base=base, open_unit=open_unit, previous=presenting.previous_ranks(self.before(run))
        )
        state = (
            _now("published %(at)s") % {"at": f"{localdate(run.publication.at):%Y-%m-%d}"}
            if hasattr(run, "publication")
            else _now("draft, computed %(at)s") % {"at": f"{localdate(run.computed_at):%Y-%m-%d}"}
        )
        months = _now("%(year)s, months 1–%(month)s") % {"year": run.year, "month": run.month}
        context["sub"] = f"{months} · {reader.measure.name} · {reader.unit_label} · {state}"
        if self.published is not None and self.candidates[0].pk != self.published.pk:
            now = self.request.GET.get("as") == "now"
            context["clocks"] = [
                {"label": _now("as published"), "url": self.address(**{"as": ""}), "active": not now},
                {"label": _now("as known now"), "url": self.address(**{"as": "now"}), "active": now},
            ]
        line = next((one for one in reader.lines if one.unit == open_unit), None)
        if line is not None:
            sources = presenting.sources(reader, line, self.actor)
            booked = presenting.booked_levels(reader, line, self.actor)
            context["panel"] = presenting.panel(
                reader, line, close_url=base, sources=sources, actions=[], booked=booked
            )
        return context

    def before(self, run: RankingRun) -> RankingRun | None:
        """The run of the month before, as far as the reader may see it: for the movement of ranks."""
        if run.month == 1:
            return None
        return self.runs().filter(year=run.year, month=run.month - 1).order_by("-number").first()


class RankingCompute(Page):
    """Ask for a month's rankings; the job's page shows how far it is."""

    kind = "ranking_run"
    needs = Action.RUN
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ComputeForm(request.POST, actor=self.actor)
        if not form.is_valid():
            messages.error(request, _("Choose a month, such as 2023-06, and one of your groups."))
            return HttpResponseRedirect(reverse("ranking"))
        month = Month.parse(form.cleaned_data["period"])
        chosen = form.cleaned_data["group"]
        groups = (
            [chosen]
            if chosen
            else list(CompetitionGroup.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None))
        )
        done, run = write(
            request, lambda: services.runs_request(actor=self.actor, groups=groups, month=month)
        )
        return HttpResponseRedirect(reverse("job_detail", args=[run.pk]) if done else reverse("ranking"))


class RankingPublish(Page):
    kind = "ranking_run"
    needs = Action.PUBLISH
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        done, publication = write(
            request,
            lambda: services.run_publish(actor=self.actor, pk=pk),
            said=_("The ranking is published; the group's units can see it."),
        )
        if not done:
            return HttpResponseRedirect(reverse("ranking"))
        run = publication.run
        chosen = {
            "group": run.table.group.code,
            "table": run.table.code,
            "period": f"{run.year}-{run.month:02d}",
        }
        return HttpResponseRedirect(f"{reverse('ranking')}?{urlencode(chosen)}")


class CircularWorkbook(RankingPage):
    """The circular's workbook: all tables of the run's group in its month, as the reader may see them."""

    needs = Action.EXPORT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("run", "")
        run = (
            RankingRun.objects.allowed_to(self.actor, Action.EXPORT)
            .filter(pk=whole(wanted))
            .select_related("table__group")
            .first()
        )
        if run is None:
            raise Http404
        document = compose(run, actor=self.actor)
        ExportLog.objects.create(
            at=clock.now(),
            actor_id=self.actor.pk,
            actor_name=self.actor.actor_name,
            kind="circular",
            query=f"run={run.pk}",
            rows=run.lines.count(),
        )
        response = HttpResponse(build_workbook(document), content_type=XLSX)
        response["Content-Disposition"] = (
            f'attachment; filename="circular-{run.table.group.code}-{run.year}-{run.month:02d}.xlsx"'
        )
        return response
