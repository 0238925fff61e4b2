"""The draft taken from a file, and the last change taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments.schemes.forms import document_of
from common.forms import ActorForm
from common.views import FormPage, write

from .base import EditorPage, previous


class FileForm(ActorForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(
        label=_("File"),
        help_text=_("YAML or JSON, as docs/schemes.md describes it. It replaces the whole draft."),
    )

    def clean_file(self) -> Any:
        """The document in the file."""
        document = document_of(self.cleaned_data["file"])
        if not isinstance(document.get("groups"), list):
            raise ValidationError(_now("This file holds no scheme: it has no groups."))
        return document


class SchemeImport(EditorPage, FormPage):
    """Replace the draft by a file."""

    title = _("Take a scheme from a file")
    template_name = "assessments/editor/import.html"
    form_class = FileForm
    submit_label = _("Replace the draft")

    def make_form(self, data: Any = None) -> Any:
        files = self.request.FILES if data is not None else None
        return FileForm(data, files, actor=self.actor, initial={"version": self.get_object().version})

    def run(self, form: Any) -> Any:
        return self.save(form.cleaned_data["file"], form.cleaned_data["version"] or 0)

    def conflict(self, form: Any, stale: Any) -> Any:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return self.url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.url(), **kwargs)


class SchemeUndo(EditorPage):
    """Take the last change of the document back; once more brings it again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        before = previous(self.get_object())
        if before is None:
            messages.info(request, _now("There is no earlier state."))
        else:
            text = request.POST.get("version", "")
            write(
                request,
                lambda: self.save(before, int(text) if text.isdecimal() else 0),
                said=_("Taken back. Undo once more brings it again."),
            )
        return HttpResponseRedirect(self.url())
