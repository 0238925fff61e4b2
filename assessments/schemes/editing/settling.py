"""What a form may leave open is filled in: figures made on the fly are declared, codes are made, targets get their figure,
empty rows go. Works on documents, before they are stored or tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from rules.scheme import document as d

from .codes import code_of
from .measures import Offer, find
from .reading import NEW
from .shapes import FIGURES, OWN, RULES, Field, Shape, fields_of

FIGURE_NAMES = {"of", "part", "whole", "now", "before", "less", "figure", "value", "by"}


class Settler:
    """Fills in one document. `inputs` grows by what is declared."""

    def __init__(self, document: dict[str, Any], offers: tuple[Offer, ...]) -> None:
        self.inputs: dict[str, Any] = (
            dict(document["inputs"]) if isinstance(document.get("inputs"), Mapping) else {}
        )
        self.offers = offers

    def part(self, model: type[BaseModel], value: Any, same: str = "", taken: set[str] | None = None) -> Any:
        """A part of this model, complete. `same`: the figure whose target is meant where none is named; `taken`: codes of
        its neighbours."""
        if not isinstance(value, Mapping):
            return value
        found = dict(value)
        for field in fields_of(model):
            if field.name not in found:
                continue
            found[field.name] = self._field(field, found[field.name], same)
            if field.shape in (Shape.FIGURE, Shape.INPUT) and model is not OWN:
                same = first_input(found[field.name]) or same
        if model is OWN and not found.get("of"):
            found["of"] = same
        if (
            "code" in model.model_fields
            and model is not d.Scheme
            and not found.get("code")
            and found.get("title")
        ):
            found["code"] = code_of(str(found["title"]), taken or set(), model.__name__.lower())
        return found

    def _field(self, field: Field, value: Any, same: str) -> Any:
        if field.shape in (Shape.FIGURE, Shape.INPUT):
            return self.figure(value, same)
        if field.shape == Shape.TARGET and isinstance(value, Mapping) and "of" in value:
            return self.part(OWN, value, same)
        if field.shape == Shape.MARKING and isinstance(value, Mapping) and value.get("kind") in RULES:
            return self.part(RULES[value["kind"]], value, same)
        if field.shape == Shape.PART:
            return self.part(field.model, value, same)
        if field.shape == Shape.PARTS and isinstance(value, (list, tuple)):
            return self.rows(field, value, same)
        return value

    def rows(self, field: Field, value: Any, same: str) -> list[Any]:
        """A list without its empty rows, each row with a code of its own."""
        rows = [row for row in value if not empty(field.model, row)]
        taken = {str(row.get("code")) for row in rows if isinstance(row, Mapping) and row.get("code")}
        found = []
        for row in rows:
            done = self.part(field.model, row, same, taken)
            if isinstance(done, Mapping) and done.get("code"):
                taken.add(str(done["code"]))
            found.append(done)
        return found

    def figure(self, value: Any, same: str = "") -> Any:
        if not isinstance(value, Mapping):
            return value
        kind = value.get("kind")
        if kind == NEW:
            return self.declare(value)
        return self.part(FIGURES[kind], value, same) if kind in FIGURES else value

    def declare(self, given: Mapping[str, Any]) -> str:
        """The code of the input that a figure made on the fly is: an equal one that is there, or a new one. "" while it
        has no name."""
        offer = find(self.offers, given.get("measure", "")) if given.get("measure") else None
        title = given.get("title") or (offer.title if offer else given.get("measure", ""))
        if not title:
            return ""
        row = {"title": title, "unit": offer.unit if offer else given.get("unit") or "count"}
        if given.get("measure"):
            row["measure"] = offer.code if offer else given["measure"]
        wanted = given.get("code")
        for code, other in self.inputs.items():
            named = isinstance(other, Mapping) and (other.get("measure") or other.get("title") == title)
            if named and {**other, "title": title} == row and wanted in (None, "", code):
                return code
        code = (
            wanted
            if wanted and wanted not in self.inputs
            else code_of(str(title), set(self.inputs), "figure")
        )
        self.inputs[code] = row
        return code


def first_input(value: Any) -> str:
    """The first input that a figure is made of; "" when it names none yet."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        return ""
    for name in ("of", "part", "now", "figure", "lines", "whole", "before", "less"):
        one = value.get(name)
        for row in one if isinstance(one, list) else [one]:
            if found := first_input(row):
                return found
    return ""


def empty(model: type[BaseModel], row: Any) -> bool:
    """Nothing was typed in a row: only boxes and choices, which always say something."""
    if not isinstance(row, Mapping):
        return False
    silent = {field.name for field in fields_of(model) if field.shape in (Shape.CHOICE, Shape.YES)}
    return all(name in silent or _says_nothing(value) for name, value in row.items())


def _says_nothing(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(name == "kind" or _says_nothing(one) for name, one in value.items()) and value.get(
            "kind"
        ) in (None, NEW)
    return value in (None, "", False, []) or (isinstance(value, list) and all(map(_says_nothing, value)))


def used(document: Mapping[str, Any]) -> set[str]:
    """The inputs that the groups of a document name."""
    return set(_names(document.get("groups")))


def in_order(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its inputs as the groups name them first, and those that nothing names last: the database keeps
    no order of names."""
    inputs = document.get("inputs")
    if not isinstance(inputs, Mapping):
        return dict(document)
    named: list[str] = []
    for group in document.get("groups") or []:
        parts = group if isinstance(group, Mapping) else {}
        for name in ("indicators", "bonuses", "deductions", *parts):
            named += _names(parts.get(name))
    order = [code for code in dict.fromkeys(named) if code in inputs]
    return {**document, "inputs": {code: inputs[code] for code in dict.fromkeys([*order, *inputs])}}


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, one in sorted(value.items(), key=lambda item: item[0] not in FIGURE_NAMES):
            if name in FIGURE_NAMES and isinstance(one, str):
                yield one
            else:
                yield from _names(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _names(one)


def renamed(document: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """The document with every use of an input under another code. A key of the ranking that is an indicator's code stays."""
    groups = [_renamed(group, old, new, _indicator_codes(group)) for group in document.get("groups") or []]
    return {**document, "groups": groups}


def _renamed(value: Any, old: str, new: str, indicators: set[str]) -> Any:
    if isinstance(value, Mapping):
        return {
            name: new
            if one == old and name in FIGURE_NAMES and not (name == "by" and old in indicators)
            else [new if code == old else code for code in one]
            if name == "fills" and isinstance(one, list)
            else _renamed(one, old, new, indicators)
            for name, one in value.items()
        }
    return [_renamed(one, old, new, indicators) for one in value] if isinstance(value, list) else value


def _indicator_codes(value: Any) -> set[str]:
    """Codes of a group's indicators and their parts."""
    if isinstance(value, Mapping):
        own = {str(value["code"])} if "rule" in value and "code" in value else set()
        return own.union(*(_indicator_codes(one) for one in value.values()))
    return set().union(*(_indicator_codes(one) for one in value)) if isinstance(value, list) else set()
