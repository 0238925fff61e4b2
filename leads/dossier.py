"""Who may read and keep a lead's dossier: its follow-ups, tasks, files and timeline.

Those whom the lead itself is open to, and those whom something built on it is open to: a project's host works
in the dossier of the project's lead. Apps above name such a way in by `also`, so that this one needn't know them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, NotVisible, Stale
from common.scope import may_on
from leads.choices import Custody
from leads.confidential import may_know
from leads.models import Lead
from organizations.models import User

P = TypeVar("P")
Way = Callable[[Actor, Lead, Action], bool]
_ways: list[Way] = []


def also(way: Way) -> None:
    """Open the dossier to whom `way(actor, lead, action)` lets in. Called once for each app, at start."""
    if way not in _ways:
        _ways.append(way)


def may(actor: Actor, action: Action, lead: Lead) -> bool:
    """May the actor do this in the lead's dossier? What lies in the pool is read by nobody but its old unit."""
    own = lead.custody != Custody.POOL or may_know(lead, actor)
    return (own and may_on(actor, action, lead)) or any(way(actor, lead, action) for way in _ways)


def may_keep(actor: Actor, lead: Lead) -> bool:
    """Is a button for writing worth drawing? `keep` checks again."""
    return lead.archived_at is None and lead.custody != Custody.POOL and may(actor, Action.CHANGE, lead)


def read(actor: Actor, pk: int) -> Lead:
    """The lead whose dossier the actor may read. Raises NotVisible."""
    found = _lead(pk)
    if not may(actor, Action.VIEW, found):
        raise NotVisible
    return found


def keep(actor: Actor, pk: int, *, lock: bool = False) -> Lead:
    """The lead in whose dossier the actor may write. Raises NotVisible, Denied, Archived."""
    found = _lead(pk, lock=lock)
    if not may(actor, Action.VIEW, found):
        raise NotVisible
    if not may(actor, Action.CHANGE, found):
        raise Denied
    if found.archived_at is not None:
        raise Archived
    return found


def part(model: type[P], actor: Actor, pk: int, version: int | None = None) -> P:
    """A locked part of a dossier (a follow-up, a task, a file) that the actor may change.

    Raises NotVisible, Denied, Archived, Stale.
    """
    rows = model._base_manager.select_for_update()  # type: ignore[attr-defined]
    found: Any = rows.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    keep(actor, found.lead_id)
    if found.archived_at is not None:
        raise Archived
    if version is not None and found.version != version:
        raise Stale(found)
    return found


def colleagues(lead: Lead) -> Any:
    """Who may be given a task: active accounts of the lead's unit and of the units above it."""
    parts = lead.unit.path.rstrip(".").split(".")
    above = [".".join(parts[: n + 1]) + "." for n in range(len(parts))]
    return User.objects.unscoped(reason="names of the colleagues in a lead's own line").filter(
        unit__path__in=above, is_active=True, archived_at=None
    )


def _lead(pk: int, *, lock: bool = False) -> Lead:
    rows = Lead.objects.unscoped(reason="the dossier's own check follows")
    rows = rows.select_related("unit", "officer", "investor", "stage")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found
