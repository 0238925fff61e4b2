from celery import shared_task
from django.db import close_old_connections

from common import jobs


@shared_task(name="common.run_job", ignore_result=True)
def run_job(run_id: int) -> None:
    """Run one job by its id. Everything about it stands in its row."""
    close_old_connections()
    try:
        jobs.beat("worker")
        jobs.execute(run_id)
    finally:
        close_old_connections()
