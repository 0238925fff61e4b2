"""Who acts: a signed-in user, an API client, or the system itself (a job, a command).

Rows in `common` keep an actor as id and name, not as a foreign key: `common` stands below
`organizations`, and a name in a log must outlive the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from common.access import Action, Relation, decide


class Actor(Protocol):
    """What services and querysets ask of whoever acts."""

    @property
    def pk(self) -> Any: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def is_system(self) -> bool: ...

    def grants(self) -> tuple[Grant, ...]: ...


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held at a unit: it reaches the unit (OWN) and everything below it (BELOW)."""

    role: str
    unit_id: int
    path: str


@dataclass(frozen=True, slots=True)
class System:
    """The system acting by itself. It may do everything; its name says which job or command it was."""

    actor_name: str
    pk: None = None
    is_system: bool = True

    def grants(self) -> tuple[Grant, ...]:
        return ()


def relation(grant: Grant, path: str | None) -> Relation:
    """How a record at unit path `path` stands to a grant. A record without a unit is GLOBAL."""
    if path is None:
        return Relation.GLOBAL
    if path == grant.path:
        return Relation.OWN
    return Relation.BELOW if path.startswith(grant.path) else Relation.NONE


def may(
    actor: Actor,
    action: Action,
    kind: str,
    *,
    path: str | None = None,
    extra: frozenset[Relation] = frozenset(),
) -> bool:
    """True when one of the actor's roles allows `action` on a `kind` at unit path `path`.

    `extra` are relations that don't come from the tree: SELF (the actor's own record), MEMBER.
    """
    if actor.is_system:
        return True
    for grant in actor.grants():
        for stands in {relation(grant, path), *extra}:
            if decide(grant.role, stands, action, kind):
                return True
    return False


def may_somewhere(actor: Actor, action: Action, kind: str) -> bool:
    """True when some record of this kind could allow the action: decides whether a button is drawn."""
    if actor.is_system:
        return True
    return any(decide(g.role, r, action, kind) for g in actor.grants() for r in Relation)
