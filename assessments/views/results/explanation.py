"""Why a unit has its total: the tree in words, down to the rows; what it would take to gain a place."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now

from assessments import services
from assessments.explaining import Sources, Teller, gain_words, sources_of
from assessments.models import Objection, SchemeLine
from assessments.presenting.whyhere import mean_total, why
from assessments.schemeresults import ResultReader
from common.access import Action
from common.scope import may_on

from .base import ResultPage


class SchemeExplanation(ResultPage):
    """A page to read and print; in the panel beside the ranking on request. `?gain=1` answers what a place would
    take: in its own part of the page by HTMX, which is slow for large groups."""

    template_name = "assessments/results/explanation.html"

    def get_template_names(self) -> list[str]:
        request: Any = self.request
        if self.gaining:
            return ["assessments/results/_gain.html"]
        in_panel = request.htmx and request.htmx.target == "panel"
        return ["assessments/results/_panel.html" if in_panel else self.template_name]

    @property
    def gaining(self) -> bool:
        """Only the part that says what a place would take is asked for."""
        request: Any = self.request
        return bool(request.htmx and request.htmx.target == "gain")

    @cached_property
    def line(self) -> SchemeLine:
        return self.line_of(self.kwargs["unit"])

    @cached_property
    def reader(self) -> ResultReader:
        return ResultReader(self.scheme_run, self.line.group)

    def sources(self) -> Sources:
        """The way from the line's figures to their rows."""
        return sources_of(
            self.actor, self.scheme_run.pk, self.reader.scheme, self.reader.facts, self.line.unit
        )

    def check(self) -> None:
        super().check()
        assert self.line

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, line, reader = self.scheme_run, self.line, self.reader
        traced = reader.result.line(line.unit.code)
        tree = Teller(reader.scheme, reader.facts, self.sources()).line(traced)
        own = next(one for one in reader.lines if one.row.pk == line.pk)
        place = own.place.value
        objection = Objection(run=run, unit=line.unit)
        may_object = services.open_until(run) is not None and may_on(self.actor, Action.CREATE, objection)
        object_url = f"{reverse('objection_create', args=[run.pk])}?unit={line.unit_id}" if may_object else ""
        asked = "gain" in self.request.GET
        gains, cut = gain_words(reader.scheme, reader.facts, line.unit.code) if asked else ([], False)
        return super().get_context_data(
            title=_now("Why %(unit)s is number %(rank)s") % {"unit": line.unit_name, "rank": int(place)}
            if place is not None
            else line.unit_name,
            sub=self.about(),
            tree=tree,
            line=own,
            why=why(reader, own),
            mean=mean_total(reader),
            overrides=[row for (unit, _what), row in reader.overrides.items() if unit == line.unit_id],
            object_url=object_url,
            close_url=self.address(),
            page_url=reverse("scheme_explanation", args=[run.pk, line.unit_id]),
            whatif_url=f"{reverse('scheme_whatif', args=[run.pk])}?group={line.group}&unit={line.unit_id}",
            asked=asked,
            gains=gains,
            cut=cut,
            can_gain=line.place is not None and line.place > 1,
            **kwargs,
        )
