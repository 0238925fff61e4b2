"""A batch: its preview, its result, undoing it, its files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common import changelog, exporting, imports, services
from common.access import Action
from common.forms import ActorForm
from common.models import ImportBatch, ImportRow
from common.views.base import write

from .start import BADGES, ImportPage

State, Result, Fate = ImportBatch.State, ImportRow.Result, ImportRow.Fate

PREVIEW_ROWS = 100


class ImportDetail(ImportPage):
    """Where a batch stands decides what is shown."""

    needs = Action.VIEW

    def check(self) -> None:
        batch = self.get_batch()
        if batch.state == State.PREVIEW:
            self.check_personal()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        state = self.get_batch().state
        if state == State.MAPPING:
            return HttpResponseRedirect(self.to("import_mapping"))
        if state == State.PREVIEW:
            return self.preview()
        return self.result()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch, chosen = self.get_batch(), request.POST.get("action")
        if chosen == "discard":
            write(
                request,
                lambda: imports.discard(actor=self.actor, pk=batch.pk),
                said=_("The import is discarded."),
            )
            return HttpResponseRedirect(reverse("import_list"))
        write(
            request,
            lambda: imports.confirm(actor=self.actor, pk=batch.pk, park=chosen == "park"),
            said=_("The import is written."),
        )
        return HttpResponseRedirect(self.to("import_detail"))

    def columns(self) -> list[imports.Field]:
        """The matched columns, in the order of the file."""
        fields = {f.key: f for f in self.importer.fields(self.batch)}
        keys = [key for _n, key in sorted(self.batch.columns.items(), key=lambda item: int(item[0]))]
        return [fields[key] for key in keys if key in fields]

    def preview(self) -> HttpResponse:
        batch, counts, fields = self.batch, imports.counts(self.batch), self.columns()
        only = self.request.GET.get("only", "")
        rows = batch.rows.filter(result=only) if only in Result.values else batch.rows.all()
        page = Paginator(rows, PREVIEW_ROWS).get_page(self.request.GET.get("page"))
        tabs = [{"label": _now("all rows"), "url": "?", "active": not only, "count": counts["total"]}]
        for value, label in Result.choices:
            if counts[value]:
                tabs.append(
                    {"label": label, "url": f"?only={value}", "active": only == value, "count": counts[value]}
                )
        context = self.get_context_data(
            title=_now("Check the rows"),
            sub=self.about(),
            batch={"file": batch.filename, "rows": counts["total"], "version": batch.version},
            counts=counts,
            ready=counts["total"] - counts["wrong"],
            tabs=tabs,
            columns=[{"label": f.label, "num": is_number(f)} for f in fields],
            rows=[self.shown(row, fields) for row in page],
            page_obj=page,
            warnings=[*self.importer.warnings(batch), *self.left_out()],
            marked_url=self.to("import_marked") if counts["wrong"] else "",
        )
        return self.response_class(
            request=self.request, template=["common/import_preview.html"], context=context
        )

    def left_out(self) -> list[str]:
        """Columns of the file that nothing is taken from, where nobody decided so."""
        titles = self.batch.params.get("ignored")
        return (
            [
                _now("These columns of the file are not taken over: %(titles)s.")
                % {"titles": "、".join(titles)}
            ]
            if titles
            else []
        )

    def shown(self, row: ImportRow, fields: list[imports.Field]) -> dict[str, Any]:
        wrong = {p["field"] for p in row.problems}
        before = {step["field"]: step.get("before") for step in row.plan if "field" in step}
        cells = [
            {
                "value": row.cells.get(f.key, {}).get("value", ""),
                "before": before.get(f.key),
                "error": f.key in wrong,
                "num": is_number(f),
            }
            for f in fields
        ]
        notes = [step["note"] for step in row.plan if "note" in step]
        return {
            "number": row.number,
            "state": row.result,
            "cells": cells,
            "reason": " ".join([*(p["message"] for p in row.problems), *notes]),
        }

    def about(self) -> str:
        return f"{self.batch.filename} · {self.batch.sheet} · {self.importer.about(self.batch)}"

    def result(self) -> HttpResponse:
        batch, user = self.batch, self.actor
        may_import = services.may_on(user, Action.IMPORT, batch)
        parked = [
            {
                "number": row.number,
                "summary": next((row.cells[k]["value"] for k in ("name", "unit") if k in row.cells), ""),
                "reason": " ".join(p["message"] for p in row.problems),
                "mend_url": reverse("import_mend", args=[batch.pk, row.number])
                if may_import and batch.state == State.CONFIRMED
                else "",
            }
            for row in batch.rows.filter(fate=Fate.PARKED)
        ]
        facts = [
            (_("What"), self.importer.label),
            (self.importer.about_label, self.importer.about(batch)),
            (_("File"), batch.filename),
            (_("Sheet"), batch.sheet),
            (_("Imported by"), batch.actor_name),
            (_("Confirmed"), batch.confirmed_at),
        ]
        if batch.undone_at:
            facts += [
                (_("Undone"), batch.undone_at),
                (_("Undone by"), batch.undone_by),
                (_("Reason"), batch.undo_reason),
            ]
        context = self.get_context_data(
            title=batch.filename,
            sub=f"{batch.sheet} · {self.importer.about(batch)}",
            badges=[{"label": batch.get_state_display(), "css": BADGES[batch.state]}],
            counts=imports.counts(batch),
            facts=facts,
            parked=parked,
            marked_url=self.to("import_marked") if parked else "",
            file_url=self.to("import_file"),
            undo_form=UndoForm(actor=user) if may_import and batch.state == State.CONFIRMED else None,
            undo_url=self.to("import_undo"),
            actions=self.importer.next_steps(batch),
            history=changelog.history(batch),
        )
        return self.response_class(
            request=self.request, template=["common/import_detail.html"], context=context
        )


def is_number(field: imports.Field) -> bool:
    return field.key != "unit" and not field.text


class UndoForm(ActorForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ImportUndo(ImportPage):
    http_method_names = ["post"]

    def check(self) -> None:
        services.authorize(self.actor, Action.IMPORT, self.get_batch())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reason = request.POST.get("reason", "")
        write(
            request,
            lambda: imports.undo(actor=self.actor, pk=self.batch.pk, reason=reason),
            said=_("The import is undone; what was there before holds again."),
        )
        return HttpResponseRedirect(self.to("import_detail"))


class ImportFileDownload(ImportPage):
    """The file as it was sent: always a download, never shown by the browser."""

    needs = Action.VIEW

    def check(self) -> None:
        self.get_batch()
        self.check_personal()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        content = self.batch.file.content.open("rb")
        return FileResponse(
            content, as_attachment=True, filename=self.batch.filename, content_type="application/octet-stream"
        )


class ImportMarked(ImportFileDownload):
    """The sender's file with its wrong cells marked."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = HttpResponse(imports.marked_file(self.batch), content_type=exporting.XLSX)
        response["Content-Disposition"] = f'attachment; filename="marked-{self.batch.pk}.xlsx"'
        return response
