"""Parts of a document that have a form of their own, by address: "", "groups/0", "groups/0/indicators/2", "inputs/arrived"."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from rules.scheme import document as d

Document = dict[str, Any]
NEW_ROW = "new"
LISTS: dict[str, tuple[type[BaseModel], Any]] = {
    "indicators": (d.Indicator, _("Indicator")),
    "bonuses": (d.Indicator, _("Bonus")),
    "deductions": (d.Indicator, _("Deduction")),
    "vetoes": (d.Veto, _("Veto")),
    "qualify": (d.Qualify, _("Condition for a place")),
    "boards": (d.Board, _("Red or black board")),
}
SINGLES: dict[str, tuple[type[BaseModel], Any]] = {
    "ranking": (d.Ranking, _("Ranking")),
    "grades": (d.Grades, _("Grades")),
    "points": (d.Points, _("Points of a larger assessment")),
}
HEAD = ("code", "title", "source", "period", "full", "schedule", "types")
GROUP_HEAD = (
    "code",
    "title",
    "bonus_most",
    "deduction_most",
    "least",
    "most",
    "rounding",
    "composites",
    "changes",
)
MARKED = ("indicators", "bonuses", "deductions")


@dataclass(frozen=True)
class Place:
    """Where a part stands. `names`: the fields of its form, None for all; `fresh`: it isn't there yet."""

    address: str
    path: tuple[str | int, ...]
    model: type[BaseModel]
    noun: Any
    names: tuple[str, ...] | None = None
    fresh: bool = False

    @property
    def group(self) -> int | None:
        """The group it belongs to."""
        return self.path[1] if self.path[:1] == ("groups",) else None  # type: ignore[return-value]

    @property
    def row(self) -> int | None:
        """Its number, when it is one of a list that can be moved and deleted."""
        last = self.path[-1] if self.path else None
        return last if isinstance(last, int) else None

    @property
    def list_path(self) -> tuple[str | int, ...]:
        return self.path[:-1]

    @property
    def kind(self) -> str:
        """The name of its list, or of itself."""
        names = [step for step in self.path if isinstance(step, str)]
        return names[-1] if names else "head"

    @property
    def single(self) -> bool:
        """A part of a group that there is once or not at all."""
        return self.kind in SINGLES and self.row is None

    @property
    def kind_of_input(self) -> bool:
        """A figure that is read."""
        return self.path[:1] == ("inputs",)

    @property
    def dotted(self) -> str:
        return ".".join(map(str, self.path))


def place_at(document: Document, address: str) -> Place | None:
    """The part of that address; None when the document has none there. "…/new" is one that begins."""
    steps = [step for step in address.split("/") if step]
    if not steps:
        return Place("", (), d.Scheme, _("Scheme"), HEAD)
    if steps[0] == "inputs" and len(steps) == 2:
        if not isinstance(get(document, ("inputs", steps[1])), Mapping):
            return None
        return Place(address, ("inputs", steps[1]), d.Input, _("Figure that is read"))
    if steps[0] != "groups" or len(steps) not in (2, 3, 4):
        return None
    group = _number(document, ("groups",), steps[1])
    if group is None or (group[1] and len(steps) > 2):
        return None
    path: tuple[str | int, ...] = ("groups", group[0])
    if len(steps) == 2:
        return Place(address, path, d.Group, _("Group"), GROUP_HEAD, group[1])
    if len(steps) == 3 and steps[2] in SINGLES:
        model, noun = SINGLES[steps[2]]
        return Place(address, (*path, steps[2]), model, noun, None, get(document, (*path, steps[2])) is None)
    if len(steps) == 4 and steps[2] in LISTS:
        row = _number(document, (*path, steps[2]), steps[3])
        if row is not None:
            model, noun = LISTS[steps[2]]
            return Place(address, (*path, steps[2], row[0]), model, noun, None, row[1])
    return None


def _number(document: Document, path: tuple[str | int, ...], step: str) -> tuple[int, bool] | None:
    """(number, whether it begins now) of a row."""
    rows = rows_of(get(document, path))
    if step == NEW_ROW:
        return len(rows), True
    if re.fullmatch(r"\d{1,4}", step, re.ASCII) and int(step) < len(rows):
        return int(step), False
    return None


def get(document: Any, path: tuple[str | int, ...]) -> Any:
    """What stands there; None for nothing."""
    here = document
    for step in path:
        if isinstance(here, Mapping) and isinstance(step, str):
            here = here.get(step)
        elif isinstance(here, (list, tuple)) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            return None
    return here


def put(document: Document, place: Place, value: Any) -> Document:
    """A copy of the document with that part replaced; its fields that have no place on the form stay."""
    found = copy.deepcopy(document)
    if not place.path:
        kept = {name: one for name, one in found.items() if name not in HEAD}
        return {**kept, **value}
    parent: Any = found
    for step, following in zip(place.path[:-1], place.path[1:], strict=True):
        if isinstance(parent, dict):
            parent = parent.setdefault(step, [] if isinstance(following, int) else {})
        else:
            parent = parent[step]
    last: Any = place.path[-1]
    old = get(parent, (last,))
    if place.names is not None and isinstance(old, Mapping):
        known = set(place.model.model_fields)
        value = {**{k: v for k, v in old.items() if k in known and k not in place.names}, **value}
    if isinstance(parent, list) and last >= len(parent):
        parent.append(value)
    else:
        parent[last] = value
    return found


def drop(document: Document, place: Place) -> Document:
    """A copy without that part."""
    found = copy.deepcopy(document)
    parent = get(found, place.list_path)
    del parent[place.path[-1]]
    return found


def move(document: Document, place: Place, by: int) -> tuple[Document, int]:
    """A copy with a row moved up (−1) or down (1), and its new number; the same where there is no room."""
    found = copy.deepcopy(document)
    rows, row = get(found, place.list_path), place.row
    assert row is not None
    wanted = row + by
    if 0 <= wanted < len(rows):
        rows[row], rows[wanted] = rows[wanted], rows[row]
        return found, wanted
    return found, row


def duplicate(document: Document, place: Place) -> tuple[Document, int]:
    """A copy with that row once more below it, without its code."""
    found = copy.deepcopy(document)
    rows, row = get(found, place.list_path), place.row
    assert row is not None
    again = copy.deepcopy(rows[row])
    if isinstance(again, dict):
        again.pop("code", None)
    rows.insert(row + 1, again)
    return found, row + 1


def begun(document: Any, *, code: str, title: str) -> Document:
    """A document to go on with: an empty draft begins with a head and one group."""
    if isinstance(document, Mapping) and document:
        return {
            **document,
            "groups": [one for one in rows_of(document.get("groups")) if isinstance(one, Mapping)],
        }
    slug = re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-") or "scheme"
    return {
        "schema": 1,
        "code": slug[:40],
        "title": title,
        "period": "quarter",
        "inputs": {},
        "groups": [{"code": "group", "title": title, "indicators": []}],
    }


def rows_of(value: Any) -> list[Any]:
    """A list of the document; nothing where something else stands."""
    return list(value) if isinstance(value, (list, tuple)) else []


def codes_of(rows: Any) -> list[tuple[str, str]]:
    """(code, title) of a list's rows."""
    return [
        (str(row["code"]), str(row.get("title") or row["code"]))
        for row in rows_of(rows)
        if isinstance(row, Mapping) and row.get("code")
    ]
