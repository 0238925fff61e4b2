"""First-contact protection 首谈, the pool 公海 and claims from it (DOMAIN §2; docs/algorithms/protection.md)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from common.scope import may_on
from leads.calendar import PatientCalendar, calendar
from leads.certificates import issue
from leads.choices import Custody, HandoverKind, StageKind
from leads.handing import dispute_over, hand_over, left_on, movable, transfer_over, transfer_waiting
from leads.models import FirstContact, FollowUp, Lead
from leads.reminding import settle, tell_lapsed
from leads.terms import NoTerms, rules_of, terms_on
from organizations.models import Officer
from rules import protection as rules

WHY_NOT = {
    rules.ClaimRefusal.CLAIM_LIMIT: _(
        "This officer already holds as many leads from the pool as one may. Bring one to its end, or release it."
    ),
    rules.ClaimRefusal.REST_PERIOD: _("Who gave a lead up may claim it again after %(date)s."),
}


def protection_begin(*, actor: Actor, lead: Lead) -> FirstContact:
    """Issue the certificate of a lead that was just registered, and start its clock today.

    The caller has made the row in this transaction and opened the change log. Raises NoTerms.
    """
    clock_ = start_clock(lead)
    with changelog.acting(actor):
        lead.save(update_fields=["protected_from", "protected_until", "updated_at"])
        return issue(lead, clock_.until)


def start_clock(lead: Lead) -> rules.Clock:
    """Set a new period of protection on the object, from today. Saves nothing. Raises NoTerms."""
    today = clock.today()
    found = rules.clock(rules_of(terms_on(today)), today, (), calendar())
    lead.protected_from, lead.protected_until = found.started_on, found.until
    return found


def clock_of(lead: Lead, days: PatientCalendar | None = None) -> rules.Clock | None:
    """The protection clock as its real follow-ups up to today have moved it; None without protection. The rules
    are those that held when it began."""
    if lead.protected_from is None or lead.custody != Custody.HELD:
        return None
    talks = FollowUp._base_manager.filter(
        lead=lead, archived_at=None, on__gte=lead.protected_from, on__lte=clock.today()
    ).values_list("on", "kind")
    try:
        terms = rules_of(terms_on(lead.protected_from))
    except NoTerms:
        return None  # rules taken away since: a follow-up must not fail for it
    return rules.clock(terms, lead.protected_from, talks, days or calendar())


def protection_refresh(lead: Lead) -> bool:
    """Compute the end of protection anew from the lead's follow-ups; True when it moved. What lapsed before
    isn't revived, nor what would have lapsed but for a dispute. Saves the column alone, in the caller's transaction and change log."""
    if lead.protected_until is not None and lead.protected_until < clock.today() and dispute_over(lead):
        return False  # only the dispute keeps it from the pool
    found = clock_of(lead)
    if found is None or found.until == lead.protected_until:
        return False
    lead.protected_until = found.until
    lead.save(update_fields=["protected_until", "updated_at"])
    settle(lead)  # reminders of the old end
    return True


@transaction.atomic
def lead_release(*, actor: Actor, pk: int, version: int | None, reason: str) -> Lead:
    """Give a lead up to the pool, with a reason.

    Raises NotVisible, Denied, Stale, Archived, Refused (in the pool already, signed, ended, in dispute,
    offered to another unit, no reason).
    """
    lead = services.get_visible(Lead, pk, actor, lock=True)
    if lead.custody == Custody.POOL:
        raise Refused(_("This lead lies in the pool already."), code="in_pool")
    services.authorize(actor, Action.CHANGE, lead)
    if lead.archived_at is not None:
        raise Archived
    if version is not None and lead.version != version:
        raise Stale(lead)
    movable(lead)
    if transfer_waiting(lead) is not None:
        raise Refused(_("Withdraw the transfer that waits for consent first."), code="transfer_waits")
    if not reason.strip():
        raise Refused(_("Write down why the lead is given up."), fields={"reason": [str(_("Reason"))]})
    with changelog.acting(actor, reason=reason.strip()):
        hand_over(
            lead, HandoverKind.RELEASED, actor=actor, unit=lead.unit, officer=None, reason=reason.strip()
        )
        settle(lead)
    return lead


@transaction.atomic
def lead_claim(*, actor: Actor, pk: int, officer: int | None = None) -> Lead:
    """Take a lead from the pool for an officer: the actor's own record, or another one (`officer`) whom the actor
    may keep. It goes to the officer's unit with a new period of protection.

    The officer's row is locked before the lead's, so that parallel claims can't pass the limit together. Raises
    NotVisible, Denied, Refused (taken meanwhile, limit, rest period, no officer record).
    """
    seen = services.get_visible(Lead, pk, actor)
    if seen.custody == Custody.POOL:
        may_take(actor, seen)
    who = _claimer(actor, officer)
    lead = services.get_visible(Lead, pk, actor, lock=True)
    if lead.custody != Custody.POOL:
        raise Refused(_("Somebody has claimed this lead already."), code="not_in_pool")
    may_take(actor, lead)
    movable(lead)
    today, days, terms = clock.today(), calendar(), rules_of(terms_on(clock.today()))
    left = left_on(lead, who)
    refusal = rules.may_claim(terms, claims_held(who), left, today, days)
    if refusal is not None:
        until = rules.rests_until(terms, left, days)
        raise Refused(WHY_NOT[refusal] % {"date": until.isoformat() if until else ""}, code=str(refusal))
    with changelog.acting(actor):
        start_clock(lead)
        lead.claimed = True
        hand_over(lead, HandoverKind.CLAIMED, actor=actor, unit=who.unit, officer=who)
    return lead


def may_take(actor: Actor, lead: Lead) -> None:
    """Raises Denied for who may neither claim nor assign what lies in the pool."""
    if not (may_on(actor, Action.CLAIM, lead) or may_on(actor, Action.ASSIGN, lead)):
        raise Denied


def claims_held(officer: Officer) -> int:
    """Leads that the officer claimed from the pool and still follows: neither signed nor ended."""
    return (
        Lead._base_manager.filter(officer=officer, claimed=True, custody=Custody.HELD, archived_at=None)
        .exclude(stage__kind__in=(StageKind.WON, StageKind.ENDED))
        .count()
    )


def _claimer(actor: Actor, officer: int | None) -> Officer:
    """The locked officer for whom is claimed. Raises NotVisible, Refused."""
    rows = Officer._base_manager.select_for_update(of=("self",)).select_related("unit")
    rows = rows.filter(Q(left_on__isnull=True) | Q(left_on__gte=clock.today()), archived_at=None)
    if officer is None:
        found = rows.filter(user_id=actor.pk).first() if actor.pk is not None else None
        if found is None:
            raise Refused(
                _(
                    "Only officers hold leads, and your account belongs to none. Name the officer who takes it."
                ),
                code="no_officer",
                fields={"officer": [str(_("Choose an officer."))]},
            )
        return found
    found = rows.filter(pk=officer).first()
    if found is None or not may_on(actor, Action.VIEW, found):
        raise NotVisible
    if found.user_id != actor.pk and not may_on(actor, Action.CHANGE, found):
        raise Denied
    return found


def lapse(lead: Lead, today: date, *, actor: Actor) -> bool:
    """Let a lead whose protection ended before `today` fall to the pool; True when it did. The row is locked by the
    caller. What is signed, ended, in dispute, or prolonged meanwhile stays; a transfer that waits is over."""
    ended = lead.protected_until is not None and lead.protected_until < today
    if not ended or lead.custody != Custody.HELD or lead.archived_at is not None:
        return False
    if lead.stage.kind in (StageKind.WON, StageKind.ENDED) or dispute_over(lead) is not None:
        return False
    with changelog.acting(actor, reason="protection lapsed"):
        transfer_over(lead, actor=actor)
        officer = lead.officer
        ended_on = lead.protected_until
        hand_over(lead, HandoverKind.LAPSED, actor=actor, unit=lead.unit, officer=None)
        settle(lead)
        tell_lapsed(lead, officer, ended_on)
    return True
