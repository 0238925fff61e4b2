"""Writing the books: post, take back, write anew (docs/algorithms/ledger.md).

The callers are services of upper apps. They have authorised the actor and locked the row that the lines
are about; nobody writes lines by hand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.actors import Actor
from common.errors import Refused
from ledger import periods
from ledger.choices import Cause
from ledger.models import Facet, Posting
from rules import money, shares

COUNT = Decimal("0.00000001")  # a counted thing may be shared as finely as shares are
CENT = Decimal("0.01")
ALL = "the whole of an event is compared and mirrored, whoever asks"

Subject = tuple[str, int]  # type and id: ("project", 7)


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's share of a whole, above 0 and up to 1; in personal dimensions also whose ("officer:7")."""

    unit_id: int
    share: Decimal
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole of one kind and how each dimension divides it. `whole` is an amount in the currency's own unit
    with its `rate` (yuan for one), or a number of things with neither."""

    kind: str
    whole: Decimal
    parts: Mapping[str, Sequence[Part]]
    currency: str = ""
    rate: Decimal | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What the thing was like: the dimensions that measures filter by. "" and None: not known."""

    sector: str = ""
    industry: str = ""
    source: str = ""
    zone: str = ""
    fund_source: str = ""
    mode: str = ""
    park_id: int | None = None


@dataclass(frozen=True, slots=True)
class EventToPost:
    """What `post` is asked for, as one of many. `not_before`: a period's code."""

    event: str
    subject: Subject
    source: Subject
    entries: Iterable[Entry]
    occurred_on: date
    facet: Look
    cause: str = Cause.NORMAL
    not_before: int = 0


def base(whole: Decimal, currency: str, rate: Decimal | None) -> Decimal:
    """A whole in yuan to the cent (half up), or the number of things as it is."""
    return money.Rounding(2).apply(money.multiply(whole, rate or Decimal(1))) if currency else whole


def facet_of(look: Look) -> Facet:
    """The one row with this look, found by its hash; made when it isn't there, also beside another writer."""
    return facets_of([look])[look]


def facets_of(looks: Collection[Look]) -> dict[Look, Facet]:
    """As `facet_of` for many looks, in one query when all of them are there, else in three."""
    by_sha = {sha_of(asdict(look)): look for look in looks}
    found = {row.sha: row for row in Facet.objects.filter(sha__in=by_sha)}
    if missing := [sha for sha in by_sha if sha not in found]:
        rows = [Facet(sha=sha, **asdict(by_sha[sha])) for sha in missing]
        Facet.objects.bulk_create(rows, ignore_conflicts=True)
        found |= {row.sha: row for row in Facet.objects.filter(sha__in=missing)}
    return {look: found[sha] for sha, look in by_sha.items()}


def sha_of(look: Mapping[str, Any]) -> str:
    """The hash by which a facet is found: over its fields by name."""
    return hashlib.sha256(json.dumps(look, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def split(entry: Entry) -> list[dict[str, Any]]:
    """An entry as lines. In each dimension they add up to the whole exactly, in its currency and in yuan; the
    residue goes to the largest share. ValueError for shares that don't add up to 1, and for a holder twice."""
    if bool(entry.currency) != (entry.rate is not None):
        raise ValueError("money needs its currency and rate, a number of things has neither")
    quantum = CENT if entry.currency else COUNT
    in_yuan = base(entry.whole, entry.currency, entry.rate)
    common = {name: getattr(entry, name) for name in ("kind", "basis", "whole", "currency", "rate")}
    lines = []
    for role, parts in entry.parts.items():
        given = {(part.unit_id, part.holder): part.share for part in parts}
        if len(given) < len(parts):
            raise ValueError(f"the same holder comes twice in {role}")
        own, yuan = (shares.split(total, given, quantum) for total in (entry.whole, in_yuan))
        lines += [
            {
                **common,
                "kind": str(entry.kind),
                "role": str(role),
                "unit_id": unit,
                "holder": holder,
                "share": given[unit, holder],
                "qty": own[unit, holder],
                "base_qty": yuan[unit, holder],
            }
            for unit, holder in sorted(given)
        ]
    return lines


@transaction.atomic
def post(
    *,
    actor: Actor,
    event: str,
    subject: Subject,
    source: Subject,
    entries: Iterable[Entry],
    occurred_on: date,
    facet: Look,
    cause: str = Cause.NORMAL,
    not_before: int = 0,
    accept: Collection[str] = periods.OPEN,
) -> list[Posting]:
    """Write the lines of an event, once. They are counted in the month of `occurred_on` when it is open, else
    in the first open period after it; never earlier than `not_before` (a period's code). With `accept` also in
    a first one of another state (`periods.open_from`).

    The same event again gives the lines that are there; with other content it is refused (Refused, code
    event_taken). ValueError for wrong shares.
    """
    one = EventToPost(event, subject, source, entries, occurred_on, facet, cause, not_before)
    return post_many(actor=actor, events=[one], accept=accept)[0]


@transaction.atomic
def post_many(
    *, actor: Actor, events: Iterable[EventToPost], accept: Collection[str] = periods.OPEN
) -> list[list[Posting]]:
    """Write many events, all or none, in a number of queries that doesn't grow with them. The lines of each, in
    the order given; raises as `post`, and ValueError for an event that comes twice.

    Hold the rows that the events are about before the call: the months are held from here on, and who waits
    for a row while holding a month may wait for somebody who closes it.
    """
    events = list(events)
    wanted = _wanted(events)
    there = _there(wanted)
    while new := [event for event in events if event.event not in there]:
        starts = {one.event: max(periods.code_of(one.occurred_on), one.not_before) for one in new}
        months = periods.open_for(set(starts.values()), accept)
        try:
            with transaction.atomic():
                written = [(months[starts[one.event]], wanted[one.event]) for one in new]
                there |= {one[0].event: one for one in _write(actor, written)}
        except IntegrityError:  # somebody wrote one of these events at this moment
            before = len(there)
            there = _there(wanted)
            if len(there) == before:
                raise
    for event, lines in wanted.items():
        if [_as(line, lines[0]) for line in there[event]] != lines:
            raise Refused(
                _("This is in the books already, with other figures: %(event)s. Take it back first.")
                % {"event": event},
                code="event_taken",
            )
    return [there[event.event] for event in events]


@transaction.atomic
def take_back(
    *,
    actor: Actor,
    event: str,
    source: Subject,
    cause: str = Cause.REVERSAL,
    roles: Collection[str] | None = None,
) -> list[Posting]:
    """Mirror what stands of an event, in all dimensions or in `roles`: the same day, negative figures, in an
    open month that isn't before the one of the line taken back. Each line goes once: a second call gives [].

    Refused (code event_unknown) when nothing was ever posted under this event.
    """
    family = _family(event)
    return _mirror(actor, f"{event}#{_next(family)}-", standing(event, roles=roles), source, cause)


@transaction.atomic
def repost(
    *,
    actor: Actor,
    event: str,
    source: Subject,
    entries: Iterable[Entry],
    occurred_on: date,
    facet: Look,
    cause: str = Cause.CORRECTION,
    roles: Collection[str] | None = None,
) -> list[Posting]:
    """What stands of an event (in `roles`, or all) goes, and `entries` come in its place as `event#revision`,
    not in an earlier month. Nothing is written when the new lines say what the old ones say.

    Gives the lines that stand now, raises as `post` and `take_back`.
    """
    family, old, entries = _family(event), standing(event, roles=roles), list(entries)
    new = _lines(entries, occurred_on, facet_of(facet))
    if new and sorted(map(_key, new)) == sorted(_key(_as(line, new[0])) for line in old):
        return old
    revision = f"{event}#{_next(family)}"
    gone = _mirror(actor, f"{revision}-", old, source, Cause.REVERSAL)
    return post(
        actor=actor,
        event=revision,
        subject=(family[0].subject_type, family[0].subject_id),
        source=source,
        entries=entries,
        occurred_on=occurred_on,
        facet=facet,
        cause=cause,
        not_before=max((line.posted_in_id for line in gone), default=0),
    )


def lines_of(event: str) -> list[Posting]:
    """The lines written under exactly this name, in their order."""
    return _there([event]).get(event, [])


def standing(event: str, *, roles: Collection[str] | None = None) -> list[Posting]:
    """What counts now of an event and its revisions: lines that take nothing back and weren't taken back."""
    return [
        line
        for line in _family(event)
        if line.reverses_id is None and not line.gone and (roles is None or line.role in roles)
    ]


def standing_of(
    subject: Subject, *, kinds: Collection[str] | None = None, since: date | None = None
) -> list[Posting]:
    """What counts now of everything about a subject, that happened since a day, in the order of writing."""
    rows = Posting.objects.unscoped(reason=ALL).filter(
        subject_type=subject[0], subject_id=subject[1], reverses=None, reversed_by=None
    )
    rows = rows if kinds is None else rows.filter(kind__in=kinds)
    rows = rows if since is None else rows.filter(occurred_on__gte=since)
    return list(rows.order_by("seq"))


def _family(event: str) -> list[Any]:
    """All lines of an event and its revisions; `gone`: taken back. Refused when there is none."""
    first = Posting.objects.unscoped(reason=ALL).filter(event=event).first()
    if first is None:
        raise Refused(
            _("Nothing stands in the books under %(event)s.") % {"event": event}, code="event_unknown"
        )
    rows = Posting.objects.unscoped(reason=ALL).filter(
        Q(event=event) | Q(event__startswith=f"{event}#"),
        subject_type=first.subject_type,
        subject_id=first.subject_id,
    )
    return list(rows.annotate(gone=Q(reversed_by__isnull=False)).order_by("seq"))


def _next(family: list[Posting]) -> int:
    """The number of the next revision; the event itself is the first one."""
    return 1 + max(int(line.event.partition("#")[2].rstrip("-") or 1) for line in family)


def _mirror(actor: Actor, event: str, lines: list[Posting], source: Subject, cause: str) -> list[Posting]:
    if not lines:
        return []
    month = periods.open_from(max(line.posted_in_id for line in lines))
    same = ("subject_type", "subject_id", "kind", "basis", "role", "unit_id", "holder", "facet_id", "share")
    mirrored = [
        {
            **{name: getattr(line, name) for name in (*same, "currency", "rate", "occurred_on")},
            **{name: -getattr(line, name) for name in ("qty", "whole", "base_qty")},
            "event": event,
            "source_type": source[0],
            "source_id": source[1],
            "cause": str(cause),
            "reverses_id": line.pk,
        }
        for line in lines
    ]
    return _write(actor, [(month, mirrored)])[0]


def _wanted(events: Sequence[EventToPost]) -> dict[str, list[dict[str, Any]]]:
    """The columns of all lines of each event. ValueError for one without lines and for one that comes twice."""
    looks = facets_of({event.facet for event in events}) if events else {}
    found = {}
    for event in events:
        lines = _lines(event.entries, event.occurred_on, looks[event.facet])
        if not lines:
            raise ValueError("an event without a line says nothing")
        if event.event in found:
            raise ValueError(f"the event {event.event} comes twice")
        head = {
            "event": event.event,
            "subject_type": event.subject[0],
            "subject_id": event.subject[1],
            "source_type": event.source[0],
            "source_id": event.source[1],
            "cause": str(event.cause),
        }
        found[event.event] = [{**head, **line} for line in lines]
    return found


def _there(events: Collection[str]) -> dict[str, list[Posting]]:
    """The lines written under exactly these names, in their order."""
    found: dict[str, list[Posting]] = {}
    rows = Posting.objects.unscoped(reason=ALL).filter(event__in=events)
    for line in rows.order_by("event", "line") if events else ():
        found.setdefault(line.event, []).append(line)
    return found


def _lines(entries: Iterable[Entry], occurred_on: date, facet: Facet) -> list[dict[str, Any]]:
    """The columns of all lines of an event."""
    entries = list(entries)
    if len({(entry.kind, entry.basis) for entry in entries}) < len(entries):
        raise ValueError("an event says each kind once")
    common = {"facet_id": facet.pk, "occurred_on": occurred_on}
    return [{**line, **common} for entry in entries for line in split(entry)]


def _write(actor: Actor, events: Iterable[tuple[int, list[dict[str, Any]]]]) -> list[list[Posting]]:
    """Lines of events, each in its month, by one insert."""
    about = {"posted_at": clock.now(), "actor_id": actor.pk, "actor_name": actor.actor_name}
    found = [
        [
            Posting(line=number, posted_in_id=month, **line, **about)
            for number, line in enumerate(lines, start=1)
        ]
        for month, lines in events
    ]
    Posting._base_manager.bulk_create([line for lines in found for line in lines])
    return found


def _as(line: Posting, like: Mapping[str, Any]) -> dict[str, Any]:
    """A written line as the same columns, to compare."""
    return {name: getattr(line, name) for name in like}


def _key(line: Mapping[str, Any]) -> list[str]:
    """Columns as comparable text; numbers without trailing zeros, so that 1 and 1.00 are the same."""
    return [f"{v.normalize():f}" if isinstance(v, Decimal) else str(v) for _name, v in sorted(line.items())]
