"""Who may do what: one pure function over one table of policies.

Each app declares its kinds in `permissions.py`; nothing else in the code knows a role's rights.
The whole cross product is tested against `tests/access_matrix.csv` without a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Action(StrEnum):
    VIEW = "view"
    CREATE = "create"
    CHANGE = "change"
    ARCHIVE = "archive"
    IMPORT = "import"
    EXPORT = "export"
    RUN = "run"
    PUBLISH = "publish"
    HISTORY = "history"
    UNMASK = "unmask"
    ASSIGN = "assign"  # give to another person of the unit
    CLAIM = "claim"  # take from the pool
    DECIDE = "decide"  # rule on a dispute, override a check
    MERGE = "merge"
    CONFIRM = "confirm"  # the last word, or the second signature


class Relation(StrEnum):
    """How a record stands to a role held at a unit."""

    OWN = "own"  # at the unit itself
    BELOW = "below"  # at a unit below it
    SELF = "self"  # about the actor himself
    MEMBER = "member"  # shared with a group that the unit belongs to
    GLOBAL = "global"  # belongs to no unit
    NONE = "none"  # elsewhere


TREE = (Relation.OWN, Relation.BELOW)
Policy = Mapping[str, Mapping[Relation, frozenset[Action]]]

_policies: dict[str, Policy] = {}


def register(kind: str, policy: Mapping[str, Mapping[Relation | tuple[Relation, ...], set[Action]]]) -> None:
    """Declare what each role may do with a kind. Relations may be given in a tuple."""
    if kind in _policies:
        raise ValueError(f"The kind {kind!r} has two policies.")
    flat: dict[str, dict[Relation, frozenset[Action]]] = {}
    for role, rights in policy.items():
        for relations, actions in rights.items():
            for one in relations if isinstance(relations, tuple) else (relations,):
                row = flat.setdefault(role, {})
                row[one] = row.get(one, frozenset()) | frozenset(actions)
    _policies[kind] = flat


def decide(role: str, relation: Relation, action: Action, kind: str) -> bool:
    """May a role that stands in this relation to a record of this kind do this? Unknown kinds: KeyError."""
    return action in _policies[kind].get(role, {}).get(relation, frozenset())


def kinds() -> tuple[str, ...]:
    """All declared kinds, sorted."""
    return tuple(sorted(_policies))
