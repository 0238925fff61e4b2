"""Administration: rules of protection, admission gates and their checks."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import services
from common.access import Action
from common.scope import may_on
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, UpdatePage
from common.views.forms import FormPage
from leads.filters.protection import GateFilterSet, TermsFilterSet
from leads.forms.protection import GateCheckForm, GateForm, TermsForm
from leads.models import Gate, GateCheck, ProtectionTerms
from leads.services import rulebook
from leads.tables.protection import GateCheckTable, GateTable, TermsTable, kinds

ADMIN = (_("Administration"), "")


class TermsNouns:
    model = ProtectionTerms
    kind = "protection_terms"
    url_prefix = "protectionterms"
    crumbs: Crumbs = (ADMIN, (_("Protection rules"), "protectionterms_list"))


class TermsList(TermsNouns, ListPage):
    title = _("Protection rules")
    sub = _("How long a first contact is protected, and who may claim from the pool")
    crumbs: Crumbs = (ADMIN,)
    table_class = TermsTable
    filterset_class = TermsFilterSet
    create_label = _("New rules")


class TermsDetail(TermsNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        days = _("%(n)s working days")
        return [
            {
                "title": _("Protection"),
                "rows": [
                    (_("valid from"), row.valid_from),
                    (_("protected after registration"), days % {"n": row.first_days}),
                    (_("prolonged by a real follow-up"), days % {"n": row.prolong_days}),
                    (_("real follow-ups"), kinds(row.real_kinds)),
                    (_("longest in all"), row.longest_days and days % {"n": row.longest_days}),
                    (_("reminders before the end"), "、".join(map(str, row.remind_before))),
                    (_("source"), row.source),
                ],
            },
            {
                "title": _("Pool and disputes"),
                "rows": [
                    (_("claims held per officer"), row.claim_limit),
                    (
                        _("days before an officer may claim back what he gave up"),
                        days % {"n": row.rest_days},
                    ),
                    (
                        _("days that a collision is hinted at"),
                        _("%(n)s calendar days") % {"n": row.collision_days},
                    ),
                    (_("days to decide a dispute"), days % {"n": row.hearing_days}),
                ],
            },
        ]


class TermsCreate(TermsNouns, CreatePage):
    title = _("New rules")
    form_class = TermsForm
    service = staticmethod(rulebook.protectionterms_create)


class TermsUpdate(TermsNouns, UpdatePage):
    form_class = TermsForm
    service = staticmethod(rulebook.protectionterms_update)


class TermsArchive(TermsNouns, ArchivePage):
    service = staticmethod(rulebook.protectionterms_archive)


class GateNouns:
    model = Gate
    kind = "gate"
    url_prefix = "gate"
    crumbs: Crumbs = (ADMIN, (_("Admission gates"), "gate_list"))


class GateList(GateNouns, ListPage):
    title = _("Admission gates")
    sub = _("What a project must show before it is admitted")
    crumbs: Crumbs = (ADMIN,)
    table_class = GateTable
    filterset_class = GateFilterSet
    create_label = _("New gate")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit")


class GateDetail(GateNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        rows = [
            (_("only for"), row.unit or pgettext_lazy("gate", "everybody")),
            (_("valid from"), row.valid_from),
            (_("valid to"), row.valid_to),
            (_("source"), row.source),
        ]
        return [{"title": _("Facts"), "rows": rows}]

    def related(self) -> list[dict[str, Any]]:
        row = self.get_object()
        may = row.archived_at is None and may_on(self.actor, Action.CHANGE, row)
        checks = GateCheck.objects.visible_to(self.actor).filter(gate=row, archived_at=None)
        found: dict[str, Any] = {"title": _("Checks"), "table": GateCheckTable(checks, may_change=may)}
        if may:
            found["add_url"] = reverse("gatecheck_add", args=[row.pk])
        return [found]


class GateCreate(GateNouns, CreatePage):
    title = _("New gate")
    form_class = GateForm
    service = staticmethod(rulebook.gate_create)


class GateUpdate(GateNouns, UpdatePage):
    form_class = GateForm
    service = staticmethod(rulebook.gate_update)


class GateArchive(GateNouns, ArchivePage):
    service = staticmethod(rulebook.gate_archive)


class GateCheckAdd(GateNouns, FormPage):
    needs = Action.CHANGE
    title = _("New check")
    form_class = GateCheckForm

    def check(self) -> None:
        self.gate = services.get_visible(Gate, self.kwargs["pk"], self.actor)
        services.authorize(self.actor, Action.CHANGE, self.gate)

    def run(self, form: Any) -> Any:
        return rulebook.gatecheck_add(actor=self.actor, gate=self.gate, **form.values())

    def done_url(self, result: Any) -> str:
        return reverse("gate_detail", args=[self.gate.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.gate.label, cancel_url=self.done_url(None), **kwargs)


class OfGate:
    model = GateCheck
    kind = "gate"
    crumbs: Crumbs = (ADMIN, (_("Admission gates"), "gate_list"))

    def detail_url(self) -> str:
        return reverse("gate_detail", args=[self.get_object().gate_id])  # type: ignore[attr-defined]


class GateCheckUpdate(OfGate, UpdatePage):
    form_class = GateCheckForm
    service = staticmethod(rulebook.gatecheck_update)


class GateCheckArchive(OfGate, ArchivePage):
    service = staticmethod(rulebook.gatecheck_archive)
