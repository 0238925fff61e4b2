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


def base(whole: Decimal, currency: str, rate: Decimal | None) -> Decimal:
    """A whole in yuan to the cent (half up), or the number of things as it is."""
    return money.Rounding(2).apply(money.multiply(whole, rate or Decimal(1))) if currency else whole


def facet_of(look: Look) -> Facet:
    """The one row with this look, found by its hash; made when it isn't there, also beside another writer."""
    values = asdict(look)
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    sha = hashlib.sha256(text.encode()).hexdigest()
    found = Facet.objects.filter(sha=sha).first()
    if found is None:
        Facet.objects.bulk_create([Facet(sha=sha, **values)], ignore_conflicts=True)
        found = Facet.objects.get(sha=sha)
    return found


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
) -> list[Posting]:
    """Write the lines of an event, once. They are counted in the month of `occurred_on` when it is open, else
    in the first open month after it; never earlier than `not_before` (a period's code).

    The same event again gives the lines that are there; with other content it is refused (Refused, code
    event_taken). ValueError for wrong shares.
    """
    head = {
        "event": event,
        "subject_type": subject[0],
        "subject_id": subject[1],
        "source_type": source[0],
        "source_id": source[1],
        "cause": str(cause),
    }
    lines = [{**head, **line} for line in _lines(entries, occurred_on, facet)]
    if not lines:
        raise ValueError("an event without a line says nothing")
    there = lines_of(event)
    if not there:
        month = periods.open_from(max(periods.code_of(occurred_on), not_before))
        try:
            with transaction.atomic():
                return _write(actor, month, lines)
        except IntegrityError:  # somebody wrote the same event at this moment
            there = lines_of(event)
            if not there:
                raise
    if [_as(line, lines[0]) for line in there] != lines:
        raise Refused(
            _("This is in the books already, with other figures: %(event)s. Take it back first.")
            % {"event": event},
            code="event_taken",
        )
    return there


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
    new = _lines(entries, occurred_on, facet)
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
    return list(Posting.objects.unscoped(reason=ALL).filter(event=event).order_by("line"))


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
    return _write(actor, month, mirrored)


def _lines(entries: Iterable[Entry], occurred_on: date, look: Look) -> list[dict[str, Any]]:
    """The columns of all lines of an event."""
    entries = list(entries)
    if len({(entry.kind, entry.basis) for entry in entries}) < len(entries):
        raise ValueError("an event says each kind once")
    common = {"facet_id": facet_of(look).pk, "occurred_on": occurred_on}
    return [{**line, **common} for entry in entries for line in split(entry)]


def _write(actor: Actor, month: int, lines: list[dict[str, Any]]) -> list[Posting]:
    about = {
        "posted_in_id": month,
        "posted_at": clock.now(),
        "actor_id": actor.pk,
        "actor_name": actor.actor_name,
    }
    return Posting._base_manager.bulk_create(
        [Posting(line=number, **line, **about) for number, line in enumerate(lines, start=1)]
    )


def _as(line: Posting, like: Mapping[str, Any]) -> dict[str, Any]:
    """A written line as the same columns, to compare."""
    return {name: getattr(line, name) for name in like}


def _key(line: Mapping[str, Any]) -> list[str]:
    """Columns as comparable text; numbers without trailing zeros, so that 1 and 1.00 are the same."""
    return [f"{v.normalize():f}" if isinstance(v, Decimal) else str(v) for _name, v in sorted(line.items())]
