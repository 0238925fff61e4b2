"""Jobs of leads and of all that runs along a ladder."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.jobs import Progress, job
from leads.stages.marks import mark_stale
from organizations.reminders import register_kind

MARKS = "leads.mark_stale"


@job(MARKS, _("Mark what has gone stale or is overdue"), nightly=2, resumable=True)
def mark(progress: Progress, *, day: str) -> dict[str, Any]:
    """Leads and projects, as of a day "YYYY-MM-DD"."""
    return mark_stale(progress, date.fromisoformat(day))


def register() -> None:
    """The words of the reminders. Called once, when the app is ready."""
    register_kind(
        "stage_stale",
        _("No sign of life"),
        _("Nothing has happened with “%(name)s” (%(stage)s) for %(days)s days."),
    )
    register_kind(
        "stage_overdue",
        _("Stage overdue"),
        _("“%(name)s” should have left the stage %(stage)s by %(due)s."),
    )
