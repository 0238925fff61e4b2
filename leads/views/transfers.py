"""Transfers of leads between units."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import services
from common.access import Action
from common.errors import Denied, Stale
from common.scope import may_on
from common.views import Crumbs, DetailPage, ListPage, action
from common.views.forms import FormPage
from common.views.rows import RowPage
from leads import confidential
from leads.choices import TransferState
from leads.filters.protection import TransferFilterSet
from leads.forms.protection import AgreeForm, RefuseForm, TransferForm, WithdrawForm
from leads.models import LeadTransfer
from leads.services import transfers
from leads.tables.protection import TransferTable

from .protection import PIPELINE, LeadForm


class TransferNouns:
    model = LeadTransfer
    kind = "lead_transfer"
    url_prefix = "transfer"
    crumbs: Crumbs = (PIPELINE, (_("Transfers"), "transfer_list"))


class TransferList(TransferNouns, ListPage):
    title = _("Transfers")
    sub = _("Leads offered by one unit to another")
    crumbs: Crumbs = (PIPELINE,)
    table_class = TransferTable
    filterset_class = TransferFilterSet
    empty = (_("No transfer yet."), _("A lead is offered to another unit on its own page."))

    def views(self) -> list[tuple[Any, str, int | None]]:
        rows = LeadTransfer.objects.visible_to(self.actor).filter(archived_at=None)
        waiting = rows.filter(state=TransferState.PROPOSED).count()
        return [(_("All"), "", None), (_("Waiting for consent"), "state=proposed", waiting)]

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("lead__unit", "lead__officer", "from_unit", "to_unit", "officer")


class TransferDetail(TransferNouns, DetailPage):
    def get_object(self) -> LeadTransfer:
        return super().get_object()

    def actions(self) -> list[dict[str, Any]]:
        row, found = self.get_object(), []
        if row.state != TransferState.PROPOSED:
            return []
        if may_on(self.actor, Action.ASSIGN, row.lead):
            found.append(action(_("Withdraw"), reverse("transfer_withdraw", args=[row.pk]), panel=True))
        if may_on(self.actor, Action.CHANGE, row):
            found.append(action(_("Refuse"), reverse("transfer_refuse", args=[row.pk]), panel=True))
            if not transfers.own_offer(self.actor, row):
                agree = reverse("transfer_agree", args=[row.pk])
                found.append(action(_("Agree"), agree, icon="check", primary=True, panel=True))
        return found

    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        rows = [
            (pgettext_lazy("unit", "from"), row.from_unit),
            (pgettext_lazy("unit", "to"), row.to_unit),
            (_("reason"), row.reason),
            (_("credit"), _("stays with the giving unit") if row.keeps_credit else _("goes with the lead")),
            (_("proposed by"), f"{row.proposed_by} {timezone.localdate(row.created_at)}"),
        ]
        answer: list[tuple[Any, Any]] = [(_("state"), row.get_state_display())]
        if row.answered_at:
            answer += [
                (_("answered by"), f"{row.answered_by} {timezone.localdate(row.answered_at)}"),
                (_("answer"), row.answer),
                (_("officer there"), row.officer),
            ]
        return [{"title": _("Offer"), "rows": rows}, {"title": _("Answer"), "rows": answer}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = self.get_object().lead
        found = super().get_context_data(title=confidential.shown_name(lead, self.actor), **kwargs)
        if confidential.kept_back(lead, self.actor):
            found.pop("history", None)  # it tells the name
        return found


class TransferPropose(LeadForm):
    title = _("Offer to another unit")
    needs = Action.ASSIGN
    submit_label = _("Offer")
    saved = _("Offered. Nothing moves before the other unit consents.")

    def make_form(self, data: Any = None) -> Any:
        lead = self.get_object()
        return TransferForm(data, actor=self.actor, lead=lead, initial={"version": lead.version})

    def run(self, form: Any) -> Any:
        return transfers.transfer_propose(actor=self.actor, lead=self.kwargs["pk"], **form.cleaned_data)


class Answer(TransferNouns, RowPage, FormPage):
    """A form that answers an offer."""

    panel = True
    saved = _("Answered.")

    def check(self) -> None:
        services.authorize(self.actor, Action.CHANGE, self.get_object())

    def initial(self) -> dict[str, Any]:
        return {"version": self.get_object().version}

    def make_form(self, data: Any = None) -> Any:
        return self.form_class(data, actor=self.actor, initial=self.initial())

    def run(self, form: Any) -> Any:
        return type(self).service(actor=self.actor, pk=self.kwargs["pk"], **form.cleaned_data)

    service: Any = None

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = confidential.shown_name(self.get_object().lead, self.actor)
        return super().get_context_data(sub=name, cancel_url=self.detail_url(), **kwargs)


class TransferAgree(Answer):
    title = _("Agree to the transfer")
    submit_label = _("Agree")
    service = staticmethod(transfers.transfer_agree)

    def make_form(self, data: Any = None) -> Any:
        return AgreeForm(data, actor=self.actor, row=self.get_object(), initial=self.initial())


class TransferRefuse(Answer):
    title = _("Refuse the transfer")
    submit_label = _("Refuse")
    form_class = RefuseForm
    service = staticmethod(transfers.transfer_refuse)


class TransferWithdraw(Answer):
    title = _("Withdraw the transfer")
    submit_label = _("Withdraw")
    saved = _("Withdrawn.")
    form_class = WithdrawForm
    service = staticmethod(transfers.transfer_withdraw)

    def check(self) -> None:
        row = self.get_object()
        if not may_on(self.actor, Action.ASSIGN, row.lead):
            raise Denied
