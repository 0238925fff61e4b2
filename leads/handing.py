"""Whose lead it is: the one place that moves it between officers, units and the pool, and writes down why."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from common import clock
from common.actors import Actor
from common.errors import Refused
from leads.choices import Custody, DisputeState, HandoverKind, StageKind, TransferState
from leads.models import Dispute, Handover, Lead, LeadTransfer
from organizations.models import Officer, Unit

UNDECIDED = (DisputeState.OPEN, DisputeState.HEARD)
FIELDS = (
    "unit",
    "officer",
    "custody",
    "claimed",
    "pooled_on",
    "protected_from",
    "protected_until",
    "credit_unit",
    "version",
    "updated_at",
)


def hand_over(
    lead: Lead,
    kind: HandoverKind,
    *,
    actor: Actor,
    unit: Unit,
    officer: Officer | None,
    reason: str = "",
    keeps_credit: bool = False,
) -> Handover:
    """Give the lead to a unit and an officer, or into the pool (RELEASED, LAPSED: custody, clock and credit
    are cleared). The caller has locked the row, authorised, set the new clock, and opened the change log."""
    before_unit, before_officer = lead.unit_id, lead.officer_id
    lead.unit, lead.officer = unit, officer
    if kind in (HandoverKind.RELEASED, HandoverKind.LAPSED):
        lead.custody, lead.pooled_on, lead.claimed = Custody.POOL, clock.today(), False
        lead.protected_from = lead.protected_until = lead.credit_unit = None
    else:
        lead.custody, lead.pooled_on = Custody.HELD, None
    lead.version += 1
    lead.save(update_fields=FIELDS)
    return Handover.objects.create(
        lead=lead,
        kind=kind,
        from_unit_id=before_unit,
        to_unit=unit,
        from_officer_id=before_officer,
        to_officer=officer,
        reason=reason,
        keeps_credit=keeps_credit,
        on=clock.today(),
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
    )


def dispute_over(lead: Lead) -> Dispute | None:
    """The dispute about this lead that is not decided yet."""
    rows = Dispute.objects.unscoped(reason="an undecided dispute stops everybody")
    return rows.filter(lead=lead, state__in=UNDECIDED, archived_at=None).first()


def movable(lead: Lead) -> None:
    """Raises Refused when the lead may not change hands now: signed, ended, or in dispute."""
    if lead.archived_at is not None or lead.stage.kind == StageKind.ENDED:
        raise Refused(_("This lead is closed. Open it again first."), code="lead_closed")
    if lead.stage.kind == StageKind.WON:
        raise Refused(
            _("This lead has become a project. Whom it counts for is changed by the project's attribution."),
            code="is_project",
        )
    if dispute_over(lead) is not None:
        raise Refused(
            _("This lead is in dispute. It stays where it is until the bureau has decided."),
            code="in_dispute",
        )


def transfer_waiting(lead: Lead) -> LeadTransfer | None:
    rows = LeadTransfer.objects.unscoped(reason="a waiting transfer stops everybody")
    return rows.filter(lead=lead, state=TransferState.PROPOSED, archived_at=None).first()


def transfer_over(lead: Lead, *, actor: Actor) -> None:
    """Withdraw the transfer that waits, if any: the lead is lost, signed or back in the pool. The caller has
    locked the lead and opened the change log."""
    rows = LeadTransfer.objects.unscoped(reason="a waiting transfer stops everybody")
    rows = rows.filter(lead=lead, state=TransferState.PROPOSED, archived_at=None)
    for row in rows.select_for_update(of=("self",)):
        row.state, row.answered_by, row.answered_at = TransferState.WITHDRAWN, actor.actor_name, clock.now()
        row.version += 1
        row.save(update_fields=["state", "answered_by", "answered_at", "version", "updated_at"])


def left_on(lead: Lead, officer: Officer) -> date | None:
    """When the officer last gave this lead up to the pool, or lost it to the pool; None: never."""
    rows = Handover.objects.filter(
        lead=lead, from_officer=officer, kind__in=(HandoverKind.RELEASED, HandoverKind.LAPSED)
    )
    return rows.order_by("-id").values_list("on", flat=True).first()
