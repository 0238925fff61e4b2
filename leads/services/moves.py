"""A lead along its ladder (DOMAIN §2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import changelog
from common.actors import Actor
from common.errors import Refused
from leads import stages
from leads.choices import Custody, Pipeline, StageKind
from leads.handing import dispute_over, transfer_over
from leads.models import Lead, LeadMove
from leads.models.stages import Stage
from leads.reminding import followers
from leads.services.leads import lead_update


def lead_move(
    *,
    actor: Actor,
    pk: int,
    version: int | None,
    target: str,
    on: date | None = None,
    reason_code: str = "",
    reason_text: str = "",
    values: Mapping[str, Any] | None = None,
) -> Lead:
    """Move a lead to the stage `target` (its code), on a day that is neither in the future nor before the last
    move. `values` are missing facts given along, by field name of the lead.

    Raises NotVisible, Denied, Archived, Stale, MissingFacts, Refused (also for signing, which has a service of
    its own, for a lead in the pool, and for one that is a project), ValidationError.
    """
    return stages.move(
        stages.track(Pipeline.LEAD),
        actor=actor,
        pk=pk,
        version=version,
        target=target,
        on=on,
        reason_code=reason_code,
        reason_text=reason_text,
        values=values,
    )


def lead_won(
    *,
    actor: Actor,
    pk: int,
    version: int | None,
    on: date,
    values: Mapping[str, Any] | None = None,
) -> Lead:
    """The lead's last move, by the service that makes its project in the same transaction. Raises as above."""
    track = stages.track(Pipeline.LEAD)
    steps = stages.ladder(Pipeline.LEAD)
    goal = next(row.code for row in reversed(steps.main) if row.kind == StageKind.WON)
    return stages.move(
        track, actor=actor, pk=pk, version=version, target=goal, on=on, values=values, winning=True
    )


def _guard(lead: Lead, goal: Stage) -> None:
    """What the ladder of a lead can't know of."""
    if lead.stage.kind == StageKind.WON:
        raise Refused(_("This lead has become a project. Move the project instead."), code="is_project")
    if lead.custody == Custody.POOL:
        raise Refused(_("This lead lies in the pool. Claim it first."), code="in_pool")
    if goal.kind == StageKind.WON and dispute_over(lead) is not None:
        raise Refused(
            _("This lead is in dispute. It is signed when the bureau has decided whose it is."),
            code="in_dispute",
        )


def custody_follows(*, actor: Actor, moved: stages.Moved) -> None:
    """An ended lead is in nobody's hands; a re-opened one is in its officer's again. The offer of a signed or
    ended one to another unit is over."""
    lead = moved.row
    if lead.stage.kind in (StageKind.WON, StageKind.ENDED):
        with changelog.acting(actor):
            transfer_over(lead, actor=actor)
    came_from = moved.move.from_stage
    if lead.stage.kind == StageKind.ENDED:
        custody = Custody.CLOSED
    elif came_from is not None and came_from.kind == StageKind.ENDED:
        custody = Custody.HELD
    else:
        return
    lead.custody = custody
    with changelog.acting(actor):
        lead.save(update_fields=["custody", "updated_at"])


def register() -> None:
    """Leads run along their ladder. Called once, when the app is ready."""
    stages.register_track(
        stages.Track(
            pipeline=Pipeline.LEAD,
            model=Lead,
            log=LeadMove,
            link="lead",
            dossier="",
            update=lead_update,
            guard=_guard,
            marked=Q(custody=Custody.HELD),
            people=followers,
            joins=("officer", "unit"),
        )
    )
    stages.after_move(Pipeline.LEAD, custody_follows)
