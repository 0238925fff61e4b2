from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.parts import by_equity, check_parts

D = Decimal


def test_three_sources_that_are_more_than_the_whole():
    """DOMAIN §11: 3.6 + 3.3 + 6.8 of 12.7 are 13.7, 107.87 %: flagged, with 1.0 too much."""
    parts = check_parts(D("12.7"), {"hongkong": D("3.6"), "europe": D("3.3"), "asia": D("6.8")})

    assert (parts.flagged, parts.gap, parts.trace.rounded) == (True, D("1.0"), D("107.87"))
    assert parts.trace.reason == "parts_differ"


def test_joint_ventures_are_divided_by_equity():
    """The same money with a joint venture of 2.0 that two sources had counted in full: by halves it adds up.

    Hong Kong 3.6 and Europe 3.3 both held the venture of 2.0; at 50 % each they have 2.6 and 2.3, with 7.8 from
    elsewhere that is 12.7."""
    shared = by_equity(D("2.0"), {"hongkong": D(50), "europe": D(50)})
    assert shared == {"hongkong": D("1.00"), "europe": D("1.00")}
    parts = {
        "hongkong": D("1.6") + shared["hongkong"],
        "europe": D("1.3") + shared["europe"],
        "asia": D("7.8"),
    }
    assert not check_parts(D("12.7"), parts).flagged


def test_roundings_within_the_tolerance_are_no_difference():
    thirds = {"a": D("33.3"), "b": D("33.3"), "c": D("33.3")}
    assert check_parts(D(100), thirds).flagged
    assert not check_parts(D(100), thirds, D("0.1")).flagged
    assert check_parts(D(0), {"a": D(1)}).percent is None


def test_what_nobody_holds_stays_open_and_too_much_is_refused():
    assert by_equity(D(100), {"a": D(60)}) == {"a": D("60.00"), "": D("40.00")}
    with pytest.raises(ValueError, match="more than 100"):
        by_equity(D(100), {"a": D(60), "b": D("40.0001")})


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(-(10**9), 10**9), st.lists(st.integers(1, 30), min_size=1, max_size=3))
def test_the_parts_of_a_venture_add_up(cents, percents):
    amount = D(cents) / 100
    found = by_equity(amount, {str(n): D(p) for n, p in enumerate(percents)})
    assert sum(found.values()) == amount
