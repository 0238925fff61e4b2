"""Worked examples in YAML: numbers are read as exact decimals, words as codes."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import Rounding
from rules.periods import Linear, Month, Quarterly, Schedule
from rules.ranking import Key, LineInput, RankRule, ReturnState, TableRule

FOLDER = Path(__file__).resolve().parent.parent / "rules_cases"


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Safe YAML whose numbers with a point are decimals; read by libyaml where there is one, ten times as fast."""


Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node)))


def documents(rule: str) -> list[tuple[str, dict[str, Any]]]:
    """All case files of a rule by name. A file without a source is refused."""
    found = []
    for path in sorted((FOLDER / rule).glob("*.yaml")):
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
        assert document["source"]["title"], f"{path} names no source"
        assert document["cases"], f"{path} has no cases"
        found.append((path.stem, document))
    assert found, f"no cases for {rule}"
    return found


def params(rule: str, only: str | None = None) -> list[Any]:
    """Pytest parameters (document, case), one per case."""
    return [
        pytest.param(document, case, id=f"{stem}: {case['name']}")
        for stem, document in documents(rule)
        if only in (None, stem)
        for case in document["cases"]
    ]


def number(value: Any) -> Decimal:
    """An int or Decimal from YAML as Decimal; anything else is a mistake in the file."""
    assert isinstance(value, (int, Decimal)), f"not a number: {value!r}"
    assert not isinstance(value, bool)
    return Decimal(value)


def fact(value: Any, unit: str) -> Fact:
    """A number, or the code of the reason why there is none."""
    return Missing(MissingReason(value)) if isinstance(value, str) else Value(number(value), unit)


def rounding(text: str) -> Rounding:
    mode, digits = text.split(":")
    return Rounding(int(digits), mode)


def schedule(value: Any) -> Schedule | None:
    if isinstance(value, list):
        return Quarterly(tuple(number(share) for share in value))
    return {"linear": Linear(), "none": None}[value]


def rank_rule(keys: list[str], rounded: bool) -> RankRule:
    return RankRule(tuple(Key(*key.split()) for key in keys), rounded)


def table_rule(document: dict[str, Any]) -> TableRule:
    through = document.get("data_through")
    printed = document.get("progress_rounding")
    return TableRule(
        month=Month.parse(document["month"]),
        data_through=Month.parse(through) if through else None,
        schedule=schedule(document.get("schedule", "linear")),
        roundings={column: rounding(text) for column, text in document.get("roundings", {}).items()},
        points_from_rounded=document.get("points_from_rounded", False),
        progress_rounding=rounding(printed) if printed else None,
        rank=rank_rule(document.get("rank", ["completion desc"]), document.get("rank_rounded", False)),
        version="case",
    )


def line_input(line: dict[str, Any], case: dict[str, Any]) -> LineInput:
    settings = {"unit", "ranked", "in_total", "return", "comparable"}
    units = case.get("units", {})
    return LineInput(
        unit=line["unit"],
        group="group",
        ranked=line.get("ranked", True),
        in_total=line.get("in_total", True),
        return_state=ReturnState(line.get("return", "filed")),
        comparable=line.get("comparable", True),
        facts={
            column: fact(value, units.get(column, case["unit"]))
            for column, value in line.items()
            if column not in settings
        },
    )


def shown(found: Fact) -> Decimal | str:
    """What a case file writes for a fact: its number or its reason."""
    return str(found.reason) if isinstance(found, Missing) else found.amount
