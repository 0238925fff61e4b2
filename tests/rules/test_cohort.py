from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.cohort import Basis, Member, Window, rate
from rules.facts import Value
from rules.money import Rounding
from rules.trace import Trace
from tests.rules.cases import number, params, shown

CALM = settings(deadline=None, derandomize=True, max_examples=100)
YEAR = date(2026, 1, 1), date(2027, 1, 1)
TWO = Rounding(2)


def members(rows):
    return [
        Member((row, copy), entered, reached, *(None if w is None else number(w) for w in weight))
        for row, (copies, entered, reached, *weight) in enumerate(rows)
        for copy in range(copies)
    ]


@pytest.mark.parametrize(("document", "case"), params("cohort", "start_rate"))
def test_rates(document, case):
    window = Window(*YEAR, case.get("as_of", date(2026, 12, 31)))

    found = rate("start_rate", members(case["members"]), window, Basis(case["basis"]), TWO)

    assert shown(found.fact) == case["expect"]
    assert found.trace.reason == (case["expect"] if isinstance(case["expect"], str) else None)


def test_the_trace_says_what_was_counted():
    one = Member(1, date(2026, 3, 1), date(2026, 4, 1))
    window = Window(*YEAR, date(2026, 12, 31))

    trace = rate("start_rate", [one], window, Basis.COHORT, TWO, version="2").trace

    assert [(operand.name, operand.amount, operand.unit) for operand in trace.operands] == [
        ("reached", 1, "count"),
        ("entered", 1, "count"),
    ]
    assert [(p.path, p.value, p.version) for p in trace.parameters] == [
        ("as_of", "2026-12-31", ""),
        ("start_rate.basis", "cohort", "2"),
        ("rounding.start_rate", "half_up:2", "2"),
        ("window", "2026-01-01/2027-01-01", ""),
    ]
    assert (trace.operation, trace.raw, trace.rounded, trace.unit) == ("ratio_percent", 100, 100, "percent")
    assert Trace.from_document(trace.to_document()).to_document() == trace.to_document()


def test_mistakes_are_refused():
    one = Member(1, date(2026, 3, 1))
    window = Window(*YEAR, date(2026, 12, 31))
    with pytest.raises(ValueError, match="once"):
        rate("start_rate", [one, one], window, Basis.COHORT, TWO)
    with pytest.raises(ValueError, match="a day"):
        Window(YEAR[0], YEAR[0], YEAR[0])


days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
entries = st.lists(st.tuples(days, st.one_of(st.none(), days)), max_size=12)


@CALM
@given(entries, days)
def test_a_cohort_never_passes_a_hundred_and_knows_nothing_of_others(pairs, as_of):
    window = Window(*YEAR, as_of)
    everyone = [Member(n, *pair) for n, pair in enumerate(pairs)]
    own = [member for member in everyone if window.holds(member.entered_on)]

    found = rate("start_rate", everyone, window, Basis.COHORT, TWO)

    assert isinstance(found.fact, Value) is bool(own)
    assert not own or Decimal(0) <= found.fact.amount <= 100
    assert rate("start_rate", own, window, Basis.COHORT, TWO) == found
