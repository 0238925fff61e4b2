"""Step 2 of an import, columns and names; and a parked row mended by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common import imports, services
from common.access import Action
from common.errors import Denied, NotVisible, Refused
from common.forms import ActorForm
from common.models import ImportBatch, ImportRow
from common.views.base import refuse

from .start import ImportPage

State, Fate = ImportBatch.State, ImportRow.Fate


class ImportMapping(ImportPage):
    """Step 2: the sender's columns and names, remembered for next time."""

    template_name = "common/import_mapping.html"

    def check(self) -> None:
        services.authorize(self.actor, Action.IMPORT, self.get_batch())
        if self.batch.state not in (State.MAPPING, State.PREVIEW):
            raise NotVisible

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if sheet := request.GET.get("sheet"):
            self.batch.sheet = sheet
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        batch, data = self.get_batch(), request.POST
        sheet = data.get("sheet", batch.sheet)
        try:
            if sheet != batch.sheet:
                imports.choose_sheet(actor=self.actor, pk=batch.pk, sheet=sheet)
                return HttpResponseRedirect(self.to("import_mapping"))
            columns = {k.removeprefix("col-"): str(v) for k, v in data.items() if k.startswith("col-")}
            names = {
                name: int(data[f"name-{n}"]) if data.get(f"name-{n}", "").isdigit() else None
                for n, name in enumerate(data.getlist("name"))
            }
            remapped = imports.remap(
                actor=self.actor,
                pk=batch.pk,
                sheet=sheet,
                header_row=int(data.get("header_row") or batch.header_row),
                columns=columns,
                names=names,
                remember=bool(data.get("remember")),
            )
        except Denied:
            raise
        except (Refused, ValueError) as problem:
            batch.columns = {
                k.removeprefix("col-"): str(v) for k, v in data.items() if k.startswith("col-") and v
            }
            return self.render_to_response(self.get_context_data(problems=[str(problem)]), status=422)
        unasked = set(imports.unknown_names(remapped)) - set(data.getlist("name"))
        return HttpResponseRedirect(self.to("import_mapping" if unasked else "import_detail"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = self.get_batch()
        asked = imports.questions(batch, self.actor)
        headers = []
        for one in asked.titles:
            choices = [{"value": "", "label": _now("not needed"), "selected": not one.field}]
            choices += [
                {"value": f.key, "label": f.label, "selected": f.key == one.field} for f in asked.fields
            ]
            headers.append(
                {
                    "name": one.title or _now("(no header)"),
                    "sample": one.sample,
                    "field_name": f"col-{one.number}",
                    "choices": choices,
                }
            )
        unknown = []
        for number, name in enumerate(asked.names):
            choices = [
                {
                    "value": "",
                    "label": _now("leave open: its rows are wrong for now"),
                    "selected": not name.guess,
                }
            ]
            choices += [
                {"value": pk, "label": label, "selected": pk == name.guess} for pk, label in asked.units
            ]
            unknown.append({"name": name.name, "field_name": f"name-{number}", "choices": choices})
        kwargs.setdefault("problems", [])
        return super().get_context_data(
            title=_now("Match columns and names"),
            sub=f"{batch.filename} · {self.importer.about(batch)}",
            batch={"file": batch.filename, "sheet": batch.sheet, "rows": asked.rows},
            sheets=[{"value": name, "label": name, "selected": name == batch.sheet} for name in asked.sheets]
            if len(asked.sheets) > 1
            else [],
            headers=headers,
            unknown_units=unknown,
            remember=True,
            discard_url=self.to("import_detail"),
            **kwargs,
        )


class ImportMend(ImportPage):
    """One parked row, corrected by hand and written with its batch."""

    template_name = "common/import_row_mend.html"

    def check(self) -> None:
        services.authorize(self.actor, Action.IMPORT, self.get_batch())
        found = self.batch.rows.filter(number=self.kwargs["number"], fate=Fate.PARKED).first()
        if found is None:
            raise NotVisible
        self.row = found

    def make_form(self, data: Any = None) -> ActorForm:
        form = ActorForm(data, actor=self.actor)
        for field in self.importer.fields(self.batch):
            if field.key in self.row.cells:
                form.fields[field.key] = forms.CharField(
                    label=field.label,
                    required=False,
                    initial=self.row.cells[field.key]["value"],
                    max_length=200,
                )
        return form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render_to_response(self.get_context_data(form=self.make_form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.make_form(request.POST)
        if form.is_valid():
            try:
                imports.mend(
                    actor=self.actor, pk=self.batch.pk, number=self.row.number, cells=form.cleaned_data
                )
            except Refused as problem:
                for field, message in problem.fields.items():
                    form.add_error(field if field in form.fields else None, message)
                if not problem.fields:
                    refuse(form, problem)
            else:
                messages.success(request, _("The row is written."))
                return HttpResponseRedirect(self.to("import_detail"))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wrong = {p["field"] for p in self.row.problems}
        labels = {f.key: f.label for f in self.importer.fields(self.batch)}
        cells = [
            {"label": labels.get(key, key), "value": cell["value"], "error": key in wrong}
            for key, cell in self.row.cells.items()
        ]
        row = {
            "number": self.row.number,
            "reason": " ".join(p["message"] for p in self.row.problems),
            "cells": cells,
        }
        return super().get_context_data(
            title=_now("Mend row %(n)s") % {"n": self.row.number},
            sub=self.batch.filename,
            row=row,
            cancel_url=self.to("import_detail"),
            **kwargs,
        )
