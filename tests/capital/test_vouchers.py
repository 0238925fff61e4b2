"""Vouchers prove once, never beyond their amount, and tell strangers no more than where they are."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from capital.models import Allocation, CapitalEntry, Voucher
from capital.services import vouchers
from capital.services.entries import entry_withdraw
from common import files
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from organizations.choices import Role
from tests.capital.locking import held_by
from tests.capital.test_entries import refused
from tests.projects.support import ProjectFactory
from tests.support.clients import user_with
from tests.support.factories import TESTS
from tests.support.factories_capital import AllocationFactory, CapitalEntryFactory, VoucherFactory
from tests.support.factories_leads import yuan
from tests.support.factories_projects import dollars
from tests.support.factories_work import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


@pytest.fixture
def officer(tree):
    return user_with(Role.OFFICER, tree.town)


@pytest.fixture
def staff(tree):
    return user_with(Role.BUREAU_STAFF, tree.city)


def record(actor, unit, **values):
    given = {
        "type": "bank_slip",
        "issuer": "示例银行（云川）",
        "number": "No.00123",
        "dated": date(2026, 11, 5),
        "amount": Decimal(1_000_000),
        "currency": yuan(),
        **values,
    }
    return vouchers.voucher_create(actor=actor, unit=unit, **given)


def use(actor, voucher, entry, amount, **values):
    return vouchers.allocation_set(
        actor=actor, voucher=voucher.pk, entry=entry.pk, amount=Decimal(amount), **values
    )


def test_the_same_slip_elsewhere_is_refused_without_telling_more_than_where(tree, officer, staff):
    first = record(officer, tree.town)
    said = refused(
        "voucher_taken", record, staff, tree.other_town, issuer="示例银行(云川)", number="no 00123"
    )
    assert f"{tree.town.name}, 2026-11-05, " in said
    stranger = user_with(Role.OFFICER, tree.other_town)
    said = refused("voucher_taken", record, stranger, tree.other_town)
    assert f"{tree.town.name}, 2026-11-05." in said
    assert "00123" not in said
    assert record(officer, tree.town, dated=date(2026, 11, 6)) != first  # another date is another voucher
    archived = vouchers.voucher_archive(actor=staff, pk=first.pk, version=1, reason="重复")
    assert archived.archived_at is not None
    assert record(officer, tree.town).pk != first.pk
    assert refused("in_future", record, officer, tree.town, dated=date(2026, 11, 21))
    assert refused("number", record, officer, tree.town, number="--")


def test_the_same_file_elsewhere_is_refused_too(tree, officer, staff):
    stored = files.store(pdf())
    record(officer, tree.town, stored=stored, file_name="回单.pdf")
    stranger = user_with(Role.OFFICER, tree.other_town)
    said = refused("file_taken", record, stranger, tree.other_town, number="7", stored=stored)
    assert f"{tree.town.name}, 2026-11-05." in said
    entry = CapitalEntryFactory(unit=tree.other_town)
    assert refused(
        "file_taken", vouchers.entry_file_add, actor=stranger, entry=entry.pk, stored=stored, name="a.pdf"
    )
    paper = files.store(pdf(mark=b"2"))
    vouchers.entry_file_add(actor=stranger, entry=entry.pk, stored=paper, name="合同.pdf")
    said = refused("file_taken", record, officer, tree.town, number="8", stored=paper)
    assert tree.other_town.name in said
    assert entry.number not in said
    sister = CapitalEntryFactory(unit=tree.other_town, project=entry.project)
    assert vouchers.entry_file_add(actor=stranger, entry=sister.pk, stored=paper, name="合同.pdf")
    alien = CapitalEntryFactory(unit=tree.town)
    said = refused(
        "file_taken", vouchers.entry_file_add, actor=staff, entry=alien.pk, stored=paper, name="a.pdf"
    )
    assert entry.number in said


def test_a_voucher_is_used_up_to_its_amount_in_whatever_unit(tree, officer, staff):
    """1,000,000: 700,000 here, 300,000 there with the written split, not a cent more."""
    voucher = record(officer, tree.town)
    mine = CapitalEntryFactory(unit=tree.town, amount=Decimal(700_000))
    other = CapitalEntryFactory(unit=tree.other_town, amount=Decimal(400_000))
    use(officer, voucher, mine, 700_000)
    assert "written split" in refused("split", use, staff, voucher, other, 300_000)
    split = files.store(pdf(mark=b"split"))
    said = refused("within", use, staff, voucher, other, 300_001, split=split, split_name="分割证明.pdf")
    assert "30.00 ten thousand yuan is left" in said
    shared = use(staff, voucher, other, 300_000, split=split, split_name="分割证明.pdf")
    assert (shared.amount, shared.split_name) == (300_000, "分割证明.pdf")
    with pytest.raises(IntegrityError), transaction.atomic():
        AllocationFactory(voucher=voucher, entry=CapitalEntryFactory(unit=tree.town), amount=Decimal(1))
    assert use(officer, voucher, mine, 600_000).version == 2
    assert use(officer, voucher, mine, 0) is None
    assert vouchers.used_of(voucher) == 300_000
    assert refused("used", vouchers.voucher_archive, actor=staff, pk=voucher.pk, version=1, reason="错")
    assert refused(
        "within", vouchers.voucher_update, actor=officer, pk=voucher.pk, version=1, amount=Decimal(299_999)
    )


def test_what_a_voucher_can_not_prove(tree, officer):
    voucher = record(officer, tree.town)
    usd = CapitalEntryFactory(unit=tree.town, currency=dollars())
    assert refused("currency", use, officer, voucher, usd, 1)
    opening = CapitalEntryFactory(unit=tree.town, is_opening=True)
    assert refused("opening", use, officer, voucher, opening, 1)
    assert refused("within", use, officer, voucher, CapitalEntryFactory(unit=tree.town), -1)
    gone = CapitalEntryFactory(unit=tree.town, state="withdrawn")
    assert "nothing to prove" in refused("withdrawn", use, officer, voucher, gone, 1)
    entry = CapitalEntryFactory(unit=tree.town)
    use(officer, voucher, entry, 1000)
    CapitalEntry._base_manager.filter(pk=entry.pk).update(state="final", rate=1)
    before = list(Allocation._base_manager.values())
    assert refused("decided", use, officer, voucher, entry, 999)
    assert refused("decided", use, officer, voucher, entry, 0)
    assert refused("decided", vouchers.voucher_update, actor=officer, pk=voucher.pk, version=1, payer="他人")
    assert list(Allocation._base_manager.values()) == before
    stored = files.store(pdf())
    added = vouchers.voucher_update(
        actor=officer, pk=voucher.pk, version=1, stored=stored, file_name="回单.pdf"
    )
    assert (added.stored, added.version) == (stored, 2)
    assert use(officer, voucher, entry, 2000).amount == 2000  # more proof is always welcome


def test_who_uses_and_who_frees_a_voucher_take_the_rows_in_one_order(tree, officer):
    voucher = record(officer, tree.town)
    entry = CapitalEntryFactory(unit=tree.town)
    order = ["voucher", "entry"]
    assert held_by(lambda: use(officer, voucher, entry, 1000)) == order
    change = {"actor": officer, "pk": voucher.pk, "version": 1, "payer": "他人"}
    assert held_by(lambda: vouchers.voucher_update(**change)) == order
    leave = {"actor": officer, "pk": entry.pk, "version": 1, "reason": "录错"}
    assert held_by(lambda: entry_withdraw(**leave)) == [*order, "period"]


def test_who_may(tree, officer):
    voucher, entry = VoucherFactory(unit=tree.town), CapitalEntryFactory(unit=tree.town)
    before = list(Voucher._base_manager.values())
    stranger, reader = user_with(Role.OFFICER, tree.other_town), user_with(Role.LEADER, tree.county)
    for actor, wrong in ((stranger, NotVisible), (reader, Denied)):
        with pytest.raises(wrong):
            use(actor, voucher, entry, 1)
        with pytest.raises(wrong):
            vouchers.voucher_update(actor=actor, pk=voucher.pk, version=1, note="改")
        with pytest.raises(wrong):
            vouchers.entry_file_add(actor=actor, entry=entry.pk, stored=files.store(pdf()), name="a.pdf")
    with pytest.raises(Denied):
        record(stranger, tree.town)
    with pytest.raises(Denied):
        vouchers.voucher_archive(actor=officer, pk=voucher.pk, version=1, reason="错")
    with pytest.raises(Stale):
        vouchers.voucher_update(actor=officer, pk=voucher.pk, version=9, note="改")
    assert list(Voucher._base_manager.values()) == before


def test_what_is_confidential_hides_its_vouchers(tree):
    secret = ProjectFactory(
        unit=tree.town, host=tree.park, code_name="甲一", confidential_until=date(2027, 1, 1)
    )
    entry = CapitalEntryFactory(unit=tree.park, project=secret)
    voucher = VoucherFactory(unit=tree.park, file=True)
    AllocationFactory(voucher=voucher, entry=entry)
    host = user_with(Role.UNIT_HEAD, tree.park)
    with pytest.raises(Denied):
        vouchers.voucher_update(actor=host, pk=voucher.pk, version=1, note="改")
    with pytest.raises(Denied):
        use(host, VoucherFactory(unit=tree.park), entry, 1)
    said = refused("file_taken", record, host, tree.park, number="9", stored=voucher.stored)
    assert voucher.number not in said
    paper = vouchers.entry_file_add(
        actor=TESTS, entry=entry.pk, stored=files.store(pdf(mark=b"2")), name="合同.pdf"
    )
    with pytest.raises(Denied):
        vouchers.entry_file_archive(actor=host, pk=paper.pk, reason="错")


def test_a_paper_is_taken_out_while_nothing_is_decided(tree, officer):
    entry = CapitalEntryFactory(unit=tree.town)
    row = vouchers.entry_file_add(
        actor=officer, entry=entry.pk, stored=files.store(pdf()), name="../../合同.pdf"
    )
    assert row.name == "合同.pdf"
    assert vouchers.entry_file_archive(actor=officer, pk=row.pk, reason="错").archived_at
    with pytest.raises(Archived):
        vouchers.entry_file_archive(actor=officer, pk=row.pk, reason="再")
    again = vouchers.entry_file_add(actor=officer, entry=entry.pk, stored=row.stored, name="合同.pdf")
    CapitalEntry._base_manager.filter(pk=entry.pk).update(state="final", rate=1)
    assert refused("decided", vouchers.entry_file_archive, actor=officer, pk=again.pk, reason="错")
    with pytest.raises(Refused):
        files.store(pdf("x.exe"))
