"""Until when a record may stay where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from leads.models.stages import Stage
from reference.selectors import work_calendar
from reference.workdays import ONE_DAY, SATURDAY, WorkCalendar, YearNotCoveredError
from rules import stages as rules

from .ladders import Ladder, rule_of
from .tracks import Track


@dataclass(frozen=True, slots=True)
class Patient:
    """The working-day calendar, with weekdays in place of a year whose holidays are not announced yet: a stage
    of 240 days reaches into it nearly always, and a move must not wait for the announcement."""

    known: WorkCalendar

    def add(self, start: date, days: int, /) -> date:
        day, left = start, days
        while left > 0:
            day += ONE_DAY
            left -= self._counts(day)
        return day

    def between(self, start: date, end: date, /) -> int:
        if end < start:
            return -self.between(end, start)
        return sum(self._counts(start + ONE_DAY * n) for n in range(1, (end - start).days + 1))

    def _counts(self, day: date) -> bool:
        try:
            return self.known.is_working_day(day)
        except YearNotCoveredError:
            return day.weekday() < SATURDAY


def due_on(
    track: Track, row: Any, stage: Stage, steps: Ladder, calendar: Patient | None = None
) -> date | None:
    """The last day in this stage: what the agreement fixed for the next one, or else the stage's working days
    after entering it. None without a limit."""
    following = steps.rules.next_open(stage.code) if stage.code in steps.rules else None
    fixed = track.planned.get(following.code) if following else None
    if fixed and getattr(row, fixed):
        return getattr(row, fixed)
    if stage.due_days is None:
        return None
    return rules.due_on(rule_of(stage), row.stage_on, calendar or Patient(work_calendar()))


def after_entering(stage: Stage, on: date) -> date | None:
    """The last day in a stage entered on a day, by its working days alone. None without a limit."""
    if stage.due_days is None:
        return None
    return rules.due_on(rule_of(stage), on, Patient(work_calendar()))


def is_overdue(row: Any, today: date) -> bool:
    """The stage's last day has passed."""
    return row.due_on is not None and row.due_on < today
