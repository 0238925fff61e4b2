"""Stored figures in the windows of a key: sums are added and subtracted, everything else stands (DOMAIN §3)."""

from decimal import Decimal

import pytest

from assessments.measures.keys import CUMULATIVE, MONTH, PERIOD, YEAR_TO_DATE, Asked
from assessments.measures.windows import Stored
from assessments.models import Measure
from rules.facts import Value
from rules.periods import Month

WINDOWS = (MONTH, PERIOD, YEAR_TO_DATE, CUMULATIVE)
QUARTER = Asked(Month(2026, 4), Month(2026, 6), Month(2026, 6), 202606)


def told(nature, **stored):
    """Figures of the second quarter by window. `stored`: ytd6=40 is the year to date of June, month6=3 June alone."""
    measure = Measure(code="m", nature=nature, unit="count")

    def at(month, span):
        amount = stored.get(f"{span}{month.number}") if month.year == 2026 else None
        return None if amount is None else Value(Decimal(amount), "count", f"{span}{month.number}")

    found = [Stored(measure, at).of(window, QUARTER) for window in WINDOWS]
    return [None if one is None else one.amount for one in found]


@pytest.mark.parametrize("nature", ["stock", "ratio", "cumulative"])
def test_what_is_no_flow_stands_as_it_is(nature):
    """1,000 mu in store in May and 980 in June: June has 980 of them, not −20."""
    assert told(nature, ytd3=1100, ytd5=1000, ytd6=980) == [980, 980, 980, 980]
    assert told(nature, ytd5=60, ytd6=50, month6=70) == [70, 50, 50, 50]


def test_a_month_of_a_stock_will_do_and_of_a_rate_only_for_the_month():
    assert told("stock", month5=1000, month6=980) == [980, 980, 980, 980]
    assert told("ratio", month5=60, month6=70) == [70, None, None, None]


def test_a_flow_is_added_and_subtracted():
    """January to June 40, to May 33, to March 10: June 7, the quarter 30. Nothing of one year is cumulative."""
    assert told("flow", ytd3=10, ytd5=33, ytd6=40) == [7, 30, 40, None]
    # Months only: 4 + 5 + 6 = 15; the year needs all six of them.
    assert told("flow", month4=4, month5=5, month6=6) == [6, 15, None, None]
    assert told("flow", month1=1, month2=2, month3=3, month4=4, month5=5, month6=6) == [6, 15, 21, None]
    assert told("flow", month6=6) == [6, None, None, None], "one month is not the quarter"
