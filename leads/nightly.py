"""What happens to leads at night: reminders, and the release of those whose protection has lapsed.

Each run does what is due by its day, in batches; a run that was killed goes on with the rest, and the same night
twice changes and says nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import DateField, ExpressionWrapper, F
from django.utils.translation import gettext_lazy as _

from common.jobs import Progress, job
from leads.calendar import calendar
from leads.choices import Custody, StageKind
from leads.models import Lead, ProtectionTerms, Task
from leads.reminding import tell_ending, tell_task
from leads.services.protection import clock_of, lapse
from leads.terms import SHARED

PROTECTION = "leads.protection"
TASKS = "leads.task_reminders"
FOLLOWED = (StageKind.OPEN, StageKind.HELD)
BATCH = 100  # leads a transaction
NIGHT = "the nightly run serves all units"


@job(PROTECTION, _("Remind of protection that ends, release what has lapsed"), nightly=1, resumable=True)
def protection(progress: Progress, *, day: str) -> dict[str, Any]:
    """Release every lead whose protection ended before the day; remind of those that end soon."""
    today, days = date.fromisoformat(day), calendar()
    counts = {"released": 0, "looked_at": 0}

    def release(batch: Sequence[Lead]) -> None:
        for pk in [lead.pk for lead in batch]:
            lead = Lead._base_manager.select_for_update(of=("self",)).get(pk=pk)
            counts["released"] += lapse(lead, today, actor=progress.actor)

    def remind(batch: Sequence[Lead]) -> None:
        for lead in batch:
            found = clock_of(lead, days)
            due = [one for one in found.reminders if one <= today] if found else []
            if due and lead.protected_until is not None and lead.protected_until >= today:
                tell_ending(lead, due[-1])

    held = Lead.objects.unscoped(reason=NIGHT).filter(
        custody=Custody.HELD, archived_at=None, stage__kind__in=FOLLOWED, protected_until__isnull=False
    )
    progress.in_batches(held.filter(protected_until__lt=today), release, size=BATCH, name="release")
    ahead = days.add(today, _longest_reminder())
    soon = held.filter(protected_until__gte=today, protected_until__lte=ahead)
    counts["looked_at"] = progress.in_batches(
        soon.select_related("unit", "officer"), remind, size=BATCH, name="remind"
    )
    return counts


def _longest_reminder() -> int:
    """The most working days before the end that any rules remind at."""
    rows = ProtectionTerms.objects.unscoped(reason=SHARED).filter(archived_at=None)
    return max((n for some in rows.values_list("remind_before", flat=True) for n in some), default=0)


@job(TASKS, _("Remind of tasks that are due"), nightly=6, resumable=True)
def tasks(progress: Progress, *, day: str) -> dict[str, Any]:
    """Remind of every open task whose day comes within its `remind_days` (calendar days)."""
    today = date.fromisoformat(day)

    def remind(batch: Sequence[Task]) -> None:
        for task in batch:
            tell_task(task)

    begins = ExpressionWrapper(F("due_on") - F("remind_days"), output_field=DateField())
    rows = Task.objects.unscoped(reason=NIGHT).filter(
        archived_at=None, done_on=None, due_on__isnull=False, lead__archived_at=None
    )
    rows = rows.annotate(begins=begins).filter(begins__lte=today)
    return {"tasks": progress.in_batches(rows.select_related("lead__unit", "lead__officer"), remind)}
