"""Regular runs: what the tick starts by itself, every night or every month, and how people change it.

A monthly run is about the month that ended before it ({"month": "2026-10"} in November); after an outage each
month that was missed is run once. A daily run is about everything due by its day ({"day": "2026-11-22"}), so one
run makes up for all nights that were missed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common import changelog, clock, jobs
from common.access import Action
from common.actors import Actor, System, may
from common.errors import Denied, NotVisible, Stale
from common.models import JobRun, JobSchedule, Rhythm

ShiftDay = Callable[[date], date]
NIGHTS_AHEAD = 60  # the longest row of days off is far shorter
_shift_day: list[ShiftDay] = []


def use_working_days(shift: ShiftDay) -> None:
    """Let the app that knows the holiday calendar say which working day a regular run falls on."""
    _shift_day[:] = [shift]


def _shifted(day: date) -> date:
    for shift in _shift_day:
        day = shift(day)
    return day


def _due(row: JobSchedule, day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(row.hour)))


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _runs_on(row: JobSchedule, day: date) -> bool:
    return not row.working_days or _shifted(day) == day


def _day_of(row: JobSchedule, month: date) -> date:
    return _shifted(month.replace(day=row.day))


def next_run(row: JobSchedule) -> datetime | None:
    """When the next run is due: in the past when the tick has not come to it yet. None: switched off."""
    if not row.enabled:
        return None
    today = clock.today()
    if row.rhythm == Rhythm.MONTHLY:
        month = _next_month(row.last_for) if row.last_for else today.replace(day=1)
        return _due(row, _day_of(row, month))
    day = max(row.last_for + timedelta(days=1), today) if row.last_for else today
    for ahead in range(NIGHTS_AHEAD):
        if _runs_on(row, day + timedelta(days=ahead)):
            return _due(row, day + timedelta(days=ahead))
    return None


def _missed(row: JobSchedule, now: datetime) -> list[date]:
    """What is due and was not written yet: each month by its first day, or one day for all nights."""
    if row.rhythm == Rhythm.MONTHLY:
        month = _next_month(row.last_for) if row.last_for else clock.today().replace(day=1)
        found = []
        while _due(row, _day_of(row, month)) <= now:
            found.append(month)
            month = _next_month(month)
        return found
    today = clock.today()
    # A new schedule begins today; otherwise the last night that is due stands for all before it.
    since = today if row.last_for is None else row.last_for + timedelta(days=1)
    for back in range(NIGHTS_AHEAD):
        day = today - timedelta(days=back)
        if day < since:
            break
        if _runs_on(row, day) and _due(row, day) <= now:
            return [day]
    return []


def _params(row: JobSchedule, of: date) -> dict[str, str]:
    if row.rhythm == Rhythm.MONTHLY:
        return {"month": f"{of - timedelta(days=1):%Y-%m}"}
    return {"day": of.isoformat()}


def _key(row: JobSchedule, of: date) -> str:
    return f"{row.kind}:regular:{of:%Y-%m}" if row.rhythm == Rhythm.MONTHLY else f"{row.kind}:regular:{of}"


def plan() -> None:
    """Write the jobs that are due. Called by the tick, which holds its lock."""
    now = clock.now()
    for row in JobSchedule.objects.filter(enabled=True).order_by("kind"):
        for of in _missed(row, now) if jobs.known(row.kind) else ():
            with transaction.atomic():
                jobs.enqueue(row.kind, params=_params(row, of), key=_key(row, of), actor=System("calendar"))
                JobSchedule.objects.filter(pk=row.pk).update(last_for=of)


def ensure() -> None:
    """Give the jobs that say so in their registration a nightly run. One that is there stays as it is."""
    with changelog.acting(System("tick")):
        for kind, (hour, working_days) in jobs._nightly.items():
            JobSchedule.objects.get_or_create(
                kind=kind, defaults={"rhythm": Rhythm.DAILY, "hour": hour, "working_days": working_days}
            )


def schedule(
    kind: str,
    *,
    rhythm: str | None = None,
    day: int | None = None,
    hour: int | None = None,
    working_days: bool | None = None,
    enabled: bool = True,
) -> JobSchedule:
    """Let a kind of job run by itself: every day at an hour (0 to 23), or every month on a day (1 to 28, or the
    next working day) at that hour.

    What is None stays as it was; a new one runs every month on the 5th at six, one that its job declares as
    nightly every day. Raises ValueError for an unknown kind, ValidationError for a day or hour that isn't one.
    """
    if not jobs.known(kind):
        raise ValueError(f"There is no job {kind!r}.")
    row = JobSchedule.objects.filter(kind=kind).first() or _new(kind)
    given = {"rhythm": rhythm, "day": day, "hour": hour, "working_days": working_days, "enabled": enabled}
    return _save(row, {name: value for name, value in given.items() if value is not None})


def _new(kind: str) -> JobSchedule:
    if kind in jobs._nightly:
        hour, working_days = jobs._nightly[kind]
        return JobSchedule(kind=kind, rhythm=Rhythm.DAILY, hour=hour, working_days=working_days)
    return JobSchedule(kind=kind)


def _save(row: JobSchedule, values: dict[str, Any]) -> JobSchedule:
    begins_anew = row.pk and (
        (not row.enabled and values.get("enabled")) or values.get("rhythm", row.rhythm) != row.rhythm
    )
    for name, value in values.items():
        setattr(row, name, value)
    if begins_anew:  # what fell into the time when it was off is not caught up
        row.last_for = None
    row.full_clean(exclude=["last_for"])
    row.version += 1 if row.pk else 0
    row.save()
    return row


@transaction.atomic
def schedule_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> JobSchedule:
    """Change hour, days or rhythm of a regular run, or switch it on or off.

    Raises NotVisible, Denied, Stale, ValidationError.
    """
    row = _locked(actor, pk)
    if version is not None and row.version != version:
        raise Stale(row)
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    with changelog.acting(actor):
        return _save(row, values)


@transaction.atomic
def schedule_run_now(*, actor: Actor, pk: int) -> JobRun:
    """Start a regular run by hand: for today, or for the month before this one. One that is still open is
    returned instead of a second. Raises NotVisible, Denied."""
    row = _locked(actor, pk)
    running = JobRun.objects.filter(kind=row.kind, state__in=JobRun.OPEN).order_by("-id").first()
    if running:
        return running
    today = clock.today()
    params = _params(row, today.replace(day=1) if row.rhythm == Rhythm.MONTHLY else today)
    key = f"{row.kind}:by-hand:{changelog.new_request_id()}"
    return jobs.enqueue(row.kind, params=params, key=key, actor=actor)


def _locked(actor: Actor, pk: int) -> JobSchedule:
    if not may(actor, Action.VIEW, "job"):
        raise NotVisible
    if not may(actor, Action.RUN, "job"):
        raise Denied
    row = JobSchedule.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotVisible
    return row


def in_words(row: JobSchedule) -> str:
    """The rhythm of a regular run as a person reads it."""
    at = f"{row.hour:02d}:00"
    if row.rhythm == Rhythm.MONTHLY:
        return _("on day %(day)s of each month at %(at)s, or on the next working day") % {
            "day": row.day,
            "at": at,
        }
    if row.working_days:
        return _("every working day at %(at)s") % {"at": at}
    return _("every day at %(at)s") % {"at": at}
