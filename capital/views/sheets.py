"""Pages of score sheets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capital.filters.rounds import SheetFilterSet
from capital.forms.sheets import KINDS, SheetForm, plain
from capital.models import ScoreSheet
from capital.services import sheets
from capital.tables.rounds import SheetTable
from common import services
from common.access import Action
from common.errors import Stale
from common.scope import may_on
from common.views import ArchivePage, Crumbs, DetailPage, ListPage, action, write
from common.views.rows import RowPage
from projects.views.signing import RowsPage
from rules.inspection import items_of

from .rounds import CAPITAL
from .sides import BothSides


class SheetNouns:
    model: Any = ScoreSheet
    kind = "score_sheet"
    url_prefix = "scoresheet"
    crumbs: Crumbs = (
        CAPITAL,
        (_("Evaluation rounds"), "round_list"),
        (_("Score sheets"), "scoresheet_list"),
    )


class SheetList(SheetNouns, ListPage):
    title = _("Score sheets")
    sub = _("What is asked and scored on an inspection")
    crumbs: Crumbs = (CAPITAL, (_("Evaluation rounds"), "round_list"))
    table_class = SheetTable
    filterset_class = SheetFilterSet
    create_label = _("New sheet")


class SheetDetail(SheetNouns, DetailPage):
    template_name = "capital/sheet_detail.html"

    def actions(self) -> list[dict[str, Any]]:
        row = self.get_object()
        if sheets.in_use(row) and may_on(self.actor, Action.CHANGE, row):
            renew = action(
                _("New version"), reverse("scoresheet_renew", args=[row.pk]), primary=True, post=True
            )
            return [renew, *(one for one in super().actions() if not one["primary"])]
        return super().actions()

    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        return [
            {"title": _("Facts"), "rows": [(_("code"), row.code), (_("version"), row.number)]},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, words = self.get_object(), dict(KINDS)
        return super().get_context_data(
            items=[
                {
                    "item": item,
                    "kind": words[item.kind],
                    "weight": plain(item.weight) if item.weight else "",
                    "full": plain(item.full) if item.full else "",
                    "options": [(one.label, plain(one.share)) for one in item.options],
                }
                for item in items_of(row.document)
            ],
            **kwargs,
        )


class SheetEdit(SheetNouns, RowsPage):
    form_class = SheetForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        first = [form[name] for name in ("code", "name") if name in form.fields]
        fieldsets = [{"fields": first, "groups": [form.drawn("items")], "after": "projects/_rows.html"}]
        kwargs.setdefault("cancel_url", self.back())
        return super().get_context_data(fieldsets=fieldsets, **kwargs)

    def back(self) -> str:
        return reverse("scoresheet_list")

    def done_url(self, result: Any) -> str:
        return reverse("scoresheet_detail", args=[result.pk])


class SheetCreate(SheetEdit):
    needs = Action.CREATE
    title = _("New sheet")

    def make_form(self, data: Any = None) -> Any:
        return SheetForm(data, actor=self.actor, more=self.more)

    def save(self, form: Any) -> Any:
        return sheets.scoresheet_create(actor=self.actor, **form.values())


class SheetUpdate(SheetEdit, BothSides, RowPage):
    needs = Action.CHANGE
    title = _("Change the sheet")

    def check(self) -> None:
        services.authorize(self.actor, Action.CHANGE, self.get_object())

    def make_form(self, data: Any = None) -> Any:
        row = self.get_object()
        return SheetForm(self.settled(data, row), actor=self.actor, instance=row, more=self.more)

    def save(self, form: Any) -> Any:
        version = form.cleaned_data["version"] or 0
        return sheets.scoresheet_update(
            actor=self.actor, pk=self.kwargs["pk"], version=version, **form.values()
        )

    def bare(self, row: ScoreSheet) -> Any:
        return SheetForm(actor=self.actor, instance=row)

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        return BothSides.conflict(self, form, stale)

    def back(self) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=str(self.get_object()), **kwargs)


class SheetArchive(SheetNouns, ArchivePage):
    service = staticmethod(sheets.scoresheet_archive)


class SheetRenew(SheetNouns, RowPage):
    """A button: POST only. Leads to the form of the new version."""

    needs = Action.CREATE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pk = self.kwargs["pk"]
        done, made = write(request, lambda: sheets.scoresheet_renew(actor=self.actor, pk=pk))
        return HttpResponseRedirect(
            reverse("scoresheet_update", args=[made.pk]) if done else reverse("scoresheet_detail", args=[pk])
        )
