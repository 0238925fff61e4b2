"""Signals of inflated figures with the rows behind them, and the thresholds from which they are raised."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital import signals
from capital.forms.rules import FalseAlarmForm, NoFalseAlarmForm, SignalTermsForm
from capital.models import CapitalEntry, FalseAlarm, SignalTerms
from capital.services import signals as services
from capital.tables.rules import SignalTermsFilterSet, SignalTermsTable
from common import clock
from common.access import Action
from common.errors import NotVisible
from common.scope import may_on
from common.views import (
    ArchivePage,
    CreatePage,
    Crumbs,
    DetailPage,
    FormPage,
    ListPage,
    Page,
    UpdatePage,
    action,
)
from ledger.asked import Clock, asked
from rules.signals import Sign

CAPITAL = (_("Capital in place"), "")
ENTRY = CapitalEntry.Scope.kind


class SignalNouns:
    kind = FalseAlarm.Scope.kind
    crumbs: Crumbs = (CAPITAL, (_("Signals"), "signal_list"))


class OfYear(Page):
    @property
    def year(self) -> int:
        """The year of the address; this one when it names none."""
        given = self.request.GET.get("year", "")
        return (
            int(given)
            if given.isascii() and given.isdigit() and 2000 <= int(given) <= 2100
            else clock.today().year
        )

    def years(self) -> list[dict[str, Any]]:
        """Tabs: this year and the two before."""
        now = clock.today().year
        return [
            {"label": str(year), "url": f"{self.request.path}?year={year}", "active": year == self.year}
            for year in (now, now - 1, now - 2)
        ]


class SignalPage(SignalNouns, OfYear):
    template_name = "capital/signals.html"
    title = _("Signals")
    crumbs: Crumbs = (CAPITAL,)

    def actions(self) -> list[dict[str, Any]]:
        if self.may(Action.VIEW, SignalTerms.Scope.kind):
            return [action(_("Thresholds"), reverse("signalterms_list"))]
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by = asked(self.request.GET, self.year)
        found = signals.find(self.year, actor=self.actor, closing=by.closing)
        said = _now("Where reported figures deserve a second look, %(clock)s. A signal decides nothing.")
        return super().get_context_data(
            sub=said % {"clock": by.words},
            tabs=self.years(),
            clock=by,
            gaps_url=f"{reverse('capital_gaps')}?year={self.year}" if self.may(Action.VIEW, ENTRY) else "",
            groups=[
                {
                    "title": signals.sign_text(sign),
                    "lines": [self.line(one, by) for one in found if one.signal.sign is sign],
                }
                for sign in Sign
                if any(one.signal.sign is sign for one in found)
            ],
            **kwargs,
        )

    def line(self, one: signals.Found, by: Clock) -> dict[str, Any]:
        """A signal as the page draws it. What was published is history: only a signal of now can be explained away."""
        value, limit = one.signal.value, one.signal.limit
        note = ""
        if value is not None and limit is not None:
            said = _now("%(value)s days, limit %(limit)s")
            if one.signal.sign is not Sign.IN_AND_OUT:
                said = _now("%(value)s per cent, limit %(limit)s")
            note = said % {"value": f"{value:.2f}".rstrip("0").rstrip("."), "limit": f"{limit.normalize():f}"}
        if one.signal.sign is Sign.BEFORE_REGISTRATION:
            day = one.facts[0].registered
            note = _now("registered on %(day)s") % {"day": day} if day else _now("not registered yet")
        back = [
            {"number": row.number, "day": day, "amount": amount}
            for row, fact in zip(one.rows, one.facts, strict=True)
            for day, amount in fact.taken_back
            if one.signal.sign is Sign.IN_AND_OUT
        ]
        chosen = urlencode({"key": one.signal.key, "year": self.year})
        dismiss = restore = ""
        if (
            by.closing is None
            and one.alarm is None
            and may_on(self.actor, Action.CREATE, FalseAlarm(unit=one.unit))
        ):
            dismiss = f"{reverse('signal_dismiss')}?{chosen}"
        elif by.closing is None and one.alarm is not None and may_on(self.actor, Action.ARCHIVE, one.alarm):
            restore = f"{reverse('signal_restore')}?{chosen}"
        return {
            "found": one,
            "rows": list(zip(one.rows, one.amounts, strict=True)),
            "note": note,
            "back": back,
            "dismiss_url": dismiss,
            "restore_url": restore,
        }


class OneSignal(SignalNouns, OfYear, FormPage):
    """`?key=…&year=…` and a reason."""

    panel = True
    stays = True
    service: Any

    def check(self) -> None:
        super().check()
        if not self.request.GET.get("key"):
            raise NotVisible

    def run(self, form: Any) -> Any:
        about = {"key": self.request.GET["key"], "year": self.year}
        return self.service(actor=self.actor, reason=form.cleaned_data["reason"], **about)

    def done_url(self, result: Any) -> str:
        return f"{reverse('signal_list')}?year={self.year}"


class SignalDismiss(OneSignal):
    """A false alarm."""

    needs = Action.CREATE
    title = _("False alarm")
    form_class = FalseAlarmForm
    submit_label = _("It is a false alarm")
    service = staticmethod(services.signal_dismiss)


class SignalRestore(OneSignal):
    """It is none: the signal stands again."""

    needs = Action.ARCHIVE
    title = _("No false alarm")
    form_class = NoFalseAlarmForm
    submit_label = _("Let the signal stand again")
    service = staticmethod(services.signal_restore)


class SignalTermsNouns:
    model = SignalTerms
    kind = SignalTerms.Scope.kind
    url_prefix = "signalterms"
    crumbs: Crumbs = (CAPITAL, (_("Signals"), "signal_list"), (_("Thresholds"), "signalterms_list"))


class SignalTermsList(SignalTermsNouns, ListPage):
    title = _("Thresholds of signals")
    table_class = SignalTermsTable
    filterset_class = SignalTermsFilterSet
    create_label = _("New thresholds")
    crumbs: Crumbs = (CAPITAL, (_("Signals"), "signal_list"))


class SignalTermsDetail(SignalTermsNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        fields = [SignalTerms._meta.get_field(name) for name in SignalTermsForm.Meta.fields]
        rows = [(field.verbose_name, getattr(row, field.name)) for field in fields]  # type: ignore[union-attr]
        return [{"title": _("Thresholds"), "rows": rows}]


class SignalTermsCreate(SignalTermsNouns, CreatePage):
    title = _("New thresholds")
    form_class = SignalTermsForm
    service = staticmethod(services.signalterms_create)


class SignalTermsUpdate(SignalTermsNouns, UpdatePage):
    form_class = SignalTermsForm
    service = staticmethod(services.signalterms_update)


class SignalTermsArchive(SignalTermsNouns, ArchivePage):
    service = staticmethod(services.signalterms_archive)
