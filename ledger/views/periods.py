"""Periods: the list, one period with its checklist and figures, what moved, and the steps of closing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from common import changelog, clock, exporting
from common.access import Action
from common.errors import Denied, NotVisible
from common.views import Crumbs, Page, action
from ledger import clocks, closings, restatement, terms
from ledger.choices import PeriodState, Role
from ledger.models import FINAL_ACCOUNT, Closing, Period, ReopeningAsked
from ledger.tables import ClosingTable, MovedTable, PeriodTable, RestatedTable

ASSESSMENT = (_("Assessment"), "")


class PeriodList(Page):
    """One year at a time, the latest first."""

    kind = "period"
    title = _("Periods")
    sub = _("Months of the books and the final account of each year")
    crumbs: Crumbs = (ASSESSMENT,)
    template_name = "ledger/period_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(Period.objects.order_by("-code"))
        years = sorted({row.year for row in rows} | {clock.today().year}, reverse=True)
        asked = self.request.GET.get("year", "")
        year = int(asked) if asked in set(map(str, years)) else years[0]
        own: list[Any] = [row for row in rows if row.year == year]
        speaking: dict[int, Closing] = {}
        for closing in clocks.closings():
            speaking.setdefault(closing.period_id, closing)
        for row in own:
            row.closing, row.due = speaking.get(row.code), terms.due(row.code)
        pills = [{"label": str(one), "url": f"?year={one}", "active": one == year} for one in years]
        waiting = ReopeningAsked.objects.filter(answered_at=None, archived_at=None)
        return super().get_context_data(
            table=PeriodTable(own, request=self.request),
            pills=pills,
            figures=self.figures(own),
            waiting=list(waiting.select_related("closing__period")),
            **kwargs,
        )

    def figures(self, rows: list[Any]) -> list[dict[str, Any]]:
        counts = {state: sum(row.state == state for row in rows) for state in PeriodState.values}
        return [{"label": label, "value": counts[state]} for state, label in PeriodState.choices]


class PeriodPage(Page):
    kind = "period"
    crumbs: Crumbs = (ASSESSMENT, (_("Periods"), "period_list"))

    def get_period(self) -> Period:
        if not hasattr(self, "period"):
            found = Period.objects.filter(code=self.kwargs["pk"]).first()
            if found is None:
                raise NotVisible
            self.period = found
        return self.period

    def check(self) -> None:
        super().check()
        self.get_period()

    def url(self, name: str, *, year: bool = False) -> str:
        return reverse(name, args=[self.get_period().code]) + ("?window=year" if year else "")

    @property
    def by_year(self) -> bool:
        return self.request.GET.get("window") == "year"

    def windows(self, name: str) -> list[dict[str, Any]]:
        """Month or year to date; a final account is about its year anyhow."""
        if self.get_period().number == FINAL_ACCOUNT:
            return []
        return [
            {"label": _("The month"), "url": self.url(name), "active": not self.by_year},
            {"label": _("Since January"), "url": self.url(name, year=True), "active": self.by_year},
        ]


class PeriodDetail(PeriodPage):
    """What stands between a period and its closing, what is counted in it, and who closed it."""

    template_name = "ledger/period_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period = self.get_period()
        self.closing = clocks.latest(period.code)
        self.checked = closings.checklist(period) if period.state != PeriodState.CLOSED else []
        every = Closing.objects.visible_to(self.actor).filter(period=period).select_related("reopening")
        waiting = ReopeningAsked.objects.filter(closing__period=period, answered_at=None, archived_at=None)
        return super().get_context_data(
            title=period.label,
            sub=self.state_of_figures(),
            stages=self.stages(),
            need=self.need(),
            table=RestatedTable(
                restatement.totals(period.code, self.closing, actor=self.actor, year=self.by_year),
                chosen=() if self.closing else ("kind", "known"),  # nothing is published that could move
                request=self.request,
            ),
            windows=self.windows("period_detail"),
            moved_url=self.url("period_restatement", year=self.by_year) if self.closing else "",
            closings=ClosingTable(every.order_by("-revision"), request=self.request),
            closed_once=self.closing is not None,
            asked=[self.request_of(one) for one in waiting.select_related("closing")],
            facts=self.facts(),
            history=changelog.history(period) if self.may(Action.HISTORY) else (),
            **kwargs,
        )

    def state_of_figures(self) -> str:
        if self.closing is None:
            return _now("Not closed yet: figures are as known now, ten thousand yuan or pieces")
        return _now("Published with revision %(n)s on %(day)s, ten thousand yuan or pieces") % {
            "n": self.closing.revision,
            "day": f"{localdate(self.closing.at):%Y-%m-%d}",
        }

    def stages(self) -> list[dict[str, Any]]:
        """The ladder, with the day on which each step was last taken."""
        period, order = self.get_period(), PeriodState.values
        reached = order.index(period.state)
        events: Any = Period.pgh_event_model  # type: ignore[attr-defined]
        seen = dict(
            events.objects.filter(pgh_obj_id=period.code)
            .order_by("pgh_id")
            .values_list("state", "pgh_created_at")
        )
        if self.closing is not None:  # closings tell their own moment
            seen[PeriodState.CLOSED] = self.closing.at
        found = []
        for place, state in enumerate(order):
            done = place < reached or (place == reached and state == PeriodState.CLOSED)
            due = terms.due(period.code) if state == PeriodState.CUT_OFF and place > reached else None
            found.append(
                {
                    "label": PeriodState(state).label,
                    "state": "done" if done else "now" if place == reached else "todo",
                    "date": seen.get(state) if place <= reached else None,
                    "due": due,
                    "note": _now("in the night after") if due else "",
                }
            )
        return found

    def need(self) -> dict[str, Any]:
        """The checklist: what is open now; of a closed period what was left open."""
        if self.get_period().state == PeriodState.CLOSED:
            labels = closings.labels()
            left = self.closing.remarks if self.closing else []
            rows = [
                {
                    "state": "soon",
                    "label": labels.get(one["code"], one["code"]),
                    "due_note": _now("%(n)s left open") % {"n": one["count"]},
                }
                for one in left
            ]
            return {"title": _("Left open when it was closed"), "rows": rows}
        blocking = sum(one.blocks for one in self.checked)
        rows = []
        for one in self.checked:
            rows += [
                {
                    "state": "wrong" if found.blocks else "soon",
                    "label": one.label,
                    "note": found.text,
                    "url": found.url,
                    "due_note": _now("closing waits for it") if found.blocks else found.count,
                    "late": found.blocks,
                }
                for found in one.found
            ] or [{"state": "done", "label": one.label, "due_note": _now("settled")}]
        note = ngettext("%(n)d line forbids closing", "%(n)d lines forbid closing", blocking) % {
            "n": blocking
        }
        return {"title": _("Before it is closed"), "rows": rows, "note": note if blocking else ""}

    def facts(self) -> list[tuple[Any, Any]]:
        period = self.get_period()
        found: list[tuple[Any, Any]] = [(_("takes reports until"), terms.due(period.code))]
        if closing := self.closing:
            found += [
                (_("lines when it was closed"), f"{closing.lines:,}"),
                (_("closed by"), closing.actor_name),
            ]
            if closing.prev_hash:
                found.append((_("follows the closing"), f"{closing.prev_hash[:12]}…"))
        return found

    def request_of(self, one: ReopeningAsked) -> dict[str, Any]:
        mine = one.by_id == self.actor.pk
        return {
            "by": one.by_name,
            "at": one.at,
            "reason": one.reason,
            "sign_url": reverse("reopening_sign", args=[one.pk])
            if self.may(Action.CONFIRM) and not mine
            else "",
            "refuse_url": reverse("reopening_refuse", args=[one.pk])
            if self.may(Action.CONFIRM) or mine
            else "",
        }

    def actions(self) -> list[dict[str, Any]]:
        state, found = self.get_period().state, []
        if state == PeriodState.OPEN and self.may(Action.RUN):
            over = next(one for one in self.checked if one.code == "month_over")
            why = "；".join(str(x.text) for x in over.found)
            found.append(
                action(
                    pgettext_lazy("period", "Cut off"), self.url("period_cut_off"), primary=True, why_not=why
                )
            )
        if state == PeriodState.CUT_OFF and self.may(Action.PUBLISH):
            blocking = sum(one.count for one in self.checked if one.blocks)
            why = ngettext("%(n)d item first", "%(n)d items first", blocking) % {"n": blocking}
            found.append(
                action(
                    pgettext_lazy("period", "Close"), self.url("period_close"), icon="lock", primary=True,
                    why_not=why if blocking else "",
                )
            )  # fmt: skip
        if state == PeriodState.CLOSED and self.may(Action.PUBLISH):
            found.append(
                action(_("Ask to open it again"), self.url("period_reopen"), icon="undo", panel=True)
            )
        return found


class RestatementReport(PeriodPage):
    """What moved since a closing, by unit, kind, subject and cause, and the totals by either clock."""

    template_name = "ledger/restatement.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.role = request.GET.get("role", "")
        if self.role not in Role.values:
            self.role = Role.ASSESSED
        revision, every = request.GET.get("revision", ""), clocks.closings(self.get_period().code)
        if not every:
            raise NotVisible  # nothing is published that could have moved
        self.closing = next((one for one in every if str(one.revision) == revision), every[0])
        if fmt := request.GET.get("format"):
            return self.export(fmt)
        return super().get(request, *args, **kwargs)

    def rows(self) -> list[restatement.Moved]:
        return restatement.moved(self.closing, actor=self.actor, year=self.by_year, role=self.role)

    def table(self) -> MovedTable:
        table = MovedTable(self.rows(), request=self.request)
        table.role = Role(self.role)
        return table

    def export(self, fmt: str) -> HttpResponseBase:
        if not self.may(Action.EXPORT, "posting"):
            raise Denied
        return exporting.respond(
            self.table(), fmt, name="restatement", kind=self.kind, actor=self.actor,
            query=f"period={self.get_period()}&{self.request.GET.urlencode()}",
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period, closing = self.get_period(), self.closing
        totals = restatement.restated(closing, actor=self.actor, year=self.by_year, role=self.role)
        return super().get_context_data(
            title=_now("What moved: %(period)s") % {"period": period.label},
            sub=_now("As published with revision %(n)s on %(day)s, against now; ten thousand yuan or pieces")
            % {"n": closing.revision, "day": f"{localdate(closing.at):%Y-%m-%d}"},
            table=self.table(),
            totals=RestatedTable(
                [one for one in totals if one.moved],
                empty_text=MovedTable.Meta.empty_text,
                request=self.request,
            ),
            unmoved=sum(not one.moved for one in totals),
            left_out=restatement.left_out(self.actor, closing, year=self.by_year, role=self.role),
            windows=self.windows("period_restatement"),
            roles=[
                {"value": code, "label": label, "selected": code == self.role} for code, label in Role.choices
            ],
            window="year" if self.by_year else "",
            export_url=self.request.path if self.may(Action.EXPORT, "posting") else "",
            crumbs=[
                *[(label, reverse(name) if name else "") for label, name in self.crumbs],
                (period.label, reverse("period_detail", args=[period.code])),
            ],
            **kwargs,
        )
