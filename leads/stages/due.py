"""Until when a record may stay where it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from leads.calendar import PatientCalendar, calendar
from leads.models.stages import Stage
from rules import stages as rules

from .ladders import Ladder, rule_of
from .tracks import Track


def due_on(
    track: Track, row: Any, stage: Stage, steps: Ladder, days: PatientCalendar | None = None
) -> date | None:
    """The last day in this stage: what the agreement fixed for the next one, or else the stage's working days
    after entering it. None without a limit."""
    following = steps.rules.next_open(stage.code) if stage.code in steps.rules else None
    fixed = track.planned.get(following.code) if following else None
    if fixed and getattr(row, fixed):
        return getattr(row, fixed)
    if stage.due_days is None:
        return None
    return rules.due_on(rule_of(stage), row.stage_on, days or calendar())


def after_entering(stage: Stage, on: date) -> date | None:
    """The last day in a stage entered on a day, by its working days alone. None without a limit."""
    if stage.due_days is None:
        return None
    return rules.due_on(rule_of(stage), on, calendar())


def is_overdue(row: Any, today: date) -> bool:
    """The stage's last day has passed."""
    return row.due_on is not None and row.due_on < today
