"""Projects that nobody outside may recognise: a code name until a day, as with leads (leads/confidential.py)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.access import TREE, Action, decide
from common.actors import Actor, Grant
from leads.confidential import is_confidential
from leads.models import Look
from organizations.choices import Role
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


def kept_rows(actor: Actor) -> QuerySet:
    """The keys of all projects whose facts are kept from this actor, as a part of another query."""
    rows = Project.objects.unscoped(reason="projects whose facts are kept back").filter(hidden(actor))
    return rows.order_by().values("pk")


def kept_back(project: Project, actor: Actor) -> bool:
    """Must this actor read the code name instead?"""
    return is_confidential(project) and not may_know(project, actor)


def shown_name(project: Project, actor: Actor) -> str:
    """The project's name, or its code name."""
    return project.code_name if kept_back(project, actor) else project.name


def shown_investor(project: Project, actor: Actor) -> str:
    """The name of the lead's investor, or its first character and stars."""
    name = project.lead.investor.name
    return f"{name[:1]}***" if kept_back(project, actor) else name


def look(actor: Actor, project: Project) -> Look | None:
    """Write down, in the lead's log, that somebody opened a confidential project; nothing for others."""
    if actor.is_system or not is_confidential(project):
        return None
    return Look._base_manager.create(
        lead_id=project.lead_id, at=clock.now(), actor_id=actor.pk, actor_name=actor.actor_name
    )


def notice(project: Project) -> str:
    """What a page says above a confidential project; "" for others."""
    if not is_confidential(project):
        return ""
    return _("Confidential until %(date)s. Whoever opens it is written down.") % {
        "date": project.confidential_until.isoformat()  # type: ignore[union-attr]
    }


def _readers(actor: Actor) -> list[Grant]:
    """The actor's roles that read projects in their own tree. A service centre's program reads its part
    without what is confidential."""
    return [
        grant
        for grant in actor.grants()
        if grant.role != Role.SERVICE_CLIENT
        and any(decide(grant.role, one, Action.VIEW, KIND) for one in TREE)
    ]
