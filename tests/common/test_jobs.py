"""Jobs: once, after commit, again when something died, and never for ever."""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from kombu.pools import reset

from common import clock, jobs
from common.actors import System
from common.errors import Refused
from common.models import Heartbeat, JobRun
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


def test_the_system_is_called_by_words_and_people_by_their_names(english):
    assert jobs.initiator(JobRun(actor_name="calendar")) == "schedule of jobs"
    assert jobs.initiator(JobRun(actor_name="demo")) == "demo data"
    assert jobs.initiator(JobRun(actor_name="manage.py rank")) == "from the shell: rank"
    assert jobs.initiator(JobRun(actor_name="tick")) == "schedule of jobs"
    assert jobs.initiator(JobRun(actor_id=7, actor_name="calendar")) == "calendar"


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


# in batches


@pytest.fixture
def beats():
    """Seven rows to work on."""
    Heartbeat.objects.bulk_create(Heartbeat(name=f"row{n}", at=NOON) for n in range(7))
    return Heartbeat.objects.filter(name__startswith="row")


@pytest.fixture
def resumable(monkeypatch, beats):
    """A job that says of each row that it was there, three at a time; it breaks at the rows in `broken`."""
    broken = {"row4"}

    def work(batch):
        names = [row.pk for row in batch]
        calls.append(names)
        Heartbeat.objects.bulk_create(Heartbeat(name=f"did {name}", at=NOON) for name in names)
        if broken & set(names):
            raise RuntimeError("disk full")

    monkeypatch.setitem(
        jobs._functions, "t.counts", lambda progress: {"n": progress.in_batches(beats, work, size=3)}
    )
    monkeypatch.setattr(jobs, "_resumable", {"t.counts"})
    return broken


def did():
    return sorted(Heartbeat.objects.filter(name__startswith="did").values_list("name", flat=True))


def test_a_resumable_job_goes_on_behind_its_last_batch(resumable):
    run = put()
    assert jobs.execute(run.pk) == State.QUEUED
    assert did() == ["did row0", "did row1", "did row2"]  # the second batch is rolled back, the first stays
    assert (again(run).done, run.total, run.error) == (3, 7, "disk full")
    resumable.clear()
    assert jobs.execute(run.pk) == State.DONE
    assert calls == [
        ["row0", "row1", "row2"],
        ["row3", "row4", "row5"],
        ["row3", "row4", "row5"],
        ["row6"],
    ]
    assert (again(run).result, run.done, run.total) == ({"n": 7}, 7, 7)


def test_a_person_who_starts_it_again_goes_on_too(resumable):
    run = put()
    for _attempt in range(jobs.MAX_ATTEMPTS):
        jobs.execute(run.pk)
    assert again(run).state == State.FAILED
    resumable.clear()
    jobs.retry(run.pk, actor=ACTOR)
    calls.clear()
    assert jobs.execute(run.pk) == State.DONE
    assert calls == [["row3", "row4", "row5"], ["row6"]]


def test_a_batch_of_who_was_taken_over_is_rolled_back(resumable, beats, monkeypatch):
    def work(batch):
        Heartbeat.objects.create(name=f"did {batch[0].pk}", at=NOON)
        if batch[0].pk == "row3":
            JobRun.objects.update(attempts=F("attempts") + 1)

    monkeypatch.setitem(jobs._functions, "t.counts", lambda p: {"n": p.in_batches(beats, work, size=3)})
    run = put()
    resumable.clear()
    assert jobs.execute(run.pk) is None
    assert did() == ["did row0"]
    assert again(run).state == State.RUNNING


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


def test_times_are_kept_with_zone():
    with clock.at(NOON):
        assert put().created_at == NOON.astimezone(UTC)
    assert settings.USE_TZ
