"""One search box for everything: each app registers how its records are found, within the actor's scope.

    register("unit", _("Units"), find_units)

A search takes `(actor, text, limit)` and gives `(label, hint, url)` of at most so many records, the best first. It
goes through the gate (`visible_to`), so nobody finds what he may not see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from common.access import Action
from common.actors import Actor, may_somewhere

LONGEST = 60  # characters of a text that are looked for
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


class Hit(NamedTuple):
    label: str
    hint: str
    url: str


Search = Callable[[Actor, str, int], Iterable[tuple[str, str, str]]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind. `more`: there is more than is shown."""

    label: Any
    hits: tuple[Hit, ...]
    more: bool


_searches: dict[str, tuple[Any, Search]] = {}


def register(kind: str, label: Any, search: Search) -> None:
    """Let records of a kind (the name of its policy) be found. Raises ValueError for a kind that is there."""
    if kind in _searches:
        raise ValueError(f"The search for {kind!r} is registered twice.")
    _searches[kind] = (label, search)


def plain(text: str) -> str:
    """A search text without blanks around it; "" when it is too short: one Chinese character or two others."""
    text = " ".join(text.split())[:LONGEST]
    return text if len(text) > 1 or _CHINESE.search(text) else ""


def find(actor: Actor, text: str, limit: int = 5) -> list[Found]:
    """Records of every kind that the actor may see and that fit the text, at most `limit` of each. Kinds without
    a hit are left out. One search of each kind, however many it finds."""
    text = plain(text)
    if not text:
        return []
    found = []
    for kind, (label, search) in _searches.items():
        if not may_somewhere(actor, Action.VIEW, kind):
            continue
        hits = [Hit(*hit) for hit in search(actor, text, limit + 1)]
        if hits:
            found.append(Found(label, tuple(hits[:limit]), len(hits) > limit))
    return found
