"""The ladder of projects on real rows: facts, evidence in the lead's dossier, pages, what the books hear."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from common import clock
from common.errors import Refused
from leads import facts, stages
from leads.models import Investor
from ledger.models import Posting
from organizations.choices import Role
from projects.models import (
    Agreement,
    HalfYear,
    LandParcel,
    PlannedPayment,
    Project,
    ProjectInvestor,
    ProjectMove,
)
from projects.services import project_move
from tests.support.clients import client_for
from tests.support.factories import TESTS
from tests.support.factories_projects import signed_project
from tests.support.pipeline import a_project, ask, paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]

NOON = datetime(2026, 11, 18, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def project(tree):
    return a_project(tree.town, on=date(2026, 10, 12))


def read(project):
    return facts.read("project", Project, [project.pk])[project.pk]


def test_each_fact_of_a_project(tree, project):
    assert not {"agreement", "investors", "attribution", "parcels", "plan", "half_year"} & read(project)
    Agreement._base_manager.create(
        project=project, kind="main", number="协1", signed_on=TODAY, amount=project.contract_amount
    )
    HalfYear._base_manager.create(project=project, year=2026, half="1", tax_paid=1, output=1)
    assert {"agreement", "half_year"} <= read(project)
    for percent, whole in ((60, False), (40, True)):
        investor = Investor._base_manager.create(
            unit=tree.town, name=f"出资方{percent}", normal=f"出资方{percent}"
        )
        ProjectInvestor._base_manager.create(project=project, investor=investor, percent=percent)
        assert ("investors" in read(project)) is whole
    half = project.contract_amount / 2
    for month, whole in ((1, False), (2, True)):
        PlannedPayment._base_manager.create(project=project, month=date(2027, month, 1), amount=half)
        assert ("plan" in read(project)) is whole


def test_a_parcel_is_asked_for_unless_no_land_is_needed(project):
    assert "parcels" not in read(project)
    parcel = LandParcel._base_manager.create(project=project, number="地1", area_mu=20)
    assert "parcels" not in read(project)  # entered, not granted yet
    LandParcel._base_manager.filter(pk=parcel.pk).update(granted_on=TODAY)
    assert "parcels" in read(project)
    LandParcel._base_manager.filter(pk=parcel.pk).delete()
    Project._base_manager.filter(pk=project.pk).update(land_mu=0)
    assert "parcels" in read(project)


def test_evidence_of_the_lead_counts_for_its_project(project):
    def lacking():
        found = stages.missing_for(project, TESTS, "registered")
        return {one.code for one in found if one.kind == "evidence"}

    assert lacking() == {"agreement", "licence"}
    paper(project.lead, "licence")
    assert lacking() == {"agreement"}


def test_stages_are_booked_when_entered_and_taken_back_when_left(tree):
    for code in ("registered", "permitted", "started"):
        ask("project", code, evidence=[])
    project = signed_project(tree.town)  # on 10 June 2026
    moved = project_move(actor=TESTS, pk=project.pk, version=project.version, target="started")
    line = ProjectMove._base_manager.order_by("-id").first()
    assert (line.direction, line.days, moved.stage.code) == ("forward", 161, "started")
    assert counted(project) == {"signed", "registered", "permitted", "started"}
    with pytest.raises(Refused):
        project_move(actor=TESTS, pk=project.pk, version=moved.version, target="registered")
    project_move(
        actor=TESTS, pk=project.pk, version=moved.version, target="registered", reason_text="开工照片有误"
    )
    assert counted(project) == {"signed", "registered"}


def counted(project):
    """The stages that the books count for its unit now."""
    sums = {}
    for line in Posting._base_manager.filter(
        subject_type="project", subject_id=project.pk, kind__startswith="project.", role="assessed"
    ):
        sums[line.kind] = sums.get(line.kind, 0) + line.qty
    return {kind.removeprefix("project.") for kind, total in sums.items() if total == 1}


def test_the_move_page_takes_facts_of_the_project_and_the_board_shows_it(tree):
    project = signed_project(tree.town)
    ask("project", "registered", "registered_name", "fixed_assets", evidence=[])
    head = client_for(Role.UNIT_HEAD, tree.town)
    url = reverse("project_move", args=[project.pk])
    page = head.get(url).content.decode()
    assert 'name="registered_name"' in page
    given = {
        "version": project.version,
        "on": "2026-11-16",
        "registered_name": "示例新材料有限公司",
        "fixed_assets": "8000",  # ten thousands
    }
    assert head.post(url, given).status_code == 302
    project.refresh_from_db()
    assert (project.stage.code, project.registered_name, project.fixed_assets) == (
        "registered",
        "示例新材料有限公司",
        80_000_000,
    )
    board = head.get(reverse("project_board"))
    (card,) = [card for column in board.context["board"] for card in column["cards"]]
    assert (card["pk"], card["title"]) == (project.pk, project.name)
    assert "5" in card["badge"]  # a parcel and four permits


def test_a_host_moves_it_and_reads_only_the_code_name(tree, project):
    Project._base_manager.filter(pk=project.pk).update(
        host=tree.park, code_name="晨光", confidential_until=date(2026, 12, 31), name="标记机密项目"
    )
    host = client_for(Role.UNIT_HEAD, tree.park)
    for url in (reverse("project_board"), reverse("project_move", args=[project.pk])):
        text = host.get(url).content.decode()
        assert "晨光" in text
        assert "标记机密" not in text
    assert "晨光" not in host.get(f"{reverse('project_board')}?q=标记").content.decode()
    assert "标记机密" in client_for(Role.UNIT_HEAD, tree.town).get(reverse("project_board")).content.decode()
    assert client_for(Role.BUREAU_STAFF, tree.other_county).get(url).status_code == 404


def test_what_no_field_supplies_has_its_page(tree):
    for code, fact in facts.catalogue("project").items():
        if not fact.fields:
            assert facts.place_of("project", code, a_project(tree.town)).startswith("/projects/"), code
