"""Jobs: register, enqueue, dispatch, run, dispatch again what died.

A job is a `JobRun` row written with its cause. After commit it is handed to Celery at once; the minute
tick hands over what was not (a broker that was down) and again what a dead worker left behind. A job
function takes `(run, **params)`, is idempotent, and calls one service.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F, Q

from common import changelog, clock
from common.actors import Actor, System
from common.errors import ServiceError
from common.models import Heartbeat, JobRun, JobSchedule

log = structlog.get_logger(__name__)
JobFunction = Callable[..., dict[str, Any] | None]
ShiftDay = Callable[[Any], Any]

MAX_ATTEMPTS = 3
LOST_AFTER = timedelta(minutes=2)  # no beat for this long: the worker is dead
TICK_LOCK = 0x1F5710  # the advisory lock that lets one tick work at a time

_functions: dict[str, JobFunction] = {}
_labels: dict[str, Any] = {}
_shift_day: list[ShiftDay] = []


def job(kind: str, label: Any) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the work of a kind of job. `label` is what people read."""

    def register(function: JobFunction) -> JobFunction:
        if kind in _functions:
            raise ValueError(f"The job {kind!r} is registered twice.")
        _functions[kind] = function
        _labels[kind] = label
        return function

    return register


def label(kind: str) -> Any:
    """A kind of job in words."""
    return _labels.get(kind, kind)


def use_working_days(shift: ShiftDay) -> None:
    """Let the app that knows the holiday calendar say which working day a regular run falls on."""
    _shift_day[:] = [shift]


def enqueue(
    kind: str,
    *,
    params: dict[str, Any],
    key: str,
    actor: Actor,
    not_before: datetime | None = None,
) -> JobRun:
    """Write a job and hand it over after commit. The same key again returns the row that is there."""
    if kind not in _functions:
        raise ValueError(f"There is no job {kind!r}.")
    run, created = JobRun.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "params": params,
            "actor_id": actor.pk,
            "actor_name": actor.actor_name,
            "created_at": clock.now(),
            "not_before": not_before,
        },
    )
    if created and not_before is None:
        transaction.on_commit(lambda: _dispatch([run.pk]))
    return run


def schedule(
    kind: str, *, day: int | None = None, hour: int | None = None, enabled: bool = True
) -> JobSchedule:
    """Let a kind of job run every month on a day (1 to 28, or the next working day) at an hour (0 to 23).

    What is None stays as it was; a new one runs on the 5th at six.

    Raises ValueError for an unknown kind, ValidationError for a day or hour that isn't one.
    """
    if kind not in _functions:
        raise ValueError(f"There is no job {kind!r}.")
    row = JobSchedule.objects.filter(kind=kind).first() or JobSchedule(kind=kind, day=5, hour=6)
    row.day = row.day if day is None else day
    row.hour = row.hour if hour is None else hour
    row.enabled = enabled
    row.full_clean(exclude=["last_month"])
    row.save()
    return row


def retry(run_id: int, *, actor: Actor) -> JobRun:
    """Put a failed job back into the queue. A job in another state is left as it is."""
    with transaction.atomic():
        run = JobRun.objects.select_for_update().get(pk=run_id)
        if run.state == JobRun.State.FAILED:
            run.state, run.attempts, run.error, run.ended_at = JobRun.State.QUEUED, 0, "", None
            run.actor_id, run.actor_name = actor.pk, actor.actor_name
            run.save()
            transaction.on_commit(lambda: _dispatch([run.pk]))
    return run


def _dispatch(ids: Iterable[int]) -> int:
    """Hand queued jobs to Celery. A broker that does not answer leaves them queued for the next tick."""
    from common.tasks import run_job

    sent = 0
    for pk in ids:
        claimed = JobRun.objects.filter(pk=pk, state=JobRun.State.QUEUED).update(
            state=JobRun.State.DISPATCHED, dispatched_at=clock.now()
        )
        if not claimed:
            continue
        try:
            run_job.apply_async((pk,), retry=False)
            sent += 1
        except run_job.OperationalError as problem:
            JobRun.objects.filter(pk=pk, state=JobRun.State.DISPATCHED).update(state=JobRun.State.QUEUED)
            log.warning("broker unreachable, the job waits for the next tick", job=pk, problem=str(problem))
            break
    return sent


@contextmanager
def advisory_lock(number: int) -> Iterator[bool]:
    """A session lock of the database; gives False when another process holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def beat(name: str) -> None:
    """Say that a part of the system is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.now()})


def tick() -> int:
    """One turn of the minute tick: regular runs that are due, lost jobs, waiting jobs. Returns jobs sent."""
    with advisory_lock(TICK_LOCK) as held:
        if not held:
            return 0
        beat("tick")
        _plan_regular_runs()
        now = clock.now()
        lost = Q(state=JobRun.State.RUNNING, beat_at__lt=now - LOST_AFTER) | Q(
            state=JobRun.State.DISPATCHED, dispatched_at__lt=now - LOST_AFTER
        )
        gone = JobRun.objects.filter(lost, attempts__gte=MAX_ATTEMPTS)
        gone.update(
            state=JobRun.State.FAILED,
            ended_at=now,
            error="The worker died each time. Look at the worker's log, then start the job again.",
        )
        JobRun.objects.filter(lost).update(state=JobRun.State.QUEUED)
        due = JobRun.objects.filter(Q(not_before=None) | Q(not_before__lte=now), state=JobRun.State.QUEUED)
        return _dispatch(due.order_by("pk").values_list("pk", flat=True)[:200])


def _plan_regular_runs() -> None:
    """Write the jobs of every month that is due and was not run yet: after an outage, one for each month.

    A regular run is about the month that ended before it: November's run has the parameter "2026-10".
    """
    now = clock.now()
    for schedule in JobSchedule.objects.filter(enabled=True):
        month = schedule.last_month or (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
        while True:
            month = (month + timedelta(days=32)).replace(day=1)
            day = month.replace(day=schedule.day)
            for shift in _shift_day:
                day = shift(day)
            due = now.astimezone().replace(
                year=day.year,
                month=day.month,
                day=day.day,
                hour=schedule.hour,
                minute=0,
                second=0,
                microsecond=0,
            )
            if due > now:
                break
            with transaction.atomic():
                enqueue(
                    schedule.kind,
                    params={"month": f"{month - timedelta(days=1):%Y-%m}"},
                    key=f"{schedule.kind}:regular:{month:%Y-%m}",
                    actor=System("calendar"),
                )
                JobSchedule.objects.filter(pk=schedule.pk).update(last_month=month)


class Progress:
    """Handed to a job function: counts for people to look at, and the sign of life.

    They are written over a connection of their own: the job's transaction shows nothing until it ends.
    """

    def __init__(self, run: JobRun) -> None:
        self.run = run
        self.actor = System(run.actor_name)

    def step(self, done: int, total: int) -> None:
        """So many of so many are done."""
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(
                    "UPDATE com_job_run SET done = %s, total = %s, beat_at = %s WHERE id = %s",
                    [done, total, clock.now(), self.run.pk],
                )
        finally:
            other.close()


def execute(run_id: int) -> JobRun.State | None:
    """Run one job now. Returns its end state, or None when it was not there to take.

    A refusal (`ServiceError`) ends it as failed with the sentence for people. Another exception is tried
    again by the tick up to MAX_ATTEMPTS and then ends it as failed; the traceback goes to the log.
    """
    now = clock.now()
    taken = JobRun.objects.filter(pk=run_id, state__in=(JobRun.State.QUEUED, JobRun.State.DISPATCHED)).update(
        state=JobRun.State.RUNNING, started_at=now, beat_at=now, attempts=F("attempts") + 1
    )
    if not taken:
        return None
    run = JobRun.objects.get(pk=run_id)
    actor = System(run.actor_name)
    try:
        with changelog.acting(actor, request_id=f"job-{run.pk}"), transaction.atomic():
            result = _functions[run.kind](Progress(run), **run.params) or {}
            ended = _own(run).update(state=JobRun.State.DONE, ended_at=clock.now(), result=result, error="")
            if not ended:
                raise Lost(f"Job {run.pk} was taken over while it ran.")
    except Lost:
        log.warning("job was taken over, its work is rolled back", job=run.pk)
        return None
    except ServiceError as refusal:
        return _fail(run, str(refusal))
    except Exception as problem:  # a job must never take the worker down
        log.error("job failed", job=run.pk, kind=run.kind, trace=traceback.format_exc())
        if run.attempts < MAX_ATTEMPTS:
            _own(run).update(state=JobRun.State.QUEUED, error=str(problem)[:500])
            return JobRun.State.QUEUED
        return _fail(run, f"{type(problem).__name__}: {problem}"[:500])
    return JobRun.State.DONE


class Lost(Exception):
    """Another worker has this job now."""


def _own(run: JobRun) -> Any:
    """The row while this attempt still holds it: who lost a job says nothing about it any more."""
    return JobRun.objects.filter(pk=run.pk, state=JobRun.State.RUNNING, attempts=run.attempts)


def _fail(run: JobRun, message: str) -> JobRun.State:
    _own(run).update(state=JobRun.State.FAILED, ended_at=clock.now(), error=message)
    return JobRun.State.FAILED
