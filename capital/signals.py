"""Signals of inflated figures, read from entries and the books; what was explained once stays explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from capital.booked import lines_of
from capital.choices import EntryState, Level, Verdict
from capital.models import CapitalEntry, FalseAlarm, Recognition, SignalTerms
from capital.readable import hidden_entries
from capital.services.deciding import WAITING
from common.actors import Actor
from ledger.choices import Kind, Role
from ledger.clocks import published, published_q
from ledger.models import Closing, Posting
from ledger.services import base
from organizations.models import Unit
from projects import confidential
from rules import signals as rules
from rules.signals import Sign

WHOLE = "an entry is held against the whole of its project"
SHARED = "the thresholds are the same for everybody"
COUNTED = ~Q(state__in=(EntryState.DRAFT, EntryState.WITHDRAWN))


@dataclass(frozen=True, slots=True)
class Found:
    """A signal with the rows behind it, and why it is a false alarm, when somebody says so."""

    signal: rules.Signal
    unit: Unit
    name: str  # of the project, "" for a signal about a unit
    rows: tuple[CapitalEntry, ...]
    amounts: tuple[Decimal, ...]  # reported of each row, in its own currency, by the clock
    facts: tuple[rules.Entry, ...]  # of the rows: when the enterprise was registered, what was taken back
    alarm: FalseAlarm | None


def terms_on(day: date) -> rules.Terms:
    """The thresholds in force on a day, or those that a new installation begins with."""
    rows = SignalTerms.objects.unscoped(reason=SHARED).filter(archived_at=None, since__lte=day)
    row = rows.order_by("-since").first() or SignalTerms()
    return rules.Terms(
        row.year_end_months,
        row.year_end_percent,
        row.round_step,
        row.round_count,
        row.round_percent,
        row.contract_percent,
        row.reversed_days,
        row.reversed_percent,
    )


def find(year: int, *, actor: Actor, unit: Unit | None = None, closing: Closing | None = None) -> list[Found]:
    """Signals of a year about entries that the actor may read, of a unit and those below it. With a closing: those that
    its published figures raise, so also of what was withdrawn since, and of nothing that came later. The number of
    queries doesn't grow with them."""
    seen = CapitalEntry.objects.visible_to(actor).exclude(hidden_entries(actor)).filter(archived_at=None)
    if closing is None:
        seen = seen.filter(COUNTED)
    if unit is not None:
        seen = seen.filter(unit__path__startswith=unit.path)
    touched = seen.filter(occurred_on__year=year).values("project")
    rows = {
        row.pk: row
        for row in seen.filter(project__in=touched, occurred_on__year__lte=year).select_related(
            "unit", "project__unit"
        )
    }
    told = {key: row.amount for key, row in rows.items()}
    if closing is not None:
        told = published_amounts(rows, closing)
        rows = {key: row for key, row in rows.items() if told.get(key)}
    terms = terms_on(date(year, 12, 31))
    facts = {one.key: one for one in _facts(rows.values(), told, closing)}
    contracts = _contracts({row.project_id for row in rows.values()}, closing)
    got = rules.signals(terms, facts.values(), contracts, year=year)
    alarms = {
        one.key: one
        for one in FalseAlarm.objects.visible_to(actor).filter(key__in=[s.key for s in got], archived_at=None)
    }
    return [
        Found(
            one,
            rows[one.entries[-1]].unit,
            confidential.shown_name(rows[one.entries[-1]].project, actor) if one.project else "",
            tuple(rows[key] for key in one.entries),
            tuple(told[key] for key in one.entries),
            tuple(facts[key] for key in one.entries),
            alarms.get(one.key),
        )
        for one in got
    ]


def sign_text(sign: Sign) -> str:
    return {
        Sign.YEAR_END: _("Year-end spike"),
        Sign.ROUND_SUMS: _("Round sums"),
        Sign.ABOVE_CONTRACT: _("Capital above the contract amount"),
        Sign.BEFORE_REGISTRATION: _("Capital before the enterprise was registered"),
        Sign.IN_AND_OUT: _("Money in and soon taken back"),
    }[sign]


def published_amounts(rows: Collection[int], closing: Closing) -> dict[int, Decimal]:
    """{key of an entry: what a closing published as reported of it, in its own currency}."""
    entries = CapitalEntry.objects.unscoped(reason=WHOLE).filter(pk__in=rows)
    lines = lines_of(entries, (Kind.CAPITAL_REPORTED,), published(closing)).values_list("entry")
    return {int(entry): total for entry, total in lines.annotate(total=Sum("qty"))}


def _facts(
    rows: Iterable[CapitalEntry], told: Mapping[int, Decimal], closing: Closing | None
) -> list[rules.Entry]:
    rows = list(rows)
    registered = _registered({row.project_id for row in rows}, closing)
    back = _taken_back([row.pk for row in rows], closing)
    return [
        rules.Entry(
            row.pk,
            row.project_id,
            row.unit_id,
            row.basis,
            row.occurred_on,
            _yuan(row, told[row.pk]),
            registered.get(row.project_id),
            tuple((day, _yuan(row, amount)) for day, amount in back[row.pk]),
        )
        for row in rows
    ]


def _yuan(row: CapitalEntry, amount: Decimal) -> Decimal:
    return base(amount, str(row.currency_id), row.rate or Decimal(1))


def _registered(projects: set[int], closing: Closing | None) -> dict[int, date]:
    rows = _lines(projects, Kind.REGISTERED, closing).filter(reverses=None)
    if closing is None:
        rows = rows.filter(reversed_by=None)
    else:
        undone = Posting.objects.unscoped(reason=WHOLE).filter(published_q(closing), reverses=OuterRef("pk"))
        rows = rows.exclude(Exists(undone))
    return dict(
        rows.values("subject_id").annotate(first=Min("occurred_on")).values_list("subject_id", "first")
    )


def _contracts(projects: set[int], closing: Closing | None) -> dict[int, Decimal]:
    rows = _lines(projects, Kind.CONTRACT, closing).values("subject_id").annotate(total=Sum("base_qty"))
    return dict(rows.values_list("subject_id", "total"))


def _lines(projects: set[int], kind: str, closing: Closing | None) -> QuerySet[Posting]:
    rows = Posting.objects.unscoped(reason=WHOLE).order_by()
    if closing is not None:
        rows = rows.filter(published_q(closing))
    return rows.filter(kind=kind, role=Role.ASSESSED, subject_type="project", subject_id__in=projects)


def _taken_back(entries: Sequence[int], closing: Closing | None) -> dict[int, list[tuple[date, Decimal]]]:
    """Money that flowed back; with a closing, what of it was published. A mistake that was taken back to be decided
    again is none: the entry waits for that level, or the level spoke once more."""
    every = Recognition.objects.unscoped(reason=WHOLE)
    again = every.filter(entry=OuterRef("entry"), level=OuterRef("level"), ordinal__gt=OuterRef("ordinal"))
    waits = Q(level=Level.PRELIMINARY, entry__state__in=WAITING[Level.PRELIMINARY]) | Q(
        level=Level.FINAL, entry__state__in=WAITING[Level.FINAL]
    )
    rows = every.filter(entry__in=entries, verdict=Verdict.REVERSAL, delta__lt=0).exclude(
        waits | Exists(again.exclude(verdict=Verdict.REVERSAL))
    )
    if closing is not None:
        lines = Posting.objects.unscoped(reason=WHOLE).filter(published_q(closing), source_type="recognition")
        rows = rows.filter(Exists(lines.filter(source_id=OuterRef("pk"))))
    found: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for entry, at, delta in rows.values_list("entry", "decided_at", "delta"):
        found[entry].append((timezone.localdate(at), -delta))
    return found
