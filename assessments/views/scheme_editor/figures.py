"""The figures that a draft reads, with those that nothing uses any more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from assessments.choices import MeasureUnit
from assessments.schemes.editing.settling import used
from common.numbers import whole
from common.views import write

from .base import EditorPage


class SchemeFigures(EditorPage):
    """GET: the list. POST takes out the figures that nothing uses."""

    template_name = "assessments/editor/figures.html"
    title = _("Figures that are read")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        document, names = self.desk.document, used(self.desk.document)
        inputs = {code: row for code, row in (document.get("inputs") or {}).items() if code in names}
        text = request.POST.get("version", "")
        write(
            request,
            lambda: self.save({**document, "inputs": inputs}, whole(text)),
            said=_("Saved."),
        )
        return HttpResponseRedirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document, names = self.desk.document, used(self.desk.document)
        measures = {one.code: one.title for one in self.desk.offers}
        units = dict(MeasureUnit.choices)
        figures = [
            {
                "code": code,
                "url": self.url(f"inputs/{code}"),
                "title": row.get("title") or code,
                "unit": units.get(str(row.get("unit")), row.get("unit")),
                "measure": measures.get(str(row.get("measure")), row.get("measure")),
                "used": code in names,
            }
            for code, row in (document.get("inputs") or {}).items()
            if isinstance(row, dict)
        ]
        return super().get_context_data(
            figures=figures,
            unused=sum(1 for one in figures if not one["used"]),
            **self.surroundings(document, "figures"),
            **kwargs,
        )
