"""Signals of inflated figures: invented entries, percentages by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.signals import Entry, Sign, Terms, signals

D = Decimal
TERMS = Terms(1, D(40), D(1_000_000), 3, D(80), D(100), 90, D(50))


def entry(key, amount, day="2026-05-10", **more):
    given = {"project": 1, "unit": 7, "basis": "arrived", "registered": date(2020, 1, 1), **more}
    return Entry(key, day=date.fromisoformat(day), amount=D(amount), **given)


def found(*entries, contracts=None, terms=TERMS):
    return [(one.sign, one.entries, one.value) for one in signals(terms, entries, contracts or {}, year=2026)]


def test_a_year_in_its_last_month():
    """40 of 100 in December reach 40 %; 39.9 of 100 don't."""
    assert found(entry(1, "60.5"), entry(2, "39.5", "2026-12-30")) == []
    assert found(entry(1, 60), entry(2, 40, "2026-12-30")) == [(Sign.YEAR_END, (2,), 40)]
    # Of last year, of the other basis, or alone in its year it is none.
    assert found(entry(1, 60, "2025-05-01"), entry(2, 40, "2026-12-30")) == []
    assert found(entry(1, 60, basis="formed"), entry(2, 40, "2026-12-30")) == []


def test_round_sums():
    """Three of three are round (100 %), and three of four (75 %) are below 80 %."""
    even = [entry(n, n * 1_000_000) for n in (1, 2, 3)]
    assert found(*even) == [(Sign.ROUND_SUMS, (1, 2, 3), 100)]
    assert found(*even, entry(4, "1000000.01")) == []
    assert found(*even[:2]) == []


def test_capital_above_the_contract():
    """120 + 30 of two years against 149: 150 ÷ 149 = 100.67 %; against 150 it is exactly reached."""
    both = entry(1, 120, "2025-03-01"), entry(2, 30)
    ((sign, rows, percent),) = found(*both, contracts={1: D(149)})
    assert (sign, rows, round(percent, 2)) == (Sign.ABOVE_CONTRACT, (1, 2), D("100.67"))
    assert found(*both, contracts={1: D(150)}) == []
    assert found(both[0], replace(both[1], basis="formed"), contracts={1: D(149)}) == []


def test_before_registration():
    day = date(2026, 5, 11)
    assert found(entry(1, 5, registered=day)) == [(Sign.BEFORE_REGISTRATION, (1,), None)]
    assert found(entry(1, 5, registered=None)) == [(Sign.BEFORE_REGISTRATION, (1,), None)]
    assert found(entry(1, 5, "2026-05-11", registered=day)) == []
    assert found(entry(1, 5, basis="formed", registered=None)) == []


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        (((date(2026, 8, 8), D(50)),), 90),  # 10 May + 90 days, half of it
        (((date(2026, 8, 9), D(100)),), None),  # a day too late
        (((date(2026, 6, 1), D("49.99")),), None),
        (((date(2026, 6, 9), D(30)), (date(2026, 6, 19), D(30))), 40),
    ],
)
def test_money_in_and_soon_reversed(back, expected):
    got = found(entry(1, 100, taken_back=back))
    assert got == ([] if expected is None else [(Sign.IN_AND_OUT, (1,), expected)])


def test_one_more_row_is_a_new_signal():
    even = [entry(n, 1_000_000) for n in (1, 2, 3, 4)]
    first = signals(TERMS, even[:3], {}, year=2026)[0].key
    assert first == signals(TERMS, reversed(even[:3]), {}, year=2026)[0].key
    assert first != signals(TERMS, even, {}, year=2026)[0].key
    assert len(first) <= 160


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 12)), max_size=6), st.integers(0, 100))
def test_higher_thresholds_never_find_more(rows, percent):
    entries = [entry(n, amount * 500_000, f"2026-{month:02d}-03") for n, (amount, month) in enumerate(rows)]

    def signs(limit):
        terms = replace(TERMS, year_end_percent=D(limit), round_percent=D(limit), round_count=2)
        return {one.sign for one in signals(terms, entries, {1: D(10**6)}, year=2026)}

    assert signs(100) <= signs(percent)
