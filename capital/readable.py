"""What of capital in place is kept from a reader because its project is confidential (projects/confidential.py)."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from capital.models import Allocation, CapitalEntry
from common.actors import Actor
from projects import confidential

KEPT = "***"


def kept_from(actor: Actor, projects: Collection[int]) -> bool:
    """Are the facts of one of these projects kept from the actor?"""
    return bool(projects) and bool(confidential.kept_rows(actor).filter(pk__in=projects).exists())


def hidden_entries(actor: Actor) -> Q:
    """Entries of such a project; the same filter holds for whatever has a `project`."""
    return Q(project__in=confidential.kept_rows(actor))


def hidden_vouchers(actor: Actor) -> Q:
    """Vouchers that prove something of such a project."""
    rows = Allocation._base_manager.filter(archived_at=None, entry__project__in=confidential.kept_rows(actor))
    return Q(pk__in=rows.values("voucher"))


def told(entry: CapitalEntry, actor: Actor) -> bool:
    """May the actor read the facts of an entry? Its project must be joined."""
    return not confidential.kept_back(entry.project, actor)
