"""What waits at the recognition desk, and what a decision would do to the sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from capital.checks import Papers
from capital.choices import EntryState, Level, Verdict
from capital.models import CapitalEntry, Override, Recognition
from capital.readable import hidden_entries
from capital.selectors import in_yuan
from capital.services.deciding import KIND, RIGHT, WAITING, Case, decided_by, works_at
from capital.services.samples import STANDS_AT
from capital.terms import terms_on
from capital.ventures import divide, sums_of
from common import clock, scope
from common.actors import Actor, may, may_somewhere
from ledger import periods
from ledger.choices import Kind, Role
from ledger.clocks import published_q
from ledger.models import Closing, Posting
from ledger.services import base
from organizations.models import Unit
from projects.posting import TYPE, parts_of
from rules import money

SHOWN = 100
UNDO_FOR = timedelta(hours=12)
ZERO = Decimal(0)
COUNTS = {Level.PRELIMINARY: Kind.CAPITAL_PRELIMINARY, Level.FINAL: Kind.CAPITAL_RECOGNISED}


class DecidedUnits:
    """Units, as the gate sees decisions about their entries."""

    class Scope(scope.Scope):
        kind = KIND
        path = "path"


def levels(actor: Actor) -> list[str]:
    """At which levels the actor decides anywhere."""
    return [level for level in Level.values if may_somewhere(actor, RIGHT[Level(level)], KIND)]


def decidable(actor: Actor, level: str) -> Any:
    """Entries about which the actor may decide at a level, whatever their state: within his units, not entered or
    reported by himself, not of his own unit where the terms forbid it, not confidential to him."""
    rows = CapitalEntry.objects.visible_to(actor).filter(decided_by(actor, level), archived_at=None)
    if actor.pk is not None:
        rows = rows.exclude(Q(entered_by=actor.pk) | Q(reported_by=actor.pk))
    if not terms_on(clock.today()).own_unit:
        rows = rows.exclude(works_at(actor))
    return rows.exclude(hidden_entries(actor))


def queue(actor: Actor, level: str) -> Any:
    """What waits at a level, the oldest report first."""
    rows = decidable(actor, level).filter(state=STANDS_AT[Level(level)])
    return rows.order_by("reported_at", "pk")


def total_yuan(rows: Any) -> Decimal:
    return rows.order_by().aggregate(total=Sum(in_yuan("amount")))["total"] or ZERO


def counts(rows: Any) -> dict[str, int]:
    """{basis: how many wait}."""
    return dict(rows.order_by().values_list("basis").annotate(n=Count("pk")))


def done_this_month(actor: Actor, level: str) -> int:
    """How many entries were decided at a level since the first of the month and stand decided, where the actor
    decides."""
    first = clock.today().replace(day=1)
    rows = Recognition.objects.visible_to(actor).filter(
        level=level,
        decided_at__date__gte=first,
        entry__in=decidable(actor, level).exclude(state__in=WAITING[Level(level)]).values("pk"),
    )
    return rows.order_by().values("entry").distinct().count()


def waited(moment: datetime | None) -> int:
    """Days since an entry was reported."""
    return 0 if moment is None else (clock.today() - timezone.localdate(moment)).days


def queried(actor: Actor) -> Any:
    """Entries that go on only when the unit has answered, where the actor decides."""
    rows = [decidable(actor, level).filter(state=EntryState.QUERIED).values("pk") for level in levels(actor)]
    among = Q(pk__in=())
    for one in rows:
        among |= Q(pk__in=one)
    return CapitalEntry.objects.visible_to(actor).filter(among)


def to_sign(actor: Actor) -> Any:
    """Requests to recognise more than was reported that wait for this actor's second signature."""
    rows = Override._base_manager.filter(answered_at=None, archived_at=None).exclude(asked_by=actor.pk)
    return rows.filter(entry__in=decidable(actor, Level.FINAL).values("pk")).order_by("asked_at")


def last_decision(actor: Actor) -> Recognition | None:
    """What the actor decided last, at the desk and lately, when it can still be taken back at once."""
    if actor.pk is None:
        return None
    rows = Recognition.objects.visible_to(actor).filter(decided_by=actor.pk)
    row = rows.select_related("entry__unit").order_by("-pk").first()
    if row is None or row.verdict == Verdict.REVERSAL or row.bulk_id or row.second_by_id:
        return None
    fresh = row.decided_at >= clock.now() - UNDO_FOR
    newest = not Recognition._base_manager.filter(entry=row.entry_id, ordinal__gt=row.ordinal).exists()
    allowed = may(actor, RIGHT[Level(row.level)], KIND, path=row.entry.unit.path)
    return row if fresh and newest and allowed and row.entry.state != EntryState.QUERIED else None


@dataclass(frozen=True, slots=True)
class Moved:
    """A sum before and after, as known now: yuan, or the voucher's own currency. `published`: what the asked closing
    says of the same; None without one, or where it says nothing."""

    label: str
    before: Decimal
    after: Decimal
    currency: str
    published: Decimal | None = None


def effect(case: Case, level: str, papers: Papers, closing: Closing | None = None) -> list[Moved]:
    """What full recognition would do: to the project's year and the unit's month, in yuan, and to the vouchers. Beside
    them what the closing published; a decision never moves that."""
    entry, kind = case.entry, COUNTS[Level(level)]
    more = _more(case, level)
    lines = Posting.objects.unscoped(reason="the sums of an entry that the reader decides about").filter(
        kind=kind, basis=entry.basis, role=Role.ASSESSED
    )
    of_year = lines.filter(
        subject_type=TYPE, subject_id=entry.project_id, occurred_on__year=entry.occurred_on.year
    )
    at = periods.would_open(case.month, periods.OPEN_OR_CUT_OFF)  # where a decision made now is counted
    of_month = lines.filter(posted_in=at, unit__path__startswith=entry.unit.path)
    (year, year_then), (month, month_then) = _totals(of_year, closing), _totals(of_month, closing)
    if closing is not None and at > closing.period_id:
        month_then = None  # a later month: it isn't published
    share = _share(case)
    about = {
        "year": entry.occurred_on.year,
        "unit": entry.unit.label,
        "month": periods.text(at),
    }
    found = [
        Moved(_("Project, %(year)s") % about, year, year + more, "CNY", year_then),
        Moved(
            _("%(unit)s, %(month)s") % about,
            month,
            month + money.Rounding(2).apply(money.multiply(more, share)),
            "CNY",
            month_then,
        ),
    ]
    for use in papers.uses.get(entry.pk, []):
        left = use.voucher.amount - (papers.used.get(use.voucher_id, ZERO) - use.amount)
        found.append(Moved(_("Left of the voucher"), left, left - use.amount, str(use.voucher.currency_id)))
    return found


@dataclass(frozen=True, slots=True)
class Venture:
    """A project of several investors: what full recognition would do to each one's part (yuan), and why it is divided."""

    parts: tuple[Moved, ...]
    flag: str


def venture(case: Case, level: str, papers: Papers, closing: Closing | None = None) -> Venture | None:
    """How the project's sum in the entry's basis, of all years, is divided by equity before and after, beside what the
    closing published. None for a project of one investor (then no query), else one query for each clock."""
    entry = case.entry
    investors = papers.investors.get(entry.project_id, [])
    if len(investors) < 2:  # noqa: PLR2004  (nothing to divide)
        return None
    kind = COUNTS[Level(level)]
    now = sums_of(entry.project_id, kind)[entry.basis]
    then = None if closing is None else sums_of(entry.project_id, kind, closing)[entry.basis]
    published = None if then is None else divide(then, investors).shares
    before, after = (divide(total, investors) for total in (now, now + _more(case, level)))
    parts = tuple(
        Moved(
            _("%(name)s, %(percent)s %%") % {"name": a.name, "percent": f"{a.percent:f}"},
            b.amount,
            a.amount,
            "CNY",
            published[number].amount if published else None,
        )
        for number, (b, a) in enumerate(zip(before.shares, after.shares, strict=True))
    )
    return Venture(parts, after.flag or before.flag)


def _more(case: Case, level: str) -> Decimal:
    """By how many yuan full recognition of the entry would raise what counts at a level."""
    entry, currency = case.entry, str(case.entry.currency_id)
    so_far = case.counts if level == Level.PRELIMINARY else case.so_far(level)
    return base(entry.amount, currency, entry.rate) - base(so_far, currency, entry.rate)


def _totals(rows: Any, closing: Closing | None) -> tuple[Decimal, Decimal | None]:
    """Yuan of lines as known now and as published; the latter is None when no closing is asked for. One query."""
    then = published_q(closing) if closing else Q(pk__in=())
    got = rows.aggregate(now=Sum("base_qty"), then=Sum("base_qty", filter=then))
    return got["now"] or ZERO, (got["then"] or ZERO) if closing else None


def _share(case: Case) -> Decimal:
    """What part of the entry counts for its unit and those below it."""
    entry = case.entry
    parts = parts_of([entry.project_id], [(entry.project_id, entry.occurred_on)])
    shares: Sequence[Any] = parts[entry.project_id, entry.occurred_on].get(Role.ASSESSED, [])
    units = Unit.objects.unscoped(reason="units of shares").filter(pk__in=[one.unit_id for one in shares])
    below = set(units.filter(path__startswith=entry.unit.path).values_list("pk", flat=True))
    return sum((one.share for one in shares if one.unit_id in below), ZERO)
