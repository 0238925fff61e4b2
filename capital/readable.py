"""What of capital in place is kept from a reader because its project is confidential (projects/confidential.py)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from capital.models import Allocation, CapitalEntry
from common.actors import Actor
from projects import confidential
from projects.models import Project

KEPT = "***"


def hidden_projects(actor: Actor) -> Any:
    """The keys of the projects whose facts are kept from the actor, as a subquery."""
    rows = Project.objects.unscoped(reason="projects whose facts are kept back")
    return rows.filter(confidential.hidden(actor)).values("pk")


def hidden_entries(actor: Actor) -> Q:
    return Q(project__in=hidden_projects(actor))


def hidden_vouchers(actor: Actor) -> Q:
    """Vouchers that prove something of such a project."""
    rows = Allocation._base_manager.filter(archived_at=None, entry__project__in=hidden_projects(actor))
    return Q(pk__in=rows.values("voucher"))


def told(entry: CapitalEntry, actor: Actor) -> bool:
    """May the actor read the facts of an entry? Its project must be joined."""
    return not confidential.kept_back(entry.project, actor)
