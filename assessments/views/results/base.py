"""A run of a scheme in the address, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments.choices import Step
from assessments.models import SchemeLine, SchemePublication, SchemeRun
from assessments.schemeresults import RELATED, ResultReader
from assessments.services import open_until, step_of
from common.errors import NotVisible
from common.views import Crumbs, Page


class ResultPage(Page):
    """`<pk>` is a run; `?group=` one of its groups, `?by=` the indicator of the second rank."""

    kind = "scheme_run"
    crumbs: Crumbs = ((_("Assessment"), ""), (_("Rankings"), "ranking"))

    def visible_runs(self) -> Any:
        told = Prefetch("publications", SchemePublication.objects.order_by("id"))
        rows = SchemeRun.objects.visible_to(self.actor).select_related(*RELATED).prefetch_related(told)
        return rows.distinct()

    @cached_property
    def scheme_run(self) -> SchemeRun:
        found = self.visible_runs().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    @cached_property
    def reader(self) -> ResultReader:
        return ResultReader(
            self.scheme_run, self.request.GET.get("group", ""), self.request.GET.get("by", "")
        )

    def line_of(self, unit: int) -> SchemeLine:
        """A unit's line in the run. Raises NotVisible."""
        found = self.scheme_run.lines.filter(unit_id=unit).select_related("unit").first()
        if found is None:
            raise NotVisible
        return found

    def period(self) -> str:
        """The months of the run in words, and how far its data reach where that is less."""
        run = self.scheme_run
        if run.month > 12:
            return _now("%(year)s, final account") % {"year": run.year}
        said = _now("%(year)s, months 1–%(month)s") % {"year": run.year, "month": run.month}
        if run.data_through < run.month:
            said += " " + _now("(data through month %(month)s)") % {"month": run.data_through}
        return said

    def told(self) -> str:
        """How far the result is told, in words."""
        run = self.scheme_run
        steps = {one.step: one for one in run.publications.all()}
        step = step_of(run)
        if step == Step.FINAL:
            return _now("final, published %(at)s") % {"at": f"{localtime(steps[Step.FINAL].at):%Y-%m-%d}"}
        if not step:
            return _now("draft, computed %(at)s") % {"at": f"{localtime(run.computed_at):%Y-%m-%d}"}
        until = open_until(run)
        if until is not None:
            return _now("open to objections until %(day)s") % {"day": until.isoformat()}
        return _now("objections closed, not yet final")

    def about(self) -> str:
        """Period, scheme, version, clock."""
        version = self.scheme_run.version
        said = _now("version %(n)s") % {"n": version.number}
        number = _now("run %(n)s") % {"n": self.scheme_run.number}
        return f"{self.period()} · {version.scheme.name} · {said} · {number} · {self.told()}"

    def address(self) -> str:
        """The ranking page of the run and group."""
        return f"{reverse('scheme_result', args=[self.scheme_run.pk])}?group={self.reader.group.code}"
