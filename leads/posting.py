"""What the books say of a lead: handed in once, found valuable once (DOMAIN §1; docs/architecture.md).

It counts for the unit, for the department whose tip it was, and for the officer who handed it in, whoever has
it later.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils import timezone

from common.actors import Actor
from leads.choices import HandoverKind
from leads.models import Handover, Lead
from ledger.choices import Kind, Role
from ledger.services import Entry, Look, Part, lines_of, post, repost, take_back
from organizations.choices import UnitKind

WHOLE = Decimal(1)
TYPE = "lead"
LOOKS = frozenset({"industry", "source", "tip_from", "host"})  # fields that change what the lines say


def handed_in(*, actor: Actor, lead: Lead) -> None:
    """At registering, on the bureau's own calendar day."""
    _book(actor, lead, Kind.LEAD_HANDED_IN, timezone.localdate(lead.registered_at))


def valid(*, actor: Actor, lead: Lead) -> None:
    """When the bureau finds it valuable, on `valid_on`; again after that was taken back."""
    assert lead.valid_on is not None
    _book(actor, lead, Kind.LEAD_VALID, lead.valid_on)


def not_valid(*, actor: Actor, lead: Lead) -> None:
    _undo(actor, lead, Kind.LEAD_VALID)


def corrected(*, actor: Actor, lead: Lead) -> None:
    """After a change of what the lines say: the old ones go, new ones come. Nothing when they say the same."""
    if lines_of(event(lead, Kind.LEAD_HANDED_IN)):
        handed_in(actor=actor, lead=lead)
    if lead.valid_on is not None:
        valid(actor=actor, lead=lead)


def withdrawn(*, actor: Actor, lead: Lead) -> None:
    """The record was archived: entered by mistake, or twice. It counts no longer."""
    for kind in (Kind.LEAD_HANDED_IN, Kind.LEAD_VALID):
        _undo(actor, lead, kind)


def event(lead: Lead, kind: str) -> str:
    """The name under which it stands in the books."""
    return f"{TYPE}:{lead.pk}:{kind.rpartition('.')[2]}"


def _book(actor: Actor, lead: Lead, kind: Kind, day: date) -> None:
    name, source = event(lead, kind), (TYPE, lead.pk)
    entries = [Entry(kind=kind, whole=WHOLE, parts=_parts(lead))]
    if lines_of(name):
        repost(actor=actor, event=name, source=source, entries=entries, occurred_on=day, facet=_look(lead))
    else:
        post(
            actor=actor,
            event=name,
            subject=source,
            source=source,
            entries=entries,
            occurred_on=day,
            facet=_look(lead),
        )


def _undo(actor: Actor, lead: Lead, kind: Kind) -> None:
    if lines_of(event(lead, kind)):
        take_back(actor=actor, event=event(lead, kind), source=(TYPE, lead.pk))


def _parts(lead: Lead) -> dict[str, list[Part]]:
    """By dimension; who handed it in stands in the first handover."""
    first = Handover._base_manager.filter(lead=lead, kind=HandoverKind.REGISTERED).order_by("pk").first()
    unit, officer = (first.to_unit_id, first.to_officer_id) if first else (lead.unit_id, lead.officer_id)
    assert unit is not None
    parts: dict[str, list[Part]] = {Role.ASSESSED: [Part(unit, WHOLE)]}
    if lead.tip_from_id:
        parts[Role.DEPARTMENT] = [Part(lead.tip_from_id, WHOLE)]
    if officer:
        parts[Role.OFFICER] = [Part(unit, WHOLE, f"officer:{officer}")]
    return parts


def _look(lead: Lead) -> Look:
    host = lead.host
    return Look(
        sector=lead.sector,
        industry=lead.industry.code if lead.industry else "",
        source=lead.source,
        zone=lead.investor.zone,
        park_id=host.pk if host and host.kind == UnitKind.PARK else None,
    )
