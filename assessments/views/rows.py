"""All rows behind a line's figure that was counted from the books: project by project, entry by entry."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments import presenting
from assessments.models import RankingRun
from assessments.reading import RELATED, RunReader, ShownLine, read
from capital.behind import behind, why_text
from capital.opening import mark
from common.errors import NotVisible
from common.numbers import whole
from common.views import Crumbs, Page
from organizations.models import Unit
from rules.counting import Why


class RankingRows(Page):
    """`?run=…&unit=…` as the panel of the ranking links to it."""

    kind = "ranking_run"
    template_name = "assessments/ranking_rows.html"
    title = _("What counts")
    crumbs: Crumbs = ((_("Assessment"), ""), (_("Rankings"), "ranking"))

    @cached_property
    def reader(self) -> RunReader:
        rows = RankingRun.objects.visible_to(self.actor).filter(pk=self.number("run"))
        run = rows.select_related(*RELATED).distinct().first()
        if run is None or "ledger" not in run.inputs or run.table.measure.code not in run.inputs["ledger"]:
            raise NotVisible
        return read(run)

    @cached_property
    def line(self) -> ShownLine:
        found = next((one for one in self.reader.lines if one.unit_id == self.number("unit")), None)
        if found is None:
            raise NotVisible
        return found

    def number(self, name: str) -> int:
        return whole(self.request.GET.get(name, ""))

    def check(self) -> None:
        super().check()
        assert self.line

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reader, run = self.reader, self.reader.run
        unit = Unit.objects.unscoped(reason="a line of the run that is read").get(pk=self.line.unit_id)
        found = behind(
            presenting.reading_of(run, reader.measure),
            unit,
            run.year * 100 + run.data_through,
            actor=self.actor,
        )
        months = _now("%(year)s, months 1–%(month)s") % {"year": run.year, "month": run.data_through}
        lines = [
            {
                "line": one,
                "why": why_text(one.why),
                "left": one.why is not Why.COUNTED,
                "url": reverse("project_detail", args=[one.project]) if one.project else "",
                "own": reader.scaled(reader.measure, one.own),
                "rows": [
                    {
                        "row": row,
                        "mark": mark() if row.opening else "",
                        "amount": reader.scaled(reader.measure, row.amount),
                        "url": reverse("entry_detail", args=[row.entry]) if row.entry else "",
                    }
                    for row in one.rows
                ],
            }
            for one in found
        ]
        return super().get_context_data(
            sub=f"{self.line.name} · {months} · {reader.measure.name} · {reader.unit_label}",
            lines=lines,
            digits=reader.digits_of(reader.measure),
            **kwargs,
        )
