"""Step 1 of an import: what, when, which file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import imports, services
from common.access import Action
from common.errors import Denied, ServiceError
from common.models import ImportBatch
from common.views.base import Crumbs, Page

State = ImportBatch.State


BADGES: dict[str, str] = {
    State.MAPPING: "acc",
    State.PREVIEW: "acc",
    State.CONFIRMED: "ok",
    State.UNDONE: "warn",
    State.DISCARDED: "",
}


class ImportPage(Page):
    kind = "import"
    needs = Action.IMPORT
    crumbs: Crumbs = ((_("Imports"), "import_list"),)

    def get_batch(self) -> ImportBatch:
        if not hasattr(self, "batch"):
            self.batch = services.get_visible(ImportBatch, self.kwargs["pk"], self.actor)
            self.importer = imports.importer_of(self.batch)
        return self.batch

    def check_personal(self) -> None:
        """Raises Denied when the file names personal data and the actor only reads imports."""
        if self.importer.personal:
            services.authorize(self.actor, Action.IMPORT, self.get_batch())

    def to(self, name: str) -> str:
        return reverse(name, args=[self.get_batch().pk])


class ImportList(ImportPage):
    """Step 1: what, when, which file. `importer` in the address chooses between kinds."""

    template_name = "common/import_upload.html"
    sub = _("From Excel or CSV, with a preview before anything is written")
    crumbs: Crumbs = ()

    def check(self) -> None:
        super().check()
        self.offered = imports.offered_to(self.actor)
        first = self.offered[0].code if self.offered else ""
        self.importer = imports.importer_of(self.request.GET.get("importer", first))
        if self.importer not in self.offered:
            raise Denied
        self.title = self.importer.title

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
        tabs = [
            {"label": one.label, "url": f"?importer={one.code}", "active": one is self.importer}
            for one in self.offered
        ]
        size = f"{settings.IMPORT_MAX_BYTES // 2**20} MB"
        return super().get_context_data(
            recent=recent, tabs=tabs, max_size=size, templates=self.importer.templates(self.request), **kwargs
        )
