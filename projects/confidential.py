"""Projects that nobody outside may recognise: a code name until a day, as with leads (leads/confidential.py)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from common import clock
from common.access import TREE, Action, decide
from common.actors import Actor, Grant
from leads.confidential import is_confidential
from projects.models import Project

KIND = Project.Scope.kind


def may_know(project: Project, actor: Actor) -> bool:
    """Does the actor belong to it: its liaison leader, somebody of its unit, or somebody above it? Who hosts it
    or only has a share in it does not."""
    if actor.is_system or (actor.pk is not None and project.leader_id == actor.pk):
        return True
    return any(project.unit.path.startswith(grant.path) for grant in _readers(actor))


def hidden(actor: Actor, today: date | None = None) -> Q:
    """Projects whose name is kept from this actor, as a filter: searching must not find them."""
    if actor.is_system:
        return Q(pk__in=())
    inside = Q(leader_id=actor.pk, leader__isnull=False)
    for grant in _readers(actor):
        inside |= Q(unit__path__startswith=grant.path)
    return Q(confidential_until__gte=today or clock.today()) & ~inside


def shown_name(project: Project, actor: Actor) -> str:
    """The project's name, or its code name."""
    return project.code_name if is_confidential(project) and not may_know(project, actor) else project.name


def _readers(actor: Actor) -> list[Grant]:
    """The actor's roles that read projects in their own tree."""
    return [
        grant for grant in actor.grants() if any(decide(grant.role, one, Action.VIEW, KIND) for one in TREE)
    ]
