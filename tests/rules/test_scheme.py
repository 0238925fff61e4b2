"""Schemes: worked examples, and what reading refuses."""

from decimal import Decimal

import pytest

from rules import scheme as schemes
from rules.facts import Missing
from tests.rules.cases import params


def build(document, case):
    """The scheme and the facts of a case. `indicator` stands for a group with that one indicator."""
    whole = document.get("scheme") or {
        "schema": 1,
        "code": "case",
        "title": "case",
        "period": "year",
        "full": None,
        "types": {code: code for code in document["types"]},
        "inputs": {code: {"title": code, "unit": unit} for code, unit in document["inputs"].items()},
        "groups": [],
    }
    group = case.get("group")
    if "indicator" in case:
        group = {"indicators": [{"code": "one", "title": "one", **case["indicator"]}]}
    if group is not None:
        whole = {**whole, "groups": [{"code": "g", "title": "g", "least": None, **group}]}
    scheme, problems = schemes.read({**whole, **case.get("change", {})})
    assert problems == ()
    only = whole["groups"][0]["code"]
    units = [{"code": code, "group": only, **unit} for code, unit in case["units"].items()]
    given = {"schema": 1, "month": case.get("month", "2026-12"), "units": units}
    facts, problems = schemes.read_facts({**given, **case.get("facts", {})}, scheme)
    assert problems == ()
    return scheme, facts


def plain(fact):
    return str(fact.reason) if isinstance(fact, Missing) else fact.amount


def wanted(value):
    """A number of a case file, or a reason."""
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value


@pytest.mark.parametrize(("document", "case"), params("scheme"))
def test_worked_example(document, case):
    scheme, facts = build(document, case)
    result = schemes.score(scheme, facts, "case")
    for code, expected in case["expect"].items():
        line = result.line(code)
        for name, value in expected.items():
            if name == "marks":
                found = {one: plain(line.marks[one]) for one in value}
                assert found == {one: wanted(mark) for one, mark in value.items()}, code
            elif name in ("total", "points"):
                found = getattr(line, name)
                found = found if found is None or isinstance(found, Decimal) else plain(found)
                assert found == (None if value is None else wanted(value)), (code, name)
            elif name in ("boards", "vetoes", "unqualified"):
                assert list(getattr(line, name)) == value, (code, name)
            else:
                assert getattr(line, name) == value, (code, name)
