"""The shapes of a document's fields, read off the models of rules/scheme/."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rules.scheme import document as d
from rules.scheme import figures as f
from rules.scheme import marking as m
from rules.scheme.parts import Amount, Code, OwnTarget, Rounding, Setting, Target, Title
from rules.trace import canonical_text


class Shape(StrEnum):
    TEXT = "text"
    CODE = "code"  # a name that the clerk needn't think of
    AMOUNT = "amount"
    SETTING = "setting"  # an amount, or one by unit type
    WHOLE = "whole"
    CHOICE = "choice"
    YES = "yes"
    FIGURE = "figure"
    INPUT = "input"  # a figure that is read, and no made one
    TARGET = "target"
    MARKING = "marking"
    PART = "part"
    PARTS = "parts"  # a list of parts
    AMOUNTS = "amounts"
    CODES = "codes"  # some of names that the document has elsewhere
    NAMED = "named"  # names with a text, an amount or a choice each
    SCHEDULE = "schedule"


@dataclass(frozen=True)
class Field:
    """A field of a part. `null`: nothing is another thing than the default. `least`: so many rows a list has at least."""

    name: str
    owner: str  # the class that has it: words are found by "owner.name"
    shape: Shape
    default: Any = None  # as it stands in a document
    needed: bool = False
    null: bool = False
    model: Any = None  # of PART and PARTS
    choices: tuple[str, ...] = ()
    least: int = 0

    @property
    def key(self) -> str:
        return f"{self.owner}.{self.name}"


FIGURES = {
    get_args(model.model_fields["kind"].annotation)[0]: model
    for model in f.KINDS
    if "kind" in model.model_fields
}
RULES = {
    get_args(model.model_fields["kind"].annotation)[0]: model
    for model in (
        m.Proportional, m.AtTarget, m.Bands, m.PerItem, m.Given, m.Classes, m.Counts, m.MinMax, m.ShareOfBest, m.ByPosition, m.Parts,
    )
}  # fmt: skip
INPUTS = {("Klass", "of"), ("Needed", "of"), ("OwnTarget", "of")}
CHOSEN = {("Indicator", "types"), ("Needed", "fills"), ("Board", "of")}  # lists of names that stand elsewhere


@cache
def fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    """The fields of a part in their order, without `kind` and `schema`."""
    hints = get_type_hints(model, localns={"Indicator": d.Indicator}, include_extras=True)
    return tuple(
        _field(model, name, hints[name], info)
        for name, info in model.model_fields.items()
        if name not in ("kind", "format")
    )


def field_of(model: type[BaseModel], name: str) -> Field:
    return next(one for one in fields_of(model) if one.name == name)


def _field(model: type[BaseModel], name: str, hint: Any, info: FieldInfo) -> Field:
    bare = _bare(hint)
    null = bare is not hint and _has_none(hint)
    shape, more = _shape((model.__name__, name), bare if null else hint)
    default = None if info.is_required() else plain(info.get_default(call_default_factory=True))
    return Field(
        name, model.__name__, shape, default, info.is_required(), null and default is not None, **more
    )


def _has_none(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _bare(hint: Any) -> Any:
    """The hint without `| None`."""
    if not _has_none(hint):
        return hint
    rest = [one for one in get_args(hint) if one is not type(None)]
    return rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007 - made at run time


_ALIASES = ((f.Figure, Shape.FIGURE), (m.Marking, Shape.MARKING), (Target, Shape.TARGET), (Setting, Shape.SETTING),
            (Amount, Shape.AMOUNT), (Code, Shape.CODE), (Title, Shape.TEXT), (d.Schedule, Shape.SCHEDULE))  # fmt: skip


def _shape(place: tuple[str, str], hint: Any) -> tuple[Shape, dict[str, Any]]:
    if place in INPUTS:
        return Shape.INPUT, {}
    if place in CHOSEN:
        return Shape.CODES, {}
    for alias, shape in _ALIASES:
        if hint == alias or hint is alias:
            return shape, {}
    if hint is bool:
        return Shape.YES, {}
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return Shape.PART, {"model": hint}
    origin = get_origin(hint)
    if origin is Literal:
        return Shape.CHOICE, {"choices": get_args(hint)}
    if origin is tuple or (hasattr(hint, "__metadata__") and get_origin(get_args(hint)[0]) is tuple):
        rows = hint if origin is tuple else get_args(hint)[0]
        least = 0 if origin is tuple else 1
        inner = get_args(rows)[0]
        if inner == Amount:
            return Shape.AMOUNTS, {"least": least}
        return Shape.PARTS, {"model": inner, "least": least}
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return Shape.NAMED, {}
    if hasattr(hint, "__metadata__"):
        return (Shape.WHOLE if get_args(hint)[0] is int else Shape.TEXT), {}
    return Shape.TEXT, {}


def plain(value: Any) -> Any:
    """A default as it would stand in a document."""
    if isinstance(value, Decimal):
        return canonical_text(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


OWN = OwnTarget
ROUNDING = Rounding
