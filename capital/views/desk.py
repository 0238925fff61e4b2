"""The recognition desk: the queue at the left, the evidence in the middle, the decision at the right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital import desk_queue
from capital.checks import Found, Papers, checks, papers_of, papers_shown, tally, worst
from capital.choices import Basis, EntryState, Level
from capital.models import CapitalEntry, EntryFile, Query, Recognition, Voucher
from capital.readable import hidden_vouchers
from capital.services import overrides, queries, recognition
from capital.services.deciding import DECIDED, Case, objection, open_matters, read, right
from common import words
from common.access import Action
from common.errors import Denied, NotVisible, Refused, ServiceError
from common.file_types import PDF, SHOWN_INLINE
from common.views.base import Page
from leads.forms.fields import typed_amount
from ledger.asked import asked
from ledger.choices import FundSource, Mode, Zone
from projects import confidential
from reference.amounts import figure, unit

# What each button does; what it needs besides. "amount" is the button that Enter presses.
DECISIONS = ("full", "amount", "refuse", "query", "override", "undo", "back", "again")


class Desk(Page):
    kind, needs = "recognition", Action.DECIDE
    template_name = "capital/desk.html"
    title = _("Recognition")
    crumbs = ((_("Capital in place"), ""),)
    problem: ServiceError | None = None
    status = 200

    @property
    def level(self) -> str:
        """The level at which one decides here: the asked one, else the first that the actor has."""
        asked, mine = self.request.GET.get("level", ""), desk_queue.levels(self.actor)
        return asked if asked in mine else mine[0]

    @property
    def basis(self) -> str:
        asked = self.request.GET.get("basis", "")
        return asked if asked in Basis.values else Basis.ARRIVED

    def get_template_names(self) -> list[str]:
        """The columns alone when the page beneath asks for them."""
        return ["capital/_desk.html" if self.part else self.template_name]

    @property
    def part(self) -> bool:
        return bool(self.request.htmx and self.request.htmx.target == "desk")  # type: ignore[attr-defined]

    def url(self, **values: Any) -> str:
        """This desk with another entry, basis, level or voucher."""
        kept = {"level": self.level, "basis": self.basis}
        if shown := self.request.GET.get("as", ""):
            kept["as"] = shown
        return f"{reverse('desk')}?{urlencode({**kept, **{k: v for k, v in values.items() if v != ''}})}"

    def entry(self) -> CapitalEntry | None:
        """The entry that is asked for. Raises NotVisible."""
        asked = self.request.GET.get("entry", "")
        if not asked:
            return None
        rows = CapitalEntry.objects.visible_to(self.actor)
        found = rows.filter(pk=int(asked)).first() if asked.isdecimal() else None
        if found is None:
            raise NotVisible
        return found

    # what is sent

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        what, entry = request.POST.get("do", ""), self.entry()
        if what == "undo":
            return self.undo()
        if entry is None or what not in DECISIONS:
            raise NotVisible
        after = self.after(entry)
        try:
            said = self.decide(what, entry)
        except (NotVisible, Denied):
            raise
        except ServiceError as problem:
            self.problem, self.status = problem, 422
            return self.render_to_response(self.get_context_data(), status=422)
        messages.success(request, said)
        return HttpResponseRedirect(self.url(entry=after))

    def after(self, entry: CapitalEntry) -> Any:
        """The next one in the queue, or the one before when it was the last."""
        if entry.pk not in self.order:
            return entry.pk
        place = self.order.index(entry.pk)
        rest = self.order[place + 1 :] or self.order[:place][-1:]
        return rest[0] if rest else ""

    def decide(self, what: str, entry: CapitalEntry) -> str:
        """Run the service behind a button; what is said afterwards."""
        sent = self.request.POST
        reason, given = sent.get("reason", ""), sent.get("version", "")
        version = int(given) if given.isdecimal() else 0
        common: dict[str, Any] = {"actor": self.actor, "entry": entry.pk, "version": version}
        decision = {**common, "level": self.level, "request_key": sent.get("key") or None}
        about = {"number": entry.number}
        if what == "query":
            queries.query_ask(**common, text=reason)
            return _now("%(number)s was sent back with your question.") % about
        if what == "refuse":
            recognition.refuse(**decision, reason=reason)
            return _now("%(number)s was refused.") % about
        if what in ("back", "again"):
            amount = None if what == "again" else self.amount()
            taken = {**common, "request_key": decision["request_key"], "reason": reason}
            recognition.reverse(**taken, amount=amount, again=what == "again")
            return _now("Taken back: %(number)s.") % about
        if what == "override":
            overrides.override_ask(**common, level=self.level, amount=self.amount(), reason=reason)
            return _now("%(number)s waits for a second signature.") % about
        amount = self.amount()
        if what == "full" and amount != entry.amount:
            raise Refused(
                _("The amount in the box isn't the reported one. Press “In part”, or put the amount back."),
                code="amount",
            )
        recognition.recognise(**decision, amount=amount, reason=reason)
        return _now("%(number)s was recognised.") % about

    def amount(self) -> Decimal:
        """What stands in the box, ten thousands of the currency. Raises Refused."""
        found = typed_amount(self.request.POST.get("amount", ""))
        if found is None:
            raise Refused(_("Enter the amount as a number, in ten thousands."), code="amount")
        return found

    def undo(self) -> HttpResponseBase:
        """Take the actor's last decision back, at once."""
        row = desk_queue.last_decision(self.actor)
        if row is None or str(row.pk) != self.request.POST.get("row"):
            messages.error(self.request, _now("There is nothing of yours that can be taken back at once."))
            return HttpResponseRedirect(self.url())
        try:
            recognition.reverse(
                actor=self.actor,
                entry=row.entry_id,
                reason=_now("Taken back at once by who decided."),
                again=True,
            )
        except Refused as problem:
            messages.error(self.request, str(problem))
        else:
            messages.success(self.request, _now("Taken back: %(number)s.") % {"number": row.entry.number})
        return HttpResponseRedirect(self.url(entry=row.entry_id))

    # what is shown

    def waiting(self) -> Any:
        return desk_queue.queue(self.actor, self.level).filter(basis=self.basis)

    @cached_property
    def order(self) -> list[int]:
        """The keys of all that waits here, the oldest report first."""
        return list(self.waiting().values_list("pk", flat=True))

    def begins(self, chosen: CapitalEntry | None) -> int:
        """Where in the queue the shown part begins: the part with the chosen entry, or the asked page."""
        size, asked = desk_queue.SHOWN, self.request.GET.get("page", "")
        if chosen is not None and chosen.pk in self.order:
            return self.order.index(chosen.pk) // size * size
        last = max(len(self.order) - 1, 0) // size
        return min(max(int(asked) - 1, 0), last) * size if asked.isdecimal() and len(asked) < 10 else 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen, every = self.entry(), desk_queue.queue(self.actor, self.level)
        begin = self.begins(chosen)
        shown = read(self.actor, self.waiting()[begin : begin + desk_queue.SHOWN])
        case = next((one for one in shown if chosen and one.entry.pk == chosen.pk), None)
        if chosen is not None and case is None:
            (case,) = read(self.actor, CapitalEntry.objects.visible_to(self.actor).filter(pk=chosen.pk))
        elif chosen is None and shown:
            case = shown[0]
        papers = papers_of([*shown, *([case] if case else [])])
        by_basis, total = desk_queue.counts(every), self.waiting()
        count = by_basis.get(self.basis, 0)
        done = desk_queue.done_this_month(self.actor, self.level)
        order = self.order
        place = order.index(case.entry.pk) if case and case.entry.pk in order else None
        return super().get_context_data(
            **kwargs,
            part=self.part,
            chosen=chosen is not None,
            levels=self.level_links(),
            bases=[
                {
                    "label": label,
                    "count": by_basis.get(value, 0),
                    "url": self.url(basis=value),
                    "active": value == self.basis,
                }
                for value, label in Basis.choices
            ],
            queue=[self.line(one, papers, case) for one in shown],
            count=count,
            **self.pages(begin, len(shown)),
            total=desk_queue.total_yuan(total),
            done=done,
            of=done + sum(by_basis.values()),
            queried=desk_queue.queried(self.actor).count(),
            to_sign=desk_queue.to_sign(self.actor).count(),
            last=desk_queue.last_decision(self.actor),
            place=place + 1 if place is not None else None,
            previous=self.url(entry=order[place - 1]) if place else "",
            next=self.url(entry=order[place + 1]) if place is not None and place + 1 < len(order) else "",
            list_url=self.url(),
            level=self.level,
            problem=self.problem,
            typed=self.request.POST,
            **(self.about(case, papers) if case else {"case": None}),
        )

    def pages(self, begin: int, shown: int) -> dict[str, Any]:
        """Which part of the queue is shown (`begin` to `end`), and the parts before and after it."""
        page, rest = begin // desk_queue.SHOWN + 1, len(self.order) - begin - shown
        return {
            "begin": begin + 1,
            "end": begin + shown,
            "page_before": self.url(page=page - 1) if begin else "",
            "page_after": self.url(page=page + 1) if rest > 0 else "",
        }

    def level_links(self) -> list[dict[str, Any]]:
        mine = desk_queue.levels(self.actor)
        if len(mine) < 2:  # noqa: PLR2004  (nothing to choose)
            return []
        names = {Level.PRELIMINARY: _("First check"), Level.FINAL: _("Last word")}
        return [
            {"label": names[Level(one)], "url": self.url(level=one), "active": one == self.level}
            for one in mine
        ]

    def line(self, one: Case, papers: Papers, case: Case | None) -> dict[str, Any]:
        entry = one.entry
        return {
            "url": self.url(entry=entry.pk),
            "on": case is not None and entry.pk == case.entry.pk,
            "name": self.named(entry),
            "amount": entry.amount,
            "currency": "" if str(entry.currency_id) == "CNY" else str(entry.currency_id),
            "about": f"{entry.unit.label}{words.comma()}{entry.get_kind_display()}",
            "mark": worst(checks(one, papers)),
            "days": desk_queue.waited(entry.reported_at),
        }

    def named(self, entry: CapitalEntry) -> str:
        if confidential.kept_back(entry.project, self.actor):
            return entry.project.code_name
        return entry.project.registered_name or entry.project.name

    def about(self, case: Case, papers: Papers) -> dict[str, Any]:
        """The entry: its papers, comparisons, sums, what was said, and what may be done."""
        entry = case.entry
        if case.kept_back:
            return {"case": case, "kept": True, "name": entry.project.code_name}
        confidential.look(self.actor, entry.project)
        found: list[Found] = checks(case, papers)
        by = asked(self.request.GET, entry.occurred_on.year, case.month // 100)
        shown = self.papers(case, papers)
        paper_no = self.request.GET.get("paper", "0")
        place = min(int(paper_no), max(len(shown) - 1, 0)) if paper_no.isdecimal() else 0
        for number, paper in enumerate(shown):
            paper["url"] = self.url(entry=entry.pk, paper=number)
            paper["on"] = number == place
        decided = entry.state in DECIDED and not (
            self.level == Level.FINAL and case.final is None and entry.state != EntryState.FINAL
        )
        why_not = (
            (right(self.actor, recognition.spoken(case), case) or open_matters(case))
            if decided
            else objection(self.actor, self.level, case)
        )
        so_far = case.so_far(recognition.spoken(case)) if decided else None
        return {
            "case": case,
            "entry": entry,
            "name": self.named(entry),
            "project": confidential.shown_name(entry.project, self.actor),
            "currency": unit(entry.currency_id),
            "words": words.comma().join(
                str(word)
                for word in (
                    entry.get_kind_display(),
                    entry.get_basis_display(),
                    FundSource(entry.fund_source).label,
                    Zone(entry.zone).label,
                    Mode(entry.mode).label,
                )
            ),
            "papers": shown,
            "paper": shown[place] if shown else None,
            "paper_before": shown[place - 1]["url"] if place else "",
            "paper_after": shown[place + 1]["url"] if place + 1 < len(shown) else "",
            "checks": found,
            "tally": tally(found),
            "clock": by,
            "effect": desk_queue.effect(case, self.level, papers, by.closing),
            "venture": desk_queue.venture(case, self.level, papers, by.closing),
            "said": self.said(entry),
            "decided": decided,
            "so_far": so_far,
            "why_not": why_not,
            "asked": Query._base_manager.filter(entry=entry, answered_at=None, archived_at=None).first()
            if queries.may_ask(self.actor, case) is None
            else None,
            "refusable": why_not is not None and why_not.code == "evidence_missing",
            "whole": figure((so_far if decided else entry.amount) or Decimal(0)),
            "key": get_random_string(24),
            "action_url": self.url(entry=entry.pk),
        }

    def papers(self, case: Case, papers: Papers) -> list[dict[str, Any]]:
        """Vouchers first, then what else lies with the entry: each as the viewer shows it."""
        uses = papers_shown(case, papers)
        kept = set(
            Voucher._base_manager.filter(
                hidden_vouchers(self.actor), pk__in=[use.voucher_id for use in uses]
            ).values_list("pk", flat=True)
        )
        seen = set(
            Voucher.objects.visible_to(self.actor)
            .filter(pk__in=[use.voucher_id for use in uses])
            .values_list("pk", flat=True)
        )
        found = [
            _paper(
                use.voucher.get_type_display(),
                f"{use.voucher.number}{words.comma()}{use.voucher.dated.isoformat()}",
                use.voucher.stored,
                reverse("voucher_file", args=[use.voucher_id]),
            )
            for use in uses
            if use.voucher_id in seen - kept
        ]
        rows = EntryFile._base_manager.filter(entry=case.entry, archived_at=None).select_related("stored")
        return found + [
            _paper(row.note or row.name, row.name, row.stored, reverse("entry_paper", args=[row.pk]))
            for row in rows.order_by("pk")
        ]

    def said(self, entry: CapitalEntry) -> list[dict[str, Any]]:
        """Decisions and questions about the entry, the newest first."""
        rows = Recognition.objects.visible_to(self.actor).filter(entry=entry)
        lines = [
            {
                "at": row.decided_at,
                "who": words.listed().join(filter(None, [row.decided_name, row.second_name])),
                "what": f"{row.get_level_display()}{words.colon()}{row.get_verdict_display()}",
                "delta": row.delta,
                "text": row.reason,
            }
            for row in rows
        ]
        for query in Query._base_manager.filter(entry=entry):
            lines.append(
                {"at": query.asked_at, "who": query.asked_name, "what": _now("Query"), "text": query.text}
            )
            if query.answered_at:
                about = {"who": query.answered_name, "what": _now("Answer"), "text": query.answer}
                lines.append({"at": query.answered_at, **about})
        return sorted(lines, key=lambda line: line["at"], reverse=True)


def _paper(label: str, name: str, stored: Any, url: str) -> dict[str, Any]:
    kind = "" if stored is None else stored.media_type
    return {
        "label": label,
        "name": name,
        "file": url if stored else "",
        "inline": f"{url}?inline=1",
        "kind": "pdf" if kind == PDF else "image" if kind in SHOWN_INLINE else "other" if stored else "none",
    }
