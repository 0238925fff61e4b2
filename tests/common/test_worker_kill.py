"""A real worker process, killed in the middle of a job: the tick hands the job over again, the effect is there once."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection

from common import clock, jobs
from common.actors import System
from common.models import ExportLog, JobRun
from investpro.embedded import state

pytestmark = pytest.mark.commits
PATIENCE = 60  # seconds; a slow machine is no failure, a stuck worker is


def wait_for(what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def worker(broker, tmp_path):
    """Starts worker processes of their own group; all are gone afterwards."""
    started = []

    def start():
        log = (tmp_path / f"worker-{len(started)}.log").open("wb")
        command = [
            sys.executable, "-m", "celery", "-A", "tests.support.worker_jobs", "worker",
            "--concurrency", "1", "--pool", "solo", "--without-gossip", "--without-mingle", "-n", f"kill{len(started)}@%h",
        ]  # fmt: skip
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "investpro.settings.test"}
        process = subprocess.Popen(
            command, cwd=state.BASE_DIR, env=env, stdout=log, stderr=log, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_a_killed_worker_loses_nothing_and_doubles_nothing(worker, tmp_path, monkeypatch):
    import redis
    from django.conf import settings

    from tests.support.worker_jobs import KIND

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete("celery", "unacked", "unacked_index")
    flag = tmp_path / "begun"
    run = jobs.enqueue(KIND, params={"flag": str(flag), "seconds": 600}, key="kill", actor=System("周敏"))

    first = worker()
    wait_for(flag.exists)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.done, run.total) == (JobRun.State.RUNNING, 1, 1, 2)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert not ExportLog.objects.exists()  # it died before its commit

    with clock.at(clock.now() + jobs.LOST_AFTER + timedelta(seconds=1)):
        assert jobs.tick() == 1
    worker()

    def done():
        run.refresh_from_db()
        return run.state == JobRun.State.DONE

    wait_for(done)
    assert (run.attempts, run.result) == (2, {"first": False})
    assert ExportLog.objects.filter(kind="effect").count() == 1
    connection.close()


def test_a_resumable_job_killed_half_way_goes_on_with_the_rest(broker, tmp_path):
    """Five rows, two at a time: the process dies in the second batch, the next attempt begins with it."""
    from tests.support.worker_jobs import BATCHES

    for number in "12345":
        ExportLog.objects.create(at=clock.now(), actor_name="", query=number, kind="todo", rows=1)

    def did():
        return list(ExportLog.objects.filter(kind="did").order_by("pk").values_list("actor_name", flat=True))

    flag = tmp_path / "died"
    run = jobs.enqueue(BATCHES, params={"flag": str(flag)}, key="batches", actor=System("周敏"))
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "investpro.settings.test"}
    command = [sys.executable, "-m", "tests.support.worker_jobs", str(run.pk)]
    died = subprocess.run(command, cwd=state.BASE_DIR, env=env, check=False)
    assert (died.returncode, flag.exists()) == (-signal.SIGKILL, True)
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == (JobRun.State.RUNNING, 2, 5)
    assert did() == ["1", "2"]

    with clock.at(clock.now() + jobs.LOST_AFTER + timedelta(seconds=1)):
        assert jobs.tick() == 1
    assert jobs.execute(run.pk) == JobRun.State.DONE
    run.refresh_from_db()
    assert did() == ["1", "2", "3", "4", "5"]
    assert (run.attempts, run.done, run.result) == (2, 5, {"rows": 5})
