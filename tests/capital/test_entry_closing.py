"""What the books ask of entries: cutting off, the checklist, `ledger check`."""

import os
from datetime import date, timedelta

import pytest

from capital import closing_steps, integrity
from capital.models import CapitalEntry, RolledForward
from capital.services.entries import entries_report, entry_update, entry_withdraw
from common import clock, files
from ledger.closings import checklist, period_cut_off
from ledger.models import Period
from tests.support.factories import TESTS
from tests.support.factories_capital import (
    AllocationFactory,
    CapitalEntryFactory,
    MonthlyReturnFactory,
    ReportingDutyFactory,
    VoucherFactory,
    period,
)
from tests.support.factories_projects import signed_project
from tests.support.factories_work import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def test_drafts_that_were_not_reported_go_on_by_name(tree):
    """A draft of 8 October that isn't reported before the cut-off counts in November and stays of 8 October."""
    draft = CapitalEntryFactory(unit=tree.town, occurred_on=date(2026, 10, 8))
    opening = CapitalEntryFactory(unit=tree.town, occurred_on=date(2026, 10, 1), is_opening=True)
    period_cut_off(actor=TESTS, code=202610)
    draft.refresh_from_db()
    assert (draft.period_id, draft.occurred_on, draft.version) == (202611, date(2026, 10, 8), 2)
    (roll,) = RolledForward.objects.all()
    assert (roll.entry, roll.from_period_id, roll.to_period_id, roll.state) == (
        draft,
        202610,
        202611,
        "draft",
    )
    assert CapitalEntry._base_manager.get(pk=opening.pk).period_id == 202610


def test_a_draft_that_went_on_and_got_a_later_day_waits_in_its_own_month(tree):
    """Rolled from September to October, then dated 5 November: reported, it waits in November."""
    row = CapitalEntryFactory(unit=tree.town, project=signed_project(tree.town), occurred_on=date(2026, 9, 8))
    period_cut_off(actor=TESTS, code=202609)
    assert RolledForward.objects.get().to_period_id == 202610
    entry_update(actor=TESTS, pk=row.pk, version=None, occurred_on=date(2026, 11, 5))
    entries_report(actor=TESTS, pks=[row.pk])
    counts = [closing_steps.waiting_in(period(code)).count() for code in (202610, 202611)]
    assert counts == [0, 1]


def test_missing_returns_stand_on_the_checklist_and_stop_nobody(tree):
    ReportingDutyFactory(unit=tree.town)
    ReportingDutyFactory(unit=tree.second_town)
    MonthlyReturnFactory(unit=tree.town, period=period(202610))
    line = next(one for one in checklist(Period.objects.get(code=202610)) if one.code == "capital_returns")
    assert (line.count, line.blocks) == (1, False)
    assert "filed=missing" in line.found[0].url
    MonthlyReturnFactory(unit=tree.second_town, period=period(202610), state="nil")
    line = next(one for one in checklist(Period.objects.get(code=202610)) if one.code == "capital_returns")
    assert line.count == 0


def test_entries_and_vouchers_are_compared_with_the_books(tree):
    project = signed_project(tree.town)
    rows = [CapitalEntryFactory(unit=tree.town, project=project) for _one in range(3)]
    entries_report(actor=TESTS, pks=[rows[0].pk, rows[1].pk])
    entry_withdraw(actor=TESTS, pk=rows[1].pk, version=2, reason="录错")
    voucher = VoucherFactory(unit=tree.town)
    AllocationFactory(voucher=voucher, entry=rows[0])
    assert integrity.booked() == (3, [])
    assert integrity.vouchers() == (1, [])
    CapitalEntry._base_manager.filter(pk=rows[0].pk).update(state="draft")
    CapitalEntry._base_manager.filter(pk=rows[2].pk).update(state="reported", rate=1)
    type(voucher)._base_manager.filter(pk=voucher.pk).update(amount=1)
    assert {(one.where, one.text) for one in integrity.booked()[1]} == {
        (rows[0].number, "A draft is in the books."),
        (rows[2].number, "It isn't in the books."),
    }
    assert [one.text for one in integrity.vouchers()[1]] == ["It is used beyond its amount."]


def test_evidence_that_is_gone_altered_or_nobodys_is_found(tree, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    gone, altered, good = (
        VoucherFactory(unit=tree.town, stored=files.store(pdf(mark=mark))) for mark in (b"1", b"2", b"3")
    )
    assert integrity.evidence() == (3, [])
    files.place(gone.stored.sha256).unlink()
    files.place(altered.stored.sha256).write_bytes(b"%PDF-1.4 else")
    left = files.store(pdf(mark=b"4"))
    path = files.place(left.sha256)
    orphan = path.with_name("0" * 64)
    orphan.write_bytes(b"%PDF-1.4")
    assert len(integrity.evidence()[1]) == 2  # a fresh file may still get its row
    old = (clock.now() - timedelta(days=2)).timestamp()
    os.utime(orphan, (old, old))
    os.utime(path, (old, old))
    found = {one.where: one.text for one in integrity.evidence()[1]}
    assert found == {
        gone.stored.sha256[:12]: "The file isn't on the disk.",
        altered.stored.sha256[:12]: "The file was altered.",
        "0" * 12: "The file is on the disk and no row names it.",
    }
    assert integrity.clear() == 1
    assert (orphan.exists(), path.exists(), files.place(good.stored.sha256).exists()) == (False, True, True)
