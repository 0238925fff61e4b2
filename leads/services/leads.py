"""A lead's life outside its ladder: registered, changed, given to somebody, found valuable, closed (DOMAIN §2).

Moving along the ladder is in `moves.py`; pool, claim, transfer and dispute belong to protection.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import changelog, clock, services
from common.access import Action
from common.actors import Actor, may
from common.errors import Denied, Refused
from common.serials import next_number
from leads import posting, stages
from leads.choices import Custody, HandoverKind, Pipeline, Source, StageKind
from leads.handing import dispute_over, transfer_waiting
from leads.models import Contact, Handover, Investor, Lead
from leads.services import hooks
from leads.services.investors import investor_found
from leads.text import derived
from ledger.choices import Zone
from organizations.models import Officer, Unit
from reference.selectors import sector_of

# What `lead_update` may change. Unit and officer move by services of their own, the investor by a merge.
CHANGEABLE = frozenset(
    {
        "name", "contact", "offer", "industry", "amount", "currency", "land_mu", "source", "introducer",
        "tip_from", "host", "next_step", "next_on", "signing_on", "visited_on", "code_name",
        "confidential_until", "note",
    }
)  # fmt: skip


@transaction.atomic
def lead_register(
    *,
    actor: Actor,
    unit: Unit,
    name: str,
    source: str,
    investor: Investor | None = None,
    investor_name: str = "",
    zone: str = Zone.OUTSIDE_PROVINCE,
    credit_code: str = "",
    contact: Contact | None = None,
    contact_name: str = "",
    contact_title: str = "",
    contact_phone: str = "",
    officer: Officer | None = None,
    **values: Any,
) -> Lead:
    """A new lead of `unit`, in the first stage, held by `officer` (the actor's own record unless said).

    The investor is a row that the actor sees, or a name (with credit code and zone) that is found or made;
    the contact likewise a row or a name. `amount` is in the unit of `currency`, `land_mu` in mu; other values
    as `lead_update` takes them. What protection and the books do about it happens in the same transaction.

    Raises NotVisible (investor), Denied (unit; an officer other than oneself without the right to assign),
    ValidationError, Refused (no stages, an industry that holds two sectors, the idea lies in
    the pool, a hook's refusal).
    """
    _no_strangers(values)
    if not may(actor, Action.CREATE, Lead.Scope.kind, path=unit.path):
        raise Denied
    officer = officer or own_officer(actor)
    with changelog.acting(actor):
        company = _company(actor, unit, investor, investor_name, zone, credit_code)
        _not_pooled(company, name)
        person = _person(actor, unit, company, contact, contact_name, contact_title, contact_phone)
        lead = services.create(
            Lead,
            actor=actor,
            values={
                **_followed({**values, "name": name.strip(), "source": source}),
                **stages.starting(Pipeline.LEAD, on=clock.today()),
                "number": f"L{clock.today():%Y}-{next_number(f'lead:{clock.today():%Y}'):06d}",
                "unit": unit,
                "officer": _fitting(actor, unit, officer),
                "investor": company,
                "contact": person,
                "registered_at": clock.now(),
                "registered_by": actor.actor_name,
            },
        )
        stages.begin(actor=actor, row=lead)
        _hand(actor, lead, HandoverKind.REGISTERED, to_unit=unit, to_officer=lead.officer)
        posting.handed_in(actor=actor, lead=lead)
        hooks.call(hooks.registered, actor=actor, lead=lead)
    return lead


@transaction.atomic
def lead_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Lead:
    """Change facts of a lead; only what differs is validated. `version` None: the caller holds the lock.

    Raises NotVisible, Denied, Stale, Archived, ValidationError, Refused (an industry that holds two sectors).
    """
    _no_strangers(values)
    lead = services.get_visible(Lead, pk, actor)
    if (contact := values.get("contact")) is not None and contact.investor_id != lead.investor_id:
        raise ValidationError({"contact": [_("This person belongs to another investor.")]})
    changed = services.update(
        Lead, actor=actor, pk=pk, version=version, values=_followed(values, lead), only_touched=True
    )
    if any(getattr(changed, name) != getattr(lead, name) for name in posting.LOOKS):
        posting.corrected(actor=actor, lead=changed)
    return changed


def lead_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Lead:
    """Close the record: entered by mistake, or twice. It counts no longer.

    Raises NotVisible, Denied, Archived, Stale, Refused (signed, in dispute, offered to another unit).
    """
    with transaction.atomic():
        lead = locked(actor, pk, version, Action.ARCHIVE)
        if lead.stage.kind == StageKind.WON:
            raise Refused(
                _("This lead has become a project, which lives on its files. Archive the project instead."),
                code="is_project",
            )
        if dispute_over(lead) is not None:
            raise Refused(
                _("This lead is in dispute. It can be archived when the bureau has decided."),
                code="in_dispute",
            )
        if transfer_waiting(lead) is not None:
            raise Refused(_("Withdraw the transfer that waits for consent first."), code="transfer_waits")
        return _archive(actor, lead, reason)


@transaction.atomic
def signed_archive(*, actor: Actor, pk: int, reason: str) -> Lead:
    """The lead of a project goes after it; only for the service that has archived the project in this
    transaction. Raises NotVisible, Denied, Archived."""
    return _archive(actor, locked(actor, pk, None, Action.ARCHIVE), reason)


def _archive(actor: Actor, lead: Lead, reason: str) -> Lead:
    lead = services.archive(Lead, actor=actor, pk=lead.pk, version=lead.version, reason=reason)
    posting.withdrawn(actor=actor, lead=lead)
    hooks.call(hooks.archived, actor=actor, lead=lead)
    return lead


@transaction.atomic
def lead_assign(*, actor: Actor, pk: int, version: int | None, officer: Officer, reason: str = "") -> Lead:
    """Give a lead to another officer of its unit. Raises NotVisible, Denied, Stale, Archived, Refused (in the
    pool; the officer works elsewhere or has left)."""
    lead = locked(actor, pk, version, Action.ASSIGN)
    if lead.custody == Custody.POOL:
        raise Refused(_("This lead lies in the pool. Claim it first."), code="in_pool")
    if officer.pk == lead.officer_id:
        return lead
    before, lead.officer = lead.officer, _working(lead.unit, officer)
    with changelog.acting(actor, reason=reason):
        _save(lead, "officer")
        _hand(
            actor, lead, HandoverKind.ASSIGNED, reason=reason, from_unit=lead.unit, to_unit=lead.unit,
            from_officer=before, to_officer=officer,
        )  # fmt: skip
        hooks.call(hooks.assigned, actor=actor, lead=lead)
    return lead


@transaction.atomic
def lead_find_valid(*, actor: Actor, pk: int, version: int | None, valid: bool = True) -> Lead:
    """The bureau finds a lead or tip valuable today, or takes that back. It counts for the unit and for the
    department that gave the tip. Raises NotVisible, Denied, Stale, Archived, Refused (found so already)."""
    lead = locked(actor, pk, version, Action.DECIDE)
    if valid == (lead.valid_on is not None):
        raise Refused(
            _("It has been found valuable already.") if valid else _("It has not been found valuable."),
            code="nothing_to_do",
        )
    lead.valid_on = clock.today() if valid else None
    with changelog.acting(actor):
        _save(lead, "valid_on")
        (posting.valid if valid else posting.not_valid)(actor=actor, lead=lead)
    return lead


def own_officer(actor: Actor) -> Officer | None:
    """The actor's own record as an officer, None when he has none or has left."""
    if actor.is_system:
        return None
    rows = Officer.objects.unscoped(reason="everybody knows who he is himself")
    found = rows.filter(user_id=actor.pk, archived_at=None).select_related("unit").first()
    return None if found is None or has_left(found) else found


def locked(actor: Actor, pk: int, version: int | None, wanted: Action) -> Lead:
    """The row locked for a change by a service, after the usual questions. Raises NotVisible, Denied,
    Archived, Stale."""
    return services.locked(Lead, pk, actor, wanted, version)


def _no_strangers(values: dict[str, Any]) -> None:
    if strange := sorted(set(values) - CHANGEABLE):
        raise ValidationError({name: [_("This is not changed here.")] for name in strange})


def _followed(values: dict[str, Any], lead: Lead | None = None) -> dict[str, Any]:
    """The values with the columns that follow from them."""
    if "name" in values and (lead is None or values["name"] != lead.name):
        values |= derived(Lead, values["name"])
    visited = values.get("visited_on")
    if visited is not None and visited > clock.today() and (lead is None or visited != lead.visited_on):
        raise ValidationError({"visited_on": [_("This day is still to come. Plan it as the next step.")]})
    if "industry" in values:
        industry = values["industry"]
        try:
            values["sector"] = sector_of(industry.code) if industry else ""
        except Refused as coarse:
            raise ValidationError({"industry": [str(coarse)]}) from coarse
    if "source" in values and values["source"] != (lead.source if lead else ""):
        if values["source"] != Source.TIP:
            values.setdefault("tip_from", None)
        elif not values.get("tip_from"):
            raise ValidationError({"tip_from": [_("Which department gave the tip?")]})
    return values


def _company(
    actor: Actor, unit: Unit, investor: Investor | None, name: str, zone: str, code: str
) -> Investor:
    if investor is None:
        if not name.strip():
            raise ValidationError({"investor_name": [_("Choose an investor, or enter a new one's name.")]})
        return investor_found(actor=actor, unit=unit, name=name, zone=zone, credit_code=code)
    found = services.get_visible(Investor, investor.pk, actor)
    if found.archived_at is not None:
        raise ValidationError({"investor": [_("This investor is archived.")]})
    return found


def _not_pooled(investor: Investor, name: str) -> None:
    """Raises Refused for an idea of this investor that lies in the pool: a second record would pass by the
    limit of claims and the rest period. The same company is the same row, code or plain name."""
    same = Q(investor=investor) | Q(investor__normal=investor.normal)
    if investor.credit_code:
        same |= Q(investor__credit_code=investor.credit_code)
    rows = Lead.objects.unscoped(reason="what lies in the pool is open to all who may claim it")
    if rows.filter(
        same, custody=Custody.POOL, archived_at=None, normal=derived(Lead, name)["normal"]
    ).exists():
        raise Refused(_("This lead lies in the pool. Claim it there."), code="in_pool")


def _person(
    actor: Actor,
    unit: Unit,
    investor: Investor,
    contact: Contact | None,
    name: str,
    title: str,
    phone: str,
) -> Contact | None:
    unit = _keeper(actor, unit)
    if contact is not None:
        if contact.investor_id != investor.pk:
            raise ValidationError({"contact": [_("This person belongs to another investor.")]})
        return contact
    if not name.strip():
        if title.strip() or phone.strip():
            raise ValidationError({"contact_name": [_("Whose telephone is this? Enter the name.")]})
        return None
    same = Contact.objects.visible_to(actor).filter(
        investor=investor, unit=unit, name=name.strip(), phone=phone.strip(), archived_at=None
    )
    return same.first() or _new_person(actor, unit, investor, name, title, phone)


def _new_person(actor: Actor, unit: Unit, investor: Investor, name: str, title: str, phone: str) -> Contact:
    return services.create(
        Contact,
        actor=actor,
        values={
            "investor": investor,
            "unit": unit,
            "name": name.strip(),
            "title": title.strip(),
            "phone": phone.strip(),
        },
    )


def _keeper(actor: Actor, unit: Unit) -> Unit:
    """Which unit keeps a new contact: the lead's, or else the officer's own (an officer keeps the people he
    knows at his own unit, DOMAIN §9)."""
    if may(actor, Action.CREATE, Contact.Scope.kind, path=unit.path):
        return unit
    own = own_officer(actor)
    return own.unit if own is not None else unit


def _fitting(actor: Actor, unit: Unit, officer: Officer | None) -> Officer | None:
    """The officer of a new lead: oneself, or another one for who may assign."""
    assigns = may(actor, Action.ASSIGN, Lead.Scope.kind, path=unit.path)
    if officer is None:
        if not assigns:
            raise Refused(
                _("Your account is not linked with an officer's record. Ask your administrator to link it."),
                code="no_officer",
            )
        return None
    if officer.user_id != actor.pk and not assigns:
        raise Denied(_("You register leads for yourself. Your unit head or the bureau gives them to others."))
    if officer.user_id == actor.pk and assigns and not _on_one_line(unit, officer):
        return None  # somebody of the bureau registers for a unit elsewhere: its head assigns it
    return _working(unit, officer)


def still_here(officer: Officer) -> None:
    """Raises Refused for an officer who has left: nobody gives him a lead any more."""
    if has_left(officer):
        raise Refused(_("%(name)s has left.") % {"name": officer.name}, code="officer_left")


def _working(unit: Unit, officer: Officer) -> Officer:
    still_here(officer)
    if not _on_one_line(unit, officer):
        raise Refused(
            _("%(name)s works in another unit than the lead's.") % {"name": officer.name},
            code="officer_elsewhere",
        )
    return officer


def _on_one_line(unit: Unit, officer: Officer) -> bool:
    """The officer's unit is the lead's, one below it, or one above it."""
    own = officer.unit.path
    return own.startswith(unit.path) or unit.path.startswith(own)


def has_left(officer: Officer) -> bool:
    if officer.archived_at is not None:
        return True
    return officer.left_on is not None and officer.left_on < clock.today()


def _save(lead: Lead, *fields: str) -> None:
    lead.version += 1
    lead.save(update_fields=[*fields, "version", "updated_at"])


def _hand(actor: Actor, lead: Lead, kind: str, *, reason: str = "", **ends: Any) -> Handover:
    return Handover._base_manager.create(
        lead=lead,
        kind=kind,
        reason=reason,
        on=clock.today(),
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
        **ends,
    )
