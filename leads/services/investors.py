"""Investors and the people to talk to there."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from common import services
from common.actors import Actor
from leads import posting
from leads.codes import clean_credit_code
from leads.models import Contact, Investor, Lead
from leads.services import hooks
from leads.text import derived
from ledger.choices import Zone
from organizations.models import Unit
from rules.similarity import normal


def investor_create(*, actor: Actor, name: str, **values: Any) -> Investor:
    """Raises Denied, ValidationError (a wrong credit code, or one that another investor has)."""
    return services.create(Investor, actor=actor, values=_named({**values, "name": name.strip()}))


def investor_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Investor:
    """Change an investor. With another zone, what the books say of its leads and projects follows.

    Raises NotVisible, Denied, Stale, Archived, ValidationError, and what the books refuse.
    """
    with transaction.atomic():
        before = services.get_visible(Investor, pk, actor, lock=True).zone
        found = services.update(
            Investor, actor=actor, pk=pk, version=version, values=_named(values), only_touched=True
        )
        if found.zone != before:
            books_follow(actor=actor, investor=found)
    return found


def books_follow(*, actor: Actor, investor: Investor) -> None:
    """Lines of the investor's leads and projects carry its zone as it is now. Those that say the same stay."""
    rows = Lead._base_manager.select_for_update(of=("self",)).filter(investor=investor, archived_at=None)
    for lead in rows.select_related("investor", "industry", "host").order_by("pk"):
        posting.corrected(actor=actor, lead=lead)
    hooks.call_investor(actor=actor, investor=investor)


def investor_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Investor:
    return services.archive(Investor, actor=actor, pk=pk, version=version, reason=reason)


@transaction.atomic
def investor_found(
    *,
    actor: Actor,
    unit: Unit,
    name: str,
    zone: str = Zone.OUTSIDE_PROVINCE,
    credit_code: str = "",
    **values: Any,
) -> Investor:
    """The investor that is meant, or a new one of this unit.

    A credit code is the company's identity: whoever registered it, that row is taken. Without a code the same
    normal name among those that the actor sees is taken. Raises as `investor_create`.
    """
    code = clean_code(credit_code)
    if code:
        rows = Investor.objects.unscoped(reason="a credit code is one company, whoever registered it")
        meant = rows.filter(credit_code=code, archived_at=None)
    else:
        meant = Investor.objects.visible_to(actor).filter(normal=normal(name), archived_at=None)
    if name.strip() and (found := meant.order_by("pk").first()):
        return found
    return investor_create(actor=actor, unit=unit, name=name, zone=zone, credit_code=code, **values)


def contact_create(*, actor: Actor, investor: Investor, unit: Unit, **values: Any) -> Contact:
    """A person at an investor, kept by `unit`. Raises NotVisible (the investor), Denied, ValidationError."""
    services.get_visible(Investor, investor.pk, actor)
    return services.create(Contact, actor=actor, values={"investor": investor, "unit": unit, **values})


def contact_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Contact:
    return services.update(Contact, actor=actor, pk=pk, version=version, values=values)


def contact_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Contact:
    return services.archive(Contact, actor=actor, pk=pk, version=version, reason=reason)


def _named(values: dict[str, Any]) -> dict[str, Any]:
    """Columns that follow from the name, and the code as it is stored."""
    if "credit_code" in values:
        values["credit_code"] = clean_code(values["credit_code"])
    if "name" in values:
        values |= derived(Investor, values["name"])
    return values


def clean_code(code: str) -> str:
    """As `clean_credit_code`, with the problem at its field."""
    try:
        return clean_credit_code(code)
    except ValidationError as wrong:
        raise ValidationError({"credit_code": wrong.messages}) from wrong
