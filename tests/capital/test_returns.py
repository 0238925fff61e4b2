"""Monthly returns: filed, nil, missing; the paper, its scan; duties."""

from datetime import date
from decimal import Decimal

import pytest

from capital.models import CapitalEntry, MonthlyReturn, ReportingDuty
from capital.returns import missing_units, parts_of
from capital.services.entries import entries_report
from organizations.choices import Role
from tests.projects.support import ProjectFactory
from tests.support.clients import client_for
from tests.support.factories import TESTS
from tests.support.factories_capital import (
    CapitalEntryFactory,
    MonthlyReturnFactory,
    ReportingDutyFactory,
    period,
)
from tests.support.factories_projects import dollars, signed_project
from tests.support.factories_work import pdf
from tests.support.suite import state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]
URL = "/capital/returns/"


@pytest.fixture
def staff(tree):
    return client_for(Role.BUREAU_STAFF, tree.county)


def states(client, query=""):
    page = client.get(f"{URL}?period=202611{query}")
    assert page.status_code == 200
    return {row.record.unit.name: row.record.return_state for row in page.context["table"].rows}


def test_filed_nil_and_missing_are_three_things(tree, staff):
    ReportingDutyFactory(unit=tree.town)
    ReportingDutyFactory(unit=tree.second_town)
    ReportingDutyFactory(unit=tree.county)
    ReportingDutyFactory(unit=tree.other_town)  # another county's
    ReportingDutyFactory(unit=tree.park, since=date(2026, 1, 1), until=date(2026, 10, 31))  # over
    MonthlyReturnFactory(unit=tree.town, period=period(202611))
    MonthlyReturnFactory(unit=tree.second_town, period=period(202611), state="nil")
    assert states(staff) == {"龙驹寨镇": "filed", "棣花镇": "nil", "丹凤县": ""}
    rows = staff.get(f"{URL}?period=202611").context["table"].rows
    arrived = {row.record.unit.name: row.get_cell("arrived") for row in rows}
    assert arrived == {"龙驹寨镇": "0.00", "棣花镇": "0.00", "丹凤县": "—"}  # missing isn't zero
    assert states(staff, "&filed=missing") == {"丹凤县": ""}
    assert states(staff, "&filed=nil") == {"棣花镇": "nil"}
    assert [one.name for one in missing_units(202611)] == ["丹凤县", "河口镇"]
    assert tree.park in missing_units(202610)
    assert tree.park not in missing_units(202611)
    tabs = [one["count"] for one in staff.get(f"{URL}?period=202611").context["view_tabs"]][:4]
    assert tabs == [3, 1, 1, 1]
    table = staff.get(f"{URL}?period=202611&format=csv")
    assert "丹凤县" in b"".join(table.streaming_content).decode("utf-8-sig")
    assert client_for(Role.LEADER, tree.county).get(f"{URL}?period=202611&format=csv").status_code == 403
    assert states(client_for(Role.BUREAU_STAFF, tree.other_county)) == {"河口镇": ""}
    for wrong in ("period=2026", "period=202614", "period=x", "period=000001"):
        assert staff.get(f"{URL}?{wrong}").status_code == 400


def test_a_return_is_filed_with_its_drafts_printed_and_its_scan_attached(tree):
    """Arrived 300.00, formed 80.50; never one sum of 380.50."""
    project, officer = signed_project(tree.town), client_for(Role.OFFICER, tree.town)
    CapitalEntryFactory(unit=tree.town, project=project, amount=Decimal(3_000_000))
    CapitalEntryFactory(unit=tree.town, project=project, kind="plant", amount=Decimal(805_000))
    about = f"unit={tree.town.pk}&period=202611"
    assert "was not filed yet" in officer.get(f"{URL}print/?{about}").content.decode()
    form = officer.get(f"{URL}file/?{about}")
    assert "2 drafts" in form.content.decode()
    given = {"preparer": "填报人甲", "checker": "审核人乙", "responsible": "负责人丙"}
    nil = officer.post(f"{URL}file/?{about}", {**given, "nil": "on"})
    assert nil.status_code == 422
    assert nil.context["form"].errors["nil"]
    assert nil.context["form"]["checker"].value() == "审核人乙"
    assert not MonthlyReturn._base_manager.exists()
    assert officer.post(f"{URL}file/?{about}", given).status_code == 302
    assert set(CapitalEntry._base_manager.values_list("state", flat=True)) == {"reported"}
    row = MonthlyReturn._base_manager.get()
    paper = officer.get(f"{URL}{row.pk}/").content.decode()
    for words in ("填报人甲", "审核人乙", "负责人丙", "(stamp)", "300.00", "80.50", tree.town.name):
        assert words in paper
    assert "380.50" not in paper
    scan = f"{URL}{row.pk}/scan/"
    bad = officer.post(scan, {"version": row.version, "scan": pdf("扫描.exe")})
    assert bad.status_code == 422
    sent = officer.post(scan, {"version": row.version, "scan": pdf("扫描件.pdf", mark=b"signed")})
    assert sent.status_code == 302
    row.refresh_from_db()
    assert (row.scan_name, row.version) == ("扫描件.pdf", 2)
    answer = officer.get(f"{URL}{row.pk}/scan/file/")
    assert answer["Content-Disposition"].startswith("attachment")
    stale = officer.post(scan, {"version": 1, "scan": pdf("又一份.pdf", mark=b"other")})
    assert stale.status_code == 409
    stranger = client_for(Role.BUREAU_STAFF, tree.other_county)
    for url in (f"{URL}{row.pk}/", scan, f"{scan}file/", f"{URL}print/?{about}", f"{URL}file/?{about}"):
        assert stranger.get(url).status_code == 404
    reader = client_for(Role.LEADER, tree.county)
    assert reader.get(f"{URL}print/?{about}").status_code == 200
    before = state_of(MonthlyReturn)
    for url in (scan, f"{URL}file/?{about}"):
        assert reader.post(url, given).status_code == 403
    assert state_of(MonthlyReturn) == before
    other = MonthlyReturnFactory(unit=tree.town, period=period(202610))
    again = officer.post(f"{URL}{other.pk}/scan/", {"version": 1, "scan": pdf("扫描件.pdf", mark=b"signed")})
    assert "2026-11" in str(again.context["form"].errors["scan"])


def test_a_nil_return(tree):
    head = client_for(Role.UNIT_HEAD, tree.second_town)
    about = f"unit={tree.second_town.pk}&period=202610"
    empty = head.post(f"{URL}file/?{about}", {"preparer": "甲"})
    assert "Nothing is entered" in str(empty.context["form"].errors)
    assert head.post(f"{URL}file/?{about}", {"preparer": "甲", "nil": "on"}).status_code == 302
    assert "Nothing to report for this month" in head.get(f"{URL}print/?{about}").content.decode()
    assert head.post(f"{URL}file/?unit=x", {"preparer": "甲"}).status_code == 404
    assert (
        head.post(f"{URL}file/?unit={tree.second_town.pk}&period=202612", {"preparer": "甲"}).status_code
        == 422
    )


def test_a_confidential_project_is_starred_on_the_paper(tree):
    secret = ProjectFactory(
        unit=tree.town, host=tree.park, name="标记工厂", code_name="甲一", confidential_until=date(2027, 1, 1)
    )
    CapitalEntryFactory(unit=tree.park, project=secret, amount=Decimal(77_770_000), state="reported")
    paper = client_for(Role.UNIT_HEAD, tree.park).get(f"{URL}print/?unit={tree.park.pk}&period=202611")
    page = paper.content.decode()
    assert "甲一" in page
    assert "标记工厂" not in page
    assert "7,777.00" not in page


def amounts(client):
    """{unit: what the list says arrived}."""
    page = client.get(f"{URL}?period=202611")
    return {row.record.unit.name: row.record.arrived for row in page.context["table"].rows}


def test_what_is_confidential_is_in_no_sum_of_the_list(tree):
    """The park reported 7,777 of the town's secret project and 100 of its own: who stands outside reads 100."""
    ReportingDutyFactory(unit=tree.park)
    secret = signed_project(tree.town, host=tree.park, code_name="甲一", confidential_until=date(2027, 1, 1))
    rows = [
        CapitalEntryFactory(unit=tree.park, project=secret, amount=Decimal(77_770_000)),
        CapitalEntryFactory(unit=tree.park, project=signed_project(tree.park)),
    ]
    entries_report(actor=TESTS, pks=[row.pk for row in rows])
    assert amounts(client_for(Role.UNIT_HEAD, tree.park)) == {tree.park.name: 1_000_000}
    assert amounts(client_for(Role.BUREAU_STAFF, tree.city)) == {tree.park.name: 78_770_000}


def test_an_opening_balance_is_on_no_return(tree, staff):
    """Nobody reports it: neither the list nor the paper speaks of it, and the month can be nil."""
    ReportingDutyFactory(unit=tree.town)
    CapitalEntryFactory(unit=tree.town, is_opening=True)
    CapitalEntryFactory(unit=tree.town, is_opening=True, state="final")
    (row,) = staff.get(f"{URL}?period=202611").context["table"].rows
    assert (row.record.drafts, row.record.reported, row.record.arrived) == (0, 0, 0)
    about = f"unit={tree.town.pk}&period=202611"
    form = staff.get(f"{URL}file/?{about}").context
    assert form["consequences"] == []
    paper = staff.get(f"{URL}print/?{about}").context
    assert (paper["drafts"], [part.lines for part in paper["parts"]]) == (0, [[], []])
    assert staff.post(f"{URL}file/?{about}", {"preparer": "甲", "nil": "on"}).status_code == 302


def test_yuan_on_the_paper_are_rounded_as_in_the_books(tree):
    """0.05 dollars at 7.1 are 0.355, half up 0.36 each; two of them 0.72, not 0.71."""
    usd = dollars(rate="7.1", on=date(2026, 11, 20))
    given = {"unit": tree.town, "project": signed_project(tree.town), "currency": usd}
    rows = [CapitalEntryFactory(amount=Decimal("0.05"), **given) for _one in range(2)]
    entries_report(actor=TESTS, pks=[row.pk for row in rows])
    (arrived, _formed) = parts_of(TESTS, tree.town, 202611)
    assert arrived.total == Decimal("0.72")
    ReportingDutyFactory(unit=tree.town)
    assert amounts(client_for(Role.BUREAU_STAFF, tree.county)) == {tree.town.name: Decimal("0.72")}


def test_duties_are_kept_by_the_bureau(tree, staff):
    done = staff.post(
        "/capital/duties/new/", {"units": [tree.town.pk, tree.second_town.pk], "since": "2026-01-01"}
    )
    assert done.status_code == 302
    first, second = ReportingDuty._base_manager.order_by("pk")
    assert (first.unit, second.since) == (tree.town, date(2026, 1, 1))
    page = staff.get("/capital/duties/new/")
    offered = {unit.pk for unit in page.context["form"].fields["units"].queryset}
    assert not offered & {tree.town.pk, tree.second_town.pk, tree.other_town.pk}
    wrong = staff.post("/capital/duties/new/", {"units": [tree.other_town.pk], "since": "2026-01-01"})
    assert wrong.status_code == 422
    url = f"/capital/duties/{first.pk}/"
    assert staff.get(url).status_code == 200
    bad = staff.post(f"{url}change/", {"version": 1, "since": "2026-01-01", "until": "2025-12-31"})
    assert bad.status_code == 422
    assert (
        staff.post(f"{url}change/", {"version": 1, "since": "2026-01-01", "until": "2026-06-30"}).status_code
        == 302
    )
    assert staff.post(f"{url}change/", {"version": 1, "since": "2026-02-01"}).status_code == 409
    assert staff.post(f"{url}archive/", {"version": 2, "reason": "录错"}).status_code == 302
    assert staff.get("/capital/duties/?running=yes").context["total"] == 1
    before = state_of(ReportingDuty)
    officer, stranger = (
        client_for(Role.OFFICER, tree.second_town),
        client_for(Role.BUREAU_STAFF, tree.other_county),
    )
    assert officer.get("/capital/duties/").status_code == 200
    assert (
        officer.post("/capital/duties/new/", {"units": [tree.town.pk], "since": "2026-01-01"}).status_code
        == 403
    )
    assert (
        officer.post(f"/capital/duties/{second.pk}/archive/", {"version": 1, "reason": "x"}).status_code
        == 403
    )
    assert stranger.get(f"/capital/duties/{second.pk}/").status_code == 404
    assert state_of(ReportingDuty) == before
