"""Tasks of a lead or its project: what somebody has to do by a day."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import changelog, clock
from common.actors import Actor
from common.errors import Archived, NotVisible, Refused, Stale
from leads import dossier
from leads.models import Lead, Task
from organizations.models import User


def task_make(*, lead: Lead, **values: Any) -> Task:
    """Write a task inside a service that has authorised and opened the log. Raises ValidationError."""
    task = Task(lead=lead, **values)
    task.full_clean()
    task.save()
    return task


@transaction.atomic
def task_add(*, actor: Actor, lead: int, **values: Any) -> Task:
    """A new task; without `assignee` it is the actor's own. Raises NotVisible, Denied, Archived, ValidationError
    (also for an assignee who is none of the lead's colleagues)."""
    found = dossier.keep(actor, lead)
    if values.get("assignee") is None:
        values.pop("assignee", None)
        values["assignee_id"] = actor.pk
    else:
        _must_be_colleague(actor, found, values["assignee"])
    with changelog.acting(actor):
        return task_make(lead=found, **values)


@transaction.atomic
def task_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Task:
    """Change a task. Raises as `task_add`, and Stale; a finished one is opened again first."""
    task = _task(actor, pk, version)
    if task.done_on is not None:
        raise Refused(_("This task is done. Open it again before you change it."))
    given = values.get("assignee")
    if given is not None and given.pk != task.assignee_id:
        _must_be_colleague(actor, task.lead, given)
    for name, value in values.items():
        setattr(task, name, value)
    return _save(actor, task)


@transaction.atomic
def task_done(*, actor: Actor, pk: int, version: int | None = None, outcome: str = "") -> Task:
    """Finish a task today. Doing it twice changes nothing. Raises NotVisible, Denied, Archived, Stale."""
    task = _task(actor, pk, version)
    if task.done_on is not None:
        return task
    task.done_on, task.outcome = clock.today(), outcome
    lead = Lead._base_manager.select_for_update().get(pk=task.lead_id)
    lead.last_sign_on, lead.stale_on = max(task.done_on, lead.last_sign_on or task.done_on), None
    with changelog.acting(actor):
        lead.save(update_fields=["last_sign_on", "stale_on", "updated_at"])
    return _save(actor, task)


@transaction.atomic
def task_reopen(*, actor: Actor, pk: int, version: int | None = None) -> Task:
    """Take a finished task up again. Raises NotVisible, Denied, Archived, Stale."""
    task = _task(actor, pk, version)
    task.done_on = None
    return _save(actor, task)


def _must_be_colleague(actor: Actor, lead: Lead, user: User) -> None:
    """Strangers are told nothing of a lead by a task of theirs. One's own name is always right."""
    if user.pk != actor.pk and not dossier.colleagues(lead).filter(pk=user.pk).exists():
        raise ValidationError({"assignee": _("Choose somebody of the lead's own unit or of those above it.")})


def _task(actor: Actor, pk: int, version: int | None) -> Task:
    """A locked task that is the actor's own or in a dossier that he keeps."""
    task = Task._base_manager.select_for_update().filter(pk=pk).first()
    if task is None:
        raise NotVisible
    if actor.pk is None or task.assignee_id != actor.pk:
        return dossier.part(Task, actor, pk, version)
    if task.archived_at is not None:
        raise Archived
    if version is not None and task.version != version:
        raise Stale(task)
    return task


def _save(actor: Actor, task: Task) -> Task:
    with changelog.acting(actor):
        task.full_clean()
        task.version += 1
        task.save()
    return task
