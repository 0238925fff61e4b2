"""Jobs: register, enqueue, dispatch, run, dispatch again what died.

A job is a `JobRun` row written with its cause. After commit it is handed to Celery at once; the minute
tick hands over what was not (a broker that was down) and again what a dead worker left behind. A job
function takes `(run, **params)`, is idempotent, and calls one service.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common import changelog, clock
from common.actors import Actor, System
from common.errors import ServiceError
from common.models import Heartbeat, JobRun

log = structlog.get_logger(__name__)
JobFunction = Callable[..., dict[str, Any] | None]

MAX_ATTEMPTS = 3
LOST_AFTER = timedelta(minutes=2)  # no beat for this long: the worker is dead
TICK_LOCK = 0x1F5710  # the advisory lock that lets one tick work at a time

# What the system calls itself (`System.actor_name`) → words.
SYSTEM_NAMES: dict[str, Any] = {
    "calendar": _("schedule of jobs"),
    "tick": _("schedule of jobs"),
    "demo": _("demo data"),
}
SHELL = "manage.py "  # begins the names of commands

_functions: dict[str, JobFunction] = {}
_labels: dict[str, Any] = {}
_nightly: dict[str, tuple[int, bool]] = {}  # kind → hour, only on working days
_resumable: set[str] = set()
_listeners: list[Callable[[JobRun], None]] = []


def job(
    kind: str, label: Any, *, nightly: int | None = None, working_days: bool = False, resumable: bool = False
) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the work of a kind of job. `label` is what people read.

    `nightly`: it gets a regular run at this hour (0 to 23) of every day, or of every working day; it is called
    with `day="YYYY-MM-DD"` and does what is due by that day. People may change hour and days later.

    `resumable`: it runs without a transaction around it and works by `Progress.in_batches`, so that a run that
    was killed half-way goes on with the rest. Every other job is one transaction.
    """

    def register(function: JobFunction) -> JobFunction:
        if kind in _functions:
            raise ValueError(f"The job {kind!r} is registered twice.")
        _functions[kind] = function
        _labels[kind] = label
        if nightly is not None:
            _nightly[kind] = (nightly, working_days)
        if resumable:
            _resumable.add(kind)
        return function

    return register


def label(kind: str) -> Any:
    """A kind of job in words."""
    return _labels.get(kind, kind)


def when_ended(listener: Callable[[JobRun], None]) -> None:
    """Let an upper app hear of every job that is done or has failed, in the transaction that says so."""
    _listeners.append(listener)


def known(kind: str) -> bool:
    """Is there a job of this kind?"""
    return kind in _functions


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


def initiator(run: JobRun) -> str:
    """Who started a job, for people: an account's name, or what the system calls itself in words."""
    if run.actor_id is not None:
        return run.actor_name
    if run.actor_name.startswith(SHELL):
        return _now("from the shell: %(command)s") % {"command": run.actor_name.removeprefix(SHELL)}
    return str(SYSTEM_NAMES.get(run.actor_name, run.actor_name))


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
    from common import schedules

    with advisory_lock(TICK_LOCK) as held:
        if not held:
            return 0
        beat("tick")
        schedules.plan()
        now = clock.now()
        lost = Q(state=JobRun.State.RUNNING, beat_at__lt=now - LOST_AFTER) | Q(
            state=JobRun.State.DISPATCHED, dispatched_at__lt=now - LOST_AFTER
        )
        gone = list(JobRun.objects.filter(lost, attempts__gte=MAX_ATTEMPTS).values_list("pk", flat=True))
        JobRun.objects.filter(pk__in=gone).update(
            state=JobRun.State.FAILED,
            ended_at=now,
            error="The worker died each time. Look at the worker's log, then start the job again.",
        )
        _tell(gone)
        JobRun.objects.filter(lost).update(state=JobRun.State.QUEUED)
        due = JobRun.objects.filter(Q(not_before=None) | Q(not_before__lte=now), state=JobRun.State.QUEUED)
        return _dispatch(due.order_by("pk").values_list("pk", flat=True)[:200])


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

    def in_batches(
        self, rows: Any, work: Callable[[Sequence[Any]], None], *, size: int = 100, name: str = "rows"
    ) -> int:
        """Call `work(batch)` for the rows of a queryset in the order of their keys, each batch in a transaction
        of its own together with the note how far it came. For resumable jobs.

        A run that was killed, or started again after an error, goes on behind the last batch that was
        committed. `name` tells several loops of one job apart. Returns how many rows were worked on, by all
        attempts together. Raises Lost, with the batch rolled back, when another worker has the job now.
        """
        at = self.run.checkpoints.get(name, {"pk": None, "done": 0})
        rest = rows.order_by("pk")
        left = rest if at["pk"] is None else rest.filter(pk__gt=at["pk"])
        total = at["done"] + left.count()
        while True:
            with transaction.atomic():
                batch = list((rest if at["pk"] is None else rest.filter(pk__gt=at["pk"]))[:size])
                if not batch:
                    return at["done"]
                work(batch)
                at = {"pk": batch[-1].pk, "done": at["done"] + len(batch)}
                notes = {**self.run.checkpoints, name: at}
                held = _own(self.run).update(
                    checkpoints=notes, done=at["done"], total=max(total, at["done"]), beat_at=clock.now()
                )
                if not held:
                    raise Lost(f"Job {self.run.pk} was taken over while it ran.")
            self.run.checkpoints = notes


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
        whole = nullcontext() if run.kind in _resumable else transaction.atomic()
        with changelog.acting(actor, request_id=f"job-{run.pk}"), whole:
            result = _functions[run.kind](Progress(run), **run.params) or {}
            ended = _own(run).update(state=JobRun.State.DONE, ended_at=clock.now(), result=result, error="")
            if not ended:
                raise Lost(f"Job {run.pk} was taken over while it ran.")
            _tell([run.pk])
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


def _tell(ids: Sequence[int]) -> None:
    for run in JobRun.objects.filter(pk__in=ids) if _listeners else ():
        for listener in _listeners:
            listener(run)


def _fail(run: JobRun, message: str) -> JobRun.State:
    with transaction.atomic():
        if _own(run).update(state=JobRun.State.FAILED, ended_at=clock.now(), error=message):
            _tell([run.pk])
    return JobRun.State.FAILED
