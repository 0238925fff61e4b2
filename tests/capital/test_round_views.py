"""Pages of evaluation rounds, by the inherited suites; and what is special about them."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from capital.filters.openings import OpeningFilterSet
from capital.filters.rounds import InspectionFilterSet, RoundFilterSet
from capital.models import EvaluationRound, Inspection, InspectionPhoto, ScoreSheet, Team
from common import clock
from common.models import Draft
from leads.filters.protection import DisputeFilterSet
from leads.filters.registers import OfferFilterSet
from leads.models import Look
from organizations.choices import Role
from projects.models import Project
from tests.projects.support import ProjectFactory
from tests.support.api import ReadSuite, assert_problem
from tests.support.clients import client_for, client_of, session_api, sign_in, user_with
from tests.support.factories import UnitFactory
from tests.support.factories_capital import period
from tests.support.factories_projects import signed_project
from tests.support.factories_rounds import (
    InspectionFactory,
    RoundFactory,
    ScoreSheetFactory,
    a_team,
    running,
)
from tests.support.factories_work import pdf
from tests.support.ui import DetailSuite, RowSuite, filled

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]
numbers = count(1)


def a_month():
    """A month that no other round of this module has."""
    n = next(numbers)
    return period(200001 + n // 12 * 100 + n % 12)


class Readers:
    """Everybody who reads rounds in his tree may take the list along; a unit reads what was published, no more."""

    def test_export_needs_its_right(self, tree):
        row = self.row(tree)
        whole = getattr(row, "round", row)
        if whole == row:
            InspectionFactory(round=row, unit=tree.town)
        EvaluationRound._base_manager.filter(pk=whole.pk).update(state="published")
        client = client_for(Role.UNIT_HEAD, tree.town)
        assert row.pk in self.pks(client)
        response = client.get(f"{self.url()}?format=csv")
        assert response.status_code == 403
        assert "标记甲" not in response.content.decode()


class TestRound(Readers, RowSuite):
    model, factory, prefix = EvaluationRound, RoundFactory, "round"
    filters = ("kind=on_site", "state=prepared", "unit={tree.town.pk}")
    misses = ("kind=completed", "state=final", "unit={tree.second_town.pk}")

    def place(self, tree):
        return {"unit": tree.town, "period": period(202001)}

    def another(self, tree, where):
        return {**where, "unit": UnitFactory(parent=tree.town)}

    def form(self, tree):
        signed_project(tree.town)
        return {
            "name": "标记甲", "unit": tree.county.pk, "kind": "on_site", "period": 202609, "basis": "formed",
            "threshold": "10000", "sheet": ScoreSheetFactory().pk, "due_on": "2026-12-01",
        }  # fmt: skip


class TestInspection(Readers, DetailSuite):
    model, factory, prefix, sort, column = Inspection, InspectionFactory, "inspection", "project", "project"
    filters = ("state=assigned", "unit={tree.town.pk}")
    misses = ("state=final", "unit={tree.second_town.pk}", "mine=yes")

    def place(self, tree):
        return {"round": RoundFactory(unit=tree.county, period=a_month()), "unit": tree.town}

    def elsewhere(self, tree):
        return {"round": RoundFactory(unit=tree.other_county), "unit": tree.other_town}


class TestScoreSheet(RowSuite):
    model, factory, prefix, outsider = ScoreSheet, ScoreSheetFactory, "scoresheet", None

    def place(self, tree):
        return {}

    elsewhere = place

    def form(self, tree):
        return {
            "code": "new", "name": "标记甲", "items-0-label": "进度", "items-0-kind": "points", "items-0-weight": "60",
            "items-0-full": "10", "items-0-good": "yes", "items-0-required": "on", "items-1-label": "设备", "items-1-kind": "choice",
            "items-1-weight": "40", "items-1-options": "已投用=100；部分到场=60；未到场=0", "items-1-good": "yes",
        }  # fmt: skip

    def test_items_are_kept_as_data(self, tree):
        client = self.as_keeper(tree)
        client.post(self.url("create"), self.form(tree))
        row = self.created()
        assert row.document["items"][1] == {
            "code": "q2", "label": "设备", "kind": "choice", "weight": "40", "required": False,
            "options": [
                {"value": "o1", "label": "已投用", "share": "100"},
                {"value": "o2", "label": "部分到场", "share": "60"},
                {"value": "o3", "label": "未到场", "share": "0"},
            ],
        }  # fmt: skip
        text = client.get(self.url("detail", row.pk)).content.decode()
        assert "部分到场 60 %" in text

    def test_a_wrong_choice_is_refused_beside_its_box(self, tree):
        sent = {**self.form(tree), "items-1-options": "已投用"}
        response = self.as_keeper(tree).post(self.url("create"), sent)
        assert response.status_code == 422
        assert response.context["form"].errors["items-1-options"]

    def test_one_more_row_without_a_script(self, tree):
        sent = {**self.form(tree), "_more": "items"}
        response = self.as_keeper(tree).post(self.url("create"), sent)
        assert "items-2-label" in response.content.decode()
        assert ScoreSheet._base_manager.count() == 0


class TestRoundApi(ReadSuite):
    model, factory, base, ordering = EvaluationRound, RoundFactory, "rounds", "period"

    def place(self, tree):
        return {"unit": tree.town, "period": period(202001)}

    def another(self, tree, where):
        return {**where, "unit": UnitFactory(parent=tree.town), "period": a_month()}

    def elsewhere(self, tree):
        return {"unit": tree.other_town}


class TestInspectionApi(ReadSuite):
    model, factory, base, ordering = Inspection, InspectionFactory, "inspections", "id"
    place, elsewhere = TestInspection.place, TestInspection.elsewhere


# a round on its pages, without a script


@pytest.fixture
def bureau(tree):
    return client_for(Role.BUREAU_STAFF, tree.county)


@pytest.fixture
def jury(tree):
    return client_for(Role.COMMITTEE, tree.county)


@pytest.fixture
def site(tree):
    """A running round: one project of the town, 1,000万 reported; `team.user` inspects."""
    round_ = RoundFactory(unit=tree.county, approved=True)
    team = a_team(round_)
    (row,) = running(round_, ProjectFactory(unit=tree.town, name="示例基地"), team=team)
    Inspection._base_manager.filter(pk=row.pk).update(reported=D(10_000_000))
    row.inspector = client_of(team.user)
    return row


def send(client, name, pk, **values):
    """Open a form, change some of its values, send it back."""
    url = reverse(name, args=[pk])
    return client.post(url, {**filled(client.get(url)), **values})


def done(response):
    assert response.status_code == 302, response.context["form"].errors
    return response


FORM = {"visited_on": "2026-11-18", "q_q1": "8", "q_q2": "yes", "q_q3": "900"}


def test_a_round_from_its_preparation_to_its_publication(tree, bureau, jury):
    signed_project(tree.town)
    signed_project(tree.second_town, agreement_number="b")
    evaluator = user_with(Role.EVALUATOR, tree.county)
    sent = {
        "name": "三季度考评", "unit": tree.county.pk, "kind": "on_site", "period": 202609, "basis": "formed",
        "threshold": "10000", "sheet": ScoreSheetFactory().pk, "due_on": "2026-12-01",
    }  # fmt: skip
    done(bureau.post(reverse("round_create"), sent))
    row = EvaluationRound._base_manager.get()
    here = reverse("round_detail", args=[row.pk])
    assert "no approval on file" in bureau.get(here).content.decode()

    # The approval with its file; a team; both projects given to it at once.
    done(send(bureau, "round_update", row.pk, approval_number="示例检字1号", approval=pdf("批件.pdf")))
    team = {
        "name": "第一组", "members-0-is_head": "on", "members-0-origin": "congress", "members-0-name": "组长甲",
        "members-1-origin": "audit", "members-1-user": evaluator.pk, "members-1-works_for_text": "棣花镇",
        "members-1-works_for": tree.second_town.pk,
    }  # fmt: skip
    done(bureau.post(reverse("round_team_create", args=[row.pk]), team))
    team = Team.objects.get()
    both = {"pk": list(Inspection._base_manager.values_list("pk", flat=True)), "team": team.pk}
    refused = bureau.post(reverse("inspection_assign"), both)
    assert refused.status_code == 422  # the second town is a member's own unit: none is given
    assert f"{evaluator.name} works for the unit" in refused.content.decode()
    assert not Inspection._base_manager.exclude(team=None).exists()
    own = Inspection._base_manager.get(project__unit=tree.second_town)
    done(bureau.post(reverse("inspection_archive", args=[own.pk]), {"version": 1, "reason": "回避"}))
    done(bureau.post(reverse("inspection_assign"), {**both, "pk": both["pk"][:1]}))
    bureau.post(reverse("round_start", args=[row.pk]))
    inspection = Inspection._base_manager.get(archived_at=None)

    # On site, by somebody of the team.
    site = client_of(evaluator)
    home = site.get(reverse("home")).content.decode()
    assert reverse("inspection_form", args=[inspection.pk]) in home
    done(send(site, "inspection_form", inspection.pk, **FORM, photo=pdf("现场.pdf")))
    done(send(site, "inspection_initial", inspection.pk, reason="未入账"))
    inspection.refresh_from_db()
    # The sum of the form's amounts is proposed; 60 × 8/10 + 40 = 88.
    assert (inspection.initial, inspection.initial_score) == (D(9_000_000), D(88))
    photo = InspectionPhoto.objects.get()
    assert site.get(reverse("inspection_photo", args=[photo.pk])).status_code == 200

    done(send(jury, "inspection_final", inspection.pk, result="850", reason="扣除办公设备"))
    bureau.post(reverse("round_publish", args=[row.pk]))
    head = client_for(Role.UNIT_HEAD, tree.town)
    for name in ("round_detail", "round_print"):
        text = head.get(reverse(name, args=[row.pk])).content.decode()
        assert "850.00" in text
        assert "批件" not in text
    assert head.get(reverse("round_approval", args=[row.pk])).status_code == 403
    assert "扣除办公设备" in head.get(reverse("inspection_detail", args=[inspection.pk])).content.decode()
    assert client_for(Role.UNIT_HEAD, tree.second_town).get(here).status_code == 404


def test_the_gap_stands_there_as_figure_and_bar(tree, bureau, site):
    Inspection._base_manager.update(initial=D(9_000_000), state="initial")
    text = bureau.get(reverse("round_detail", args=[site.round_id])).content.decode()
    wanted = ("1,000.00", "900.00", "100.00", ">90.00<", 'width="90.00%"')
    assert [one for one in wanted if one not in text] == []


def test_what_one_types_on_site_is_kept(site):
    url = reverse("inspection_form", args=[site.pk])
    site.inspector.post(url, {"version": 1, "q_q1": "7", "_draft": "save"})
    assert Draft.objects.get().data["q_q1"] == ["7"]
    assert site.inspector.get(url).context["form"]["q_q1"].value() == "7"
    assert Inspection._base_manager.get(pk=site.pk).answers == {}
    done(site.inspector.post(url, {"version": 1, **FORM}))
    assert not Draft.objects.exists()
    assert Inspection._base_manager.get(pk=site.pk).answers == {"q1": "8", "q2": True, "q3": "9000000.00"}


@pytest.mark.parametrize(("side", "kept"), [("mine", "8"), ("theirs", "3")])
def test_two_members_fill_in_the_same_form(site, side, kept):
    url = reverse("inspection_form", args=[site.pk])
    done(site.inspector.post(url, {"version": 1, **FORM, "q_q1": "3"}))
    response = site.inspector.post(url, {"version": 1, **FORM})
    assert response.status_code == 409
    assert [(one["name"], one["mine"], one["theirs"]) for one in response.context["conflict"]] == [
        ("q_q1", "8", "3")
    ]
    done(site.inspector.post(url, {**filled(response), "take_q_q1": side}))
    assert Inspection._base_manager.get(pk=site.pk).answers["q1"] == kept


def test_refusals_stand_beside_their_box(site, jury):
    url = reverse("inspection_form", args=[site.pk])
    assert "q_q1" in site.inspector.post(url, {"version": 1, "q_q1": "11"}).context["form"].errors
    done(site.inspector.post(url, {"version": 1, **FORM}))
    response = send(site.inspector, "inspection_initial", site.pk)
    assert response.status_code == 422
    assert "differs from what was reported" in response.content.decode()
    page = site.inspector.get(reverse("inspection_detail", args=[site.pk])).content.decode()
    assert [one for one in ("8 of 10 points", "48.00") if one not in page] == []  # 60 × 8/10


def test_a_confidential_project_is_known_inside_only(tree, site):
    until = clock.today() + timedelta(days=30)
    values = {"confidential_until": until, "code_name": "代号甲", "name": "机密基地"}
    Project._base_manager.filter(pk=site.project_id).update(**values)
    EvaluationRound._base_manager.update(state="published")
    Inspection._base_manager.update(initial_reason="机密理由", initial=1, final=1, state="final")
    outside = client_for(Role.UNIT_HEAD, tree.second_town)
    assert outside.get(reverse("inspection_detail", args=[site.pk])).status_code == 404
    for client, shown in ((site.inspector, True), (client_for(Role.UNIT_HEAD, tree.town), True)):
        text = client.get(reverse("inspection_detail", args=[site.pk])).content.decode()
        assert ("机密基地" in text) is shown
    assert Look._base_manager.filter(lead=site.project.lead).count() == 2


def test_a_round_held_by_a_unit_that_only_hosts_the_project_keeps_its_secret(tree):
    """The town's project settles in the park; the park's own round would look at it, were it the park's."""
    project = ProjectFactory(
        unit=tree.town,
        host=tree.park,
        name="机密基地",
        code_name="代号甲",
        confidential_until=date(2027, 1, 1),
    )
    round_ = RoundFactory(unit=tree.park, approved=True)
    team = a_team(round_)
    (row,) = running(round_, project, team=team)
    Inspection._base_manager.update(
        reported=D(12_340_000),
        initial=1,
        initial_reason="机密理由",
        state="initial",
        initial_score=D("87.65"),
    )
    reader = client_of(team.user)
    secrets = ("机密", "1,234.00", "87.65")
    for url in (
        *(
            reverse(name, args=[row.pk])
            for name in ("inspection_detail", "inspection_print", "inspection_form", "inspection_initial")
        ),
        reverse("inspection_list"),
        f"{reverse('inspection_list')}?format=csv&columns=initial_reason&columns=project&columns=reported",
        reverse("round_print", args=[round_.pk]),
        reverse("home"),
    ):
        response = reader.get(url)
        text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
        assert [one for one in secrets if one in text] == [], url
    assert list(reader.get(f"{reverse('inspection_list')}?q=机密").context["table"].rows) == []
    api = session_api(Role.EVALUATOR, tree.park).get(f"/api/v1/inspections/{row.pk}/").json()
    assert (api["project_name"], api["reported"], api["initial_reason"]) == ("代号甲", None, None)


# the form over the API


def test_the_form_over_the_api(tree, site):
    from rest_framework.test import APIClient

    client = sign_in(APIClient(), site.team.members.get(origin="audit").user)
    base = f"/api/v1/inspections/{site.pk}/"
    sent = {"version": 1, "visited_on": "2026-11-18", "answers": {"q1": "8", "q2": True, "q3": 9000000}}
    assert_problem(
        client.post(f"{base}form/", {**sent, "answers": {"q1": "many"}}, format="json"), 409, "answer"
    )
    found = client.post(f"{base}form/", sent, format="json").json()
    assert (found["state"], found["version"]) == ("inspected", 2)
    assert_problem(client.post(f"{base}form/", sent, format="json"), 409, "stale")
    result = {"version": 2, "result": "9000000", "reason": "缺一台"}
    assert_problem(client.post(f"{base}final/", result, format="json"), 403, "denied")
    assert client.post(f"{base}initial/", result, format="json").json()["initial_score"] == "88.00"
    jury = session_api(Role.COMMITTEE, tree.county)
    found = jury.post(f"{base}final/", {"version": 3, "result": "9000000"}, format="json").json()
    assert (found["state"], found["final"]) == ("final", "9000000.00")


@pytest.mark.parametrize(
    "filters", [RoundFilterSet, InspectionFilterSet, OpeningFilterSet, OfferFilterSet, DisputeFilterSet]
)
def test_the_filter_of_a_state_is_not_called_like_the_menu(filters):
    """ "Progress" is the state of a thing here; in the side bar it is the room in which leads are moved along."""
    with translation.override("zh-hans"):
        assert gettext("Progress") == "推进"
        assert str(filters.base_filters["state"].label) != "推进"
