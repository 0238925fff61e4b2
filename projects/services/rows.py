"""Seeing, authorising and locking a project or a part of it; saving a part."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from common import changelog, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, NotVisible, Stale
from projects.models import Project

M = TypeVar("M", bound=models.Model)


def locked(actor: Actor, pk: int, version: int | None, action: Action = Action.CHANGE) -> Project:
    """The project, locked for this transaction. `version` None: the caller holds the lock or writes a part.

    Raises NotVisible, Denied, Archived, Stale.
    """
    project = services.get_visible(Project, pk, actor, lock=True)
    services.authorize(actor, action, project)
    if project.archived_at is not None:
        raise Archived
    if version is not None and project.version != version:
        raise Stale(project)
    return project


def touched(actor: Actor, project: Project, reason: str = "", **values: Any) -> Project:
    """Save columns of a locked project; its version goes up, so that another open form is noticed."""
    for name, value in values.items():
        setattr(project, name, value)
    project.version += 1
    with changelog.acting(actor, reason=reason):
        project.full_clean()
        project.save()
    return project


def part(model: type[M], actor: Actor, pk: int, version: int | None) -> M:
    """A locked part of a project that the actor may change. Raises as `locked`."""
    found: Any = model._base_manager.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotVisible
    found.project = locked(actor, found.project_id, None)
    if found.archived_at is not None:
        raise Archived
    if version is not None and found.version != version:
        raise Stale(found)
    return found


def added(model: type[M], actor: Actor, project: Project, **values: Any) -> M:
    """A new part of a locked project. Raises ValidationError."""
    row = model(project=project, **values)
    with changelog.acting(actor):
        row.full_clean()
        row.save()
    return row


def changed(row: M, actor: Actor, **values: Any) -> M:
    """A locked part with other values. Raises ValidationError."""
    for name, value in values.items():
        setattr(row, name, value)
    with changelog.acting(actor):
        row.full_clean()
        row.version += 1  # type: ignore[attr-defined]
        row.save()
    return row
