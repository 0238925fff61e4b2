"""A project along its ladder (DOMAIN §2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from common.actors import Actor
from leads import stages
from leads.choices import Pipeline
from leads.models.stages import Stage
from projects import posting
from projects.models import Project, ProjectMove
from projects.services.changing import project_update


def project_move(
    *,
    actor: Actor,
    pk: int,
    version: int | None,
    target: str,
    on: date | None = None,
    reason_code: str = "",
    reason_text: str = "",
    values: Mapping[str, Any] | None = None,
) -> Project:
    """Move a project to the stage `target` (its code), on a day that is neither in the future nor before the
    last move. `values` are missing facts given along, by field name of the project.

    Raises NotVisible, Denied, Archived, Stale, MissingFacts, Refused, ValidationError.
    """
    return stages.move(
        stages.track(Pipeline.PROJECT),
        actor=actor,
        pk=pk,
        version=version,
        target=target,
        on=on,
        reason_code=reason_code,
        reason_text=reason_text,
        values=values,
    )


def _guard(project: Project, goal: Stage) -> None:
    """The ladder of projects knows everything itself."""


def _people(project: Project) -> list[int]:
    """The officer who keeps its dossier, and the leader who answers for it."""
    officer = project.lead.officer
    return [pk for pk in (officer.user_id if officer else None, project.leader_id) if pk]


def register() -> None:
    """Projects run along their ladder. Called once, when the app is ready."""
    stages.register_track(
        stages.Track(
            pipeline=Pipeline.PROJECT,
            model=Project,
            log=ProjectMove,
            link="project",
            dossier="lead",
            update=project_update,
            guard=_guard,
            people=_people,
            joins=("lead__officer",),
            planned={
                "started": "start_due",
                "completed": "completion_due",
                "in_production": "production_due",
                "at_capacity": "capacity_due",
            },
        )
    )
    stages.after_move(Pipeline.PROJECT, posting.follow)
