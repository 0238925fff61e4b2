"""Recognise the project's waiting entries on what the round found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from capital import rounds
from capital.services.outcomes import inspection_recognise
from common import services
from common.access import Action
from common.actors import may
from common.errors import Denied, Refused
from common.forms import ActorForm
from common.templatetags.ip import in_unit
from common.views.forms import FormPage
from leads.forms.fields import WanField
from leads.forms.protection import box
from leads.tables.columns import wan_text
from projects import confidential
from reference.amounts import unit

from .inspections import OfInspection


class OutcomeForm(ActorForm):
    """An entry, a tick and an amount: `take_<pk>` would be a conflict's, so the tick is `on_<pk>`."""

    def __init__(self, *args: Any, offered: list[rounds.Offered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        for one in offered:
            entry = one.entry
            label = _now("%(number)s, %(kind)s, %(date)s, reported %(amount)s") % {
                "number": entry.number,
                "kind": entry.get_kind_display(),
                "date": entry.occurred_on.isoformat(),
                "amount": wan_text(entry.amount, entry.currency_id),
            }
            self.fields[f"on_{entry.pk}"] = forms.BooleanField(label=label, required=False, initial=True)
            self.fields[f"amount_{entry.pk}"] = WanField(
                label=_now("To recognise, in %(unit)s") % {"unit": unit(entry.currency_id)},
                max_value=entry.amount / 10_000,
                initial=one.amount,
            )
        self.fields["reason"] = forms.CharField(
            label=_("Reason"),
            max_length=500,
            required=False,
            widget=box(2),
            help_text=_("For what is recognised in part or refused; empty: the committee's reasons."),
        )

    def amounts(self) -> dict[int, Any]:
        """{entry: amount} of what is ticked; nothing typed is nothing recognised."""
        given = self.cleaned_data
        return {
            one.entry.pk: given[f"amount_{one.entry.pk}"] or 0
            for one in self.offered
            if given[f"on_{one.entry.pk}"]
        }


class InspectionRecognise(OfInspection, FormPage):
    title = _("Recognise on the round's result")
    submit_label = _("Recognise finally")
    form_class = OutcomeForm

    def check(self) -> None:
        row = self.get_object()
        services.authorize(self.actor, Action.VIEW, row)
        if not may(self.actor, Action.CONFIRM, "recognition", path=row.project.unit.path):
            raise Denied
        if confidential.kept_back(row.project, self.actor):
            raise Denied
        if row.final is None:
            raise Refused(_("The committee has not decided on this project yet."), code="state")

    def make_form(self, data: Any = None) -> Any:
        return OutcomeForm(data, actor=self.actor, offered=rounds.offered(self.get_object()))

    def run(self, form: Any) -> Any:
        amounts = form.amounts()
        if not amounts:
            raise Refused(_("Tick one entry at least."))
        return inspection_recognise(
            actor=self.actor, pk=self.kwargs["pk"], amounts=amounts, reason=form.cleaned_data["reason"]
        )

    def said(self, result: Any) -> str:
        n = len(result)
        return ngettext("%(n)s entry decided.", "%(n)s entries decided.", n) % {"n": n}

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        offered = kwargs["form"].offered
        told = [_now("Final result: %(amount)s") % {"amount": wan_text(row.final)}]
        if offered:
            left = sum(one.yuan for one in offered)
            told.append(
                _now(
                    "Of that %(amount)s ten thousand yuan are left for the entries that wait, the earliest first."
                )
                % {"amount": in_unit(left)}
            )
        else:
            told.append(_now("No entry of this project waits for its final recognition."))
        return super().get_context_data(
            sub=self.name, cancel_url=self.detail_url(), consequences=told, **kwargs
        )
