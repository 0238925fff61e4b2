"""A signal of inflated figures is explained, or the explanation is withdrawn; thresholds."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from capital.models import FalseAlarm, SignalTerms
from capital.signals import Found, find
from common import changelog, services
from common.access import Action
from common.actors import Actor
from common.errors import Denied, NotVisible, Refused
from common.scope import may_on


@transaction.atomic
def signal_dismiss(*, actor: Actor, key: str, year: int, reason: str) -> FalseAlarm:
    """Somebody looked at a signal and says why it is a false alarm. Raises NotVisible (no such signal for this actor),
    Denied, ValidationError, Refused (dismissed)."""
    found = _found(actor, key, year)
    if found.alarm is not None:
        raise Refused(_("This signal is explained already."), code="dismissed")
    row = FalseAlarm(key=key, unit=found.unit, reason=reason.strip(), by_name=actor.actor_name)
    if not may_on(actor, Action.CREATE, row):
        raise Denied
    with changelog.acting(actor, reason=row.reason):
        row.full_clean()
        row.save(force_insert=True)
    return row


@transaction.atomic
def signal_restore(*, actor: Actor, key: str, year: int, reason: str) -> FalseAlarm:
    """A signal was called a false alarm and isn't one: the explanation is taken back, with the reason, and the signal
    stands again. Raises NotVisible, Denied, Refused (not_dismissed, no_reason)."""
    alarm = _found(actor, key, year).alarm
    if alarm is None:
        raise Refused(_("Nobody has called this signal a false alarm."), code="not_dismissed")
    if not reason.strip():
        raise Refused(_("Say why it is no false alarm."), code="no_reason", fields={"reason": [""]})
    return services.archive(FalseAlarm, actor=actor, pk=alarm.pk, version=None, reason=reason.strip())


def _found(actor: Actor, key: str, year: int) -> Found:
    found = next((one for one in find(year, actor=actor) if one.signal.key == key), None)
    if found is None:
        raise NotVisible
    return found


def signalterms_create(*, actor: Actor, **values: Any) -> SignalTerms:
    """Thresholds that hold from a day on. Raises Denied, ValidationError."""
    return services.create(SignalTerms, actor=actor, values=values)


def signalterms_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> SignalTerms:
    """Raises as `common.services.update`."""
    return services.update(SignalTerms, actor=actor, pk=pk, version=version, values=values)


def signalterms_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> SignalTerms:
    """Raises as `common.services.archive`."""
    return services.archive(SignalTerms, actor=actor, pk=pk, version=version, reason=reason)
