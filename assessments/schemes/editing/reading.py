"""From what a form sent to the part of the document that it says.

A field's name is its place in the part ("value.target.phased"). Beside it stand `name~` (a box or a set of boxes was on the
page), `name#` (so many rows), `name@type` (the setting for a type of unit). What is empty is left out, so that the default
holds; what makes no sense stays as it was typed, so that it is seen as a problem and isn't lost.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from common.numbers import whole
from rules.trace import canonical_text

from .shapes import FIGURES, OWN, RULES, Field, Shape, field_of, fields_of

NEW = "+"  # the kind of a figure that is made on the fly
ABSENT: Any = object()
MOST_ROWS = 60
TIMES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
GROUPED = re.compile(r"-?\d{1,3}([,，]\d{3})+(\.\d+)?", re.ASCII)


class Reader:
    """Reads parts out of the data of one form."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def part(
        self, model: type[BaseModel], path: str = "", names: Collection[str] | None = None
    ) -> dict[str, Any]:
        """The document of a part, or of its fields of these names."""
        found = {}
        for field in fields_of(model):
            if names is not None and field.name not in names:
                continue
            value = self.field(field, join(path, field.name))
            if value is not ABSENT:
                found[field.name] = value
        return found

    def field(self, field: Field, path: str) -> Any:
        return getattr(self, f"_{field.shape}")(field, path)

    def text(self, path: str) -> str:
        return str(self.data.get(path, "")).strip()

    # -- one value

    def _text(self, field: Field, path: str) -> Any:
        return self.text(path) or ABSENT

    _code = _text

    def _amount(self, field: Field, path: str) -> Any:
        text = number(self.text(path))
        if text:
            return text
        return None if field.null and path in self.data else ABSENT

    def _setting(self, field: Field, path: str) -> Any:
        default = self._amount(field, path)
        types = {
            name.partition("@")[2]: number(self.text(name))
            for name in self.data
            if name.startswith(f"{path}@") and self.text(name)
        }
        if not types:
            return default
        return {**({} if default in (ABSENT, None) else {"default": default}), "types": types}

    def _whole(self, field: Field, path: str) -> Any:
        text = self.text(path)
        return int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else text or ABSENT

    def _choice(self, field: Field, path: str) -> Any:
        return self.text(path) or ABSENT

    def _yes(self, field: Field, path: str) -> Any:
        return (path in self.data) if f"{path}~" in self.data else ABSENT

    # -- figures, targets, rules

    def _figure(self, field: Field, path: str) -> Any:
        chosen, before = self.text(path), self.text(f"{path}~was")
        if not chosen:
            return ABSENT
        if chosen.startswith("="):
            return chosen[1:]
        if chosen == NEW:
            given = {name: self.text(f"{path}.new.{name}") for name in ("title", "measure", "unit", "code")}
            return {"kind": NEW, **{name: text for name, text in given.items() if text}}
        if chosen not in FIGURES:
            return {"kind": chosen}
        found = {"kind": chosen, **self.part(FIGURES[chosen], path)}
        if chosen != before and before:
            self._carry(FIGURES[chosen], found, path, before)
        return found

    _input = _figure

    def _carry(self, model: type[BaseModel], found: dict[str, Any], path: str, before: str) -> None:
        """A figure that becomes part of a made one goes into its first place."""
        if not before.startswith("=") and before != NEW:
            return
        old = self._figure_as(path, before)
        for field in fields_of(model):
            if field.shape == Shape.FIGURE and field.name not in found:
                found[field.name] = old
                return
            if field.shape == Shape.PARTS and field.name == "of" and "of" not in found:
                found["of"] = [{"figure": old}, {}]
                return

    def _figure_as(self, path: str, chosen: str) -> Any:
        if chosen.startswith("="):
            return chosen[1:]
        given = {name: self.text(f"{path}.new.{name}") for name in ("title", "measure", "unit", "code")}
        return {"kind": NEW, **{name: text for name, text in given.items() if text}}

    def _target(self, field: Field, path: str) -> Any:
        chosen = self.text(path)
        if chosen == "own":
            return self.own(path)
        if chosen != "number":
            return ABSENT
        return self._setting(field_of(OWN, "which"), f"{path}.amount")

    def own(self, path: str) -> dict[str, Any]:
        """The unit's own target; without `of` that of the figure beside it."""
        return {"of": "", **self.part(OWN, path)}

    def _marking(self, field: Field, path: str) -> Any:
        chosen = self.text(path)
        if not chosen:
            return ABSENT
        return {"kind": chosen, **(self.part(RULES[chosen], path) if chosen in RULES else {})}

    # -- parts and lists

    def _part(self, field: Field, path: str) -> Any:
        if f"{path}~" not in self.data:
            return ABSENT
        if field.default is None and not field.needed and path not in self.data:
            return ABSENT
        return self.own(path) if field.model is OWN else self.part(field.model, path)

    def _parts(self, field: Field, path: str) -> Any:
        count = self.text(f"{path}#")
        if not count.isdecimal():
            return ABSENT
        rows = [self.part(field.model, f"{path}.{number}") for number in range(min(whole(count), MOST_ROWS))]
        return rows or ABSENT

    def _amounts(self, field: Field, path: str) -> Any:
        return numbers(self.text(path)) or ABSENT

    def _codes(self, field: Field, path: str) -> Any:
        if f"{path}~" not in self.data:
            return ABSENT
        return [code for code in self.data.getlist(path) if code] or ABSENT

    def _named(self, field: Field, path: str) -> Any:
        if field.key == "Scheme.types":
            return self._types(path)
        if field.key == "Input.filters":
            return self._filters(path)
        found = {
            name.partition("@")[2]: number(self.text(name))
            if field.key == "Points.grades"
            else self.text(name)
            for name in self.data
            if name.startswith(f"{path}@") and self.text(name)
        }
        return found or ABSENT

    def _filters(self, path: str) -> Any:
        """Filters by name: a list where `name~list` says so, else a text."""
        found: dict[str, Any] = {}
        for name in self.data:
            if name.startswith(f"{path}@") and "~" not in name:
                texts = [text for one in self.data.getlist(name) for text in numbers(str(one))]
                code = name.partition("@")[2]
                if texts:
                    found[code] = texts if f"{name}~list" in self.data or len(texts) > 1 else texts[0]
        return found or ABSENT

    def _types(self, path: str) -> Any:
        """Types of unit by code; a row with a title only gets its code later."""
        count, found = self.text(f"{path}#"), {}
        for row in range(min(whole(count), MOST_ROWS)):
            title, code = self.text(f"{path}.{row}.title"), self.text(f"{path}.{row}.code")
            if title or code:
                found[code or f"{NEW}{row}"] = title
        return found or ABSENT

    def _schedule(self, field: Field, path: str) -> Any:
        if self.text(path) != "quarters":
            return ABSENT
        return numbers(self.text(f"{path}.quarters")) or []


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def number(text: str) -> str:
    """A number as it is typed: "1,200", "80 %" and "5000万" are 1200, 80 and 50000000; anything else stays."""
    text = text.strip().rstrip("%％").strip()
    if found := re.fullmatch(r"(-?\d{1,9}(?:\.\d{1,4})?)\s*(万|亿)元?", text, re.ASCII):
        return canonical_text(Decimal(found[1]) * TIMES[found[2]])
    return re.sub("[,，]", "", text) if GROUPED.fullmatch(text) else text


def numbers(text: str) -> list[str]:
    """Several numbers: "10, 9、8"."""
    return [number(one) for one in re.split(r"[,，、;；\s]+", text) if one]
