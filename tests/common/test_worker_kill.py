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
