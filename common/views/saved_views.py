"""Keeping a view of a list, and removing one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import saved_views
from common.access import Action
from common.errors import Denied
from common.forms import ActorForm
from common.models import SavedView
from common.views.base import Page
from common.views.rows import FormPage


class SavedViewForm(ActorForm):
    name = forms.CharField(label=_("Name"), max_length=30)
    reach = forms.ChoiceField(label=pgettext_lazy("saved view", "For"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = saved_views.reaches(self.actor)
        field = self.fields["reach"]
        field.choices = [choice for choice in SavedView.Reach.choices if choice[0] in allowed]  # type: ignore[attr-defined]
        field.initial = SavedView.Reach.OWN
        if len(allowed) < 2:
            field.widget = forms.HiddenInput()


class SavedViewSave(FormPage):
    """The filters come in the address, as the list's own form sends them; `save_view` names the list."""

    kind = saved_views.KIND
    needs = Action.CREATE
    title = _("Save this view")
    sub = _("Filters, columns and order, under a name above the table")
    form_class = SavedViewForm
    panel = True
    saved = _("View saved.")

    def check(self) -> None:
        super().check()
        self.page = self.request.GET.get("save_view", "")
        self.target = saved_views.list_page(self.page)
        if self.target.kind and not self.may(Action.VIEW, self.target.kind):
            raise Denied

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        return saved_views.view_save(
            actor=self.actor,
            page=self.page,
            name=given["name"],
            query=self.request.GET.urlencode(),
            reach=given["reach"],
        )

    def done_url(self, result: Any) -> str:
        return f"{reverse(self.page)}?{result.query}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = saved_views.normal(self.request.GET)
        kwargs.setdefault("crumbs", [(self.target.title, reverse(self.page))])
        return super().get_context_data(cancel_url=f"{reverse(self.page)}?{query}", **kwargs)


class SavedViewRemove(Page):
    kind = saved_views.KIND
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        page = saved_views.view_remove(actor=self.actor, pk=kwargs["pk"])
        messages.success(request, _now("View removed."))
        return HttpResponseRedirect(reverse(page))
