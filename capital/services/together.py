"""An entry with its voucher, in one go."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from capital.models import Allocation, CapitalEntry
from capital.services.entries import entry_create
from capital.services.vouchers import allocation_set, voucher_create
from common import files
from common.actors import Actor


@transaction.atomic
def entry_with_voucher(
    *, actor: Actor, voucher: Mapping[str, Any] | None = None, **values: Any
) -> CapitalEntry:
    """`entry_create`, and the voucher that proves it when one is given (`voucher_create`, with `file`, an upload).
    Raises as both do; then neither is there."""
    entry = entry_create(actor=actor, **values)
    if voucher:
        given = {**voucher, "amount": voucher.get("amount") or entry.amount}
        voucher_for(actor, entry, given)
    return entry


@transaction.atomic
def voucher_for(
    actor: Actor, entry: CapitalEntry, given: Mapping[str, Any], used: Decimal | None = None
) -> Allocation | None:
    """Record a voucher of the entry's unit and let it prove the entry: `used`, or as much as fits."""
    values = dict(given)
    upload = values.pop("file", None)
    found = voucher_create(
        actor=actor,
        unit=entry.unit,
        currency=str(entry.currency_id),
        stored=files.store(upload) if upload else None,
        file_name=upload.name if upload else "",
        **{name: value for name, value in values.items() if value not in (None, "")},
    )
    return allocation_set(
        actor=actor,
        voucher=found.pk,
        entry=entry.pk,
        amount=min(entry.amount, found.amount) if used is None else used,
    )
