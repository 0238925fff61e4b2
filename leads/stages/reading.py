"""The way of a record as its page shows it: the bar of stages and the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from common import clock
from leads.models.stages import Move
from rules import stages as rules

from .ladders import Ladder, ladder
from .tracks import track_of

DONE, NOW, TODO = "done", "now", "todo"


@dataclass(frozen=True, slots=True)
class Step:
    """One dash of the stage bar. `on`: since when it is reached (None: not reached, or unknown); `due`: until
    when it is to be left, for a stage to come when it is planned; `days` spent in it so far, in calendar days."""

    code: str
    label: str
    state: str  # "done", "now" or "todo"
    on: date | None
    due: date | None
    days: int | None


def stage_steps(row: Any, *, steps: Ladder | None = None) -> tuple[Step, ...]:
    """The main line with what was reached, and at its place the held or ended stage that the record is in.
    Three queries, one when the ladder is given."""
    track = track_of(row)
    steps = steps or ladder(track.pipeline)
    codes = {stage.pk: code for code, stage in steps.rows.items()}
    log = list(stage_log(row))
    reached = _reached(steps, codes, log)
    spent = rules.time_spent([(codes.get(m.to_stage_id, ""), m.on) for m in reversed(log)], clock.today())
    here = codes.get(row.stage_id, "")
    aside = here if here in steps.rows and steps.rows[here].kind not in rules.MAIN else ""
    stood = codes.get(row.held_from_id, "") if aside else here
    place = steps.rules.stage(stood).order if stood in steps.rules else -1
    found = []
    for stage in steps.main:
        state = DONE if stage.sort < place or (aside and stage.code == stood) else TODO
        if stage.code == here:
            state = NOW
        planned = track.planned.get(stage.code)
        if state == NOW:
            due = row.due_on
        else:
            due = getattr(row, planned) if planned and state == TODO else None
        on = reached.get(stage.code) if state != TODO else None
        found.append(Step(stage.code, stage.label, state, on, due, spent.get(stage.code)))
        if aside and stage.code == stood:
            found.append(_aside(steps, aside, row, spent))
    if aside and stood not in steps.rules:
        found.insert(0, _aside(steps, aside, row, spent))
    return tuple(found)


def _aside(steps: Ladder, code: str, row: Any, spent: dict[str, int]) -> Step:
    return Step(code, steps.label(code), NOW, row.stage_on, row.due_on, spent.get(code))


def _reached(steps: Ladder, codes: dict[int, str], log: list[Move]) -> dict[str, date]:
    """When each stage of the main line was reached last, also those that a move jumped over. A record taken over while
    running tells only since when it stands where it is."""
    reached: dict[str, date] = {}
    for move in reversed(log):
        code = codes.get(move.to_stage_id, "")
        if code not in steps.rules or steps.rows[code].kind not in rules.MAIN:
            continue
        place = steps.rules.stage(code).order
        reached = {old: on for old, on in reached.items() if steps.rules.stage(old).order <= place}
        known = max((steps.rules.stage(old).order for old in reached), default=place)
        for stage in steps.main:
            if stage.code == code or known < stage.sort <= place:
                reached.setdefault(stage.code, move.on)
    return reached


def stage_log(row: Any) -> QuerySet:
    """The moves of one record, newest first, with their stages and reasons. The caller has authorised."""
    track = track_of(row)
    return (
        track.log._base_manager.filter(**{track.link: row})
        .select_related("from_stage", "to_stage", "reason")
        .order_by("-id")
    )
