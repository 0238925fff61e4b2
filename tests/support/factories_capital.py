"""Entries, vouchers and duties to test with, written past the services.

A project needs the shipped stages (fixture `pipeline`).
"""

from datetime import date
from decimal import Decimal

import factory

from capital.choices import EntryKind, EntryState, ReturnState, VoucherType
from capital.models import Allocation, CapitalEntry, MonthlyReturn, ReportingDuty, Voucher
from capital.services.vouchers import key_of
from common import clock, files
from ledger.choices import Zone
from ledger.models import Period
from ledger.periods import code_of
from tests.projects.support import ProjectFactory
from tests.support.factories import RowFactory, UnitFactory
from tests.support.factories_leads import yuan
from tests.support.factories_work import pdf


def period(code):
    """The month, made when it isn't there."""
    values = {"year": code // 100, "number": code % 100}
    return Period.objects.get_or_create(code=code, defaults=values)[0]


class CapitalEntryFactory(RowFactory):
    """A draft of a million yuan paid in, by the unit that brought the project. With another `state` it has a
    rate as if it had been reported; the books know nothing of it (use `entries_report` for that)."""

    class Meta:
        model = CapitalEntry
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    project = factory.LazyAttribute(lambda entry: ProjectFactory(unit=entry.unit))
    number = factory.Sequence(lambda n: f"C2026-9{n:05d}")
    kind = EntryKind.REGISTERED
    basis = factory.LazyAttribute(
        lambda entry: "formed" if entry.kind in ("equipment", "plant", "land") else "arrived"
    )
    occurred_on = factory.LazyFunction(clock.today)
    period = factory.LazyAttribute(lambda entry: period(code_of(entry.occurred_on)))
    amount = Decimal(1_000_000)
    currency = factory.LazyFunction(yuan)
    zone = Zone.OUTSIDE_PROVINCE
    entered_name = "tests"
    rate = factory.LazyAttribute(lambda entry: None if entry.state == EntryState.DRAFT else Decimal(1))
    state = EntryState.DRAFT


class VoucherFactory(RowFactory):
    """A bank slip of two million yuan. `file=True` gives it a file of its own."""

    class Meta:
        model = Voucher
        skip_postgeneration_save = True

    class Params:
        file = False

    unit = factory.SubFactory(UnitFactory)
    type = VoucherType.BANK_SLIP
    issuer = "示例银行云川支行"
    issuer_key = factory.LazyAttribute(lambda voucher: key_of(voucher.issuer))
    number = factory.Sequence(lambda n: f"TEST-{n:06d}")
    number_key = factory.LazyAttribute(lambda voucher: key_of(voucher.number))
    dated = date(2026, 6, 15)
    amount = Decimal(2_000_000)
    currency = factory.LazyFunction(yuan)
    stored = factory.LazyAttribute(
        lambda voucher: files.store(pdf(mark=voucher.number.encode())) if voucher.file else None
    )
    file_name = factory.LazyAttribute(lambda voucher: "回单.pdf" if voucher.file else "")
    entered_name = "tests"


class AllocationFactory(RowFactory):
    class Meta:
        model = Allocation
        skip_postgeneration_save = True

    amount = Decimal(1_000_000)


class ReportingDutyFactory(RowFactory):
    class Meta:
        model = ReportingDuty
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    since = date(2026, 1, 1)


class MonthlyReturnFactory(RowFactory):
    class Meta:
        model = MonthlyReturn
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    period = factory.LazyFunction(lambda: period(202606))
    state = ReturnState.FILED
    preparer = "填报人甲"
    filed_at = factory.LazyFunction(clock.now)
    filed_name = "tests"
