"""The parts of a lead's page that show its dossier: tasks, files, what happened. A project's page draws them too."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from common import clock
from common.access import Action
from common.actors import Actor
from leads import dossier, panels
from leads.models import Lead, Task
from leads.services.files import evidence_of
from leads.timeline import timeline

FIRST = 8  # lines of the timeline beside the record


def register() -> None:
    panels.register("tasks", "main", 40, "leads/panels/tasks.html", tasks)
    panels.register("files", "main", 50, "leads/panels/files.html", files)
    panels.register("happened", "aside", 40, "leads/panels/happened.html", happened)


def tasks(lead: Lead, actor: Actor) -> dict[str, Any] | None:
    """Open tasks, the earliest first."""
    if not dossier.may(actor, Action.VIEW, lead):
        return None
    rows = Task._base_manager.filter(lead=lead, done_on=None, archived_at=None).select_related("assignee")
    today = clock.today()
    return {
        "rows": [
            {
                "title": row.title,
                "who": row.assignee or "",
                "due": row.due_on,
                "late": row.due_on is not None and row.due_on < today,
                "url": reverse("task_update", args=[row.pk]),
                "done_url": reverse("task_done", args=[row.pk]),
            }
            for row in rows
        ],
        "add_url": reverse("task_add", args=[lead.pk]) if dossier.may_keep(actor, lead) else "",
    }


def files(lead: Lead, actor: Actor) -> dict[str, Any] | None:
    """Evidence and other files, the newest first."""
    if not dossier.may(actor, Action.VIEW, lead):
        return None
    return {
        "rows": [
            {
                "name": row.name,
                "kind": row.get_kind_display(),
                "on": row.on,
                "by": row.author_name,
                "url": reverse("attachment_file", args=[row.pk]),
                "change_url": reverse("attachment_update", args=[row.pk]),
                "remove_url": reverse("attachment_archive", args=[row.pk]),
            }
            for row in evidence_of(lead)
        ],
        "may_change": dossier.may_keep(actor, lead),
        "add_url": reverse("attachment_add", args=[lead.pk]) if dossier.may_keep(actor, lead) else "",
    }


def happened(lead: Lead, actor: Actor) -> dict[str, Any] | None:
    """The newest lines of the timeline, and how many there are."""
    if not dossier.may(actor, Action.VIEW, lead):
        return None
    every = timeline(lead)
    return {
        "entries": every[:FIRST],
        "total": len(every),
        "more_url": reverse("lead_timeline", args=[lead.pk]) if len(every) > FIRST else "",
    }
