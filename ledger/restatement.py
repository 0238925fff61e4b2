"""What a period's figures are by either clock, and what moved between them (docs/algorithms/closing.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum

from common.actors import Actor
from ledger import clocks, subjects
from ledger.choices import Cause, Kind, Role
from ledger.models import FINAL_ACCOUNT, Closing, Posting
from ledger.terms import last_day
from organizations.models import Unit

KINDS = {code: place for place, code in enumerate(Kind.values)}


@dataclass(frozen=True, slots=True)
class Figure:
    """A unit's own lines of one kind and basis, in yuan or pieces; None: not a single line, which is not zero.

    `month`: what happened in the month (of a final account: in its year); `year`: from January to its end;
    `prior_year`: counted since January and up to the period, and happened before the year. Never add them.
    """

    unit: Unit
    kind: str
    basis: str
    money: bool
    month: Decimal | None
    year: Decimal | None
    prior_year: Decimal | None


@dataclass(frozen=True, slots=True)
class Restated:
    """One kind and basis as published and as known now, in yuan or pieces; None: no line."""

    kind: str
    basis: str
    money: bool
    published: Decimal | None
    known: Decimal | None

    @property
    def moved(self) -> Decimal:
        return (self.known or Decimal(0)) - (self.published or Decimal(0))


@dataclass(frozen=True, slots=True)
class Moved:
    """Lines that a closing didn't know: how much of what, whose, about what, why, and where it was counted."""

    unit: Unit
    kind: str
    basis: str
    money: bool
    about: tuple[str, int]
    subject: subjects.Named
    cause: str
    posted_in: int
    amount: Decimal  # yuan or pieces
    lines: int
    last: int  # seq of the last of them

    @property
    def cause_label(self) -> str:
        return str(Cause(self.cause).label)


def window(code: int, *, year: bool = False) -> tuple[date, date]:
    """The days a period is about, or with `year` those from January on. A final account is about its year."""
    first = 1 if year or code % 100 == FINAL_ACCOUNT else code % 100
    return date(code // 100, first, 1), last_day(code)


def figures(
    code: int, *, actor: Actor, closing: Closing | None = None, role: str = Role.ASSESSED
) -> list[Figure]:
    """A period's figures by unit, kind and basis, as `closing` knew them or as known now; of units and
    subjects that the actor may know."""
    rows, (january, last) = _lines(actor, role), window(code, year=True)
    if closing:
        rows = rows.filter(clocks.published_q(closing))
    own = Q(occurred_on__range=(january, last))
    prior = Q(occurred_on__lt=january, posted_in__gte=code // 100 * 100 + 1, posted_in__lte=code)
    found = (
        rows.filter(own | prior)
        .order_by()
        .values("unit_id", "kind", "basis")
        .annotate(
            money=Max("currency"),
            month=Sum("base_qty", filter=Q(occurred_on__range=window(code))),
            year=Sum("base_qty", filter=own),
            prior=Sum("base_qty", filter=prior),
        )
    )
    units = _units(row["unit_id"] for row in found)
    figures = [
        Figure(
            units[row["unit_id"]], row["kind"], row["basis"], bool(row["money"]), row["month"], row["year"],
            row["prior"],
        )
        for row in found
    ]  # fmt: skip
    return sorted(figures, key=lambda one: (_place(one.kind), one.basis, one.unit.path))


def restated(
    closing: Closing, *, actor: Actor, year: bool = False, role: str = Role.ASSESSED
) -> list[Restated]:
    """By kind and basis, of all units that the actor may read: as published and as known now."""
    return totals(closing.period_id, closing, actor=actor, year=year, role=role)


def totals(
    code: int, closing: Closing | None, *, actor: Actor, year: bool = False, role: str = Role.ASSESSED
) -> list[Restated]:
    """As `restated`; without a closing nothing is published yet."""
    known_then = clocks.published_q(closing) if closing else Q(pk__in=())
    found = (
        _lines(actor, role)
        .filter(occurred_on__range=window(code, year=year))
        .order_by()
        .values("kind", "basis")
        .annotate(
            money=Max("currency"),
            published=Sum("base_qty", filter=known_then),
            known=Sum("base_qty"),
        )
    )
    rows = [
        Restated(row["kind"], row["basis"], bool(row["money"]), row["published"], row["known"])
        for row in found
    ]
    return sorted(rows, key=lambda one: (_place(one.kind), one.basis))


def moved(closing: Closing, *, actor: Actor, year: bool = False, role: str = Role.ASSESSED) -> list[Moved]:
    """What happened in the window and was written after the closing, or counted in a later period: by unit,
    kind, subject and cause. Their sum by kind is `known − published` of `restated`."""
    rows = (
        _lines(actor, role)
        .filter(occurred_on__range=window(closing.period_id, year=year))
        .exclude(clocks.published_q(closing))
        .order_by()
        .values("unit_id", "kind", "basis", "subject_type", "subject_id", "cause", "posted_in_id")
        .annotate(money=Max("currency"), amount=Sum("base_qty"), lines=Count("seq"), last=Max("seq"))
    )
    units = _units(row["unit_id"] for row in rows)
    named = subjects.named((row["subject_type"], row["subject_id"]) for row in rows)
    found = [
        Moved(
            units[row["unit_id"]], row["kind"], row["basis"], bool(row["money"]),
            (row["subject_type"], row["subject_id"]), named[row["subject_type"], row["subject_id"]], row["cause"], row["posted_in_id"], row["amount"],
            row["lines"], row["last"],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(
        found, key=lambda one: (one.unit.path, _place(one.kind), one.basis, one.posted_in, one.last)
    )


def left_out(actor: Actor, closing: Closing, *, year: bool = False, role: str = Role.ASSESSED) -> int:
    """How many lines of the window the actor may see and not know: they are in none of the sums."""
    rows = Posting.objects.visible_to(actor).filter(subjects.hidden_q(actor), role=role)
    return rows.filter(occurred_on__range=window(closing.period_id, year=year)).count()


def _lines(actor: Actor, role: str) -> Any:
    rows = Posting.objects.visible_to(actor).filter(role=role)
    return rows if actor.is_system else rows.exclude(subjects.hidden_q(actor))


def _units(pks: Iterable[int]) -> dict[int, Unit]:
    rows = Unit.objects.unscoped(reason="units of lines that the actor reads")
    return rows.in_bulk(set(pks))


def _place(kind: str) -> int:
    return KINDS.get(kind, len(KINDS))
