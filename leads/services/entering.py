"""What a new lead gets from the ladder."""

from __future__ import annotations

from datetime import date
from typing import Any

from common import changelog, clock
from common.actors import Actor
from common.errors import Refused
from leads.choices import Pipeline, StageKind
from leads.models import Lead, LeadMove, Stage


def columns(today: date) -> dict[str, Any]:
    """The first stage and the days that count from now."""
    rows = Stage.objects.unscoped(reason="stages are the same for everybody")
    first = (
        rows.filter(pipeline=Pipeline.LEAD, kind=StageKind.OPEN, archived_at=None)
        .order_by("sort", "code")
        .first()
    )
    if first is None:
        raise Refused("no stages", code="no_stages")
    return {"stage": first, "stage_on": today, "last_sign_on": today}


def begin(*, actor: Actor, lead: Lead) -> None:
    with changelog.acting(actor):
        LeadMove._base_manager.create(
            lead=lead,
            to_stage=lead.stage,
            on=lead.stage_on,
            at=clock.now(),
            direction="forward",
            actor_id=actor.pk,
            actor_name=actor.actor_name,
        )


def book_valid(*, actor: Actor, lead: Lead, valid: bool) -> None:
    """Filled when the books are there."""
