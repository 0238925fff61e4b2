"""The month grid of a unit: what it shows, what it saves, what it refuses without losing anything."""

import io
import re
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from capital.models import CapitalEntry
from capital.services.entries import entries_report
from capital.services.grid import grid_save
from common import memo
from common.errors import Denied, NotVisible
from common.models import ExportLog
from ledger.choices import PeriodState
from ledger.models import Period
from organizations.choices import Role
from projects.models import ProjectInvestor
from tests.capital.test_entries import refused
from tests.projects.support import ProjectFactory
from tests.support.clients import client_for, user_with
from tests.support.factories import TESTS
from tests.support.factories_capital import CapitalEntryFactory, period
from tests.support.factories_leads import InvestorFactory
from tests.support.factories_projects import dollars, signed_project
from tests.support.suite import state_of
from tests.support.world import sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]
URL = "/capital/grid/"


@pytest.fixture
def officer(tree):
    return client_for(Role.OFFICER, tree.town)


def boxes(client, query=""):
    """What a browser would send back of the grid."""
    page = client.get(f"{URL}?{query}")
    assert page.status_code == 200
    found = re.findall(r'<input[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"', page.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken" and name != "q"}


def rows():
    return {
        (one.project_id, one.kind): (one.amount, one.version, one.archived_at is not None)
        for one in CapitalEntry._base_manager.order_by("pk")
    }


def test_a_month_is_typed_changed_and_emptied(tree, officer):
    first, second = (ProjectFactory(unit=tree.town, name=name) for name in ("标记甲厂", "标记乙厂"))
    abroad = InvestorFactory(unit=tree.town, zone="abroad")
    ProjectInvestor._base_manager.create(project=first, investor=abroad, percent=100)
    sent = boxes(officer)
    assert (sent["period"], sent["occurred_on"], sent["unit"]) == ("202611", "2026-11-20", str(tree.town.pk))
    cell, other = f"c-{first.pk}-registered", f"c-{second.pk}-plant"
    done = officer.post(URL, {**sent, cell: "1,234.56", other: "80", "occurred_on": "2026-11-06"})
    assert done.status_code == 302
    assert rows() == {
        (first.pk, "registered"): (Decimal("12345600.00"), 1, False),
        (second.pk, "plant"): (Decimal("800000.00"), 1, False),
    }
    row = CapitalEntry._base_manager.get(project=first)
    assert (row.zone, row.basis, row.occurred_on, row.entered_by) == (
        "abroad", "arrived", date(2026, 11, 6), officer.user,
    )  # fmt: skip
    again = boxes(officer)
    assert (again[cell], again[other]) == ("1234.56", "80")
    assert officer.post(URL, again).status_code == 302
    assert {version for _amount, version, _gone in rows().values()} == {1}  # nothing changed
    assert officer.post(URL, {**again, cell: "1000", other: ""}).status_code == 302
    assert rows() == {
        (first.pk, "registered"): (Decimal("10000000.00"), 2, False),
        (second.pk, "plant"): (Decimal("800000.00"), 2, True),
    }


def test_last_month_and_the_year_stand_beside(tree, officer):
    """October 300, September 200 and November 50 reported: last 300.00, year 550.00. Withdrawn ones don't count."""
    project = signed_project(tree.town)
    for day, amount in ((date(2026, 9, 5), 2), (date(2026, 10, 5), 3), (date(2026, 11, 5), Decimal("0.5"))):
        row = CapitalEntryFactory(
            unit=tree.town, project=project, occurred_on=day, amount=Decimal(amount) * 1_000_000
        )
        entries_report(actor=TESTS, pks=[row.pk])
    CapitalEntryFactory(unit=tree.town, project=project, state="withdrawn", amount=Decimal(9_000_000))
    page = officer.get(URL).content.decode()
    assert "300.00 / 550.00" in page
    assert re.search(r"reported\s+50\.00", page)
    assert boxes(officer)[f"c-{project.pk}-registered"] == ""
    total = officer.get(URL).context["totals"][0]
    assert (total["month"], total["last"], total["year"]) == (500_000, 3_000_000, 5_500_000)


def test_bad_input_loses_nothing(tree, officer):
    project = ProjectFactory(unit=tree.town)
    cell, bad = f"c-{project.pk}-registered", f"c-{project.pk}-land"
    sent = {**boxes(officer), cell: "250", bad: "十二"}
    before = state_of(CapitalEntry)
    for wrong in (sent, {**sent, bad: "-3"}, {**sent, bad: "NaN"}, {**sent, bad: "1", "occurred_on": "下周"},
                  {**sent, bad: "1", "occurred_on": "2026-10-31"}, {**sent, bad: "1", "occurred_on": "2026-11-21"}):  # fmt: skip
        answer = officer.post(URL, wrong)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert 'value="250"' in page
        assert f'value="{wrong[bad]}"' in page
        assert "Nothing was saved" in page
        assert state_of(CapitalEntry) == before
    marked = officer.post(URL, sent).content.decode()
    assert marked.count('aria-invalid="true"') == 1
    assert officer.get(f"{URL}?period=202612").status_code == 400
    assert officer.get(f"{URL}?period=x").status_code == 400
    assert officer.get(f"{URL}?period=000001").status_code == 400
    assert officer.get(f"{URL}?unit=x").status_code == 404


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(tree, officer):
    project = ProjectFactory(unit=tree.town)
    draft = CapitalEntryFactory(unit=tree.town, project=project)
    cell = f"c-{project.pk}-registered"
    mine = {**boxes(officer), cell: "1"}
    assert officer.post(URL, {**boxes(officer), cell: "2"}).status_code == 302
    before = state_of(CapitalEntry)
    answer = officer.post(URL, mine)
    assert answer.status_code == 422
    assert "changed by somebody else" in answer.content.decode()
    assert state_of(CapitalEntry) == before
    fresh = {**boxes(officer), f"c-{project.pk}-plant": "5"}
    CapitalEntryFactory(unit=tree.town, project=project, kind="plant")
    assert officer.post(URL, fresh).status_code == 422
    assert CapitalEntry._base_manager.get(pk=draft.pk).amount == 20_000


def test_several_drafts_of_a_cell_are_left_to_the_list(tree, officer):
    project = ProjectFactory(unit=tree.town)
    for _one in range(2):
        CapitalEntryFactory(unit=tree.town, project=project)
    cell = f"c-{project.pk}-registered"
    sent = boxes(officer)
    assert cell not in sent
    assert officer.post(URL, {**sent, cell: "7"}).status_code == 302
    assert {amount for amount, _version, _gone in rows().values()} == {1_000_000}


def test_dollars_stay_dollars(tree, officer):
    project = ProjectFactory(unit=tree.town, currency=dollars())
    sent = {**boxes(officer), f"c-{project.pk}-registered": "500"}
    assert officer.post(URL, sent).status_code == 302
    row = CapitalEntry._base_manager.get()
    assert (row.amount, str(row.currency_id)) == (5_000_000, "USD")
    assert officer.get(URL).context["totals"][0]["month"] == 0  # the sum is of yuan


def test_who_may_save_which_month(tree, officer):
    project, foreign = ProjectFactory(unit=tree.town), ProjectFactory(unit=tree.other_town)
    period(202611)
    sent = {
        "unit": tree.town.pk,
        "period": "202611",
        "occurred_on": "2026-11-06",
        f"c-{project.pk}-land": "1",
    }
    before = state_of(CapitalEntry)
    assert client_for(Role.LEADER, tree.county).post(URL, sent).status_code == 403
    assert client_for(Role.OFFICER, tree.other_town).post(URL, sent).status_code in (403, 404)
    day, cells = date(2026, 11, 6), {(foreign.pk, "land"): Decimal(1)}
    given = {"period": 202611, "occurred_on": day, "seen": {}}
    with pytest.raises(NotVisible):
        grid_save(actor=officer.user, unit=tree.town, cells=cells, **given)
    with pytest.raises(Denied):
        grid_save(actor=officer.user, unit=tree.other_town, cells=cells, **given)
    with pytest.raises(Denied):
        grid_save(actor=user_with(Role.EVALUATOR, tree.city), unit=tree.town, cells={}, **given)
    Period.objects.filter(code=202611).update(state=PeriodState.CUT_OFF)
    assert refused("month_closed", grid_save, actor=officer.user, unit=tree.town, cells={}, **given)
    assert officer.post(URL, sent).status_code == 422
    assert "no longer takes entries" in officer.get(URL).content.decode()
    assert state_of(CapitalEntry) == before


def test_a_confidential_project_is_no_row_for_those_outside(tree):
    ProjectFactory(unit=tree.town, name="标记秘密", code_name="甲一", confidential_until=date(2027, 1, 1))
    ProjectFactory(unit=tree.park, name="标记公开")
    ProjectFactory(
        unit=tree.town, host=tree.park, name="标记入园", code_name="乙一", confidential_until=date(2027, 1, 1)
    )
    assert "标记秘密" in client_for(Role.OFFICER, tree.town).get(URL).content.decode()
    park = client_for(Role.OFFICER, tree.park).get(URL).content.decode()
    assert "标记公开" in park
    assert "标记入园" not in park


def test_a_workbook_is_handed_out_and_read_back_into_the_boxes(tree, officer):
    """Nothing is saved by it; what was typed stays where the workbook says nothing."""
    first, second = (ProjectFactory(unit=tree.town, name=name) for name in ("标记甲厂", "标记乙厂"))
    CapitalEntryFactory(unit=tree.town, project=first)
    handed = officer.get(f"{URL}?format=xlsx")
    book = load_workbook(io.BytesIO(handed.content)).active
    table = [list(row) for row in book.iter_rows(values_only=True)]
    lines = {row[0]: row for row in table[1:]}
    assert lines[first.number][1:3] == ["标记甲厂", 100]
    assert ExportLog.objects.count() == 1
    lines[second.number][3:5] = ["1,200.5", 30]
    sent = {**boxes(officer), f"c-{second.pk}-land": "7", "fill": "1"}
    stranger = ["谁的项目", "", 5]
    upload = SimpleUploadedFile("到位.xlsx", sheet([table[0], *lines.values(), stranger]))
    before = state_of(CapitalEntry)
    answer = officer.post(URL, {**sent, "sheet": upload})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "谁的项目" in page
    assert "Choose the file again" not in page  # what it says stands in the boxes
    named = f'name="c-{second.pk}-other_money" value="1200.5"'
    assert named in page
    assert f'name="c-{second.pk}-equipment" value="30"' in page
    assert f'name="c-{second.pk}-land" value="7"' in page
    for wrong in (SimpleUploadedFile("a.xlsx", b"no workbook"), SimpleUploadedFile("a.csv", b"a,b\n1,2\n")):
        answer = officer.post(URL, {**sent, "sheet": wrong})
        assert answer.status_code == 422
        assert "Choose the file again" in answer.content.decode()
    assert officer.post(URL, sent).status_code == 422
    assert state_of(CapitalEntry) == before


def asked(seen):
    """The queries of a request; a transaction's own begin and end are none."""
    return [q["sql"][-250:] for q in seen if "SAVEPOINT" not in q["sql"]]


def test_two_hundred_projects_are_saved_in_fifteen_queries(tree, officer):
    """The whole request counts. 200 projects with two values each; then half of them changed, half emptied."""
    with memo.block():  # the stages are read once
        made = [ProjectFactory(unit=tree.town) for _one in range(200)]
    typed = {f"c-{one.pk}-{kind}": "12.5" for one in made for kind in ("registered", "plant")}
    first = {**boxes(officer), **typed}
    with CaptureQueriesContext(connection) as seen:
        body = urlencode(first)
        done = officer.post(URL, body, content_type="application/x-www-form-urlencoded")
    assert done.status_code == 302
    assert CapitalEntry._base_manager.count() == 400
    assert len(asked(seen)) <= 15, "\n".join(asked(seen))
    second = {**boxes(officer), **{name: "13" if name.endswith("plant") else "" for name in typed}}
    with CaptureQueriesContext(connection) as seen:
        assert officer.post(URL, second).status_code == 302
    assert len(asked(seen)) <= 15, "\n".join(asked(seen))
    assert CapitalEntry._base_manager.filter(archived_at=None, amount=130_000).count() == 200
    assert CapitalEntry._base_manager.exclude(archived_at=None).count() == 200


def test_the_grid_opens_at_a_unit_that_has_projects(tree):
    """Also for a bureau above it, which has none itself."""
    ProjectFactory(unit=tree.town)
    page = client_for(Role.BUREAU_STAFF, tree.county).get(URL)
    assert page.context["unit"] == tree.town
