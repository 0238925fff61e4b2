"""What the home page says about evaluation rounds: projects to inspect, results to decide, rounds to bring on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capital import rounds
from capital.choices import InspectionState, RoundState
from capital.models import EvaluationRound, Inspection
from common import clock
from common.access import Action
from common.actors import Actor, may_somewhere
from projects import confidential

SHOWN = 8
TO_FILL = (InspectionState.ASSIGNED, InspectionState.INSPECTED)
STEPS = (
    (RoundState.PREPARED, Action.CHANGE),
    (RoundState.INITIAL, Action.CONFIRM),
    (RoundState.FINAL, Action.PUBLISH),
)


def groups(actor: Actor) -> list[dict[str, Any]]:
    """The blocks for the home page, only those that say something. At most four queries."""
    if not may_somewhere(actor, Action.VIEW, Inspection.Scope.kind):
        return []
    found = [
        {
            "label": _("Projects to inspect"),
            "items": to_inspect(actor) if may_somewhere(actor, Action.DECIDE, "evaluation") else [],
            "more": _("All my inspections"),
            "more_url": f"{reverse('inspection_list')}?mine=yes",
        },
        {"label": _("Evaluation rounds"), "items": to_bring_on(actor)},
    ]
    return [group for group in found if group["items"]]


def to_inspect(actor: Actor) -> list[dict[str, Any]]:
    """Projects of the actor's teams without a result, those that are due first."""
    rows = (
        Inspection.objects.visible_to(actor)
        .filter(rounds.mine(actor), state__in=TO_FILL, round__state=RoundState.RUNNING, archived_at=None)
        .select_related("project__unit", "round")
        .order_by("round__due_on", "pk")
    )
    return [
        _item(
            confidential.shown_name(one.project, actor),
            reverse("inspection_form", args=[one.pk]),
            one.project.unit.label,
            one.round.due_on,
        )
        for one in rows[:SHOWN]
    ]


def to_bring_on(actor: Actor) -> list[dict[str, Any]]:
    """Rounds whose next step is the actor's: to begin, to decide, to publish."""
    found = []
    for state, needed in STEPS:
        if may_somewhere(actor, needed, EvaluationRound.Scope.kind):
            rows = EvaluationRound.objects.allowed_to(actor, needed).filter(state=state, archived_at=None)
            found += list(rows.order_by("due_on", "pk")[:SHOWN])
    return [
        _item(one.name, reverse("round_detail", args=[one.pk]), str(one.get_state_display()), one.due_on)
        for one in found
    ]


def _item(title: str, url: str, note: str, due: date) -> dict[str, Any]:
    days = (clock.today() - due).days
    late = days > 0
    text = ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days} if late else f"{due:%m-%d}"
    return {"state": "overdue" if late else "todo", "title": title, "url": url, "note": note, "due": text, "late": late}  # fmt: skip
