"""What the books say of capital in place (docs/algorithms/recognition.md, DOMAIN §3). The one place where
entries and decisions become lines. Nothing here authorises: the services do, and hold the entries.

Three kinds, never added to each other, nor one basis to the other:

- `capital.reported`: what the units say;
- `capital.preliminary`: the best known, the sum of the first check until there is a last word, then that;
- `capital.recognised`: the last word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import connection

from capital.choices import Level, Verdict
from capital.models import CapitalEntry, Recognition
from common.actors import Actor
from ledger.choices import Cause, Kind
from ledger.models import Posting
from ledger.periods import OPEN, OPEN_OR_CUT_OFF
from ledger.services import Entry, EventToPost, Look, Subject, post_many, take_back
from projects.models import Project
from projects.posting import TYPE, Parts, look_of, own_look, parts_of

OWN = ("zone", "fund_source", "mode")  # an entry says these itself
PREFIX = "capital."
LOOKED_AT = ("industry", "host", "lead")  # what a project's look is read from
ZERO = Decimal(0)
Sums = tuple[Decimal, Decimal | None]  # of the first check; of the last word, None before there is one


def reported_event(entry: CapitalEntry) -> str:
    return f"capital:{entry.pk}:reported"


def decided_event(row: Recognition) -> str:
    return f"capital:{row.entry_id}:r{row.ordinal}"


def post_reported(
    *, actor: Actor, entries: Iterable[CapitalEntry], projects: Mapping[int, Project] | None = None
) -> list[Posting]:
    """What the units say, for entries whose rate is fixed. The same entry again writes nothing. The number of
    queries doesn't grow with the entries. `projects`: theirs, when the caller holds them (`hold_projects`)."""
    entries = list(entries)
    if projects is None:
        projects = hold_projects({one.project_id for one in entries})
    about = _about(entries, projects)
    events = [
        _event(
            about, one, reported_event(one), ("capital_entry", one.pk), {Kind.CAPITAL_REPORTED: one.amount}
        )
        for one in entries
    ]
    return _post(actor, events, OPEN)


def post_recognitions(
    *,
    actor: Actor,
    rows: Sequence[Recognition],
    before: Mapping[int, Sums],
    months: Mapping[int, int],
) -> list[Posting]:
    """What decisions change, for rows that are written; a decision that changes nothing has no line. `before`:
    what was recognised of each entry until then; `months`: the period in which each one waits. The rows of an
    entry come in their order; the caller holds entries and projects (`capital.services.deciding.hold`),
    `row.entry.project` is as it is now.

    A month that is cut off still takes decisions about its own entries; one that is closed takes nothing.
    """
    about = _about([row.entry for row in rows], {row.entry.project_id: row.entry.project for row in rows})
    events = [
        _event(
            about,
            row.entry,
            decided_event(row),
            ("recognition", row.pk),
            changes,
            _cause(row),
            months[row.entry_id],
        )
        for row, changes in zip(rows, _changes(rows, before), strict=True)
        if changes
    ]
    return _post(actor, events, OPEN_OR_CUT_OFF)


def withdraw(*, actor: Actor, entry: CapitalEntry) -> list[Posting]:
    """What was reported goes: the entry is withdrawn. Nothing of it was recognised."""
    return take_back(actor=actor, event=reported_event(entry), source=("capital_entry", entry.pk))


def best_known(preliminary: Decimal, final: Decimal | None) -> Decimal:
    """The sum of the last word, once there is one; that of the first check before."""
    return preliminary if final is None else final


def hold_projects(pks: Collection[int]) -> dict[int, Project]:
    """Projects, held FOR SHARE until the transaction ends: shares that change at this moment are waited for,
    and who writes the lines anew then finds these."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM prj_project WHERE id = ANY(%s) ORDER BY id FOR SHARE", [sorted(pks)])
    rows = Project.objects.unscoped(reason="the books know every project").filter(pk__in=pks)
    return {one.pk: one for one in rows.select_related(*LOOKED_AT)}


@dataclass(frozen=True, slots=True)
class About:
    """Shares by project and day, and what each project is like."""

    parts: Mapping[tuple[int, date], Parts]
    looks: Mapping[int, Look]


def _about(entries: Sequence[CapitalEntry], projects: Mapping[int, Project]) -> About:
    looks = {pk: look_of(project, zone="") for pk, project in projects.items()}
    return About(parts_of(projects, {(one.project_id, one.occurred_on) for one in entries}), looks)


def _event(
    about: About,
    entry: CapitalEntry,
    name: str,
    source: Subject,
    wholes: Mapping[str, Decimal],
    cause: str = Cause.NORMAL,
    month: int = 0,
) -> EventToPost:
    """An event; `wholes` by kind, in the entry's currency."""
    parts = about.parts[entry.project_id, entry.occurred_on]
    money = (str(entry.currency_id), entry.rate, entry.basis)
    return EventToPost(
        event=name,
        subject=(TYPE, entry.project_id),
        source=source,
        entries=[Entry(kind, whole, parts, *money) for kind, whole in wholes.items()],
        occurred_on=entry.occurred_on,
        facet=replace(about.looks[entry.project_id], **{field: getattr(entry, field) for field in OWN}),
        cause=Cause.OPENING if entry.is_opening and cause == Cause.NORMAL else cause,
        not_before=max(month, entry.period_id),
    )


def _post(actor: Actor, events: Sequence[EventToPost], accept: Collection[str]) -> list[Posting]:
    found = post_many(actor=actor, events=events, accept=accept) if events else []
    return [line for lines in found for line in lines]


def _changes(rows: Sequence[Recognition], before: Mapping[int, Sums]) -> list[dict[str, Decimal]]:
    """By how much each decision moves the two kinds."""
    sums, found = dict(before), []
    for row in rows:
        old = sums[row.entry_id]
        sums[row.entry_id] = new = _after(old, row.level, row.delta)
        moved: dict[str, Decimal] = {
            Kind.CAPITAL_PRELIMINARY: best_known(*new) - best_known(*old),
            Kind.CAPITAL_RECOGNISED: (new[1] or ZERO) - (old[1] or ZERO),
        }
        found.append({kind: whole for kind, whole in moved.items() if whole})
    return found


def _after(sums: Sums, level: str, delta: Decimal) -> Sums:
    preliminary, final = sums
    if level == Level.FINAL:
        return preliminary, (final or ZERO) + delta
    return preliminary + delta, final


def _cause(row: Recognition) -> str:
    return Cause.REVERSAL if row.verdict == Verdict.REVERSAL and row.delta < 0 else Cause.NORMAL


def register() -> None:
    """At start-up."""
    own_look(PREFIX, OWN)
