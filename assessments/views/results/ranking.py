"""The ranking page of a scheme's run, the way to it, and its file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now

from assessments import services
from assessments.explaining import reason_words
from assessments.models import Objection, RankingTable, SchemeGroup, SchemeRun
from assessments.presenting.results import result_page
from assessments.schemeresults import places_of, told_before
from common import clock, exports
from common.access import Action
from common.errors import NotVisible
from common.exporting import XLSX
from common.models import ExportLog
from common.numbers import whole
from common.scope import may_on
from common.views import action

from .base import ResultPage


class SchemeResults(ResultPage):
    """`?scheme=` code, or none: on to the newest run that the reader may see."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = self.visible_runs()
        if code := request.GET.get("scheme"):
            rows = rows.filter(version__scheme__code=code)
        newest = rows.order_by("-year", "-month", "-number").first()
        if newest is None:
            if request.GET.get("scheme"):
                raise NotVisible
            return HttpResponseRedirect(reverse("ranking"))
        group = request.GET.get("group", "")
        url = reverse("scheme_result", args=[newest.pk])
        return HttpResponseRedirect(f"{url}?{urlencode({'group': group})}" if group else url)


class SchemeResult(ResultPage):
    """A group's ranking. `?period=` holds the number of another run of the scheme."""

    template_name = "assessments/results/ranking.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        other = whole(request.GET.get("period", ""))
        if other and other != self.scheme_run.pk:
            if not self.visible_runs().filter(pk=other).exists():
                raise NotVisible
            url = reverse("scheme_result", args=[other])
            return HttpResponseRedirect(f"{url}?{urlencode({'group': self.reader.group.code})}")
        return super().get(request, *args, **kwargs)

    def siblings(self) -> list[SchemeRun]:
        """All runs of the scheme, newest first."""
        rows = self.visible_runs().filter(version__scheme=self.scheme_run.version.scheme_id)
        return list(rows.order_by("-year", "-month", "-number")[:60])

    def actions(self) -> list[dict[str, Any]]:
        run, found = self.scheme_run, []
        if may_on(self.actor, Action.PUBLISH, run):
            step = services.step_of(run)
            if not step:
                url = reverse("scheme_tell", args=[run.pk])
                found.append(action(_now("Publish for objections"), url, primary=True, panel=True))
            elif step == "preliminary":
                url = reverse("scheme_finish", args=[run.pk])
                until = services.open_until(run)
                why = _now("from the day after %(day)s") % {"day": until.isoformat()} if until else ""
                found.append(action(_now("Make final"), url, primary=True, post=True, why_not=why))
            if step:
                url = reverse("score_override", args=[run.pk])
                found.append(action(_now("Set a value by hand"), url, panel=True))
        if services.step_of(run) and may_on(self.actor, Action.RUN, run):
            found.append(action(_now("Compute anew"), reverse("schemerun_restate", args=[run.pk])))
        found.append(
            action(
                _now("What if …"), f"{reverse('scheme_whatif', args=[run.pk])}?group={self.reader.group.code}"
            )
        )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, reader = self.scheme_run, self.reader
        siblings = self.siblings()
        before = told_before(run, self.actor)
        context = {
            "title": _now("%(group)s: ranking") % {"group": reader.group.title},
            "sub": self.about(),
            "tabs": [
                {
                    "label": one.title,
                    "url": f"{reverse('scheme_result', args=[run.pk])}?group={one.code}",
                    "active": one.code == reader.group.code,
                    "count": sum(1 for unit in reader.facts.units if unit.group == one.code and unit.ranked),
                }
                for one in reader.scheme.groups
            ],
            "measures": self.choices(),
            "clocks": self.clocks(siblings),
            "periods": [
                {"value": one.pk, "label": label(one, siblings), "selected": one.pk == run.pk}
                for one in siblings
            ],
            "keep": [("group", reader.group.code)],
            "seconds": self.seconds(),
            "empty": {"title": _now("No unit is in this group."), "why": ""},
            "panel": None,
            "run": run,
            "objections": self.objections(),
            "objection_url": self.objection_url(),
            "overrides": self.overrides(),
            "compare_url": f"{reverse('result_compare', args=[run.pk])}?with={before.pk}" if before else "",
            "restated_by": self.visible_runs().filter(restates=run).order_by("-id").first(),
            "before": before,
            "version_url": reverse("schemeversion_detail", args=[run.version_id]),
        }
        if may_on(self.actor, Action.EXPORT, run):
            query = urlencode({"group": reader.group.code})
            context["export_url"] = f"{reverse('scheme_result_export', args=[run.pk])}?{query}"
        context |= result_page(reader, previous=places_of(before))
        return super().get_context_data(**{**context, **kwargs})

    def choices(self) -> list[dict[str, Any]]:
        """The schemes and tables among which one chooses: this score first, then the tables of the same units."""
        bound = SchemeGroup.objects.filter(
            scheme=self.scheme_run.version.scheme_id, code=self.reader.group.code, archived_at=None
        ).first()
        found = [{"label": _now("Total score"), "url": self.address(), "active": True}]
        if bound is None:
            return found
        tables = RankingTable.objects.visible_to(self.actor).filter(group=bound.group_id, archived_at=None)
        code = bound.group.code
        for table in tables.distinct():
            url = f"{reverse('ranking')}?{urlencode({'group': code, 'table': table.code})}"
            found.append({"label": table.name, "url": url, "active": False})
        return found

    def seconds(self) -> list[dict[str, Any]]:
        """Indicators by which a second place may be shown."""
        reader = self.reader
        first = {"value": "", "label": _now("by total only"), "selected": not reader.by}
        rows = [
            {"value": one.code, "label": one.title, "selected": one.code == reader.by}
            for one in reader.group.indicators
        ]
        return [first, *rows]

    def clocks(self, siblings: list[SchemeRun]) -> list[dict[str, Any]]:
        """As told, and as computed last, where they differ."""
        run = self.scheme_run
        same = [one for one in siblings if (one.year, one.month) == (run.year, run.month)]
        told = next((one for one in same if services.step_of(one)), None)
        newest = same[0] if same else run
        if told is None or told.pk == newest.pk:
            return []
        return [
            {
                "label": text,
                "url": f"{reverse('scheme_result', args=[one.pk])}?group={self.reader.group.code}",
                "active": one.pk == run.pk,
            }
            for text, one in ((_now("as published"), told), (_now("as known now"), newest))
        ]

    def objections(self) -> list[Objection]:
        rows = Objection.objects.visible_to(self.actor).filter(run=self.scheme_run, archived_at=None)
        return list(rows.select_related("unit").order_by("id"))

    def objection_url(self) -> str:
        """Where to object; "" for who has no unit here, and when the days are over."""
        if services.open_until(self.scheme_run) is None or not self.may(Action.CREATE, "objection"):
            return ""
        return reverse("objection_create", args=[self.scheme_run.pk])

    def overrides(self) -> list[dict[str, Any]]:
        titles = {row.code: row.title for row in self.reader.rows_of_marks}
        names = {"total": _now("Total score"), "place": _now("Place")}
        units = {line.row.unit_id: line.row.unit_name for line in self.reader.lines}
        return [
            {
                "unit": units[unit],
                "what": names.get(what) or titles.get(what, _now("part of an indicator")),
                "row": row,
            }
            for (unit, what), row in self.reader.overrides.items()
            if unit in units
        ]


def label(run: SchemeRun, siblings: list[SchemeRun]) -> str:
    """A run in a list of runs: its period, and its number where there are several."""
    period = (
        f"{run.year}-{run.month:02d}"
        if run.month <= 12
        else _now("%(year)s, final account") % {"year": run.year}
    )
    several = sum(1 for one in siblings if (one.year, one.month) == (run.year, run.month)) > 1
    return _now("%(period)s (run %(n)s)") % {"period": period, "n": run.number} if several else period


class SchemeResultExport(ResultPage):
    """The group's ranking as a workbook: what is on the page, values set by hand with the computed ones beside them."""

    needs = Action.EXPORT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        run, reader = self.scheme_run, self.reader
        if not may_on(self.actor, Action.EXPORT, run):
            raise NotVisible
        marks = reader.rows_of_marks
        heads = [
            _now("Rank"),
            _now("Unit"),
            _now("Total score"),
            *(row.title for row in marks),
            _now("Grade"),
            _now("Why without a place"),
            _now("Computed rank"),
            _now("Computed total"),
        ]
        grades = {one.code: one.title for one in reader.group.grades.rows} if reader.group.grades else {}
        rows = [
            [
                None if line.place.value is None else int(line.place.value),
                line.row.unit_name,
                line.total.value,
                *(shown.value if (shown := line.marks.get(row.code)) else None for row in marks),
                grades.get(line.row.grade, ""),
                reason_words(line.row.reason) if line.row.reason else "",
                line.row.place,
                line.row.total,
            ]
            for line in reader.lines
        ]
        ExportLog.objects.create(
            at=clock.now(),
            actor_id=self.actor.pk,
            actor_name=self.actor.actor_name,
            kind="scheme_run",
            query=f"run={run.pk}&group={reader.group.code}",
            rows=len(rows),
        )
        name = f"{run.version.scheme.code}-{run.year}-{run.month:02d}-{reader.group.code}"
        content = exports.write_xlsx(heads, rows, title=reader.group.title)
        response = HttpResponse(content, content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        return response
