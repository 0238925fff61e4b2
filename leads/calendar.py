"""The working-day calendar of the pipeline's own deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reference.selectors import work_calendar
from reference.workdays import ONE_DAY, SATURDAY, WorkCalendar, YearNotCoveredError


@dataclass(frozen=True, slots=True)
class PatientCalendar:
    """Working days, with weekdays in place of a year whose holidays are not announced yet: protection that begins
    in autumn reaches into it, and registering must not wait for the announcement."""

    known: WorkCalendar

    def add(self, start: date, days: int, /) -> date:
        """The `days`-th working day after `start`, or before it; 0: `start` or the next working day."""
        day, left, step = start, abs(days), ONE_DAY if days >= 0 else -ONE_DAY
        while left:
            day += step
            left -= self.counts(day)
        while not days and not self.counts(day):
            day += ONE_DAY
        return day

    def between(self, start: date, end: date, /) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(self.counts(start + ONE_DAY * n) for n in range(1, (end - start).days + 1))

    def counts(self, day: date) -> bool:
        """Is it a working day?"""
        try:
            return self.known.is_working_day(day)
        except YearNotCoveredError:
            return day.weekday() < SATURDAY


def calendar() -> PatientCalendar:
    """For many counts in a row. Two queries."""
    return PatientCalendar(work_calendar())
