"""What-if and "what would it take": answers that are checked by scoring what they say."""

from decimal import Decimal

import pytest

from rules import scheme as schemes
from rules.facts import Value
from tests.rules.replay_scheme import scheme_of

GROUP = {
    "indicators": [
        {
            "code": "money",
            "title": "money",
            "full": 60,
            "value": {"kind": "completion", "of": "a", "target": 100},
            "rule": {"kind": "proportional"},
        },
        {"code": "number", "title": "number", "full": 40, "value": "b", "rule": {"kind": "per_item", "each": 5, "most": 40}},
    ],
    "deductions": [{"code": "minus", "title": "minus", "value": "late", "rule": {"kind": "per_item", "each": 2}}],
}  # fmt: skip
# A 60 + 20 = 80; B 30 + 40 − 4 = 66; C 30 + 10 = 40.
ROWS = {"A": ("100", "4", "0"), "B": ("50", "8", "2"), "C": ("50", "2", "0")}


def facts_of(rows=ROWS, scheme=None):
    units = [
        {"code": code, "group": "g", "facts": {"a": a, "b": b, "late": late}}
        for code, (a, b, late) in rows.items()
    ]
    facts, problems = schemes.read_facts(
        {"schema": 1, "month": "2026-06", "units": units}, scheme or scheme_of(GROUP)
    )
    assert problems == ()
    return facts


def test_what_it_takes_to_gain_a_place():
    """C has 40, B 66. With money alone: 10 + 60 % of x > 66 is out of reach, for 100 % is the most (60 + 10 = 70 > 66: x of
    94 gives 56.4 + 10 = 66.4). With projects: 30 + 5n > 66: n = 8 gives 70."""
    scheme = scheme_of(GROUP)
    found = {gain.code: gain for gain in schemes.gains(scheme, facts_of(), "C")}

    assert set(found) == {"a", "b"}  # nothing is late that could be taken away
    assert (found["a"].needed, found["a"].place) == (Decimal(94), 2)
    assert (found["b"].needed, found["b"].place) == (Decimal(8), 2)
    for gain in found.values():
        changed = schemes.with_fact(facts_of(), "C", gain.code, gain.needed)
        assert schemes.score(scheme, changed).line("C").place == 2
        one_less = schemes.with_fact(facts_of(), "C", gain.code, gain.needed - 1)
        assert schemes.score(scheme, one_less).line("C").place == 3


def test_less_of_what_costs_marks_is_an_answer_too():
    """A 80; B at 90 % of money: 54 + 40 − 8 × 2 = 78. One late report fewer gives 80: it shares the first place."""
    rows = {"A": ROWS["A"], "B": ("90", "8", "8")}
    found = {gain.code: gain for gain in schemes.gains(scheme_of(GROUP), facts_of(rows), "B")}

    assert (found["late"].fact, found["late"].needed, found["late"].place) == (Decimal(8), Decimal(7), 1)


def test_the_search_is_cut_when_its_scorings_are_used_up():
    """C, upwards and downwards: what answers within 60 scorings is the whole answer; with ten, money isn't finished."""
    whole = schemes.gains(scheme_of(GROUP), facts_of(), "C")
    assert schemes.gains_within(scheme_of(GROUP), facts_of(), "C", 60) == (whole, False)
    assert schemes.gains_within(scheme_of(GROUP), facts_of(), "C", 10) == ((), True)


def test_a_fact_that_helps_nowhere_costs_four_scorings():
    """A and B have the most of money and of projects, B 5 late reports: 100 − 10. Money and projects are tried twice each
    way, 8 scorings. Late reports: 5 + 2^39 and 10 upwards; downwards 0, then 4, 3, 1 by doubling: 6 scorings, the way to
    0 being known."""
    facts = facts_of({"A": ("100", "8", "0"), "B": ("100", "8", "5")})
    found, cut = schemes.gains_within(scheme_of(GROUP), facts, "B", 8 + 6)
    assert ([(one.code, one.needed) for one in found], cut) == ([("late", Decimal(0))], False)
    assert schemes.gains_within(scheme_of(GROUP), facts, "B", 8 + 5) == ((), True)


def test_the_first_and_those_without_a_place_are_told_nothing():
    assert schemes.gains(scheme_of(GROUP), facts_of(), "A") == ()
    with pytest.raises(KeyError):
        schemes.gains(scheme_of(GROUP), facts_of(), "nobody")


def test_who_moves_when_a_rule_changes():
    """Money at 20 and projects at 80 (10 each): A 20 + 40 = 60; B 10 + 80 − 4 = 86; C 10 + 20 = 30."""
    other = {
        **GROUP,
        "indicators": [
            {**GROUP["indicators"][0], "full": 20},
            {**GROUP["indicators"][1], "full": 80, "rule": {"kind": "per_item", "each": 10, "most": 80}},
        ],
    }
    before = schemes.score(scheme_of(GROUP), facts_of())
    after = schemes.score(scheme_of(other), facts_of())

    found = {move.unit: move for move in schemes.moves(before, after)}

    assert {unit: (move.before, move.after) for unit, move in found.items()} == {
        "A": (1, 2),
        "B": (2, 1),
        "C": (3, 3),
    }
    assert (found["B"].total_before.amount, found["B"].total_after.amount) == (Decimal(66), Decimal(86))
    assert found["B"].marks == (
        ("money", Value(Decimal(30), "marks"), Value(Decimal(10), "marks")),
        ("number", Value(Decimal(40), "marks"), Value(Decimal(80), "marks")),
    )
    assert schemes.moves(before, before) == ()


def test_a_fact_is_changed_on_a_copy_only():
    facts = facts_of()
    schemes.with_fact(facts, "A", "a", Decimal(1))
    assert facts.units[0].facts["a"] == Decimal(100)
    with pytest.raises(KeyError):
        schemes.with_fact(facts, "nobody", "a", Decimal(1))
