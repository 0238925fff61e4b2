"""Reading and writing documents: problems with their places, the normal form, its hash, and the JSON Schemas."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from rules.trace import canonical_json

from .checks import Found, check, check_facts
from .document import Scheme
from .facts import Facts
from .limits import DEEP, LONG, MANY, Unfit, exact, plain

Model = TypeVar("Model", bound=BaseModel)
Document = dict[str, Any]

# What pydantic calls a problem → our code; anything else is "not_allowed".
_CODES = {
    "missing": "needed",
    "extra_forbidden": "unknown",
    "string_pattern_mismatch": "not_a_code",
    "string_too_long": "too_long",
    "string_too_short": "needed",
    "too_short": "needed",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "mapping_type": "not_an_object",
    "dict_type": "not_an_object",
    "tuple_type": "not_a_list",
    "int_type": "not_a_whole_number",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a document. `path` leads to the place ("groups.0.indicators.2.full"), `code` says what."""

    path: str
    code: str
    value: str = ""


class _Loader(yaml.SafeLoader):
    """Safe YAML in which a number with a point is a decimal, never a binary float, and a date stays text. Aliases and
    tags aren't taken: a few of them unfold to millions of values, or to types that JSON hasn't."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
        for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = self.nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        where = f"line {event.start_mark.line + 1}"
        if isinstance(event, yaml.AliasEvent):
            raise Unfit("alias", f"{where}: aliases aren't taken, write *{event.anchor} out")
        if getattr(event, "tag", None):
            raise Unfit("tag", f"{where}: tags aren't taken")
        self.nodes += 1
        if self.depth >= DEEP + 1:
            raise Unfit("deep", f"{where}: more than {DEEP} levels inside each other")
        if self.nodes > 2 * MANY:  # keys are nodes as well
            raise Unfit("many", f"{where}: more than {MANY} values")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def real(self, node: Any) -> Decimal:
        return exact(str(node.value))

    def whole(self, node: Any) -> int:
        if len(node.value) > LONG:
            raise Unfit("number", f"line {node.start_mark.line + 1}: the number is too long")
        return int(self.construct_yaml_int(node))


_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.real)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.whole)


def parse(text: str) -> Any:
    """The document in a JSON or YAML text as JSON keeps it, exact numbers as text. ValueError with the line when it is
    neither, Unfit (one of those) when it is beyond the limits."""
    try:
        return plain(_parsed(text))
    except RecursionError:
        raise Unfit("deep", f"more than {DEEP} levels inside each other") from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_float=exact, parse_constant=_no_number)
    except json.JSONDecodeError:
        pass
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise ValueError(f"neither JSON nor YAML: {error}") from None


def _no_number(text: str) -> Any:
    raise Unfit("number", f"{text} is no number")


def read(document: Any) -> tuple[Scheme | None, tuple[Problem, ...]]:
    """The scheme of a document and all problems in it. The scheme is None while its shape is wrong; problems of
    meaning (an input that isn't declared, marks that don't add up) come with a scheme that must not be used."""
    return _read(Scheme, document, check)


def read_facts(document: Any, scheme: Scheme) -> tuple[Facts | None, tuple[Problem, ...]]:
    """The facts of a document, held against the scheme that they are for."""
    return _read(Facts, document, lambda facts: check_facts(facts, scheme))


def _read(model: type[Model], document: Any, more: Any) -> tuple[Model | None, tuple[Problem, ...]]:
    try:
        found = model.model_validate(_frozen(document))
    except ValidationError as error:
        problems = (_problem(row, document) for row in error.errors())
        return None, tuple(one for one in problems if one is not None)
    rows: tuple[Found, ...] = tuple(more(found))
    return found, tuple(
        Problem(".".join(str(step) for step in path), code, value) for path, code, value in rows
    )


def _frozen(value: Any) -> Any:
    """Lists as tuples, which is what the models hold."""
    if isinstance(value, Mapping):
        return {key: _frozen(one) for key, one in value.items()}
    return tuple(_frozen(one) for one in value) if isinstance(value, (list, tuple)) else value


def _problem(row: Any, document: Any) -> Problem | None:
    """A pydantic error at its place in the document as it was written: the tags of unions aren't steps of the way."""
    path: list[str] = []
    here, steps = document, list(row["loc"])
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        if isinstance(here, Mapping) and (step in here or (last and row["type"] == "missing")):
            path.append(str(step))
            here = here.get(step)
        elif isinstance(here, (list, tuple)) and isinstance(step, int):
            path.append(str(step))
            here = here[step] if step < len(here) else None
    if row["type"] == "too_short" and here:
        return None  # its items are wrong, and each says so itself
    if row["type"].startswith("union_tag"):
        path.append("kind")
        here = here.get("kind") if isinstance(here, Mapping) else here
        code = "needed" if here is None else "not_allowed"
    else:
        code = "not_a_number" if row["type"] == "value_error" else _CODES.get(row["type"], "not_allowed")
    value = "" if here is None or isinstance(here, (Mapping, list, tuple)) else str(here)
    return Problem(".".join(path), code, value)


def write(part: BaseModel) -> Document:
    """The normal form: the smallest document that says the same. Numbers are text without trailing zeros."""
    document: Document = part.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(part, (Scheme, Facts)):
        document["schema"] = part.format
    return document


def sha256(part: BaseModel) -> str:
    """The hash of the normal form: the same for a file, for the editor and for a copy with its keys in another order."""
    return hashlib.sha256(canonical_json(write(part))).hexdigest()


def json_schema(model: type[BaseModel]) -> Document:
    """The JSON Schema of a document (draft 2020-12), for editors and for those who write files by hand."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(by_alias=True),
    }
