"""Arithmetic with working days. Pure: the calendar is an argument, nothing here asks what day it is.

Working days follow the national holiday calendar, including working weekends (DOMAIN §9). A period in days starts
on the day after the event (Civil Code of the PRC, article 201), so the first day is never counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class YearNotCoveredError(LookupError):
    """The calendar of this year is not known, so nothing that touches it can be counted."""

    def __init__(self, year: int) -> None:
        super().__init__(f"The holiday calendar of {year} is not known.")
        self.year = year


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """`years` are covered; `off` are announced days off; `working` are weekend days worked instead."""

    years: frozenset[int]
    off: frozenset[date]
    working: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Raises YearNotCoveredError."""
        if day.year not in self.years:
            raise YearNotCoveredError(day.year)
        if day in self.working:
            return True
        return day.weekday() < SATURDAY and day not in self.off

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier.

        Raises YearNotCoveredError for any year in between.
        """
        if end < start:
            return -self.between(end, start)
        count, day = 0, start
        while day < end:
            day += ONE_DAY
            count += self.is_working_day(day)
        return count

    def add(self, start: date, days: int) -> date:
        """The `days`-th working day after `start` (before it, when negative).

        Zero gives `start` itself, or the next working day when `start` is none. Raises YearNotCoveredError.
        """
        if days == 0:
            day = start
            while not self.is_working_day(day):
                day += ONE_DAY
            return day
        step, left, day = (ONE_DAY if days > 0 else -ONE_DAY), abs(days), start
        while left:
            day += step
            left -= self.is_working_day(day)
        return day
