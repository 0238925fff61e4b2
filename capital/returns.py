"""Reads about monthly returns: who has to file, who did, and what a return says (DOMAIN §3: filed, nil, missing)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from capital.booked import lines_of
from capital.choices import Basis, EntryState
from capital.models import CapitalEntry, MonthlyReturn, ReportingDuty
from capital.readable import hidden_entries, told
from capital.selectors import MONEY
from common.actors import Actor
from ledger.asked import Clock
from ledger.choices import Kind
from ledger.clocks import known_now
from ledger.services import base
from ledger.subjects import KEPT
from organizations.models import Unit
from projects import confidential
from reference.models import HOME_CURRENCY

OWN = "what a unit reported, beside its return"
MISSING = "missing"
COUNTED = ~Q(state__in=(EntryState.DRAFT, EntryState.WITHDRAWN))
LAST_MONTH = 12


def days_of(period: int) -> tuple[date, date]:
    """First and last day of a month; of a final account (13), its December."""
    year, month = period // 100, min(period % 100, LAST_MONTH)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def in_force(period: int) -> Q:
    """Duties that hold in a month."""
    first, last = days_of(period)
    return Q(since__lte=last) & (Q(until=None) | Q(until__gte=first)) & Q(archived_at=None)


def of_month(period: int) -> Any:
    """Entries that a return of the month speaks of. An opening balance is none: nobody reports it."""
    rows = CapitalEntry.objects.unscoped(reason=OWN)
    return rows.filter(period=period, is_opening=False, archived_at=None)


def with_returns(duties: Any, period: int, *, actor: Actor, clock: Clock | None = None) -> Any:
    """Duties with what was filed for the month: `return_pk`, `return_state` ("" for missing), `filed_at`,
    `filed_name`, `late`, `scan_name`, and of the unit's entries `drafts`, `reported`, `arrived`, `formed` (yuan). The
    two sums are those of the books, by the clock, as known now without. In them there is only what the actor may know:
    alone in its unit, an amount would be told by them."""
    rows = MonthlyReturn.objects.unscoped(reason=OWN).filter(unit=OuterRef("unit"), period=period)
    found = {
        name: Subquery(rows.values(name)[:1]) for name in ("filed_at", "filed_name", "late", "scan_name")
    }
    entries = of_month(period).filter(unit=OuterRef("unit"))
    known = of_month(period).filter(unit=OuterRef(OuterRef("unit"))).exclude(hidden_entries(actor))
    fields = clock.fields if clock else known_now()
    booked = lines_of(known, (Kind.CAPITAL_REPORTED,), fields)

    def count(q: Q) -> Any:
        counted = entries.filter(q).order_by().values("unit").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(counted), Value(0))

    def total(basis: str) -> Any:
        sums = booked.filter(basis=basis).values("basis").annotate(n=Sum("base_qty")).values("n")
        return Coalesce(Subquery(sums, output_field=MONEY), Value(Decimal(0), MONEY))

    return duties.annotate(
        return_pk=Subquery(rows.values("pk")[:1]),
        return_state=Coalesce(Subquery(rows.values("state")[:1]), Value("")),
        drafts=count(Q(state=EntryState.DRAFT)),
        reported=count(COUNTED),
        arrived=total(Basis.ARRIVED),
        formed=total(Basis.FORMED),
        **found,
    )


def missing_units(period: int) -> list[Unit]:
    """Units that had to file for the month and did not, in the order of the tree."""
    duties = ReportingDuty.objects.unscoped(reason="who still has to file").filter(in_force(period))
    filed = (
        MonthlyReturn.objects.unscoped(reason="who still has to file").filter(period=period).values("unit")
    )
    return [one.unit for one in duties.exclude(unit__in=filed).select_related("unit").order_by("unit__path")]


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """An entry as the paper says it; project and amount are starred for those who may not know them."""

    number: str
    project: str
    kind: str
    day: date
    amount: Decimal | None
    currency: str
    yuan: Decimal | None
    state: str
    is_draft: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The entries of one basis and their sum in yuan (drafts in foreign currency have no rate yet)."""

    basis: str
    label: Any
    lines: list[ReturnLine] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((line.yuan for line in self.lines if line.yuan is not None), Decimal(0))

    @property
    def is_short(self) -> bool:
        """Some line has no amount in yuan, so the sum lacks it."""
        return any(line.yuan is None for line in self.lines)


def parts_of(actor: Actor, unit: Unit, period: int) -> list[Part]:
    """What the unit's return of a month says, arrived and formed apart. The caller has seen that the actor may
    read the unit's returns."""
    rows = of_month(period).filter(unit=unit).exclude(state=EntryState.WITHDRAWN)
    rows = rows.select_related("project__unit")
    entries = list(rows.order_by("project__pinyin", "kind", "occurred_on", "pk"))
    return [Part(basis.value, basis.label, list(_lines(actor, entries, basis))) for basis in Basis]


def _lines(actor: Actor, entries: Iterable[CapitalEntry], basis: str) -> Iterable[ReturnLine]:
    for one in entries:
        if one.basis != basis:
            continue
        known = told(one, actor)
        converted = one.rate is not None or one.currency_id == HOME_CURRENCY
        yield ReturnLine(
            number=one.number,
            project=confidential.shown_name(one.project, actor),
            kind=str(one.get_kind_display()) if known else KEPT,
            day=one.occurred_on,
            amount=one.amount if known else None,
            currency="" if one.currency_id == HOME_CURRENCY else str(one.currency_id),
            yuan=base(one.amount, str(one.currency_id), one.rate) if known and converted else None,
            state=str(one.get_state_display()),
            is_draft=one.state == EntryState.DRAFT,
        )
