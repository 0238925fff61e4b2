"""The bureau's rules of protection and admission: dated data that it edits (DOMAIN, first lines)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common import services
from common.actors import Actor
from common.errors import NotVisible
from leads.models import Gate, GateCheck, ProtectionTerms
from leads.terms import rules_of


def protectionterms_create(*, actor: Actor, **values: Any) -> ProtectionTerms:
    """Rules that hold from a day on. Raises Denied, ValidationError (also for numbers that make no sense)."""
    _sensible(ProtectionTerms(**values))
    return services.create(ProtectionTerms, actor=actor, values=values)


def protectionterms_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> ProtectionTerms:
    """Correct rules. Leads that began under them follow at their next follow-up. Raises NotVisible, Denied,
    Stale, Archived, ValidationError."""
    found = services.get_visible(ProtectionTerms, pk, actor)
    _sensible(ProtectionTerms(**{f.name: values.get(f.name, getattr(found, f.name)) for f in _fields()}))
    return services.update(ProtectionTerms, actor=actor, pk=pk, version=version, values=values)


def protectionterms_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> ProtectionTerms:
    """Raises as `common.services.archive`."""
    return services.archive(ProtectionTerms, actor=actor, pk=pk, version=version, reason=reason)


def gate_create(*, actor: Actor, **values: Any) -> Gate:
    """Raises Denied, ValidationError."""
    return services.create(Gate, actor=actor, values=values)


def gate_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Gate:
    """Screenings under way keep the limits they began with. Raises as `common.services.update`."""
    return services.update(Gate, actor=actor, pk=pk, version=version, values=values)


def gate_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Gate:
    """Raises as `common.services.archive`."""
    return services.archive(Gate, actor=actor, pk=pk, version=version, reason=reason)


def gatecheck_add(*, actor: Actor, gate: Gate, **values: Any) -> GateCheck:
    """A check of a gate, for screenings that begin from now on. Raises NotVisible, Denied, Archived,
    ValidationError."""
    services.authorize_change(actor, gate)
    return services.create(GateCheck, actor=actor, values={**values, "gate": gate})


def gatecheck_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> GateCheck:
    """Raises as `common.services.update`."""
    if "gate" in values:
        raise NotVisible
    return services.update(GateCheck, actor=actor, pk=pk, version=version, values=values)


def gatecheck_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> GateCheck:
    """Screenings under way keep it. Raises as `common.services.archive`."""
    return services.archive(GateCheck, actor=actor, pk=pk, version=version, reason=reason)


def _fields() -> list[Any]:
    kept = {"id", "version", "created_at", "updated_at", "archived_at"}
    return [field for field in ProtectionTerms._meta.concrete_fields if field.name not in kept]


def _sensible(terms: ProtectionTerms) -> None:
    terms.clean_fields()
    try:
        rules_of(terms)
    except ValueError as wrong:
        raise ValidationError(WORDS.get(str(wrong), str(wrong))) from wrong


WORDS = {
    "protection and its prolongation last a working day at least": _(
        "Protection and its prolongation last one working day at least."
    ),
    "the longest protection can't be shorter than the first": _(
        "The longest protection can't be shorter than the first."
    ),
    "reminders fall between the first day and the last": _(
        "Reminders fall between the first protected day and the last."
    ),
}
