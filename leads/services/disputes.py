"""Two units claim one investor: the bureau hears both and decides, with reasons on record (DOMAIN §2).

Until then the lead stays where it is: it can't be released, transferred, and doesn't lapse (`leads/handing.py`).
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import changelog, clock, services
from common.access import Action, Relation, decide
from common.actors import Actor
from common.errors import Denied, NotVisible, Refused, Stale
from common.serials import next_number
from leads import confidential
from leads.calendar import calendar
from leads.choices import Custody, DisputeState, HandoverKind, Ruling, StageKind
from leads.contested import rivals
from leads.handing import UNDECIDED, hand_over
from leads.models import Dispute, DisputeStatement, Lead
from leads.reminding import followers, holders, settle, tell_dispute
from leads.services.leads import has_left, still_here
from leads.services.protection import start_clock
from leads.terms import terms_on
from organizations.choices import Role
from organizations.models import Officer, Unit

KIND = Dispute.Scope.kind


@transaction.atomic
def dispute_open(
    *,
    actor: Actor,
    claimant: Unit,
    claim: str,
    investor_name: str = "",
    claimant_lead: int | None = None,
    lead: int | None = None,
) -> Dispute:
    """Open a dispute in the name of `claimant` about the lead that another unit holds with the same investor.

    The investor is the one of the claimant's own lead, or a name; the record keeps the claimant's own words, so
    that it learns nothing of the other's. `lead` chooses when several units hold one; it must be among
    `leads.contested.rivals`. To be decided within the working days of the rules.

    Raises NotVisible (own lead), Denied, Refused (nobody holds one, several do, disputed already, signed), NoTerms.
    """
    if not on_side(actor, claimant, Action.CREATE):
        raise Denied
    own = services.get_visible(Lead, claimant_lead, actor) if claimant_lead else None
    if own is not None and not confidential.may_know(own, actor):
        raise NotVisible  # seen in the pool only
    if own is not None and not own.unit.path.startswith(claimant.path):
        raise Refused(_("This is not a lead of the unit that claims."), code="not_own_lead")
    found = rivals(claimant, investor_name=investor_name, own=own)
    if lead is not None:
        found = [one for one in found if one.pk == lead]
    if len(found) != 1:
        raise Refused(
            _("Several units hold a lead of this investor. Choose one.")
            if found
            else _("No other unit holds a lead of this investor under this name."),
            code="choose" if found else "nothing_contested",
            fields={"lead": [str(_("Choose one."))]},
        )
    row = Lead._base_manager.select_for_update(of=("self",)).get(pk=found[0].pk)
    if row.stage.kind == StageKind.WON:
        raise Refused(
            _("It has been signed. Ask the bureau about the project's attribution."), code="is_project"
        )
    if row.unit_id == claimant.pk or row.custody != Custody.HELD or row.archived_at is not None:
        raise Refused(
            _("No other unit holds a lead of this investor under this name."), code="nothing_contested"
        )
    today = clock.today()
    with changelog.acting(actor):
        dispute = Dispute(
            number=f"D{today.year}-{next_number(f'dispute-{today.year}'):04d}",
            lead=row,
            respondent=row.unit,
            claimant=claimant,
            claimant_lead=own,
            investor_name=(investor_name.strip() or (own.investor.name if own else ""))[:120],
            claim=claim.strip(),
            due_on=calendar().add(today, terms_on(today).hearing_days),
            opened_by=actor.actor_name,
        )
        dispute.full_clean()
        dispute.save(force_insert=True)
        tell_dispute(dispute, sorted({*followers(row), *holders(row.unit, Role.UNIT_HEAD)}))
    return dispute


@transaction.atomic
def dispute_state(*, actor: Actor, pk: int, text: str) -> DisputeStatement:
    """A side puts something on record. Raises NotVisible, Denied (belongs to no side), Refused (decided)."""
    row = _undecided(actor, pk)
    return _say(actor, row, side_of(actor, row), text)


@transaction.atomic
def dispute_hear(*, actor: Actor, pk: int, version: int | None, minutes: str) -> Dispute:
    """The bureau writes down the hearing. Raises NotVisible, Denied (a side), Stale, Refused."""
    row = _undecided(actor, pk, version)
    must_be_neutral(actor, row)
    with changelog.acting(actor):
        _say(actor, row, getattr(actor, "unit", None) or row.respondent, minutes)
        row.state = DisputeState.HEARD
        return _saved(row)


@transaction.atomic
def dispute_decide(
    *,
    actor: Actor,
    pk: int,
    version: int | None,
    ruling: str,
    reasons: str,
    officer: Officer | None = None,
) -> Dispute:
    """The bureau rules, after the hearing, with written reasons. MOVE gives the lead to the claimant, to `officer`
    or to the one of the claimant's own lead, with a new period of protection.

    Raises NotVisible, Denied (a side, or no right over both), Stale, Refused (not heard, no reasons, signed, the
    officer has left or works elsewhere).
    """
    row = _undecided(actor, pk, version)
    must_be_neutral(actor, row)
    if row.state != DisputeState.HEARD:
        raise Refused(_("Hear both sides first, and enter the minutes."), code="not_heard")
    if ruling not in Ruling.values:
        raise Refused(_("Choose a ruling."), fields={"ruling": [str(_("Choose one."))]})
    if not reasons.strip():
        raise Refused(_("A ruling needs its reasons in writing."), fields={"reasons": [str(_("Reasons"))]})
    lead = Lead._base_manager.select_for_update(of=("self",)).get(pk=row.lead_id)
    with changelog.acting(actor, reason=reasons.strip()[:500]):
        if ruling == Ruling.MOVE:
            _move(actor, row, lead, officer, reasons.strip())
        row.state, row.ruling, row.reasons = DisputeState.DECIDED, ruling, reasons.strip()
        row.decided_by, row.decided_at = actor.actor_name, clock.now()
        _saved(row)
        tell_dispute(row, _both(row))
    return row


@transaction.atomic
def dispute_withdraw(*, actor: Actor, pk: int, version: int | None) -> Dispute:
    """The claimant gives its claim up. Raises NotVisible, Denied, Stale, Refused."""
    row = _undecided(actor, pk, version)
    must_be_claimant(actor, row)
    with changelog.acting(actor):
        row.state = DisputeState.WITHDRAWN
        _saved(row)
        tell_dispute(row, holders(row.respondent, Role.UNIT_HEAD))
    return row


def on_side(actor: Actor, unit: Unit, action: Action) -> bool:
    """Does the actor speak for this unit in disputes: by a role there or above it that belongs to a side?"""
    if actor.is_system:
        return True
    return any(
        unit.path.startswith(grant.path) and decide(grant.role, Relation.MEMBER, action, KIND)
        for grant in actor.grants()
        if not decide(grant.role, Relation.MEMBER, Action.DECIDE, KIND)
    )


def may_decide(actor: Actor, row: Dispute) -> bool:
    """The bureau above both sides, and none of them: neither by any of its roles nor by the actor's own unit."""
    sides = (row.claimant, row.respondent)
    own = getattr(actor, "unit", None)
    if own is not None and any(own.path.startswith(side.path) for side in sides):
        return False
    if actor.is_system:
        return True
    if any(grant.path.startswith(side.path) for grant in actor.grants() for side in sides):
        return False
    return any(
        decide(grant.role, Relation.BELOW, Action.DECIDE, KIND)
        and all(side.path.startswith(grant.path) and side.path != grant.path for side in sides)
        for grant in actor.grants()
    )


def side_of(actor: Actor, row: Dispute) -> Unit:
    """The side for which the actor speaks. Raises Denied for none, and for both."""
    sides = [unit for unit in (row.claimant, row.respondent) if on_side(actor, unit, Action.CHANGE)]
    if len(sides) != 1:
        raise Denied(_("Only the two sides state their case; the bureau keeps the minutes of the hearing."))
    return sides[0]


def must_be_claimant(actor: Actor, row: Dispute) -> None:
    """Raises Denied."""
    if side_of(actor, row).pk != row.claimant_id:
        raise Denied


def must_be_neutral(actor: Actor, row: Dispute) -> None:
    """Raises Denied."""
    if not may_decide(actor, row):
        raise Denied(_("A dispute is heard and decided by the bureau above both sides, never by a side."))


def _undecided(actor: Actor, pk: int, version: int | None = None) -> Dispute:
    row = services.get_visible(Dispute, pk, actor, lock=True)
    if version is not None and row.version != version:
        raise Stale(row)
    if row.state not in UNDECIDED:
        raise Refused(
            _("This dispute is over: %(state)s.") % {"state": row.get_state_display()}, code="decided"
        )
    return row


def _move(actor: Actor, row: Dispute, lead: Lead, officer: Officer | None, reasons: str) -> None:
    if lead.stage.kind == StageKind.WON:
        raise Refused(_("It has been signed meanwhile. Change the project's attribution."), code="is_project")
    if officer is not None:
        still_here(officer)
    elif row.claimant_lead is not None and (own := row.claimant_lead.officer) is not None:
        officer = None if has_left(own) else own  # the unit's head gives it to somebody else then
    if officer is not None and not officer.unit.path.startswith(row.claimant.path):
        raise Refused(
            _("%(name)s does not work in the unit that receives the lead.") % {"name": officer.name},
            code="officer_elsewhere",
        )
    settle(lead)
    lead.claimed, lead.credit_unit = False, None
    closed = lead.custody == Custody.CLOSED
    start_clock(lead)
    hand_over(
        lead, HandoverKind.DECIDED, actor=actor, unit=row.claimant, officer=officer, reason=reasons[:500]
    )
    if closed:  # lost while it was in dispute: it changes hands and stays closed
        lead.custody = Custody.CLOSED
        lead.save(update_fields=["custody"])


def _say(actor: Actor, row: Dispute, unit: Unit, text: str) -> DisputeStatement:
    if not text.strip():
        raise Refused(_("Write something down."), fields={"text": [str(_("Statement"))]})
    said = DisputeStatement(
        dispute=row,
        unit=unit,
        text=text.strip(),
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
    )
    said.full_clean()
    said.save(force_insert=True)
    return said


def _saved(row: Dispute) -> Dispute:
    row.version += 1
    row.save()
    return row


def _both(row: Dispute) -> list[int]:
    return sorted({*holders(row.respondent, Role.UNIT_HEAD), *holders(row.claimant, Role.UNIT_HEAD)})
