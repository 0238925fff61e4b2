"""The team's result of an inspection, the committee's, and the way back between them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital import rounds
from capital.forms.rounds import FinalForm, InitialForm
from capital.services import inspections as services_
from common import services
from common.access import Action
from common.errors import Denied, Stale
from common.templatetags.ip import amount
from common.views.forms import FormPage
from common.views.rows import ReasonForm
from leads.tables.columns import wan_text
from projects import confidential
from rules.facts import Value

from .inspections import OfInspection, reported_text


class Concluding(OfInspection, FormPage):
    """A result: in the panel of the inspection, or on its own."""

    panel = True
    stays = True
    service: Any
    given = ""  # what the service calls the form's result

    def check(self) -> None:
        services.authorize(self.actor, self.needs, self.get_object())

    def start(self) -> dict[str, Any]:
        return {}

    def make_form(self, data: Any = None) -> Any:
        row = self.get_object()
        start = {} if confidential.kept_back(row.project, self.actor) else self.start()
        return self.form_class(data, actor=self.actor, initial={"version": row.version, **start})

    def run(self, form: Any) -> Any:
        values = dict(form.cleaned_data)
        if self.given:
            values[self.given] = values.pop("result")
        return type(self).service(actor=self.actor, pk=self.kwargs["pk"], **values)

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sub=self.name, cancel_url=self.detail_url(), consequences=self.said_before(), **kwargs
        )

    def said_before(self) -> list[str]:
        """What one should know before one decides."""
        row = self.get_object()
        if confidential.kept_back(row.project, self.actor):
            return []
        found = [
            _now("Reported: %(amount)s") % {"amount": reported_text(row) if row.reported else _now("nothing")}
        ]
        if row.initial is not None:
            found.append(_now("Initial result: %(amount)s") % {"amount": wan_text(row.initial)})
        return found


class InspectionInitial(Concluding):
    title = _("The team's result")
    needs = Action.DECIDE
    form_class = InitialForm
    submit_label = _("Give the result")
    saved = _("The team's result is given.")
    given = "initial"
    service = staticmethod(services_.inspection_initial)

    def check(self) -> None:
        super().check()
        if not rounds.member_of(self.actor, self.get_object().team):
            raise Denied(_("Only a member of the project's team fills in its form."))

    def start(self) -> dict[str, Any]:
        """The amounts of the form, or what was given before."""
        row = self.get_object()
        found = services_.score_of(row).amount
        proposed = row.initial if row.initial is not None else getattr(found, "amount", None)
        return {"result": proposed, "reason": row.initial_reason}

    def said_before(self) -> list[str]:
        score = services_.score_of(self.get_object()).score
        text = amount(score.amount) if isinstance(score, Value) else "—"
        return [*super().said_before(), _now("Score of the form: %(score)s") % {"score": text}]


class InspectionFinal(Concluding):
    title = _("The committee's result")
    needs = Action.CONFIRM
    form_class = FinalForm
    submit_label = _("Decide")
    saved = _("Decided.")
    given = "final"
    service = staticmethod(services_.inspection_final)

    def start(self) -> dict[str, Any]:
        row = self.get_object()
        return {"result": row.initial if row.final is None else row.final, "reason": row.final_reason}


class InspectionReturn(Concluding):
    title = _("Send back to the team")
    needs = Action.CONFIRM
    form_class = ReasonForm
    submit_label = _("Send back")
    saved = _("Sent back. The team has been told.")
    service = staticmethod(services_.inspection_return)
