"""A signal of inflated figures is explained, or the explanation is withdrawn; thresholds."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from capital.models import FalseAlarm, SignalTerms
from capital.signals import find
from common import changelog, services
from common.access import Action
from common.actors import Actor
from common.errors import Denied, NotVisible, Refused
from common.scope import may_on


@transaction.atomic
def signal_dismiss(*, actor: Actor, key: str, year: int, reason: str) -> FalseAlarm:
    """Somebody looked at a signal and says why it is a false alarm. Raises NotVisible (no such signal for this actor),
    Denied, ValidationError, Refused (dismissed)."""
    found = next((one for one in find(year, actor=actor) if one.signal.key == key), None)
    if found is None:
        raise NotVisible
    if found.alarm is not None and found.alarm.archived_at is None:
        raise Refused(_("This signal is explained already."), code="dismissed")
    row = FalseAlarm(key=key, unit=found.unit, reason=reason.strip(), by_name=actor.actor_name)
    if not may_on(actor, Action.CREATE, row):
        raise Denied
    with changelog.acting(actor, reason=row.reason):
        row.full_clean()
        row.save(force_insert=True)
    return row


def signalterms_create(*, actor: Actor, **values: Any) -> SignalTerms:
    """Thresholds that hold from a day on. Raises Denied, ValidationError."""
    return services.create(SignalTerms, actor=actor, values=values)


def signalterms_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> SignalTerms:
    """Raises as `common.services.update`."""
    return services.update(SignalTerms, actor=actor, pk=pk, version=version, values=values)


def signalterms_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> SignalTerms:
    """Raises as `common.services.archive`."""
    return services.archive(SignalTerms, actor=actor, pk=pk, version=version, reason=reason)
