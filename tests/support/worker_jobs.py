"""A Celery worker with one job more, for the test that kills it: `celery -A tests.support.worker_jobs worker`."""

import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investpro.settings.test")
django.setup()

from common.jobs import job  # noqa: E402
from investpro.celery import app  # noqa: E402, F401

KIND = "tests.slow_effect"


@job(KIND, "Slow effect")
def slow_effect(progress, *, flag, seconds):
    """Writes a row, then waits: long enough at the first attempt to be killed between write and commit."""
    from pathlib import Path

    from common import clock
    from common.models import ExportLog

    ExportLog.objects.create(at=clock.now(), actor_name="effect", kind="effect", rows=1)
    progress.step(1, 2)
    first = not Path(flag).exists()
    Path(flag).touch()
    if first:
        time.sleep(seconds)
    return {"first": first}


BATCHES = "tests.batches"


@job(BATCHES, "Batches", resumable=True)
def batches(progress, *, flag):
    """Writes one row for each row it finds, two at a time; the first attempt dies by itself in the second batch."""
    import signal
    from pathlib import Path

    from common import clock
    from common.models import ExportLog

    def work(batch):
        for row in batch:
            ExportLog.objects.create(at=clock.now(), actor_name=row.query, kind="did", rows=1)
        if batch[0].query == "3" and not Path(flag).exists():
            Path(flag).touch()
            os.kill(os.getpid(), signal.SIGKILL)

    return {"rows": progress.in_batches(ExportLog.objects.filter(kind="todo"), work, size=2)}


if __name__ == "__main__":
    import sys

    from common import jobs

    jobs.execute(int(sys.argv[1]))
