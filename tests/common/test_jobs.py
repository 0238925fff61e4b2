"""Jobs: once, after commit, again when something died, and never for ever."""

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import redis
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from kombu.pools import reset

from common import clock, jobs
from common.actors import System
from common.errors import Refused
from common.models import Heartbeat, JobRun, JobSchedule
from investpro.celery import app

pytestmark = pytest.mark.django_db

ACTOR = System("周敏")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Friday
State = JobRun.State
calls = []


@pytest.fixture(autouse=True)
def works(monkeypatch):
    """Kinds of jobs for these tests: one that counts, one that is refused, one that breaks."""

    def refused(progress):
        raise Refused("没有数据", code="empty")

    def breaks(progress):
        calls.append("breaks")
        raise RuntimeError("disk full")

    def counts(progress, **params):
        calls.append(params)
        return {"n": len(calls)}

    calls.clear()
    for kind, function in {"t.counts": counts, "t.refused": refused, "t.breaks": breaks}.items():
        monkeypatch.setitem(jobs._functions, kind, function)


@pytest.fixture
def queue(broker):
    """What waits at the broker."""
    with redis.Redis.from_url(broker) as client:
        client.delete("celery")
        yield lambda: client.llen("celery")
        client.delete("celery")


@pytest.fixture
def no_broker(broker):
    """The broker's address leads nowhere, as when its machine is down."""

    def point_at(url):
        app.conf.broker_url = url
        reset()  # connections and producers of the old address
        app._pool = app.amqp._producer_pool = None

    point_at("redis://127.0.0.1:1/0")
    yield lambda: point_at(broker)
    point_at(broker)


def put(kind="t.counts", key="one", **values):
    return jobs.enqueue(kind, params={}, key=key, actor=ACTOR, **values)


def again(run):
    run.refresh_from_db()
    return run


# once


def test_the_same_key_gives_the_same_row(queue):
    assert put().pk == put().pk
    assert put(key="two").pk != put().pk
    assert JobRun.objects.count() == 2


def test_an_unknown_kind_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match=r"t\.nothing"):
        put("t.nothing")
    assert not JobRun.objects.exists()


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        jobs.job("t.counts", "again")(lambda progress: None)


def test_a_job_runs_once_however_often_it_is_delivered():
    run = put()
    assert [jobs.execute(run.pk) for _n in range(3)] == [State.DONE, None, None]
    assert calls == [{}]
    assert (again(run).attempts, run.result, run.error) == (1, {"n": 1}, "")


# after commit


def test_nothing_is_handed_over_before_commit(queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        run = put()
        assert queue() == 0
        assert again(run).state == State.QUEUED
    assert len(callbacks) == 1
    assert queue() == 1
    assert again(run).state == State.DISPATCHED


def test_a_rolled_back_cause_leaves_no_job(queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        try:
            with transaction.atomic():
                put()
                raise RuntimeError
        except RuntimeError:
            pass
    assert queue() == 0
    assert not JobRun.objects.exists()


def test_a_later_job_waits_for_its_time(queue, django_capture_on_commit_callbacks):
    with clock.at(NOON):
        with django_capture_on_commit_callbacks(execute=True):
            run = put(not_before=NOON + timedelta(hours=1))
        assert queue() == 0
        assert jobs.tick() == 0
    with clock.at(NOON + timedelta(hours=1)):
        assert jobs.tick() == 1
    assert again(run).state == State.DISPATCHED


# the broker is down


def test_a_broker_that_is_down_delays_and_loses_nothing(no_broker, queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = put()
    assert again(run).state == State.QUEUED
    assert jobs.tick() == 0
    assert again(run).state == State.QUEUED
    no_broker()  # it is back
    assert jobs.tick() == 1
    assert (again(run).state, queue()) == (State.DISPATCHED, 1)


# dead workers


@pytest.mark.parametrize("state", [State.RUNNING, State.DISPATCHED])
def test_what_a_dead_worker_left_is_dispatched_again(queue, state):
    with clock.at(NOON):
        run = put()
        stamp = {"beat_at": NOON} if state == State.RUNNING else {"dispatched_at": NOON}
        JobRun.objects.filter(pk=run.pk).update(state=state, attempts=1, **stamp)
    with clock.at(NOON + jobs.LOST_AFTER):
        assert jobs.tick() == 0  # just alive
    with clock.at(NOON + jobs.LOST_AFTER + timedelta(seconds=1)):
        assert jobs.tick() == 1
    assert again(run).state == State.DISPATCHED
    assert jobs.execute(run.pk) == State.DONE
    assert again(run).attempts == 2


def test_it_gives_up_after_the_last_attempt(queue):
    run = put()
    JobRun.objects.filter(pk=run.pk).update(state=State.RUNNING, beat_at=NOON, attempts=jobs.MAX_ATTEMPTS)
    with clock.at(NOON + timedelta(hours=1)):
        assert jobs.tick() == 0
    assert again(run).state == State.FAILED
    assert "worker" in run.error
    assert run.ended_at == NOON + timedelta(hours=1)
    assert queue() == 0


def test_who_was_taken_over_writes_nothing():
    """A worker that hung so long that another attempt began: its work is rolled back."""
    run = put()

    def hangs(progress):
        Heartbeat.objects.create(name="effect", at=NOON)
        JobRun.objects.filter(pk=run.pk).update(attempts=2)  # the second attempt has it now

    jobs._functions["t.counts"] = hangs
    assert jobs.execute(run.pk) is None
    assert not Heartbeat.objects.filter(name="effect").exists()
    assert again(run).state == State.RUNNING


# refusals and errors


def test_a_refusal_ends_the_job_with_its_sentence():
    run = put("t.refused")
    assert jobs.execute(run.pk) == State.FAILED
    assert (again(run).error, run.attempts) == ("没有数据", 1)


def test_an_error_is_tried_again_and_ends(queue):
    run = put("t.breaks")
    states = [jobs.execute(run.pk) for _attempt in range(jobs.MAX_ATTEMPTS)]
    assert states == [State.QUEUED, State.QUEUED, State.FAILED]
    assert calls == ["breaks"] * jobs.MAX_ATTEMPTS
    assert again(run).error == "RuntimeError: disk full"
    assert jobs.execute(run.pk) is None


def test_a_failed_job_is_started_again_by_a_person(queue, django_capture_on_commit_callbacks):
    run = put("t.refused")
    jobs.execute(run.pk)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.retry(run.pk, actor=System("李工"))
    assert (again(run).state, run.attempts, run.error, run.actor_name) == (State.DISPATCHED, 0, "", "李工")
    with django_capture_on_commit_callbacks(execute=True) as nothing:
        jobs.retry(run.pk, actor=ACTOR)
    assert not nothing
    assert queue() == 1


def test_work_is_rolled_back_with_its_failure():
    def half(progress):
        Heartbeat.objects.create(name="half", at=NOON)
        raise RuntimeError("then it broke")

    jobs._functions["t.counts"] = half
    jobs.execute(put().pk)
    assert not Heartbeat.objects.filter(name="half").exists()


# the tick


def test_the_tick_says_that_it_lives(queue):
    with clock.at(NOON):
        jobs.tick()
    assert Heartbeat.objects.get(name="tick").at == NOON


def test_two_ticks_at_once_send_a_job_once(queue):
    run, seen = put(), []

    def second():
        try:
            with jobs.advisory_lock(jobs.TICK_LOCK) as held:
                seen.append(held)
        finally:
            connection.close()

    with jobs.advisory_lock(jobs.TICK_LOCK) as held:
        assert held
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert seen == [False]
    assert jobs.tick() == 1
    assert jobs.tick() == 0
    assert (queue(), again(run).state) == (1, State.DISPATCHED)


# regular runs


@pytest.fixture
def schedule():
    return JobSchedule.objects.create(kind="t.counts", day=7, hour=6, last_month=date(2026, 9, 1))


def months():
    return list(JobRun.objects.order_by("pk").values_list("key", flat=True))


def at(year, month, day, hour=6, minute=0):
    return clock.at(datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def weekends(monkeypatch):
    """A calendar that knows only Saturdays and Sundays."""

    def shift(day):
        while day.weekday() >= 5:
            day += timedelta(days=1)
        return day

    monkeypatch.setattr(jobs, "_shift_day", [shift])


def test_a_regular_run_waits_for_the_working_day(schedule, weekends, queue):
    """7 November 2026 is a Saturday, so the run falls on Monday the 9th at six; October's on Wednesday the 7th."""
    with at(2026, 10, 7, 5, 59):
        jobs.tick()
    assert months() == []
    with at(2026, 10, 7):
        jobs.tick()
    assert months() == ["t.counts:regular:2026-10"]
    for moment in ((7, 6), (8, 23), (9, 5)):
        with at(2026, 11, *moment):
            jobs.tick()
    assert months() == ["t.counts:regular:2026-10"]
    with at(2026, 11, 9):
        jobs.tick()
        jobs.tick()
    assert months() == ["t.counts:regular:2026-10", "t.counts:regular:2026-11"]
    assert JobRun.objects.first().params == {"month": "2026-10"}  # the month that ended before it


def test_an_outage_is_caught_up_month_by_month(schedule, weekends, queue):
    with at(2027, 1, 20):
        jobs.tick()
    assert months() == [f"t.counts:regular:{m}" for m in ("2026-10", "2026-11", "2026-12", "2027-01")]
    schedule.refresh_from_db()
    assert schedule.last_month == date(2027, 1, 1)


def test_a_new_schedule_begins_with_this_month(weekends, queue):
    JobSchedule.objects.create(kind="t.counts", day=7)
    with at(2026, 11, 20):
        jobs.tick()
    assert months() == ["t.counts:regular:2026-11"]


def test_the_command_sets_changes_and_ends_a_regular_run(queue, capsys):
    call_command("schedule", "t.counts", "--day", "5", "--hour", "7")
    call_command("schedule", "t.counts", "--day", "8", "--hour", "6")
    row = JobSchedule.objects.get()
    assert (row.kind, row.day, row.hour, row.enabled) == ("t.counts", 8, 6, True)
    call_command("schedule", "t.counts", "--off")
    row.refresh_from_db()
    assert (row.day, row.hour, row.enabled) == (8, 6, False)
    call_command("schedule")
    assert "t.counts" in capsys.readouterr().out
    for wrong in (
        ["t.unknown", "--day", "5"],
        ["t.counts", "--day", "29"],
        ["t.counts", "--day", "5", "--hour", "24"],
    ):
        with pytest.raises(CommandError):
            call_command("schedule", *wrong)


def test_a_schedule_that_is_switched_off_does_nothing(schedule, queue):
    JobSchedule.objects.update(enabled=False)
    with at(2026, 11, 20):
        jobs.tick()
    assert months() == []


def test_the_national_holidays_shift_a_run(schedule, queue):
    """The app with the holiday calendar is asked: 1 to 7 October 2025 were the National Day holiday, the 8th too
    (notice of the State Council on the holidays of 2025)."""
    from reference import services

    services.load(actor=System("tests"), only=["holidays"])
    JobSchedule.objects.update(day=1, last_month=date(2025, 9, 1))
    with at(2025, 10, 8, 23):
        jobs.tick()
    assert months() == []
    with at(2025, 10, 9):
        jobs.tick()
    assert months() == ["t.counts:regular:2025-10"]


def test_times_are_kept_with_zone():
    with clock.at(NOON):
        assert put().created_at == NOON.astimezone(UTC)
    assert settings.USE_TZ
