"""Leads that nobody outside may recognise: a code name until a day, and a log of who opened them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.access import TREE, Action, decide
from common.actors import Actor, Grant
from leads.choices import Custody
from leads.models import Lead, Look

KIND = Lead.Scope.kind
# What everybody may read who sees a confidential lead, by the names of fields; instead of `name` its code name.
OPEN = frozenset(
    {
        "number", "unit", "stage", "stage_on", "due_on", "stale_on", "custody", "pooled_on", "code_name",
        "confidential_until", "updated_at",
    }
)  # fmt: skip
# What everybody may read of a lead in the pool: its idea, never its people, its course or where it came from.
OPEN_IN_POOL = OPEN | {"name", "zone", "industry", "sector", "amount", "currency", "land_mu"}


def is_confidential(row: Any, today: date | None = None) -> bool:
    """Is its name kept back on this day (today unless said)? The last day counts."""
    until = row.confidential_until
    return until is not None and until >= (today or clock.today())


def may_know(row: Any, actor: Actor) -> bool:
    """Does the actor belong to it: the lead's officer, somebody of its unit, or somebody above it? Who only
    sees it in the pool, in a dispute or as another unit's share does not."""
    if actor.is_system or (row.officer_id and row.officer.user_id == actor.pk):
        return True
    return any(row.unit.path.startswith(grant.path) for grant in _readers(actor))


def hidden(actor: Actor, today: date | None = None) -> Q:
    """Leads whose name and investor are kept from this actor, as a filter: searching must not find them."""
    if actor.is_system:
        return Q(pk__in=())
    inside = Q(officer__user_id=actor.pk, officer__isnull=False)
    for grant in _readers(actor):
        inside |= Q(unit__path__startswith=grant.path)
    return Q(confidential_until__gte=today or clock.today()) & ~inside


def kept_rows(actor: Actor) -> QuerySet:
    """The keys of all leads whose facts are kept from this actor, as a part of another query."""
    rows = Lead.objects.unscoped(reason="leads whose facts are kept back").filter(hidden(actor))
    return rows.order_by().values("pk")


def kept_back(row: Any, actor: Actor) -> bool:
    """Must this actor read the code name instead?"""
    return is_confidential(row) and not may_know(row, actor)


def of_others(row: Any, actor: Actor) -> bool:
    """Does this actor see it only because it lies in the pool? Its investor and people are not for him."""
    return row.custody == Custody.POOL and not may_know(row, actor)


def told(row: Any, actor: Actor) -> frozenset[str] | None:
    """The names of the fields that this actor may read; None: all of them."""
    if kept_back(row, actor):
        return OPEN
    return OPEN_IN_POOL if of_others(row, actor) else None


def unnamed(actor: Actor) -> Q:
    """Leads of which something is kept from this actor, as a filter: those of `hidden`, and others' in the pool."""
    return hidden(actor) | of_others_q(actor)


def of_others_q(actor: Actor) -> Q:
    """The same as a filter: searching must not find them by their investor."""
    if actor.is_system:
        return Q(pk__in=())
    inside = Q(pk__in=())
    for grant in _readers(actor):
        inside |= Q(unit__path__startswith=grant.path)
    return Q(custody=Custody.POOL) & ~inside


def shown_name(row: Any, actor: Actor) -> str:
    """The idea's name, or its code name."""
    return row.code_name if kept_back(row, actor) else row.name


def shown_investor(row: Any, actor: Actor) -> str:
    """The investor's name, or its first character and stars."""
    name = row.investor.name
    return f"{name[:1]}***" if kept_back(row, actor) or of_others(row, actor) else name


def look(actor: Actor, lead: Lead) -> Look | None:
    """Write down that somebody opened a confidential lead; nothing for other leads."""
    if actor.is_system or not is_confidential(lead):
        return None
    return Look._base_manager.create(
        lead=lead, at=clock.now(), actor_id=actor.pk, actor_name=actor.actor_name
    )


def notice(lead: Lead, actor: Actor) -> str:
    """What a page says above a confidential lead; "" for others."""
    if not is_confidential(lead):
        return ""
    return _("Confidential until %(date)s. Whoever opens it is written down.") % {
        "date": lead.confidential_until.isoformat()  # type: ignore[union-attr]
    }


def _readers(actor: Actor) -> list[Grant]:
    """The actor's roles that read leads in their own tree."""
    return [
        grant for grant in actor.grants() if any(decide(grant.role, one, Action.VIEW, KIND) for one in TREE)
    ]
