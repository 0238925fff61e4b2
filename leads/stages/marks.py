"""Marks of the night: who has gone without a sign of life too long, and until when each may stay."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from common import changelog
from common.actors import Actor
from common.jobs import Progress
from leads.calendar import PatientCalendar, calendar
from leads.choices import StageKind
from organizations.services import remind
from rules import stages as rules

from .due import due_on
from .ladders import Ladder, NoStages, ladder, rule_of
from .tracks import Track, tracks

REMINDED = timedelta(days=14)  # a due day that passed longer ago is no news


def mark_stale(progress: Progress, day: date) -> dict[str, int]:
    """Mark every record under way as stale or take the mark away, and count its due day anew (the bureau may
    have changed the stage, the calendar may reach further by now). Officers hear of both once.

    Idempotent; each batch is a transaction of its own. Returns how many records were looked at and how many
    changed, by pipeline.
    """
    found: dict[str, int] = {}
    for track in tracks():
        with suppress(NoStages):
            found[track.pipeline], found[f"{track.pipeline}_changed"] = _mark_track(progress, track, day)
    return found


def _mark_track(progress: Progress, track: Track, day: date) -> tuple[int, int]:
    steps, days, changed = ladder(track.pipeline), calendar(), 0
    rows = (
        track.model._base_manager.filter(track.marked, archived_at=None)
        .filter(stage__kind__in=(StageKind.OPEN, StageKind.HELD))
        .select_related("stage", *track.joins)
        .select_for_update(of=("self",))
    )

    def work(batch: Sequence[Any]) -> None:
        nonlocal changed
        changed += sum(_mark(progress.actor, track, steps, row, day, days) for row in batch)

    return progress.in_batches(rows, work, name=track.pipeline), changed


def _mark(actor: Actor, track: Track, steps: Ladder, row: Any, day: date, days: PatientCalendar) -> bool:
    due = due_on(track, row, row.stage, steps, days)
    stale = rules.is_stale(rule_of(row.stage), row.last_sign_on or row.stage_on, day)
    since = (row.stale_on or day) if stale else None
    changed = (due, since) != (row.due_on, row.stale_on)
    newly = since is not None and row.stale_on is None
    if changed:
        row.due_on, row.stale_on = due, since
        with changelog.acting(actor):
            row.save(update_fields=["due_on", "stale_on"])
    if newly:
        _tell(
            track, row, "stage_stale", row.stale_on, {"days": (day - (row.last_sign_on or row.stage_on)).days}
        )
    if due is not None and due < day <= due + REMINDED:
        _tell(track, row, "stage_overdue", due, {"due": due.isoformat()})
    return changed


def _tell(track: Track, row: Any, kind: str, since: date, params: dict[str, Any]) -> None:
    remind(
        users=track.people(row),
        kind=kind,
        key=f"{kind}:{track.pipeline}:{row.pk}:{since.isoformat()}",
        params={"name": row.name, "stage": row.stage.label, **params},
        url=reverse(f"{track.pipeline}_move", args=[row.pk]),
        subject=row,
        due_on=row.due_on,
    )
