import json
from decimal import Decimal

import pytest

from rules.facts import Missing, MissingReason, Value
from rules.money import Rounding
from rules.ranking import completion
from rules.trace import Operand, Parameter, Trace, canonical_json

DONE = Value(Decimal("19825.00"), "wan", "import:7:Sheet1!C5")
TARGET = Value(Decimal("6E+4"), "wan", "import:7:Sheet1!B5")


def test_the_document_of_a_rate():
    """19,825 ÷ 60,000 = 33.04166…, printed 33.04 (Danfeng, June 2023)."""
    _, trace = completion(DONE, TARGET, Rounding(2), version="3")

    document = trace.to_document()

    assert document == {
        "children": [],
        "key": "completion",
        "label_key": "column.completion",
        "limited": "33.04166666666666666666666666666666666667",
        "operands": [
            {"amount": "19825", "name": "done", "reason": None, "ref": "import:7:Sheet1!C5", "unit": "wan"},
            {"amount": "60000", "name": "target", "reason": None, "ref": "import:7:Sheet1!B5", "unit": "wan"},
        ],
        "operation": "ratio_percent",
        "parameters": [{"path": "rounding.completion", "value": "half_up:2", "version": "3"}],
        "raw": "33.04166666666666666666666666666666666667",
        "reason": None,
        "rounded": "33.04",
        "unit": "percent",
    }
    assert list(document) == sorted(document)


def test_a_missing_rate_carries_its_reason():
    _, trace = completion(DONE, Missing(MissingReason.NO_TARGET), Rounding(2))

    assert trace.reason == "no_target"
    assert trace.raw is None
    assert trace.limited is None
    assert trace.rounded is None
    assert trace.operands[1].reason == "no_target"


def test_round_trip_through_json():
    _, leaf = completion(DONE, TARGET, Rounding(2))
    tree = Trace(
        "points",
        "column.points",
        "difference",
        (Operand("completion", Decimal("33.0"), "percent"),),
        (Parameter("schedule", "linear", "1"),),
        raw=Decimal("-16.96"),
        rounded=Decimal("-17.00"),
        unit="points",
        children=(leaf, Trace("x", "column.x", "fact", reason="not_reported")),
    )

    data = canonical_json(tree.to_document())

    assert Trace.from_document(json.loads(data)) == tree
    assert canonical_json(Trace.from_document(json.loads(data)).to_document()) == data


def test_equal_numbers_have_one_text():
    one = Trace("a", "a", "fact", (Operand("a", Decimal("9050.00")),), raw=Decimal("-0.00"))
    two = Trace("a", "a", "fact", (Operand("a", Decimal("9.05E+3")),), raw=Decimal("0"))

    assert canonical_json(one.to_document()) == canonical_json(two.to_document())


def test_a_printed_figure_keeps_its_zeros():
    assert Trace("a", "a", "fact", rounded=Decimal("30.00")).to_document()["rounded"] == "30.00"


def test_children_are_found_by_key():
    leaf = Trace("done", "column.done", "fact")
    tree = Trace("completion", "column.completion", "ratio_percent", children=(leaf,))

    assert tree.child("done") is leaf
    with pytest.raises(KeyError):
        tree.child("target")


def test_a_document_with_a_missing_field_is_refused():
    document = Trace("a", "a", "fact").to_document()
    del document["raw"]
    with pytest.raises(KeyError):
        Trace.from_document(document)


def test_the_json_is_compact_and_keeps_chinese():
    assert canonical_json({"b": "丹凤", "a": 1}) == '{"a":1,"b":"丹凤"}'.encode()
