"""What the boxes of the forms find, and the warnings beside them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from capital import warnings
from capital.choices import Basis, EntryKind, EntryState
from capital.models import CapitalEntry, Voucher
from capital.models.entries import BUILT, PAID_IN
from capital.readable import hidden_entries, hidden_vouchers
from capital.selectors import with_used
from common.access import Action
from common.actors import Actor
from common.pickers import Option
from common.views import PickerPage, RowPicker
from common.views.base import Page
from leads.forms.fields import typed_amount
from leads.tables.columns import wan_text
from projects import confidential
from projects.models import Project


class ProjectPick(RowPicker):
    """Projects that the actor may know, by name, pinyin or number."""

    kind, model = "project", Project
    search_fields = ("name", "pinyin", "number", "registered_name")

    @classmethod
    def search(cls, actor: Actor, text: str) -> list[Option]:
        secret = set(
            Project.objects.visible_to(actor).filter(confidential.hidden(actor)).values_list("pk", flat=True)
        )
        return [one for one in super().search(actor, text) if one.pk not in secret]

    @classmethod
    def rows(cls, queryset: Any) -> Any:
        return queryset.filter(merged_into=None).select_related("unit")

    @classmethod
    def hint(cls, row: Project) -> str:
        return f"{row.unit.label}, {row.number}"


class VoucherPick(PickerPage):
    """Vouchers by number or issuer, with what is left of them."""

    kind, model = "voucher", Voucher
    needs = Action.VIEW

    @classmethod
    def search(cls, actor: Actor, text: str) -> list[Option]:
        rows = with_used(Voucher.objects.visible_to(actor)).filter(archived_at=None)
        rows = rows.exclude(hidden_vouchers(actor)).select_related("unit")
        for word in text.split():
            rows = rows.filter(Q(number__icontains=word) | Q(issuer__icontains=word))
        return [
            Option(one.pk, str(one), ", ".join((one.unit.label, one.dated.isoformat(), _left(one))))
            for one in rows.order_by("-dated", "-pk")[: cls.limit]
        ]


class EntryPick(PickerPage):
    """Entries by number or project, for a voucher that proves them."""

    kind, model = "capital_entry", CapitalEntry
    needs = Action.VIEW

    @classmethod
    def search(cls, actor: Actor, text: str) -> list[Option]:
        rows = CapitalEntry.objects.visible_to(actor).filter(archived_at=None)
        rows = rows.exclude(hidden_entries(actor))
        rows = rows.exclude(state=EntryState.WITHDRAWN).select_related("project", "unit")
        for word in text.split():
            rows = rows.filter(
                Q(number__icontains=word)
                | Q(project__name__icontains=word)
                | Q(project__pinyin__icontains=word)
            )
        return [
            Option(
                one.pk,
                one.number,
                f"{one.project.name}, {one.get_kind_display()}, {wan_text(one.amount, one.currency_id)}",
            )
            for one in rows.order_by("-occurred_on", "-pk")[: cls.limit]
        ]


class Hints(Page):
    """Warnings about what is being typed: `?project=&kind=&basis=&amount=&currency=&occurred_on=&number=`."""

    kind = "capital_entry"
    template_name = "capital/_hints.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        number = given.get("voucher_number") or given.get("number") or ""
        found = self.about_entry(given) + warnings.about_slip(self.actor, number[:60])
        return super().get_context_data(hints=found, **kwargs)

    def about_entry(self, given: Any) -> list[str]:
        entry = self._entry(given.get("entry", ""))
        project = entry.project if entry else self._project(given.get("project", ""))
        if project is None or confidential.kept_back(project, self.actor):
            return []
        kind = given.get("kind", "")
        return warnings.about_entry(
            project,
            amount=typed_amount(given.get("amount", "")),
            currency=given.get("currency") or str(project.currency_id),
            basis=_basis(kind, given.get("basis", "")),
            kind=kind if kind in EntryKind.values else "",
            occurred_on=_day(given.get("occurred_on", "")),
            pk=entry.pk if entry else None,
        )

    def _entry(self, pk: str) -> CapitalEntry | None:
        rows = CapitalEntry.objects.visible_to(self.actor).select_related("project__unit", "project__stage")
        return rows.filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None

    def _project(self, pk: str) -> Project | None:
        rows = Project.objects.visible_to(self.actor).select_related("unit", "stage")
        return rows.filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None


def _left(voucher: Any) -> str:
    return _("%(amount)s left") % {"amount": wan_text(voucher.amount - voucher.used, voucher.currency_id)}


def _basis(kind: str, given: str) -> str:
    if kind in PAID_IN:
        return Basis.ARRIVED
    if kind in BUILT:
        return Basis.FORMED
    return given if given in Basis.values else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
