"""Questions that store nothing: what if, and who moved between two runs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments.explaining import differs_words, move_words
from assessments.explaining.moving import fact_words
from assessments.models import SchemeRun
from assessments.schemes.compare import compare
from assessments.schemes.replay import result_of, scheme_of
from common.errors import NotVisible
from common.numbers import whole
from common.views import Crumbs
from rules import scheme as rules
from rules.scheme.document import Group

from .base import ResultPage
from .forms import WhatIfForm
from .ranking import label


def moved_rows(
    reader_group: Group, before: rules.Result, after: rules.Result, names: dict[str, str]
) -> list[dict[str, Any]]:
    """Lines of a comparison, in the order of the second result; those that stayed come last."""
    titles = {
        row.code: row.title
        for row in (*reader_group.indicators, *reader_group.bonuses, *reader_group.deductions)
    }
    return [
        {
            "unit": move.unit,
            "name": names.get(move.unit, move.unit),
            "before": move.before,
            "after": move.after,
            "move": move.before - move.after if move.before and move.after else None,
            "total_before": fact_words(move.total_before),
            "total_after": fact_words(move.total_after),
            "why": move_words(move, titles),
        }
        for move in rules.moves(before, after)
    ]


class SchemeWhatIf(ResultPage):
    """A changed weight, figure or target on a copy, and who would move. Nothing is stored; whoever sees the run may ask."""

    template_name = "assessments/results/whatif.html"
    title = _("What if …")
    crumbs: Crumbs = ((_("Assessment"), ""), (_("Rankings"), "ranking"))

    def form(self, data: Any = None) -> WhatIfForm:
        return WhatIfForm(data, reader=self.reader, initial={"unit": self._first_unit()})

    def _first_unit(self) -> str:
        given = self.request.GET.get("unit", "")
        lines = self.reader.lines
        return next((line.unit for line in lines if str(line.row.unit_id) == given), "")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        reader = self.reader
        scheme, facts = form.changed()
        before = reader.result
        own = scheme.model_copy(
            update={"groups": tuple(one for one in scheme.groups if one.code == reader.group.code)}
        )
        after = rules.score(own, facts, self.scheme_run.version.key)
        names = {line.unit: line.row.unit_name for line in reader.lines}
        rows = moved_rows(reader.group, before, after, names)
        return self.render_to_response(
            self.get_context_data(
                form=form, rows=rows, asked=True, said=form.said(), same=len(names) - len(rows)
            )
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", None)
        if kwargs["form"] is None:
            kwargs["form"] = self.form()
        return super().get_context_data(
            sub=self.about(), group=self.reader.group.title, back_url=self.address(), **kwargs
        )


class SchemeCompare(ResultPage):
    """`?with=` another run of the same scheme: who moved, and by which marks."""

    template_name = "assessments/results/compare.html"
    title = _("Who moved, and why")

    def other(self) -> SchemeRun | None:
        given = self.request.GET.get("with", "")
        rows = (
            self.visible_runs()
            .filter(version__scheme=self.scheme_run.version.scheme_id)
            .exclude(pk=self.scheme_run.pk)
        )
        if given:
            found = rows.filter(pk=whole(given)).first()
            if found is None:
                raise NotVisible
            return found
        if self.scheme_run.restates_id:
            return rows.filter(pk=self.scheme_run.restates_id).first()
        return rows.order_by("-year", "-month", "-number").first()

    def add_facts(self, rows: list[dict[str, Any]], other: SchemeRun) -> None:
        """Beside who moved, the figures and targets of his that differ."""
        inputs = {**scheme_of(other).inputs, **self.reader.scheme.inputs}
        differing = {one.unit: one.facts for one in compare(other, self.scheme_run)}
        for row in rows:
            row["facts"] = [
                differs_words(one, inputs[one.code])
                for one in differing.get(row["unit"], ())
                if one.code in inputs
            ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, reader, other = self.scheme_run, self.reader, self.other()
        siblings = list(
            self.visible_runs()
            .filter(version__scheme=run.version.scheme_id)
            .exclude(pk=run.pk)
            .order_by("-year", "-month", "-number")[:60]
        )
        rows: list[dict[str, Any]] = []
        if other is not None:
            names = dict(other.lines.values_list("unit__code", "unit_name"))
            names |= dict(run.lines.values_list("unit__code", "unit_name"))
            code = reader.group.code
            rows = moved_rows(reader.group, result_of(other, code), reader.result, names)
            self.add_facts(rows, other)
        changed = other is not None and other.version_id != run.version_id
        return super().get_context_data(
            sub=self.about(),
            rows=rows,
            other=other,
            other_label=label(other, siblings) if other else "",
            other_version=_now("version %(n)s") % {"n": other.version.number} if other and changed else "",
            choices=[
                {
                    "value": one.pk,
                    "label": label(one, siblings),
                    "selected": other is not None and one.pk == other.pk,
                }
                for one in siblings
            ],
            group=reader.group,
            back_url=self.address(),
            reason=run.reason if other is not None and run.restates_id == other.pk else "",
            here=reverse("result_compare", args=[run.pk]),
            **kwargs,
        )
