"""A lead goes to another unit: proposed by its unit, done when the receiving one consents (DOMAIN §2)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Denied, Refused, Stale
from common.scope import may_on
from leads.choices import Custody, HandoverKind, TransferState
from leads.handing import hand_over, movable, transfer_waiting
from leads.models import Lead, LeadTransfer
from leads.reminding import followers, holders, settle, tell_transfer
from leads.services.leads import locked, still_here
from leads.services.protection import start_clock
from organizations.choices import Role
from organizations.models import Officer, Unit


@transaction.atomic
def transfer_propose(
    *,
    actor: Actor,
    lead: int,
    version: int | None,
    to_unit: Unit,
    reason: str,
    keeps_credit: bool = False,
) -> LeadTransfer:
    """Offer a lead to another unit, with a reason; its heads are told. With `keeps_credit` the other unit hosts
    and the giving one keeps the credit (飞地: who brought it has it).

    Needs the right to assign the lead. Raises NotVisible, Denied, Stale, Archived, Refused (in the pool, signed,
    ended, in dispute, offered already), ValidationError (the same unit).
    """
    row = locked(actor, lead, version, Action.ASSIGN)
    if row.custody != Custody.HELD:
        raise Refused(_("Only a lead that somebody holds is transferred. Claim it first."), code="not_held")
    movable(row)
    if transfer_waiting(row) is not None:
        raise Refused(_("A transfer of this lead is already waiting for consent."), code="transfer_waits")
    if to_unit.archived_at is not None:
        raise Refused(_("This unit is closed."), code="unit_closed")
    with changelog.acting(actor, reason=reason.strip()):
        found = LeadTransfer(
            lead=row,
            from_unit=row.unit,
            to_unit=to_unit,
            reason=reason.strip(),
            keeps_credit=keeps_credit,
            proposed_by=actor.actor_name,
        )
        found.full_clean()
        found.save(force_insert=True)
        tell_transfer(found, holders(to_unit, Role.UNIT_HEAD))
    return found


@transaction.atomic
def transfer_agree(
    *, actor: Actor, pk: int, version: int | None, officer: Officer | None = None, answer: str = ""
) -> LeadTransfer:
    """The receiving unit's head, or the bureau above it, consents: the lead moves to the unit, to an officer there
    when one is named, with a new period of protection.

    Raises NotVisible, Denied, Stale, Refused (answered already, offered by the actor himself, the lead went
    elsewhere meanwhile, the officer has left or works elsewhere).
    """
    seen = services.get_visible(LeadTransfer, pk, actor)
    # The lead first, as everywhere: the night, too, takes the lead and then its transfer.
    lead = Lead._base_manager.select_for_update(of=("self",)).get(pk=seen.lead_id)
    row = _waiting(actor, pk, version)
    services.authorize(actor, Action.CHANGE, row)  # the receiving side: the giving one has no such right
    if own_offer(actor, row):
        raise Refused(
            _("Who offers a lead does not consent to it. The receiving unit does."), code="own_offer"
        )
    movable(lead)
    if row.lead_id != lead.pk or lead.custody != Custody.HELD or lead.unit_id != row.from_unit_id:
        raise Refused(_("This lead is no longer with the unit that offered it."), code="lead_moved")
    if officer is not None and not officer.unit.path.startswith(row.to_unit.path):
        raise Refused(
            _("%(name)s does not work in the unit that receives the lead.") % {"name": officer.name},
            code="officer_elsewhere",
        )
    if officer is not None:
        still_here(officer)
    tell = followers(lead)
    with changelog.acting(actor, reason=row.reason):
        lead.credit_unit = _credit_after(lead, row)
        lead.claimed = False
        start_clock(lead)
        settle(lead)
        hand_over(
            lead,
            HandoverKind.TRANSFERRED,
            actor=actor,
            unit=row.to_unit,
            officer=officer,
            reason=row.reason,
            keeps_credit=row.keeps_credit,
        )
        row.officer = officer
        return _answered(actor, row, TransferState.AGREED, answer, tell)


@transaction.atomic
def transfer_refuse(*, actor: Actor, pk: int, version: int | None, answer: str) -> LeadTransfer:
    """The receiving side declines, with a reason. Raises NotVisible, Denied, Stale, Refused."""
    row = _waiting(actor, pk, version)
    services.authorize(actor, Action.CHANGE, row)
    if not answer.strip():
        raise Refused(_("Write down why."), fields={"answer": [str(_("Reason"))]})
    with changelog.acting(actor, reason=answer.strip()):
        return _answered(actor, row, TransferState.REFUSED, answer, followers(row.lead))


@transaction.atomic
def transfer_withdraw(*, actor: Actor, pk: int, version: int | None) -> LeadTransfer:
    """The giving side takes its offer back. Raises NotVisible, Denied, Stale, Refused."""
    row = _waiting(actor, pk, version)
    may_withdraw(actor, row)
    with changelog.acting(actor):
        return _answered(actor, row, TransferState.WITHDRAWN, "", [])


def own_offer(actor: Actor, row: LeadTransfer) -> bool:
    """Whether the bureau's clerk who sees both sides made this offer himself: somebody else has to consent."""
    return row.proposed_by == actor.actor_name


def may_withdraw(actor: Actor, row: LeadTransfer) -> None:
    """Raises Denied for who may not give the lead away: the receiving side."""
    if not may_on(actor, Action.ASSIGN, row.lead):
        raise Denied


def credited_unit(lead: Lead) -> Unit:
    """The unit to which a signing will be credited: where the lead is, unless a transfer left the credit behind."""
    return lead.credit_unit or lead.unit


def _credit_after(lead: Lead, row: LeadTransfer) -> Unit | None:
    """Whoever kept the credit before keeps it; a unit that gets its own lead back needs no mark."""
    kept = lead.credit_unit or (row.from_unit if row.keeps_credit else None)
    return None if kept is None or kept.pk == row.to_unit_id else kept


def _waiting(actor: Actor, pk: int, version: int | None) -> LeadTransfer:
    row = services.get_visible(LeadTransfer, pk, actor, lock=True)
    if version is not None and row.version != version:
        raise Stale(row)
    if row.state != TransferState.PROPOSED:
        raise Refused(
            _("This transfer has been answered: %(state)s.") % {"state": row.get_state_display()},
            code="answered",
        )
    return row


def _answered(
    actor: Actor, row: LeadTransfer, state: TransferState, answer: str, tell: list[int]
) -> LeadTransfer:
    row.state, row.answer = state, answer.strip()
    row.answered_by, row.answered_at = actor.actor_name, clock.now()
    row.version += 1
    row.save()
    tell_transfer(row, tell)
    return row
