"""A form that hands its values to a service: as a page of its own, or in the panel beside another page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from common import drafts
from common.errors import Denied, NotVisible, ServiceError, Stale
from common.pickers import Picked
from common.views.base import Page, refuse


class FormPage(Page):
    """A form that hands its values to a service and keeps everything typed when it is refused.

    With `panel` an HTMX request whose target is "panel" gets the same form as a side panel: open it by a link
    with `{% panel_link url %}`, by `action(..., panel=True)` or by `ListPage.create_panel`. After a success
    the whole page is loaded anew at `done_url`, or as it was beneath the panel with `stays`.
    """

    template_name = "common/form.html"
    panel_name = "common/_form_panel.html"
    form_class: Any = None
    submit_label: Any = _("Save")
    saved: Any = _("Saved.")
    panel = False
    stays = False  # from the panel one comes back to the page beneath it
    draft_key = ""  # what is typed is kept while typing, and there again when the form is opened anew
    again_label: Any = ""  # a second button: save, then an empty form for the next one

    @property
    def in_panel(self) -> bool:
        return bool(self.panel and self.request.htmx and self.request.htmx.target == "panel")  # type: ignore[attr-defined]

    def get_template_names(self) -> list[str]:
        return [self.panel_name if self.in_panel else self.template_name]

    def make_form(self, data: Any = None) -> Any:
        return self.form_class(data, actor=self.actor)

    def draft_name(self) -> str:
        """Whose draft this is: one for each form, or for each row that is changed."""
        return ":".join([self.draft_key, *map(str, self.kwargs.values())]) if self.draft_key else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        draft = drafts.load(self.actor, self.draft_name()) if self.draft_key else None
        if draft is None:
            return self.render_to_response(self.get_context_data(form=self.make_form()))
        form = self.make_form(drafts.restored(draft))
        form._errors = ErrorDict()  # shown as it was left, not checked before it is sent
        return self.render_to_response(self.get_context_data(form=form, draft=draft))

    def autosave(self, what: str) -> HttpResponseBase:
        """What the form sends by itself while one types, and its button "discard"."""
        if what != "save":
            drafts.discard(self.actor, self.draft_name())
            if self.in_panel:
                return self.render_to_response(self.get_context_data(form=self.make_form()))
            return HttpResponseRedirect(self.request.get_full_path())
        try:
            fields = self.make_form(self.request.POST).fields
            draft = drafts.save(self.actor, self.draft_name(), fields, self.request.POST)
        except ServiceError as refusal:
            return HttpResponse(escape(str(refusal)))
        return TemplateResponse(self.request, "common/_draft.html", {"draft": draft})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.draft_key and "_draft" in request.POST:
            return self.autosave(request.POST["_draft"])
        form = self.make_form(request.POST)
        form.files = request.FILES
        if form.is_valid():
            try:
                result = self.finish(form)
            except Stale as stale:
                return self.conflict(form, stale)
            except (NotVisible, Denied):
                raise
            except (ServiceError, ValidationError) as problem:
                refuse(form, problem)
            else:
                return self.done(result)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def finish(self, form: Any) -> Any:
        """Run the service; with a draft, both are done or neither."""
        if not self.draft_key:
            return self.run(form)
        with transaction.atomic():
            result = self.run(form)
            drafts.discard(self.actor, self.draft_name())
        return result

    def run(self, form: Any) -> Any:
        raise NotImplementedError

    def done(self, result: Any) -> HttpResponseBase:
        """The answer to a success: the next empty form, or on to `done_url`."""
        said = str(self.said(result))
        again = self.again_label and "again" in self.request.POST
        if again and self.in_panel:
            return self.render_to_response(self.get_context_data(form=self.make_form(), notice=said))
        messages.success(self.request, said)
        if again:
            return HttpResponseRedirect(self.request.get_full_path())
        if not self.in_panel:
            return HttpResponseRedirect(self.done_url(result))
        beneath = self.request.htmx.current_url_abs_path if self.stays else None  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(beneath or self.done_url(result))

    def said(self, result: Any) -> Any:
        """What is said after a success."""
        return self.saved

    def done_url(self, result: Any) -> str:
        raise NotImplementedError

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        """Both sides beside each other; saving again takes what is chosen in the form."""
        current = self.form_class(instance=stale.current, actor=self.actor)
        differing = [
            {
                "label": field.label,
                "name": field.name,
                "mine": shown(field, field.data),
                "theirs": shown(field, current[field.name].value()),
            }
            for field in form.visible_fields()
            if typed(field.data) != typed(current[field.name].value())
        ]
        form.data = form.data.copy()
        form.data["version"] = stale.current.version
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form, conflict=differing), status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.in_panel and kwargs.get("form") is not None:
            kwargs["form"].auto_id = "panel_%s"  # the page beneath has a filter form with ids of its own
        kwargs.setdefault("submit_label", self.submit_label)
        kwargs.setdefault("keeps_draft", bool(self.draft_key))
        kwargs.setdefault("again_label", self.again_label)
        return super().get_context_data(**kwargs)


def typed(value: Any) -> str:
    """A form value as it would be typed: "0" and 0 are the same, nothing and an empty box are too."""
    return "" if value is None or value is False else str(value)


def shown(bound: Any, value: Any) -> str:
    """A form value in words: the choice's label, not its key; several boxes one after the other."""
    if isinstance(value, (list, tuple)):
        return "、".join(shown(bound, one) for one in value)
    if isinstance(value, Picked) and not value.pk:
        return value.text
    if isinstance(bound.field, forms.ModelChoiceField) and value:
        value = str(value) if isinstance(value, Picked) else value
        found = bound.field.queryset.filter(pk=value).first() if bound.field.queryset is not None else None
        return str(found) if found else str(value)
    if isinstance(bound.field, forms.ChoiceField):
        return str(dict(bound.field.choices).get(value, value or ""))  # type: ignore[arg-type]
    return "" if value is None else str(value)
