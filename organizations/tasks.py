"""Jobs of organizations, and what its accounts are told about jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common import jobs
from common.jobs import Progress, job
from common.models import JobRun
from organizations.reminders import register_kind
from organizations.services import remind, reminders_purge

PURGE = "organizations.purge_reminders"


@job(PURGE, _("Remove reminders older than a year"), nightly=3)
def purge(progress: Progress, *, day: str) -> dict[str, Any]:
    """Remove reminders that are older than a year on a day "YYYY-MM-DD"."""
    return {"removed": reminders_purge(before=_year_before(date.fromisoformat(day)))}


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _done(params: Mapping[str, Any]) -> str:
    return _now("“%(job)s” is done.") % {"job": jobs.label(params["job"])}


def _failed(params: Mapping[str, Any]) -> str:
    return _now("“%(job)s” failed: %(error)s") % {"job": jobs.label(params["job"]), "error": params["error"]}


def tell_starter(run: JobRun) -> None:
    """Long work that a person started ends with a message to him."""
    if run.actor_id is None or run.ended_at is None:
        return
    failed = run.state == JobRun.State.FAILED
    remind(
        users=[run.actor_id],
        kind="job_failed" if failed else "job_done",
        key=f"job:{run.pk}:{run.ended_at.isoformat()}",
        params={"job": run.kind, "error": run.error[:200]},
        url=reverse("job_detail", args=[run.pk]),
        subject=run,
    )


def register() -> None:
    """Called once, when the app is ready."""
    register_kind("job_done", _("Jobs"), _done)
    register_kind("job_failed", _("Jobs"), _failed)
    jobs.when_ended(tell_starter)
