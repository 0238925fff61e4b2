"""The pages of an import: file → columns and names → preview → result. `common/imports.py` is the course."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common import changelog, exporting, imports, services
from common.access import Action
from common.errors import Denied, NotVisible, Refused, ServiceError
from common.forms import ActorForm
from common.models import ImportBatch, ImportRow
from common.views.base import Crumbs, Page, refuse, write

State, Result, Fate = ImportBatch.State, ImportRow.Result, ImportRow.Fate
BADGES: dict[str, str] = {
    State.MAPPING: "acc",
    State.PREVIEW: "acc",
    State.CONFIRMED: "ok",
    State.UNDONE: "warn",
    State.DISCARDED: "",
}
PREVIEW_ROWS = 100


class ImportPage(Page):
    kind = "import"
    needs = Action.IMPORT
    crumbs: Crumbs = ((_("Imports"), "import_list"),)

    def get_batch(self) -> ImportBatch:
        if not hasattr(self, "batch"):
            self.batch = services.get_visible(ImportBatch, self.kwargs["pk"], self.actor)
            self.importer = imports.importer_of(self.batch)
        return self.batch

    def to(self, name: str) -> str:
        return reverse(name, args=[self.get_batch().pk])


class ImportList(ImportPage):
    """Step 1: what, when, which file. `importer` in the address chooses between kinds."""

    template_name = "common/import_upload.html"
    title = _("Import figures")
    sub = _("From Excel or CSV, with a preview before anything is written")
    crumbs: Crumbs = ()

    def check(self) -> None:
        super().check()
        self.importer = imports.importer_of(self.request.GET.get("importer", imports.default()))

    def form(self, *args: Any) -> Any:
        form = self.importer.form_class(*args, actor=self.actor)
        form.fields["file"] = forms.FileField(label=_("File"), max_length=200)
        return form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render_to_response(self.get_context_data(form=self.form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                if file.size > settings.IMPORT_MAX_BYTES:
                    raise imports.too_large(file.size)
                scope_path, params = form.target()
                batch = imports.start(
                    actor=self.actor,
                    importer=self.importer.code,
                    data=file.read(),
                    filename=file.name,
                    scope_path=scope_path,
                    params=params,
                )
            except Denied:
                raise
            except ServiceError as problem:
                form.add_error("file", str(problem))
            else:
                return HttpResponseRedirect(reverse("import_detail", args=[batch.pk]))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = ImportBatch.objects.visible_to(self.actor).order_by("-id")[:20]
        recent = [
            {
                "file": b.filename,
                "url": reverse("import_detail", args=[b.pk]),
                "when": b.created_at,
                "by": b.actor_name,
                "state": b.get_state_display(),
                "css": BADGES[b.state],
            }
            for b in rows
        ]
        size = f"{settings.IMPORT_MAX_BYTES // 2**20} MB"
        return super().get_context_data(
            recent=recent, max_size=size, templates=self.importer.templates(self.request), **kwargs
        )


class ImportDetail(ImportPage):
    """Where a batch stands decides what is shown."""

    needs = Action.VIEW

    def check(self) -> None:
        self.get_batch()

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
            columns=[{"label": f.label, "num": f.key != "unit"} for f in fields],
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
                "num": f.key != "unit",
            }
            for f in fields
        ]
        return {
            "number": row.number,
            "state": row.result,
            "cells": cells,
            "reason": " ".join(p["message"] for p in row.problems),
        }

    def about(self) -> str:
        return f"{self.batch.filename} · {self.batch.sheet} · {self.importer.about(self.batch)}"

    def result(self) -> HttpResponse:
        batch, user = self.batch, self.actor
        may_import = services.may_on(user, Action.IMPORT, batch)
        parked = [
            {
                "number": row.number,
                "summary": row.cells.get("unit", {}).get("value", ""),
                "reason": " ".join(p["message"] for p in row.problems),
                "mend_url": reverse("import_mend", args=[batch.pk, row.number])
                if may_import and batch.state == State.CONFIRMED
                else "",
            }
            for row in batch.rows.filter(fate=Fate.PARKED)
        ]
        facts = [
            (_("What"), self.importer.label),
            (_("Period"), self.importer.about(batch)),
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


class UndoForm(ActorForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


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
        book = imports.read(batch)
        sheet = imports.sheet_of(batch, book)
        titles = imports.headers(batch, sheet)
        fields = self.importer.fields(batch)
        first = batch.header_row - 1 + batch.header_rows
        sample = sheet.rows[first] if first < len(sheet.rows) else ()
        headers = []
        for number, title in enumerate(titles):
            chosen = batch.columns.get(str(number), "")
            choices = [{"value": "", "label": _now("not needed"), "selected": not chosen}]
            choices += [{"value": f.key, "label": f.label, "selected": f.key == chosen} for f in fields]
            value = sample[number].value if number < len(sample) else None
            if title or value is not None:
                headers.append(
                    {
                        "name": title or _now("(no header)"),
                        "sample": "" if value is None else str(value),
                        "field_name": f"col-{number}",
                        "choices": choices,
                    }
                )
        unknown = []
        if "unit" in batch.columns.values():
            names = imports.unknown_names(batch, book)
            units = self.importer.name_choices(batch, self.actor) if names else []
            for number, name in enumerate(names):
                guess = self.importer.guess_name(name, units)
                choices = [
                    {
                        "value": "",
                        "label": _now("leave open: its rows are wrong for now"),
                        "selected": not guess,
                    }
                ]
                choices += [{"value": pk, "label": label, "selected": pk == guess} for pk, label in units]
                unknown.append({"name": name, "field_name": f"name-{number}", "choices": choices})
        kwargs.setdefault("problems", [])
        return super().get_context_data(
            title=_now("Match columns and names"),
            sub=f"{batch.filename} · {self.importer.about(batch)}",
            batch={"file": batch.filename, "sheet": batch.sheet, "rows": max(len(sheet.rows) - first, 0)},
            sheets=[
                {"value": s.name, "label": s.name, "selected": s.name == batch.sheet} for s in book.sheets
            ]
            if len(book.sheets) > 1
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


class ImportUndo(ImportPage):
    http_method_names = ["post"]

    def check(self) -> None:
        services.authorize(self.actor, Action.IMPORT, self.get_batch())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reason = request.POST.get("reason", "")
        write(
            request,
            lambda: imports.undo(actor=self.actor, pk=self.batch.pk, reason=reason),
            said=_("The import is undone; the figures before it hold again."),
        )
        return HttpResponseRedirect(self.to("import_detail"))


class ImportFileDownload(ImportPage):
    """The file as it was sent: always a download, never shown by the browser."""

    needs = Action.VIEW

    def check(self) -> None:
        self.get_batch()

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
