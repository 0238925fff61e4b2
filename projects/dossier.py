"""The dossier of a signed project is its lead's: who works on the project works in it."""

from __future__ import annotations

from common.access import Action
from common.actors import Actor
from common.scope import may_on
from leads.models import Lead
from projects.models import Project


def way(actor: Actor, lead: Lead, action: Action) -> bool:
    """Whether the project made of this lead lets the actor in (its host, a share-holder, its leader)."""
    project = (
        Project.objects.unscoped(reason="may_on decides").filter(lead=lead).select_related("unit").first()
    )
    return project is not None and may_on(actor, action, project)
