"""A counting rule as data: its shape and what can be wrong with it (DOMAIN §3, §8).

Amounts are decimals in text, in yuan or in the currency that stands beside them; percentages are "100" for
the whole. An empty list means "all of them", null means "no such condition".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Document = dict[str, Any]

BASES = ("", "arrived", "formed")  # "": the measure that uses the rule says which
STATES = ("preliminary", "final")
SECTORS = ("primary", "secondary", "tertiary")
KINDS = ("registered", "other_money", "equipment", "plant", "land", "other")
PAID_IN, BUILT = ("registered", "other_money"), ("equipment", "plant", "land")
ZONES = ("abroad", "outside_province", "outside_city", "inside_city")
FUND_SOURCES = ("own", "loan", "partner", "government")
MODES = ("new", "increase", "merger")
LEVELS = ("city", "county", "park", "town", "other")  # of the unit whose figure it is
PLACES = ("park", "elsewhere")
OF = ("counted", "contract")
OVER = ("year", "life")
STARTS = ("signed", "started")

NUMBER = re.compile(r"\d{1,16}(\.\d{1,8})?", re.ASCII)
INDUSTRY = re.compile(r"\d{2,4}", re.ASCII)  # a code of GB/T 4754 and all finer ones below it
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a document. `path` leads to the place ("threshold.amount"), `code` says what."""

    path: str
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A size line in yuan, and lines in other currencies that do as well (10 million US dollars beside 100 million
    yuan). `sectors` and `places` narrow the projects that it is for; empty: all."""

    amount: Decimal
    own: Mapping[str, Decimal] = field(default_factory=dict)
    sectors: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Threshold:
    """Projects below their line don't count. `of`: held against what counts, or against the contract amount.
    `over`: the sum of the year, or of the project's whole life. `scaled`: after percentages and factors."""

    lines: tuple[Line, ...]  # the first that fits
    of: str = "counted"
    over: str = "year"
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class RealEstate:
    """For these industries net tax × factor counts instead of the assets; `retained`: per cent of the tax that
    stays with the place."""

    industries: tuple[str, ...]
    factor: Decimal
    retained: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True)
class Window:
    """A project counts for so many years from a day of its own, the first day included."""

    years: int
    since: str = "signed"


@dataclass(frozen=True, slots=True)
class Level:
    """What counts for units of one level; None: whatever counts at all."""

    zones: tuple[str, ...] | None = None
    fund_sources: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A whole counting rule. `version` names it in traces. Percentages are of what was recognised."""

    basis: str = ""
    state: str = "final"
    sectors: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    never: tuple[str, ...] = ()  # industries that never count
    kinds: Mapping[str, Decimal] = field(default_factory=dict)  # kind of entry → per cent; {}: all in full
    fund_sources: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    zone_percent: Mapping[str, Decimal] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    threshold: Threshold | None = None
    real_estate: RealEstate | None = None
    kept_days: int | None = None
    window: Window | None = None
    version: str = ""


def _list(values: tuple[str, ...]) -> Document:
    return {"type": "array", "items": {"enum": list(values)}, "uniqueItems": True}


def _codes(pattern: re.Pattern[str]) -> Document:
    return {
        "type": "array",
        "items": {"type": "string", "pattern": f"^({pattern.pattern})$"},
        "uniqueItems": True,
    }


def _amounts(keys: Document) -> Document:
    return {"type": "object", "propertyNames": keys, "additionalProperties": _AMOUNT}


def _object(properties: Document, *needed: str) -> Document:
    return {
        "type": "object",
        "properties": properties,
        "required": list(needed),
        "additionalProperties": False,
    }


def _or_null(schema: Document) -> Document:
    return {"anyOf": [{"type": "null"}, schema]}


_AMOUNT: Document = {"type": "string", "pattern": f"^{NUMBER.pattern}$"}
LINE: Document = {
    "amount": _AMOUNT,
    "own": _amounts({"pattern": f"^{CURRENCY.pattern}$"}),
    "sectors": _list(SECTORS),
    "places": _list(PLACES),
}
SCHEMA: Document = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "counting rule",
    **_object(
        {
            "schema": {"const": 1},
            "basis": {"enum": list(BASES)},
            "state": {"enum": list(STATES)},
            "sectors": _list(SECTORS),
            "industries": _codes(INDUSTRY),
            "never": _codes(INDUSTRY),
            "kinds": _amounts({"enum": list(KINDS)}),
            "fund_sources": _list(FUND_SOURCES),
            "modes": _list(MODES),
            "zone_percent": _amounts({"enum": list(ZONES)}),
            "levels": {
                "type": "object",
                "propertyNames": {"enum": list(LEVELS)},
                "additionalProperties": _object(
                    {"zones": _or_null(_list(ZONES)), "fund_sources": _or_null(_list(FUND_SOURCES))}
                ),
            },
            "threshold": _or_null(
                _object(
                    {
                        "of": {"enum": list(OF)},
                        "over": {"enum": list(OVER)},
                        "scaled": {"type": "boolean"},
                        "lines": {"type": "array", "minItems": 1, "items": _object(LINE, "amount")},
                    },
                    "lines",
                )
            ),
            "real_estate": _or_null(
                _object(
                    {"industries": _codes(INDUSTRY), "factor": _AMOUNT, "retained": _AMOUNT},
                    "industries",
                    "factor",
                )
            ),
            "kept_days": _or_null({"type": "integer", "minimum": 1, "maximum": 3660}),
            "window": _or_null(
                _object(
                    {
                        "years": {"type": "integer", "minimum": 1, "maximum": 50},
                        "since": {"enum": list(STARTS)},
                    },
                    "years",
                )
            ),
        },
        "schema",
    ),
}


def empty() -> Document:
    """A rule by which everything that was finally recognised counts."""
    return {"schema": 1}
