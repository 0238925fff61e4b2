"""What becomes of projects when two leads or two investors are made one."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.actors import Actor
from common.errors import Refused
from leads.choices import PairKind
from leads.duplicates.relations import carried, declare
from leads.services import hooks
from projects import posting
from projects.models import Project, ProjectInvestor


def _projects(keep: Any, gone: Any) -> int:
    """A signed lead has its project and its place in the books: it is the one that stays."""
    if Project._base_manager.filter(lead=gone).exists():
        raise Refused(
            _("The record that would go has become a project. Keep that one, and let the other go."),
            code="signed",
        )
    return 0


def _parts(keep: Any, gone: Any) -> int:
    """Two parts in the same project become one."""
    count = 0
    for part in ProjectInvestor._base_manager.select_for_update().filter(investor=gone):
        same = ProjectInvestor._base_manager.filter(project=part.project_id, investor=keep)
        if same.exists():
            percent = part.percent
            part.delete()
            same.update(percent=F("percent") + percent, version=F("version") + 1, updated_at=clock.now())
            count += 1
    return count + carried("projects.ProjectInvestor.investor")(keep, gone)


def follow_investor(*, actor: Actor, investor: Any) -> None:
    """An investor is at home elsewhere now, or was merged: the books of its projects say so."""
    parts = ProjectInvestor._base_manager.filter(investor=investor, archived_at=None)
    mine = Q(lead__investor=investor) | Q(pk__in=parts.values("project"))
    rows = Project._base_manager.select_for_update(of=("self",)).filter(mine, archived_at=None)
    for project in rows.select_related("lead__investor", "industry", "host").order_by("pk"):
        posting.rewrite(actor=actor, project=project, source=posting.subject_of(project))


def register() -> None:
    """At start-up."""
    hooks.investor_changed.append(follow_investor)
    declare(PairKind.LEAD, "projects.Project.lead", _projects)
    declare(PairKind.INVESTOR, "projects.ProjectInvestor.investor", _parts)
