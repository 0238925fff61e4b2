"""The dossier of a signed project is its lead's: who works on the project works in it."""

from __future__ import annotations

from common.access import Action
from common.actors import Actor
from common.scope import may_on
from leads.models import Lead
from projects import confidential
from projects.models import Project


def way(actor: Actor, lead: Lead, action: Action) -> bool:
    """Whether the project made of this lead lets the actor in (its host, a share-holder, its leader) and he may
    know what it is."""
    project = (
        Project.objects.unscoped(reason="may_on decides").filter(lead=lead).select_related("unit").first()
    )
    if project is None or confidential.kept_back(project, actor):
        return False
    return may_on(actor, action, project)
