"""Properties that hold for every scheme and every fact, looked for by Hypothesis; and replay in another process."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import scheme as schemes
from rules.facts import Missing, Value
from tests.rules.replay_scheme import NAMES, SCHEME, UNITS, facts_of, result_bytes, scheme_of

ROOT = Path(__file__).resolve().parent.parent.parent
CALM = settings(deadline=None, derandomize=True, max_examples=60)

amounts = st.integers(0, 400).map(Decimal)
given_facts = st.one_of(
    amounts.map(str), st.sampled_from(["not_reported", "not_applicable"]).map(lambda code: {"missing": code})
)
rows = st.fixed_dictionaries(dict.fromkeys(NAMES, given_facts))
tables = st.lists(rows, min_size=1, max_size=len(UNITS))

# Every rule in which more can't be worse, with the full marks 20 and the most that it may give.
MORE_IS_BETTER = {
    "proportional": ({"kind": "proportional", "at": 100}, Decimal(20)),
    "uncapped": ({"kind": "proportional", "at": 100, "most": None}, None),
    "steps": (
        {"kind": "at_target", "below": "steps", "over": {"step": 10, "points": 1, "most": 5}, "short": {"step": 5, "points": 1}},
        Decimal(25),
    ),
    "gate": ({"kind": "at_target", "below": "nothing", "base": 12, "over": {"step": 7, "points": "0.5", "most": 3}}, Decimal(15)),
    "bands": ({"kind": "bands", "bands": [{"from_value": 60, "points": 6}, {"from_value": 100, "points": 10}]}, Decimal(10)),
    "items": ({"kind": "per_item", "each": 2, "free": 3, "most": 9}, Decimal(9)),
    "min_max": ({"kind": "min_max", "low": 40}, Decimal(20)),
    "share_of_best": ({"kind": "share_of_best"}, Decimal(20)),
    "by_position": ({"kind": "by_position", "points": [20, 12, 5]}, Decimal(20)),
}  # fmt: skip


def one_rule(rule):
    """A scheme of one indicator with that rule on the input `a`."""
    return scheme_of(
        {"indicators": [{"code": "one", "title": "one", "full": 20, "value": "a", "rule": rule}]}
    )


@pytest.mark.parametrize("name", MORE_IS_BETTER)
@CALM
@given(table=st.lists(amounts, min_size=1, max_size=5), more=st.integers(1, 300))
def test_a_better_fact_never_scores_less_and_caps_hold(name, table, more):
    rule, most = MORE_IS_BETTER[name]
    scheme = one_rule(rule)
    before = [{"a": str(amount)} for amount in table]
    after = [{"a": str(table[0] + more)}, *before[1:]]

    old, new = (
        schemes.score(scheme, facts_of(given)).line(UNITS[0]).marks["one"].amount for given in (before, after)
    )

    assert new >= old
    assert most is None or new <= most


@CALM
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_units_changes_nothing(table, random):
    scheme = SCHEME
    facts = facts_of(table)
    mixed = list(facts.units)
    random.shuffle(mixed)
    straight = schemes.score(scheme, facts)
    other = schemes.score(scheme, facts.model_copy(update={"units": tuple(mixed)}))

    for unit in facts.units:
        assert straight.line(unit.code).to_document() == other.line(unit.code).to_document()


def amount(fact):
    return fact.amount if isinstance(fact, Value) else Decimal(0)


@CALM
@given(tables)
def test_a_total_is_what_its_marks_add_up_to(table):
    """Recomputed by hand from the marks, for every unit that has a total; the others have a reason."""
    group = SCHEME.groups[0]
    for line in schemes.score(SCHEME, facts_of(table)).groups[0].lines:
        if isinstance(line.total, Missing):
            assert line.reason == str(line.total.reason)
            continue
        parts = {
            name: sum((amount(line.marks[row.code]) for row in getattr(group, name)), Decimal(0))
            for name in ("indicators", "bonuses", "deductions")
        }
        if isinstance(line.marks["money"], Missing):  # left out: 40 of 100 full marks are scaled up
            parts["indicators"] *= Decimal("2.5")
        whole = (
            parts["indicators"] + min(parts["bonuses"], Decimal(10)) - min(parts["deductions"], Decimal(6))
        )
        assert line.trace.rounded == line.total.amount
        if "fraud" not in line.vetoes:
            assert abs(line.total.amount - max(whole, Decimal(0))) <= Decimal("0.005")
        else:
            assert line.total.amount == 0


@CALM
@given(tables)
def test_places_are_those_of_a_competition(table):
    """A unit's place is one more than the number of units above it; equal totals share it."""
    lines = [
        line for line in schemes.score(SCHEME, facts_of(table)).groups[0].lines if line.place is not None
    ]
    for line in lines:
        above = [one for one in lines if one.total.amount > line.total.amount]
        assert line.place == len(above) + 1
        assert line.tied == (sum(1 for one in lines if one.total.amount == line.total.amount) > 1)


@CALM
@given(tables)
def test_a_trace_says_everything_again(table):
    for line in schemes.score(SCHEME, facts_of(table)).groups[0].lines:
        for row in SCHEME.groups[0].indicators:
            trace = line.trace.child(row.code)
            fact = line.marks[row.code]
            assert trace.rounded == (fact.amount if isinstance(fact, Value) else None)
            assert type(trace).from_document(trace.to_document()).to_document() == trace.to_document()


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_another_process_gives_the_same_bytes(seed):
    result = subprocess.run(
        [sys.executable, "-m", "tests.rules.replay_scheme"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )

    assert result.stdout == result_bytes()
    assert len(result.stdout) > 10_000
