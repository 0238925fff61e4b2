"""Documents of schemes: what is refused and where, the normal form, the published JSON Schemas."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from rules import scheme as schemes
from rules.scheme.parts import _amount
from tests.rules.cases import params
from tests.rules.test_scheme import build

ROOT = Path(__file__).resolve().parent.parent.parent


def sound():
    """The document of a small scheme without problems."""
    return {
        "schema": 1,
        "code": "small",
        "title": "small",
        "period": "year",
        "types": {"park": "park", "town": "town"},
        "inputs": {
            "money": {"title": "money", "unit": "yuan"},
            "head": {"title": "head", "unit": "people"},
        },
        "groups": [
            {
                "code": "g",
                "title": "g",
                "indicators": [
                    {
                        "code": "one",
                        "title": "one",
                        "full": "100",
                        "value": {"kind": "completion", "of": "money", "target": {"of": "money"}},
                        "rule": {"kind": "proportional"},
                    }
                ],
            }
        ],
    }


def changed(path, value):
    """The small scheme with something else at a place; None takes it away."""
    document = sound()
    here = document
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        here = here[step]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return document


RULE = "groups.0.indicators.0.rule"
VALUE = "groups.0.indicators.0.value"
STEP = {"step": 10, "points": 1}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("period", "week", [("period", "not_allowed", "week")]),
        ("period", None, [("period", "needed", "")]),
        ("schema", 2, [("schema", "not_allowed", "2")]),
        ("code", "No Code", [("code", "not_a_code", "No Code")]),
        ("more", 1, [("more", "unknown", "1")]),
        ("groups", [], [("groups", "needed", "")]),
        ("groups", {}, [("groups", "not_a_list", "")]),
        ("inputs.money.unit", None, [("inputs.money.unit", "needed", "")]),
        (f"{RULE}.at", "1e3", [(f"{RULE}.at", "not_a_number", "1e3")]),
        (f"{RULE}.at", 1.5, [(f"{RULE}.at", "not_a_number", "1.5")]),
        (f"{RULE}.at", True, [(f"{RULE}.at", "not_a_number", "True")]),
        (f"{RULE}.at", 0, [(f"{RULE}.at", "not_above_zero", "")]),
        (f"{RULE}.kind", "magic", [(f"{RULE}.kind", "not_allowed", "magic")]),
        (f"{RULE}.kind", None, [(f"{RULE}.kind", "needed", "")]),
        (f"{VALUE}.of", "gold", [(VALUE, "unknown_input", "gold")]),
        (f"{VALUE}.of", "head", [(VALUE, "mixed_units", "people, yuan")]),
        (f"{VALUE}.target.of", "gold", [(f"{VALUE}.target", "unknown_input", "gold")]),
        (VALUE, None, [("groups.0.indicators.0.value", "needed", "")]),
        ("groups.0.indicators.0.full", 90, [("groups.0.indicators", "marks_not_full", "90")]),
        (
            "groups.0.indicators.0.full",
            {"default": 100, "types": {"town": 60}},
            [("groups.0.indicators", "marks_not_full", "town:60")],
        ),
        (
            "groups.0.indicators.0.full",
            {"default": 100, "types": {"city": 100}},
            [("groups.0.indicators.0.full.types", "unknown_type", "city")],
        ),
        ("groups.0.indicators.0.code", "total", [("groups.0.indicators", "reserved", "total")]),
        ("groups.0.indicators.0.types", ["city"], [("groups.0.indicators.0.types", "unknown_type", "city")]),
        (
            "groups.0.indicators.0.missing",
            {"reasons": {"forgotten": "zero"}},
            [("groups.0.indicators.0.missing.reasons", "unknown_reason", "forgotten")],
        ),
        (
            RULE,
            {"kind": "at_target", "below": "steps", "over": STEP},
            [(f"{RULE}.short", "needed", "")],
        ),
        (RULE, {"kind": "at_target", "short": STEP}, [(f"{RULE}.short", "not_used", "")]),
        (
            RULE,
            {"kind": "at_target", "over": {"step": 1, "by_target": [{"from_target": 1, "points": 1}]}},
            [(f"{RULE}.size", "needed", "")],
        ),
        (
            RULE,
            {"kind": "bands", "bands": [{"from_value": 2, "points": 1}, {"from_value": 2, "points": 2}]},
            [(f"{RULE}.bands", "not_rising", "")],
        ),
        (RULE, {"kind": "min_max", "low": 100, "high": 100}, [(f"{RULE}.high", "not_above_low", "100")]),
        (RULE, {"kind": "classes", "classes": [{"of": "money", "each": 1}]}, [("groups.0.indicators.0.value", "not_used", "")]),
        ("schedule", [10, 20, 30, 30], [("schedule", "not_100", "90")]),
        (
            "groups.0.ranking",
            {"order": [{"by": "gold"}]},
            [("groups.0.ranking.order.0.by", "unknown_key", "gold")],
        ),
        (
            "groups.0.boards",
            [{"code": "red", "title": "r", "of": ["two"], "end": "first", "places": 1, "times": 1}],
            [("groups.0.boards.0.of", "unknown_indicator", "two")],
        ),
        (
            "groups.0.vetoes",
            [{"code": "v", "title": "v", "when": [{"figure": "head", "compare": "above", "than": 1}], "then": "grade", "grade": "a"}],
            [("groups.0.vetoes.0.grade", "unknown_grade", "a")],
        ),
        (
            "groups.0.grades",
            {"rows": [{"code": "a", "title": "a", "limit": 60}, {"code": "b", "title": "b", "limit": 80}]},
            [("groups.0.grades.rows", "not_falling", "80")],
        ),
        (
            "groups.0.points",
            {"by": "grade", "grades": {"a": 1}},
            [("groups.0.points.grades", "not_the_grades", "")],
        ),
    ],
)  # fmt: skip
def test_problem_with_its_place(path, value, expected):
    _scheme, problems = schemes.read(changed(path, value))

    assert [(one.path, one.code, one.value) for one in problems] == expected


def test_every_problem_is_said_at_once():
    document = changed("period", "week")
    document["groups"][0]["indicators"][0]["rule"]["at"] = "x"
    del document["inputs"]["money"]["unit"]

    assert {one.path for one in schemes.read(document)[1]} == {"period", "inputs.money.unit", f"{RULE}.at"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"month": "2026-13"}, [("month", "not_a_code", "2026-13")]),
        ({"data_through": "2025-12"}, [("data_through", "after_month", "2025-12")]),
        ({"units": [{"code": "A", "group": "x"}]}, [("units.0.group", "unknown_group", "x")]),
        ({"units": [{"code": "A", "group": "g"}] * 2}, [("units", "twice", "A")]),
        ({"units": [{"code": "A", "group": "g", "type": "city"}]}, [("units.0.type", "unknown_type", "city")]),
        (
            {"units": [{"code": "A", "group": "g", "facts": {"gold": 1}}]},
            [("units.0.facts.gold", "unknown_input", "gold")],
        ),
        (
            {"units": [{"code": "A", "group": "g", "facts": {"money": {"missing": "gone"}}}]},
            [("units.0.facts.money.missing", "not_allowed", "gone")],
        ),
        (
            {"units": [{"code": "A", "group": "g", "facts": {"money": "1,000"}}]},
            [("units.0.facts.money", "not_a_number", "1,000")],
        ),
        (
            {"units": [{"code": "A", "group": "g", "made_of": ["B"]}]},
            [("units.0.made_of", "unknown_unit", "B")],
        ),
        (
            {"units": [{"code": "A", "group": "g", "targets": {"money": {"firm": {"value": 1, "schedule": [1, 1, 1, 1]}}}}]},
            [("units.0.targets.money.firm.schedule", "not_100", "4")],
        ),
    ],
)  # fmt: skip
def test_problem_of_a_facts_file(change, expected):
    scheme, _none = schemes.read(sound())
    given = {"schema": 1, "month": "2026-06", "units": [{"code": "A", "group": "g"}], **change}

    _facts, problems = schemes.read_facts(given, scheme)

    assert [(one.path, one.code, one.value) for one in problems] == expected


def test_numbers_are_exact_however_they_are_written():
    for text in ('{"a": 0.1}', "a: 0.1"):
        assert str(schemes.parse(text)["a"]) == "0.1"
    with pytest.raises(ValueError, match="neither JSON nor YAML"):
        schemes.parse("a: [1")


HOSTILE = {
    "aliases of aliases": ("alias", "a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]"),
    "an alias of itself": ("alias", "a: &a [*a]"),
    "merged alias": ("alias", "a: &a {x: 1}\nb: {<<: *a}"),
    "huge exponent": ("number", "a: 1.0e+99999999"),
    "huge exponent in JSON": ("number", '{"a": 1e9999999999}'),
    "exponent too large for a decimal": ("number", '{"a": 1e99999999999999999999}'),
    "endless in YAML": ("number", "a: .inf"),
    "tiny exponent": ("number", '{"a": 1e-99999999}'),
    "many digits": ("number", "a: 0x" + "f" * 5000),
    "many sixties": ("number", "a: 1" + ":1" * 5000),
    "no number": ("number", '{"a": NaN}'),
    "endless": ("number", '{"a": -Infinity}'),
    "JSON too deep for Python": ("deep", "[" * 100_000),
    "JSON too deep for us": ("deep", "[" * 41 + "]" * 41),
    "YAML too deep": ("deep", "a: " + "[" * 41 + "b" + "]" * 41),
    "too many": ("many", "[" + "1," * 50_000 + "1]"),
    "binary": ("tag", "a: !!binary aGFsbG8="),
    "a set": ("tag", "a: !!set {b, c}"),
    "bool": ("tag", "a: !!bool x"),
    "null byte": ("text", '{"a": "\\u0000"}'),
    "half a pair": ("text", '{"a": {"\\ud800": 1}}'),
}


@pytest.mark.parametrize(("code", "text"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_refused_before_it_unfolds(code, text):
    with pytest.raises(schemes.Unfit) as refused:
        schemes.parse(text)
    assert refused.value.code == code


def test_what_lies_within_the_limits_is_taken():
    assert schemes.parse("[" * 40 + "]" * 40) == json.loads("[" * 40 + "]" * 40)
    assert len(schemes.parse("[" + "1," * 49_998 + "1]")) == 49_999
    assert schemes.parse("{a: 1.50, b: yes, 3: null, day: 2026-01-31}") == {
        "a": "1.50",
        "b": True,
        "3": None,
        "day": "2026-01-31",
    }


@pytest.mark.parametrize(
    "value", [Decimal("1e99999999"), Decimal("1e-99999999"), Decimal("NaN"), 16**5000], ids=range(4)
)
def test_an_amount_with_a_huge_exponent_is_no_number(value):
    _scheme, problems = schemes.read(changed("groups.0.indicators.0.full", Decimal(1)))
    assert {one.code for one in problems} == {"marks_not_full"}
    with pytest.raises(ValueError, match="not_a_number"):
        _amount(value)


@pytest.mark.parametrize(("document", "case"), params("scheme"))
def test_the_normal_form_says_the_same(document, case):
    """Written out and read again it is the same scheme, and the hash doesn't depend on how it was written."""
    scheme, facts = build(document, case)
    written = schemes.write(scheme)
    again, problems = schemes.read(json.loads(json.dumps(written)))
    assert problems == ()
    assert again == scheme
    backwards = json.loads(json.dumps(written), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert schemes.sha256(schemes.read(backwards)[0]) == schemes.sha256(scheme)
    for model, part in (("scheme", scheme), ("facts", facts)):
        published = json.loads((ROOT / "docs" / "schemas" / f"{model}-1.json").read_text(encoding="utf-8"))
        Draft202012Validator(published).validate(json.loads(json.dumps(schemes.write(part))))


def test_what_is_left_out_is_what_it_means():
    spelled = changed(RULE, {"kind": "proportional", "at": "100.0", "most": 100})

    assert schemes.sha256(schemes.read(spelled)[0]) == schemes.sha256(schemes.read(sound())[0])


def test_the_published_json_schemas_are_current():
    for name, model in (("scheme", schemes.Scheme), ("facts", schemes.Facts)):
        published = (ROOT / "docs" / "schemas" / f"{name}-1.json").read_text(encoding="utf-8")
        assert json.loads(published) == schemes.json_schema(model), f"manage.py scheme schema {name}"


def test_the_json_schema_refuses_what_reading_refuses():
    published = json.loads((ROOT / "docs" / "schemas" / "scheme-1.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(published)
    assert validator.is_valid(sound())
    for path, value in [("period", "week"), ("more", 1), (f"{RULE}.kind", "magic"), ("groups", [])]:
        assert not validator.is_valid(changed(path, value)), path
