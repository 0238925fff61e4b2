"""A project along its ladder (DOMAIN §2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import services
from common.actors import Actor
from common.errors import Refused
from leads import stages
from leads.choices import Pipeline
from leads.models.stages import Stage
from projects import confidential, posting
from projects.models import Project, ProjectMove
from projects.services.changing import project_update

INSIDE = _(
    "Something that this stage asks for is missing. The project is confidential: its own unit has to enter it."
)


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

    A host that may not know a confidential project moves it all the same, because it sees what happens on
    site. But it gives no facts along and is not told which ones are missing.

    Raises NotVisible, Denied, Archived, Stale, MissingFacts, Refused, ValidationError.
    """
    try:
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
    except stages.MissingFacts:
        if confidential.kept_back(services.get_visible(Project, pk, actor), actor):
            raise Refused(INSIDE, code="missing_inside") from None
        raise


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
