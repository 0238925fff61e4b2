"""Seeing, authorising and locking a project or a part of it; saving a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import changelog, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from leads.models import Attachment
from projects import confidential
from projects.models import Project

M = TypeVar("M", bound=models.Model)


def locked(actor: Actor, pk: int, version: int | None, action: Action = Action.CHANGE) -> Project:
    """The project, locked for this transaction. `version` None: the caller holds the lock or writes a part.

    Raises NotVisible, Denied (also who may not know a confidential one), Archived, Stale.
    """
    project = services.get_visible(Project, pk, actor, lock=True)
    services.authorize(actor, action, project)
    if confidential.kept_back(project, actor):
        raise Denied
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
    owner = model._base_manager.filter(pk=pk).values_list("project", flat=True).first()
    if owner is None:
        raise NotVisible
    project = locked(actor, owner, None)
    found: Any = model._base_manager.select_for_update().get(pk=pk)
    found.project = project
    if found.archived_at is not None:
        raise Archived
    if version is not None and found.version != version:
        raise Stale(found)
    return found


def added(model: type[M], actor: Actor, project: Project, **values: Any) -> M:
    """A new part of a locked project. Raises ValidationError, Refused (a file of another dossier)."""
    same_dossier(project, values)
    row = model(project=project, **values)
    with changelog.acting(actor):
        row.full_clean()
        row.save()
    return row


def changed(row: M, actor: Actor, **values: Any) -> M:
    """A locked part with other values. Raises as `added`."""
    same_dossier(row.project, values)  # type: ignore[attr-defined]
    for name, value in values.items():
        setattr(row, name, value)
    with changelog.acting(actor):
        row.full_clean()
        row.version += 1  # type: ignore[attr-defined]
        row.save()
    return row


def same_dossier(project: Project, values: Mapping[str, Any]) -> None:
    """Refuses files of another dossier."""
    for name, value in values.items():
        if isinstance(value, Attachment) and value.lead_id != project.lead_id:
            sentence = _("Choose a file of this project.")
            raise Refused(sentence, code="other_dossier", fields={name: [sentence]})
