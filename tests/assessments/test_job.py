"""From the button to the ranking with a real Celery worker."""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.urls import reverse

from assessments.models import RankingRun
from common.models import JobRun
from tests.assessments.support import County

pytestmark = pytest.mark.commits


@pytest.fixture
def worker(broker, tmp_path):
    """A worker process on this test's database and broker."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "investpro.settings.test"}
    command = [sys.executable, "-m", "celery", "-A", "investpro.celery", "worker", "--pool", "solo"]
    command += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=settings.BASE_DIR)
        yield tmp_path / "worker.log"
        process.terminate()
        process.wait(30)


def test_compute_from_the_page_is_done_by_a_worker(client, worker):
    county = County()
    county.write(("棣花镇", 25000, 9050), ("商镇", 25000, 9020))
    client.force_login(county.clerk, backend="organizations.auth.Backend")
    answer = client.post(reverse("ranking_compute"), {"period": "2023-06", "group": "towns"})
    job = JobRun.objects.get()
    assert answer.url == reverse("job_detail", args=[job.pk])
    end = time.monotonic() + 60
    while job.state not in (JobRun.State.DONE, JobRun.State.FAILED) and time.monotonic() < end:
        time.sleep(0.1)
        job.refresh_from_db()
    assert job.state == JobRun.State.DONE, (job.error, worker.read_text())
    assert (job.done, job.total, job.result["tables"], job.result["new"]) == (1, 1, 1, 1)
    assert client.get(answer.url).status_code == 200
    run = RankingRun.objects.unscoped(reason="tests").get()
    assert [line.unit_name for line in run.lines.all()] == ["棣花镇", "商镇", "竹林关镇"]
    shown = client.get(job.result["url"])
    assert [row["name"] for row in shown.context["rows"]] == ["棣花镇", "商镇", "竹林关镇"]
