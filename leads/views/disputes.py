"""Disputes between units: opened, argued, heard, decided."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common import clock, services
from common.access import Action, Relation, decide
from common.errors import Denied, NotVisible, Stale
from common.scope import may_on
from common.views import Crumbs, DetailPage, ListPage, action
from common.views.forms import FormPage
from common.views.rows import RowPage
from leads import confidential
from leads.choices import DisputeState
from leads.contested import rivals
from leads.filters.protection import DisputeFilterSet
from leads.forms.protection import DecideForm, DisputeForm, HearForm, StatementForm, WithdrawForm
from leads.handing import UNDECIDED
from leads.models import Dispute, Lead
from leads.services import disputes
from leads.tables.protection import DisputeTable
from organizations.models import Unit

from .protection import PIPELINE


class DisputeNouns:
    model = Dispute
    kind = "dispute"
    url_prefix = "dispute"
    crumbs: Crumbs = (PIPELINE, (_("Disputes"), "dispute_list"))


class DisputeList(DisputeNouns, ListPage):
    title = _("Disputes")
    sub = _("Two units claim one investor; the bureau decides")
    crumbs: Crumbs = (PIPELINE,)
    table_class = DisputeTable
    filterset_class = DisputeFilterSet
    create_label = _("Open a dispute")
    create_panel = True
    empty = (_("No dispute."), _("Whoever claims an investor whom another unit follows opens one."))

    def views(self) -> list[tuple[Any, str, int | None]]:
        rows = Dispute.objects.visible_to(self.actor).filter(archived_at=None)
        return [(_("All"), "", None)] + [
            (state.label, f"state={state}", rows.filter(state=state).count())
            for state in (DisputeState.OPEN, DisputeState.HEARD)
        ]

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("claimant", "respondent")


class DisputeDetail(DisputeNouns, DetailPage):
    template_name = "leads/dispute.html"

    def actions(self) -> list[dict[str, Any]]:
        row, actor = self.get_object(), self.actor
        if row.state not in UNDECIDED:
            return []
        found = []

        def button(label: Any, name: str, **options: Any) -> None:
            found.append(action(label, reverse(name, args=[row.pk]), panel=True, **options))

        sides = [disputes.on_side(actor, u, Action.CHANGE) for u in (row.claimant, row.respondent)]
        if sides == [True, False]:
            button(_("Withdraw"), "dispute_withdraw")
        if sides.count(True) == 1:
            button(_("State our case"), "dispute_state", icon="edit", primary=True)
        if disputes.may_decide(actor, row):
            heard = row.state == DisputeState.HEARD
            button(_("Minutes of the hearing"), "dispute_hear", primary=not heard)
            if heard:
                button(_("Decide"), "dispute_decide", icon="check", primary=True)
        return found

    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        late = row.state in UNDECIDED and row.due_on and row.due_on < clock.today()
        facts = [
            (_("investor"), row.investor_name),
            (_("claimant"), row.claimant),
            (_("holder"), row.respondent),
            (_("opened by"), f"{row.opened_by} {timezone.localdate(row.created_at)}"),
            (_("to be decided by"), _("%(date)s, overdue") % {"date": row.due_on} if late else row.due_on),
        ]
        ruling = [(_("state"), row.get_state_display())]
        if row.decided_at:
            ruling += [
                (_("ruling"), row.get_ruling_display()),
                (_("reasons"), row.reasons),
                (_("decided by"), f"{row.decided_by} {timezone.localdate(row.decided_at)}"),
            ]
        return [{"title": _("Dispute"), "rows": facts}, {"title": _("Ruling"), "rows": ruling}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        own = [
            (lead, reverse("lead_detail", args=[lead.pk]))
            for lead in (row.lead, row.claimant_lead)
            if lead is not None and may_on(self.actor, Action.VIEW, lead)
        ]
        said = row.statements.select_related("unit").order_by("pk")
        found = super().get_context_data(
            title=_("Dispute %(number)s") % {"number": row.number},
            claim=row.claim,
            said=said,
            own=own,
            **kwargs,
        )
        if not disputes.may_decide(self.actor, row):
            found.pop("history", None)  # it names both leads: for who stands above the sides
        return found


class DisputeCreate(DisputeNouns, FormPage):
    """From the list, or with `?lead=` from one's own lead about the same investor. First the investor; when
    several units hold a lead of his, the form comes back and asks which."""

    title = _("Open a dispute")
    needs = Action.CREATE
    form_class = DisputeForm
    panel = True
    submit_label = _("Open the dispute")
    saved = _("The dispute is open. Both sides state their case, then the bureau decides.")

    def check(self) -> None:
        super().check()
        given = self.request.GET.get("lead", "")
        self.own = services.get_visible(Lead, given, self.actor) if given.isdigit() else None
        if self.own and not confidential.may_know(self.own, self.actor):
            raise NotVisible

    def units(self) -> Any:
        """In whose name the actor may claim."""
        grants = [g for g in self.actor.grants() if decide(g.role, Relation.MEMBER, Action.CREATE, "dispute")]
        within = Q(pk__in=())
        for grant in grants:
            within |= Q(path__startswith=grant.path)
        return Unit.objects.visible_to(self.actor).filter(within, archived_at=None).order_by("path")

    def make_form(self, data: Any = None) -> Any:
        units, own = self.units(), self.own
        initial: dict[str, Any] = {}
        if own is not None:
            initial = {"claimant": own.unit_id, "investor_name": own.investor.name}
        elif units.count() == 1:
            initial = {"claimant": units.get().pk}
        given = {**initial, **({k: data.get(k) for k in ("claimant", "investor_name")} if data else {})}
        claimant = units.filter(pk=given.get("claimant")).first() if given.get("claimant") else None
        name = str(given.get("investor_name") or "")
        found = rivals(claimant, investor_name=name, own=own) if claimant and (name or own) else []
        return DisputeForm(
            data,
            actor=self.actor,
            units=units,
            choices=[(str(one.pk), str(one)) for one in found],
            initial=initial,
        )

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        return disputes.dispute_open(
            actor=self.actor,
            claimant=given["claimant"],
            investor_name=given["investor_name"],
            claim=given["claim"],
            claimant_lead=self.own.pk if self.own else None,
            lead=int(given["lead"]) if given.get("lead") else None,
        )

    def done_url(self, result: Any) -> str:
        return reverse("dispute_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("dispute_list"), **kwargs)


class Step(DisputeNouns, RowPage, FormPage):
    """A form that brings a dispute forward."""

    panel = True
    service: Any = None

    def check(self) -> None:
        if not self.allowed(self.get_object()):
            raise Denied

    def allowed(self, row: Dispute) -> bool:
        return disputes.may_decide(self.actor, row)

    def initial(self) -> dict[str, Any]:
        return {"version": self.get_object().version}

    def make_form(self, data: Any = None) -> Any:
        return self.form_class(data, actor=self.actor, initial=self.initial())

    def run(self, form: Any) -> Any:
        return type(self).service(actor=self.actor, pk=self.kwargs["pk"], **form.cleaned_data)

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.get_object().number, cancel_url=self.detail_url(), **kwargs)


class DisputeStatementAdd(Step):
    title = _("State our case")
    form_class = StatementForm
    saved = _("Put on record.")
    service = staticmethod(disputes.dispute_state)

    def allowed(self, row: Dispute) -> bool:
        sides = (row.claimant, row.respondent)
        return [disputes.on_side(self.actor, u, Action.CHANGE) for u in sides].count(True) == 1


class DisputeHear(Step):
    title = _("Minutes of the hearing")
    form_class = HearForm
    service = staticmethod(disputes.dispute_hear)


class DisputeDecide(Step):
    title = _("Decide the dispute")
    submit_label = _("Decide")
    saved = _("Decided. Both sides are told.")
    service = staticmethod(disputes.dispute_decide)

    def make_form(self, data: Any = None) -> Any:
        claimant = self.get_object().claimant
        return DecideForm(data, actor=self.actor, claimant=claimant, initial=self.initial())


class DisputeWithdraw(Step):
    title = _("Withdraw the dispute")
    submit_label = _("Withdraw")
    saved = _("Withdrawn.")
    form_class = WithdrawForm
    service = staticmethod(disputes.dispute_withdraw)

    def allowed(self, row: Dispute) -> bool:
        claims, holds = (
            disputes.on_side(self.actor, u, Action.CHANGE) for u in (row.claimant, row.respondent)
        )
        return claims and not holds
