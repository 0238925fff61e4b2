"""Entries, vouchers, returns and duties for programs."""

from datetime import date

import pytest

from capital.models import Allocation, CapitalEntry, MonthlyReturn, ReportingDuty, Voucher
from organizations.choices import Role
from tests.projects.support import ProjectFactory
from tests.support.api import ReadSuite, WriteSuite, assert_problem
from tests.support.clients import session_api
from tests.support.factories_capital import (
    AllocationFactory,
    CapitalEntryFactory,
    MonthlyReturnFactory,
    ReportingDutyFactory,
    VoucherFactory,
    period,
)
from tests.support.factories_leads import InvestorFactory, yuan
from tests.support.factories_projects import signed_project
from tests.support.factories_work import pdf
from tests.support.suite import state_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("pipeline", "november", "english", "fresh_counters"),
]


class TestEntryApi(WriteSuite):
    model, factory, base = CapitalEntry, CapitalEntryFactory, "capital-entries"
    text, ordering = "note", "amount"
    change = ("note", "改后丁")
    hidden_key = "funder"

    def hidden(self, tree):
        return InvestorFactory(unit=tree.other_town)

    def payload(self, tree):
        project = ProjectFactory(unit=tree.town)
        return {
            "project": project.pk,
            "kind": "land",
            "occurred_on": "2026-11-05",
            "amount": "3000000.00",
            "note": "标记甲",
        }


class TestVoucherApi(WriteSuite):
    model, factory, base = Voucher, VoucherFactory, "vouchers"
    text, ordering = "number", "amount"
    change = ("number", "改后丁9")

    def payload(self, tree):
        return {
            "unit": tree.town.pk, "type": "invoice", "issuer": "示例公司", "number": "标记甲", "dated": "2026-11-05",
            "amount": "100.00", "currency": yuan().code,
        }  # fmt: skip


class TestReturnApi(ReadSuite):
    model, factory, base = MonthlyReturn, MonthlyReturnFactory, "returns"
    text, ordering = "preparer", "filed_at"

    def many(self, tree, n, where=None):
        start = where or 202401
        rows = []
        for _number in range(n):
            rows.append(MonthlyReturnFactory(unit=tree.town, period=period(start)))
            start = start + 1 if start % 100 < 12 else start + 89
        return rows, start

    def another(self, tree, where):
        return {**where, "period": period(202605)}


@pytest.fixture
def staff(tree):
    return session_api(Role.BUREAU_STAFF, tree.county)


def test_drafts_are_reported_and_withdrawn(tree, staff):
    project = signed_project(tree.town)
    made = [CapitalEntryFactory(unit=tree.town, project=project).pk for _one in range(2)]
    foreign = CapitalEntryFactory(unit=tree.other_town).pk
    base = "/api/v1/capital-entries/"
    before = state_of(CapitalEntry)
    assert_problem(staff.post(f"{base}report/", {"ids": [*made, foreign]}, format="json"), 404, "not_found")
    assert_problem(staff.post(f"{base}report/", {"ids": []}, format="json"), 400, "invalid")
    assert state_of(CapitalEntry) == before
    body = staff.post(f"{base}report/", {"ids": made}, format="json").json()
    assert [(one["state"], one["rate"]) for one in body] == [("reported", "1.00000000")] * 2
    assert_problem(staff.post(f"{base}report/", {"ids": made}, format="json"), 409, "not_draft")
    back = staff.post(f"{base}{made[0]}/withdraw/", {"version": 2, "reason": "录错"}, format="json")
    assert back.json()["state"] == "withdrawn"
    stale = staff.post(f"{base}{made[1]}/withdraw/", {"version": 1, "reason": "录错"}, format="json")
    assert_problem(stale, 409, "stale")
    change = staff.patch(f"{base}{made[1]}/", {"version": 2, "note": "改"}, format="json")
    assert_problem(change, 409, "not_draft")


def test_a_key_makes_sending_twice_harmless(tree, staff):
    sent = {
        "project": ProjectFactory(unit=tree.town).pk,
        "kind": "land",
        "occurred_on": "2026-11-05",
        "amount": "5",
        "request_key": "a1",
    }
    first, second = (staff.post("/api/v1/capital-entries/", sent, format="json").json() for _one in range(2))
    assert first["id"] == second["id"]
    other = staff.post("/api/v1/capital-entries/", {**sent, "amount": "6"}, format="json")
    assert_problem(other, 409, "key_taken")


def test_a_voucher_comes_with_its_file_and_is_used(tree, staff):
    sent = {
        "unit": tree.town.pk, "type": "invoice", "issuer": "示例公司", "number": "A-1", "dated": "2026-11-05",
        "amount": "100.00", "currency": yuan().code, "file": pdf("发票.pdf"),
    }  # fmt: skip
    made = staff.post("/api/v1/vouchers/", sent, format="multipart")
    assert made.status_code == 201, made.content
    row = Voucher._base_manager.get(pk=made.json()["id"])
    assert (row.file_name, made.json()["sha256"]) == ("发票.pdf", row.stored.sha256)
    again = staff.post(
        "/api/v1/vouchers/", {**sent, "number": "A-2", "file": pdf("又.pdf")}, format="multipart"
    )
    assert_problem(again, 409, "file_taken")
    entry = CapitalEntryFactory(unit=tree.town)
    use = f"/api/v1/vouchers/{row.pk}/use/"
    assert_problem(staff.post(use, {"entry": entry.pk, "amount": "100.01"}, format="json"), 409, "within")
    assert staff.post(use, {"entry": entry.pk, "amount": "99.99"}, format="json").json()["amount"] == "99.99"
    shown = staff.get(f"/api/v1/vouchers/{row.pk}/").json()
    assert (shown["used"], [one["entry"] for one in shown["allocations"]]) == ("99.99", [entry.pk])
    proofs = staff.get(f"/api/v1/capital-entries/{entry.pk}/").json()["allocations"]
    assert [(one["voucher"], one["amount"]) for one in proofs] == [(row.pk, "99.99")]
    hidden = CapitalEntryFactory(unit=tree.other_town)
    assert_problem(staff.post(use, {"entry": hidden.pk, "amount": "0.01"}, format="json"), 404, "not_found")
    assert Allocation._base_manager.count() == 1


def test_a_return_is_filed_over_the_api(tree, staff):
    sent = {"unit": tree.town.pk, "period": 202611, "preparer": "填报人甲"}
    assert_problem(staff.post("/api/v1/returns/", sent, format="json"), 409, "nothing")
    assert_problem(staff.post("/api/v1/returns/", {**sent, "period": 202614}, format="json"), 400, "invalid")
    assert_problem(
        staff.post("/api/v1/returns/", {**sent, "unit": tree.other_town.pk, "nil": True}, format="json"),
        403,
        "denied",
    )
    done = staff.post("/api/v1/returns/", {**sent, "nil": True}, format="json")
    assert (done.status_code, done.json()["state"]) == (201, "nil")


def test_duties_over_the_api(tree, staff):
    made = staff.post(
        "/api/v1/reporting-duties/", {"unit": tree.town.pk, "since": "2026-01-01"}, format="json"
    )
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    done = staff.patch(
        f"/api/v1/reporting-duties/{pk}/", {"version": 1, "until": "2026-06-30"}, format="json"
    )
    assert done.json()["until"] == "2026-06-30"
    ReportingDutyFactory(unit=tree.other_town)
    assert staff.get("/api/v1/reporting-duties/").json()["count"] == 1
    officer = session_api(Role.OFFICER, tree.town)
    assert_problem(
        officer.post("/api/v1/reporting-duties/", {"unit": tree.town.pk, "since": "2026-01-01"}, format="json"),
        403, "denied",
    )  # fmt: skip
    assert ReportingDuty._base_manager.count() == 2


def test_what_is_confidential_is_null(tree):
    secret = ProjectFactory(
        unit=tree.town, host=tree.park, name="标记工厂", code_name="甲一", confidential_until=date(2027, 1, 1)
    )
    entry = CapitalEntryFactory(unit=tree.park, project=secret, note="标记备注", amount=7_777_777)
    voucher = VoucherFactory(unit=tree.park, number="标记号", issuer="标记银行")
    AllocationFactory(voucher=voucher, entry=entry)
    host = session_api(Role.UNIT_HEAD, tree.park)
    for base, pk in (("capital-entries", entry.pk), ("vouchers", voucher.pk)):
        for url in (f"/api/v1/{base}/", f"/api/v1/{base}/{pk}/", f"/api/v1/{base}/?q=标记"):
            text = host.get(url).content.decode().replace("q=标记", "")
            assert "标记" not in text
            assert "7777777" not in text
