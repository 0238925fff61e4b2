"""Reported entries with their vouchers, as the desk finds them."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from capital.models import Allocation, CapitalEntry, Recognition, Voucher
from capital.services.entries import entries_report
from common.changelog import acting
from common.errors import Refused
from ledger.choices import Kind
from ledger.models import Posting
from tests.support.factories import TESTS
from tests.support.factories_capital import (
    AllocationFactory,
    CapitalEntryFactory,
    VoucherFactory,
    period,
)
from tests.support.factories_leads import yuan
from tests.support.suite import state_of

DAY = date(2026, 11, 5)
KINDS = (Kind.CAPITAL_REPORTED, Kind.CAPITAL_PRELIMINARY, Kind.CAPITAL_RECOGNISED)


def reported(project, amount=1000, *, unit=None, proof=True, type="bank_slip", **values):
    """An entry reported by the unit that brought the project, with a voucher over its amount."""
    amount = Decimal(amount)
    given = {"occurred_on": DAY, "unit": unit or project.unit, **values}
    row = CapitalEntryFactory(project=project, amount=amount, **given)
    if proof:
        slip = VoucherFactory(unit=row.unit, amount=amount, type=type, currency=row.currency)
        AllocationFactory(voucher=slip, entry=row, amount=amount)
    (row,) = entries_report(actor=TESTS, pks=[row.pk])
    return row


def now(entry):
    return CapitalEntry._base_manager.get(pk=entry.pk)


def counted(entry, role="assessed"):
    """What the books say of an entry: (reported, best known, recognised) in its own currency."""
    sums = defaultdict(Decimal)
    rows = Posting.objects.unscoped(reason="test").filter(event__startswith=f"capital:{entry.pk}:", role=role)
    for kind, qty in rows.values_list("kind", "qty"):
        sums[kind] += qty
    return tuple(sums[kind] for kind in KINDS)


def many_reported(project, number, amount=1000):
    """Keys of entries that wait, each with a voucher of its own; the books don't know what was reported."""
    entries = [
        CapitalEntryFactory.build(
            project=project, unit=project.unit, period=period(202611), occurred_on=DAY, state="reported",
            amount=Decimal(amount), currency=yuan(),
        )
        for _ in range(number)
    ]  # fmt: skip
    slips = [VoucherFactory.build(unit=project.unit, currency=yuan()) for _ in range(number)]
    with acting(TESTS):
        CapitalEntry._base_manager.bulk_create(entries)
        Voucher._base_manager.bulk_create(slips)
        Allocation._base_manager.bulk_create(
            [
                Allocation(voucher=slip, entry=entry, amount=amount)
                for slip, entry in zip(slips, entries, strict=True)
            ]
        )
    return [entry.pk for entry in entries]


def refused(code, do, **values):
    """The refusal's words; nothing was written."""
    before = state_of(CapitalEntry), state_of(Recognition), Posting._base_manager.count()
    with pytest.raises(Refused) as said:
        do(**values)
    assert said.value.code == code
    assert (state_of(CapitalEntry), state_of(Recognition), Posting._base_manager.count()) == before
    return str(said.value)
