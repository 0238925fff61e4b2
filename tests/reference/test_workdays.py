"""Working days against the announced calendar of 2026 (notice of the State Council's General Office)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import sources
from reference.workdays import WorkCalendar, YearNotCoveredError


def calendar(*years):
    days = [row for year in years for row in sources.holidays()[year]]
    return WorkCalendar(
        frozenset(years),
        frozenset(row.day for row in days if row.kind == "off"),
        frozenset(row.day for row in days if row.kind == "working"),
    )


CALENDAR = calendar(2025, 2026)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 9, 30), True),  # Wednesday before National Day
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),  # Thursday
        (date(2026, 10, 10), True),  # Saturday, worked
        (date(2026, 10, 11), False),  # Sunday
        (date(2026, 9, 20), True),  # Sunday, worked
        (date(2026, 2, 14), True),  # Saturday before Spring Festival, worked
        (date(2026, 2, 16), False),  # Monday of Spring Festival
        (date(2026, 11, 22), False),  # an ordinary Sunday
        (date(2026, 11, 23), True),
    ],
)
def test_is_working_day(day, working):
    assert CALENDAR.is_working_day(day) is working


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 9, 30), date(2026, 10, 9), 2),  # 8 and 9 October
        (date(2026, 9, 30), date(2026, 10, 12), 4),  # and Saturday 10, Monday 12
        (
            date(2026, 9, 18),
            date(2026, 9, 25),
            5,
        ),  # Sunday 20, Monday 21 to Thursday 24; Friday 25 is Mid-Autumn
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 22), 0),  # Friday to Sunday
        (date(2026, 10, 9), date(2026, 9, 30), -2),
        (date(2025, 12, 31), date(2026, 1, 5), 2),  # across the year: Sunday 4 January is worked, Monday 5
    ],
)
def test_between(start, end, days):
    assert CALENDAR.between(start, end) == days


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # Saturday 14 is worked; 15-23 off
        (date(2026, 10, 3), 0, date(2026, 10, 8)),
        (date(2026, 10, 10), 0, date(2026, 10, 10)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        # seven working days, the time to accept a foreign investor's complaint (DOMAIN §9): Monday 23 November
        (date(2026, 11, 23), 7, date(2026, 12, 2)),
    ],
)
def test_add(start, n, end):
    assert CALENDAR.add(start, n) == end


def test_working_days_of_2026():
    # 365 days - 104 weekend days - 19 weekdays off + 6 worked weekend days.
    # Weekdays off: 1 and 2 Jan; 16-20 and 23 Feb; 6 Apr; 1, 4 and 5 May; 19 Jun; 25 Sep; 1, 2, 5, 6 and 7 Oct = 19.
    assert CALENDAR.between(date(2025, 12, 31), date(2026, 12, 31)) == 365 - 104 - 19 + 6


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.is_working_day(date(2027, 1, 4)),
        lambda c: c.add(date(2026, 12, 30), 3),
        lambda c: c.between(date(2026, 12, 30), date(2027, 1, 8)),
    ],
)
def test_a_year_that_is_not_covered_is_refused(ask):
    with pytest.raises(YearNotCoveredError) as gap:
        ask(CALENDAR)
    assert gap.value.year == 2027


@given(st.dates(date(2025, 2, 1), date(2026, 9, 1)), st.integers(1, 60))
def test_adding_and_counting_agree(start, n):
    end = CALENDAR.add(start, n)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.between(start, end) == n
    assert CALENDAR.between(start, end - timedelta(days=1)) == n - 1
