"""Entries from Excel: template, preview, all or nothing, twice the same, undo."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capital.models import Allocation, CapitalEntry, Voucher
from capital.services.entries import entries_report
from capital.services.vouchers import voucher_archive
from common import imports, sheets
from common.errors import Denied, Refused
from organizations.choices import Role
from projects.models import ProjectInvestor
from tests.projects.support import ProjectFactory
from tests.support.clients import client_for, user_with
from tests.support.factories import TESTS
from tests.support.factories_capital import CapitalEntryFactory
from tests.support.factories_leads import InvestorFactory, yuan
from tests.support.factories_projects import signed_project
from tests.support.suite import state_of
from tests.support.world import sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]
HEADS = [
    "项目编号",
    "到位类别",
    "到位日期",
    "到位金额",
    "出资方",
    "凭证类型",
    "出具单位",
    "凭证号",
    "凭证日期",
    "备注",
]


@pytest.fixture
def staff(tree):
    yuan()
    return user_with(Role.BUREAU_STAFF, tree.county)


def taken_in(actor, tree, *rows, heads=HEADS):
    return imports.start(
        actor=actor,
        importer="capital",
        data=sheet([heads, *rows]),
        filename="到位.xlsx",
        scope_path=tree.county.path,
        params={},
    )


def problems(batch):
    return {row.number: [one["message"] for one in row.problems] for row in batch.rows.order_by("number")}


def money(project, amount="300", **values):
    given = {
        "kind": "注册资本实缴",
        "on": "2026-11-05",
        "funder": "",
        "slip": ("", "", "", ""),
        "note": "",
        **values,
    }
    return [
        project.number,
        given["kind"],
        given["on"],
        amount,
        given["funder"],
        *given["slip"],
        given["note"],
    ]


def test_the_template_comes_back_filled_in(tree, staff):
    client = client_for(Role.BUREAU_STAFF, tree.county)
    page = client.get("/imports/templates/capital/")
    assert page.status_code == 200
    assert sheets.read_workbook(b"".join(page.streaming_content) if page.streaming else page.content)


def test_rows_become_drafts_with_their_vouchers_and_the_file_may_come_twice(tree, staff):
    project = ProjectFactory(unit=tree.town)
    funder = InvestorFactory(unit=tree.town, name="示例远洋公司", zone="abroad")
    ProjectInvestor._base_manager.create(project=project, investor=funder, percent=100)
    rows = (
        money(
            project,
            kind="registered",
            funder="示例远洋公司",
            slip=("bank_slip", "示例银行", "HD-1", "2026-11-05"),
        ),
        money(project, "12.5", kind="equipment", note="一期设备"),
    )
    batch = taken_in(staff, tree, *rows)
    assert problems(batch) == {2: [], 3: []}
    imports.confirm(actor=staff, pk=batch.pk)
    first, second = CapitalEntry._base_manager.order_by("pk")
    assert (first.amount, first.zone, first.basis, first.state) == (3_000_000, "abroad", "arrived", "draft")
    assert (second.amount, second.note, second.basis) == (125_000, "一期设备", "formed")
    assert Allocation._base_manager.get().voucher.number == "HD-1"
    again = taken_in(staff, tree, *rows)
    assert set(again.rows.values_list("result", flat=True)) == {"unchanged"}
    imports.confirm(actor=staff, pk=again.pk)
    assert CapitalEntry._base_manager.count() == 2


def test_the_other_basis_is_another_entry_and_a_project_is_read_once(tree, staff):
    """ "Other" may have arrived or been formed: the one isn't there because the other is."""
    project = ProjectFactory(unit=tree.town)
    heads = ["项目编号", "到位类别", "口径", "到位日期", "到位金额"]

    def line(basis, day=5):
        return [project.number, "other", basis, f"2026-11-{day:02d}", "300"]

    imports.confirm(actor=staff, pk=taken_in(staff, tree, line("arrived"), heads=heads).pk)
    again = taken_in(staff, tree, line("arrived"), line("formed"), heads=heads)
    assert list(again.rows.order_by("number").values_list("result", flat=True)) == ["unchanged", "new"]

    def looked(count):
        rows = [line("arrived", day) for day in range(6, 6 + count)]
        with CaptureQueriesContext(connection) as seen:
            taken_in(staff, tree, *rows, heads=heads)
        return sum('FROM "cap_entry"' in one["sql"] for one in seen)

    assert looked(9) == looked(2)


def test_a_draft_is_changed_by_its_number(tree, staff):
    draft = CapitalEntryFactory(unit=tree.town, note="旧")
    heads = ["项目编号", "到位类别", "到位日期", "到位金额", "到位编号", "备注"]
    row = [draft.project.number, "registered", draft.occurred_on.isoformat(), "150", draft.number, "新"]
    batch = taken_in(staff, tree, row, heads=heads)
    assert problems(batch) == {2: []}
    imports.confirm(actor=staff, pk=batch.pk)
    draft.refresh_from_db()
    assert (draft.amount, draft.note, draft.version) == (1_500_000, "新", 2)
    imports.undo(actor=staff, pk=batch.pk, reason="发错了")
    draft.refresh_from_db()
    assert (draft.amount, draft.note) == (1_000_000, "旧")


def test_wrong_rows_say_why_and_nothing_is_written(tree, staff):
    project = ProjectFactory(unit=tree.town)
    foreign = ProjectFactory(unit=tree.other_town)
    secret = ProjectFactory(
        unit=tree.other_town, host=tree.county, code_name="甲一", confidential_until=date(2027, 1, 1)
    )
    good = money(project, kind="registered")
    rows = (
        good,
        money(foreign, kind="registered"),
        money(secret, kind="registered"),
        money(project, kind="股权"),
        money(project, kind="other"),
        money(project, kind="plant", on="2026-11-21"),
        money(project, kind="plant", amount="0"),
        money(project, kind="plant", amount="十二"),
        money(project, kind="plant", funder="谁也不是公司"),
        money(project, kind="land", slip=("invoice", "", "9", "")),
        good,
    )
    batch = taken_in(staff, tree, *rows)
    found = problems(batch)
    assert not found[2]
    assert all(found[number] for number in range(3, 13)), found
    assert "no project" in found[3][0]
    assert "no project" in found[4][0]
    assert "twice" in found[12][0]
    before = state_of(CapitalEntry)
    with pytest.raises(Refused):
        imports.confirm(actor=staff, pk=batch.pk)
    assert state_of(CapitalEntry) == before


def test_a_slip_that_is_recorded_stops_the_whole_file(tree, staff):
    project = ProjectFactory(unit=tree.town)
    slip = ("invoice", "示例公司", "F-1", "2026-11-05")
    batch = taken_in(
        staff, tree, money(project, kind="plant", slip=slip), money(project, "7", kind="plant", slip=slip)
    )
    with pytest.raises(Refused, match="already recorded"):
        imports.confirm(actor=staff, pk=batch.pk)
    assert not CapitalEntry._base_manager.exists()
    assert not Voucher._base_manager.exists()


def test_undone_while_nothing_is_recognised(tree, staff):
    project = signed_project(tree.town)
    slip = ("invoice", "示例公司", "F-1", "2026-11-05")
    batch = taken_in(staff, tree, money(project, kind="plant", slip=slip), money(project, "7", kind="land"))
    imports.confirm(actor=staff, pk=batch.pk)
    first, second = CapitalEntry._base_manager.order_by("pk")
    entries_report(actor=TESTS, pks=[first.pk])
    CapitalEntry._base_manager.filter(pk=second.pk).update(state="final", rate=1)
    with pytest.raises(Refused, match="decided on"):
        imports.undo(actor=staff, pk=batch.pk, reason="发错了")
    assert CapitalEntry._base_manager.get(pk=first.pk).state == "reported"
    CapitalEntry._base_manager.filter(pk=second.pk).update(state="draft", rate=None)
    imports.undo(actor=staff, pk=batch.pk, reason="发错了")
    assert CapitalEntry._base_manager.get(pk=first.pk).state == "withdrawn"
    assert CapitalEntry._base_manager.get(pk=second.pk).archived_at
    assert Voucher._base_manager.get().archived_at
    assert not Allocation._base_manager.filter(archived_at=None).exists()


def test_who_may_enter_may_undo_his_own_import(tree):
    """An officer can't put a voucher away, but the one that his own file brought goes with the file."""
    yuan()
    officer = user_with(Role.OFFICER, tree.town)
    project = signed_project(tree.town)
    row = money(project, kind="plant", slip=("invoice", "示例公司", "F-7", "2026-11-05"))
    batch = imports.start(
        actor=officer,
        importer="capital",
        data=sheet([HEADS, row]),
        filename="到位.xlsx",
        scope_path=tree.town.path,
        params={},
    )
    imports.confirm(actor=officer, pk=batch.pk)
    voucher = Voucher._base_manager.get()
    with pytest.raises(Denied):
        voucher_archive(actor=officer, pk=voucher.pk, version=None, reason="发错了")
    imports.undo(actor=officer, pk=batch.pk, reason="发错了")
    voucher.refresh_from_db()
    assert (voucher.archived_at is not None, voucher.version) == (True, 2)
    assert CapitalEntry._base_manager.get().archived_at
