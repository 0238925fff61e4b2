"""What the home page says about projects: those that stay too long in their stage, and promises whose day comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.access import Action
from common.actors import Actor, may_somewhere
from projects import confidential
from projects.choices import Finding
from projects.filters.projects import mine_q, overdue_q
from projects.models import Commitment, Obligation, Project

AHEAD = 14  # calendar days before its day from which a promise stands on the desk
SHOWN = 8


def groups(actor: Actor) -> list[dict[str, Any]]:
    """The blocks for the home page, only those that say something. Four queries."""
    if not may_somewhere(actor, Action.VIEW, Project.Scope.kind):
        return []
    listed = reverse("project_list")
    found = [
        {
            "label": _("Projects overdue"),
            "items": overdue(actor),
            "more": _("All overdue projects"),
            "more_url": f"{listed}?overdue=yes&sort=due_on",
        },
        {"label": _("Obligations to check"), "items": obligations(actor)},
        {"label": _("Commitments to keep"), "items": commitments(actor)},
    ]
    return [group for group in found if group["items"]]


def overdue(actor: Actor) -> list[dict[str, Any]]:
    """Projects whose stage should have ended, the longest delay first."""
    rows = _own(actor).filter(overdue_q()).select_related("stage", "unit").order_by("due_on", "pk")
    return [_item(actor, one, one.stage.label, one.due_on, "") for one in rows[:SHOWN]]


def obligations(actor: Actor) -> list[dict[str, Any]]:
    """What investors owe, without a finding, whose day has come or comes soon."""
    rows = Obligation.objects.filter(finding=Finding.OPEN, due_on__lte=_until())
    return _promises(actor, rows)


def commitments(actor: Actor) -> list[dict[str, Any]]:
    """What we promised and have not kept."""
    rows = Commitment.objects.filter(kept_on=None, due_on__isnull=False, due_on__lte=_until())
    return _promises(actor, rows)


def _promises(actor: Actor, rows: Any) -> list[dict[str, Any]]:
    found: Iterable[Any] = (
        rows.filter(archived_at=None, project__in=_own(actor).values("pk"))
        .select_related("project__unit")
        .order_by("due_on", "pk")[:SHOWN]
    )
    return [
        _item(
            actor,
            one.project,
            "" if confidential.kept_back(one.project, actor) else str(one),
            one.due_on,
            "promises",
        )
        for one in found
    ]


def _until() -> date:
    return clock.today() + timedelta(days=AHEAD)


def _own(actor: Actor) -> Any:
    """The projects for which this person acts: his own ones, or where he may change them, those of his units."""
    rows = Project.objects.allowed_to(actor, Action.CHANGE) | Project.objects.visible_to(actor).filter(
        Q(pk__in=Project._base_manager.filter(mine_q(actor)).values("pk"))
    )
    return rows.filter(archived_at=None)


def _item(actor: Actor, project: Project, note: str, due: date | None, part: str) -> dict[str, Any]:
    assert due is not None
    days = (clock.today() - due).days
    late = days > 0
    text = ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days} if late else f"{due:%m-%d}"
    url = reverse("project_detail", args=[project.pk])
    return {
        "state": "overdue" if late else "soon",
        "title": confidential.shown_name(project, actor),
        "url": f"{url}?part={part}" if part else url,
        "note": note,
        "due": text,
        "late": late,
    }
