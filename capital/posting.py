"""What the books say of capital in place (docs/algorithms/recognition.md, DOMAIN §3). The one place where
entries and decisions become lines. Nothing here authorises: the services do, and hold the entries.

Three kinds, never added to each other, nor one basis to the other:

- `capital.reported`: what the units say;
- `capital.preliminary`: the best known, the sum of the first check until there is a last word, then that;
- `capital.recognised`: the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import connection

from capital.choices import Level, Verdict
from capital.models import CapitalEntry, Recognition
from common.actors import Actor
from ledger.choices import Cause, Kind
from ledger.models import Posting
from ledger.services import Entry, Look, Subject, post, take_back
from projects.models import Project
from projects.posting import TYPE, Parts, look_of, own_look, parts_of

OWN = ("zone", "fund_source", "mode")  # an entry says these itself
PREFIX = "capital."
ZERO = Decimal(0)


def reported_event(entry: CapitalEntry) -> str:
    return f"capital:{entry.pk}:reported"


def decided_event(row: Recognition) -> str:
    return f"capital:{row.entry_id}:r{row.ordinal}"


def post_reported(*, actor: Actor, entries: Iterable[CapitalEntry]) -> list[Posting]:
    """What the units say, for entries whose rate is fixed. The same entry again writes nothing."""
    entries = list(entries)
    about = _about(entries)
    return _post(
        actor,
        [
            Event(reported_event(one), one, ("capital_entry", one.pk), {Kind.CAPITAL_REPORTED: one.amount})
            for one in entries
        ],
        about,
    )


def post_recognitions(*, actor: Actor, rows: Iterable[Recognition]) -> list[Posting]:
    """What decisions change, for rows that are written; a decision that changes nothing has no line. The rows
    of an entry come in their order."""
    rows = list(rows)
    about = _about([row.entry for row in rows])
    events = [
        Event(decided_event(row), row.entry, ("recognition", row.pk), changes, _cause(row))
        for row, changes in zip(rows, _changes(rows), strict=True)
        if changes
    ]
    return _post(actor, events, about)


def withdraw(*, actor: Actor, entry: CapitalEntry) -> list[Posting]:
    """What was reported goes: the entry is withdrawn. Nothing of it was recognised."""
    return take_back(actor=actor, event=reported_event(entry), source=("capital_entry", entry.pk))


def best_known(preliminary: Decimal, final: Decimal | None) -> Decimal:
    """The sum of the last word, once there is one; that of the first check before."""
    return preliminary if final is None else final


@dataclass(frozen=True, slots=True)
class Event:
    """An event to post: wholes by kind, in the entry's currency."""

    name: str
    entry: CapitalEntry
    source: Subject
    wholes: Mapping[str, Decimal]
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True)
class About:
    """Shares by project and day, and what each project is like."""

    parts: Mapping[tuple[int, date], Parts]
    looks: Mapping[int, Look]


def _about(entries: Sequence[CapitalEntry]) -> About:
    """What the lines need to know of the projects. They are held (FOR SHARE), so that shares that change at this
    moment are waited for, and who writes the lines anew finds these."""
    pks = sorted({one.project_id for one in entries})
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM prj_project WHERE id = ANY(%s) ORDER BY id FOR SHARE", [pks])
    rows = Project.objects.unscoped(reason="the books know every project").filter(pk__in=pks)
    rows = rows.select_related("industry", "host", "lead")
    looks = {one.pk: look_of(one, zone="") for one in rows}
    return About(parts_of(pks, {(one.project_id, one.occurred_on) for one in entries}), looks)


def _changes(rows: Sequence[Recognition]) -> list[dict[str, Decimal]]:
    """By how much each decision moves the two kinds. One query for what was decided before."""
    first: dict[int, int] = {}
    for row in rows:
        first.setdefault(row.entry_id, row.ordinal)
    sums: dict[int, tuple[Decimal, Decimal | None]] = dict.fromkeys(first, (ZERO, None))
    earlier = Recognition.objects.unscoped(reason="all decisions about an entry").filter(entry__in=first)
    for pk, ordinal, level, delta in earlier.values_list("entry", "ordinal", "level", "delta"):
        if ordinal < first[pk]:
            sums[pk] = _after(sums[pk], level, delta)
    found = []
    for row in rows:
        before = sums[row.entry_id]
        sums[row.entry_id] = after = _after(before, row.level, row.delta)
        moved = {
            Kind.CAPITAL_PRELIMINARY: best_known(*after) - best_known(*before),
            Kind.CAPITAL_RECOGNISED: (after[1] or ZERO) - (before[1] or ZERO),
        }
        found.append({kind: whole for kind, whole in moved.items() if whole})
    return found


def _after(
    sums: tuple[Decimal, Decimal | None], level: str, delta: Decimal
) -> tuple[Decimal, Decimal | None]:
    preliminary, final = sums
    if level == Level.FINAL:
        return preliminary, (final or ZERO) + delta
    return preliminary + delta, final


def _cause(row: Recognition) -> str:
    return Cause.REVERSAL if row.verdict == Verdict.REVERSAL and row.delta < 0 else Cause.NORMAL


def _post(actor: Actor, events: Iterable[Event], about: About) -> list[Posting]:
    lines: list[Posting] = []
    for event in events:
        entry = event.entry
        parts = about.parts[entry.project_id, entry.occurred_on]
        look = replace(about.looks[entry.project_id], **{name: getattr(entry, name) for name in OWN})
        currency = str(entry.currency_id)
        lines += post(
            actor=actor,
            event=event.name,
            subject=(TYPE, entry.project_id),
            source=event.source,
            entries=[
                Entry(kind, whole, parts, currency, entry.rate, entry.basis)
                for kind, whole in event.wholes.items()
            ],
            occurred_on=entry.occurred_on,
            facet=look,
            cause=Cause.OPENING if entry.is_opening and event.cause == Cause.NORMAL else event.cause,
            not_before=entry.period_id,
        )
    return lines


def register() -> None:
    """At start-up."""
    own_look(PREFIX, OWN)
