"""The steps of closing and opening again, each confirmed on a page of its own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import Action
from common.errors import Denied, NotVisible
from common.views.bulk import PlainForm
from common.views.forms import FormPage
from ledger import closings
from ledger.forms import WhyForm
from ledger.models import Period, ReopeningAsked
from ledger.views.periods import PeriodPage


class PeriodStep(PeriodPage, FormPage):
    """A step with its consequences, confirmed on a page of its own."""

    template_name = "common/confirm.html"
    form_class: Any = PlainForm
    told: tuple[Any, ...] = ()
    question: Any = ""

    def done_url(self, result: Any) -> str:
        return self.url("period_detail")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("title", self.question % {"period": self.get_period().label})
        return super().get_context_data(consequences=self.told, cancel_url=self.done_url(None), **kwargs)


class PeriodCutOff(PeriodStep):
    needs = Action.RUN
    question = _("Cut off %(period)s")
    submit_label = pgettext_lazy("period", "Cut off")
    saved = pgettext_lazy("period", "Cut off.")
    told = (
        _("What is reported from now on goes into the next period, also with a date of this one."),
        _("What was reported before and is recognised later is still counted here until it is closed."),
    )

    def run(self, form: Any) -> Any:
        return closings.period_cut_off(actor=self.actor, code=self.get_period().code)


class PeriodClose(PeriodStep):
    needs = Action.PUBLISH
    question = _("Close %(period)s")
    submit_label = pgettext_lazy("period", "Close")
    saved = pgettext_lazy("period", "Closed.")
    told = (
        _("Entries that still wait are carried over to the next period, by name."),
        _("Nothing is counted in it any more: its lines are hashed, and later changes show apart."),
        _("Two people can open it again; what is published now stays readable."),
    )

    def run(self, form: Any) -> Any:
        return closings.period_close(actor=self.actor, code=self.get_period().code)


class PeriodReopen(PeriodStep):
    needs = Action.PUBLISH
    panel = True
    form_class = WhyForm
    question = _("Open %(period)s again")
    submit_label = pgettext_lazy("period", "Ask")
    saved = _("Asked. It is open as soon as a second person has signed.")
    told = (
        _("Another person, from the committee or a leader, has to sign."),
        _("Then it is cut off and closed anew, as the next revision."),
    )

    def run(self, form: Any) -> Any:
        period = self.get_period()
        return closings.reopening_ask(actor=self.actor, code=period.code, reason=form.cleaned_data["reason"])


class ReopeningPage(PeriodStep):
    """About a request: its period is that of the closing."""

    def get_period(self) -> Period:
        if not hasattr(self, "asked"):
            rows = ReopeningAsked.objects.select_related("closing__period")
            found = rows.filter(pk=self.kwargs["pk"], archived_at=None).first()
            if found is None:
                raise NotVisible
            self.asked = found
        return self.asked.closing.period


class ReopeningSign(ReopeningPage):
    needs = Action.CONFIRM
    question = _("Sign that %(period)s is opened again")
    submit_label = pgettext_lazy("second signature", "Sign")
    saved = _("Signed: the period is open.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.get_period()
        said = _now("%(name)s asks for it: %(reason)s") % {
            "name": self.asked.by_name,
            "reason": self.asked.reason,
        }
        self.told = (said, _now("Lines may be counted in it again until it is cut off and closed anew."))
        return super().get_context_data(**kwargs)

    def run(self, form: Any) -> Any:
        return closings.reopening_sign(actor=self.actor, pk=self.kwargs["pk"])


class ReopeningRefuse(ReopeningPage):
    """For who may sign, and for who asked."""

    form_class = WhyForm
    question = _("Leave %(period)s closed")
    submit_label = _("Refuse")
    saved = _("It stays closed.")

    def check(self) -> None:
        super().check()
        if not self.may(Action.CONFIRM) and self.asked.by_id != self.actor.pk:
            raise Denied

    def run(self, form: Any) -> Any:
        return closings.reopening_refuse(
            actor=self.actor, pk=self.kwargs["pk"], reason=form.cleaned_data["reason"]
        )
