"""Seeing, authorising and locking entries, and the month that an entry is counted in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from capital.choices import EntryState
from capital.models import Allocation, CapitalEntry, Voucher
from capital.readable import kept_from
from common import clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from ledger import periods

OPEN_STATES = (EntryState.DRAFT, EntryState.REPORTED, EntryState.QUERIED)  # nothing is decided yet


def month_for(day: date) -> int:
    """The month of the return for something that happened on a day: its own while that is open, else the first
    open one after it. Held until the transaction ends, so that closing waits or is seen.

    Raises Refused (in_future) for a day that is still to come.
    """
    must_have_come(day)
    return periods.open_from(periods.code_of(day))


def must_have_come(day: date) -> None:
    if day > clock.today():
        raise Refused(
            _("Capital is reported after it has come: %(date)s is in the future.")
            % {"date": day.isoformat()},
            code="in_future",
            fields={"occurred_on": [""]},
        )


def months_for(days: Iterable[date]) -> dict[date, int]:
    """`month_for` of many days, in three queries."""
    days = set(days)
    for day in days:
        must_have_come(day)
    found = periods.open_for({periods.code_of(day) for day in days})
    return {day: found[periods.code_of(day)] for day in days}


def must_know(actor: Actor, projects: Collection[int]) -> None:
    """Raises Denied when the facts of one of these projects are kept from the actor."""
    if kept_from(actor, projects):
        raise Denied


def locked(actor: Actor, pk: int, version: int | None, action: Action = Action.CHANGE) -> CapitalEntry:
    """The entry, locked, then the month that it would be counted in now: in the order in which closing takes them.

    Raises NotVisible, Denied, Archived, Stale.
    """
    seen = services.get_visible(CapitalEntry, pk, actor)
    services.authorize(actor, action, seen)
    must_know(actor, [seen.project_id])
    entry: Any = services.get_visible(CapitalEntry, pk, actor, lock=True)
    periods.open_from(periods.code_of(entry.occurred_on))
    if entry.archived_at is not None:
        raise Archived
    if version is not None and entry.version != version:
        raise Stale(entry)
    return entry


def hold_vouchers(entry: int) -> None:
    """The vouchers that prove an entry, locked, for who frees them: before the entry, as `allocation_set` takes
    the two."""
    used = Allocation._base_manager.filter(entry=entry, archived_at=None)
    list(
        Voucher._base_manager.select_for_update()
        .filter(pk__in=used.values("voucher"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def locked_many(actor: Actor, pks: Collection[int]) -> list[CapitalEntry]:
    """Entries that the actor may change, locked in the order of their keys, with project and unit. As many
    queries for 500 as for 5.

    Raises NotVisible, Denied, Archived.
    """
    wanted = set(pks)
    rows = CapitalEntry.objects.visible_to(actor).filter(pk__in=wanted)
    seen = set(rows.values_list("pk", flat=True))
    if len(seen) != len(wanted):
        raise NotVisible
    if CapitalEntry.objects.allowed_to(actor, Action.CHANGE).filter(pk__in=wanted).count() != len(wanted):
        raise Denied
    found = list(
        CapitalEntry._base_manager.select_for_update(of=("self",))
        .filter(pk__in=wanted)
        .select_related("project", "unit")
        .order_by("pk")
    )
    periods.open_for({periods.code_of(one.occurred_on) for one in found})
    must_know(actor, {one.project_id for one in found})
    if any(one.archived_at for one in found):
        raise Archived
    return found
