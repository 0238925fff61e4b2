"""Projects over the API by the inherited suite, signing, and what is kept from those outside."""

from datetime import date
from decimal import Decimal

import pytest

from leads.models import Look
from organizations.choices import Role as Job
from projects import services
from projects.models import Project
from tests.projects.support import ProjectFactory
from tests.support.api import ReadSuite, assert_problem
from tests.support.clients import session_api, token_api, user_with
from tests.support.factories import TESTS
from tests.support.factories_leads import InvestorFactory
from tests.support.factories_projects import ready_lead, signed_project

D = Decimal
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("pipeline", "november", "english", "fresh_counters"),
]


class TestProject(ReadSuite):
    model, factory, base = Project, staticmethod(ProjectFactory), "projects"
    reader = Job.EVALUATOR
    ordering = "signed_on"


def terms(lead, **values):
    return {
        "version": lead.version,
        "agreement_number": "示例协议1",
        "signed_on": "2026-06-10",
        "amount": "126000000.00",
        **values,
    }


def test_a_lead_is_signed(tree):
    lead, second = ready_lead(tree.town), InvestorFactory(unit=tree.town)
    client = token_api(Job.BUREAU_STAFF, tree.county)
    sent = terms(
        lead,
        registered_capital="30000000",
        investors=[
            {"investor": lead.investor_id, "percent": "60"},
            {"investor": second.pk, "percent": "40"},
        ],
        plan=[{"month": "2026-07-15", "amount": "126000000"}],
        shares=[
            {"role": "assessed", "unit": tree.town.pk, "share": "0.7"},
            {"role": "assessed", "unit": tree.second_town.pk, "share": "0.3"},
        ],
        commitments=[{"text": "代办手续", "incentive": False}],
        obligations=[{"kind": "tax_mu", "target": "300000", "due_on": "2028-12-31"}],
    )
    response = client.post(f"/api/v1/leads/{lead.pk}/sign/", sent, format="json")
    assert response.status_code == 201, response.content
    body = client.get(f"/api/v1/projects/{response.json()['id']}/").json()
    assert (body["contract_amount"], body["stage"], body["lead"]) == ("126000000.00", "signed", lead.pk)
    assert [one["number"] for one in body["agreements"]] == ["示例协议1"]
    assert [one["percent"] for one in body["investors"]] == ["60.0000", "40.0000"]
    assert body["plan"] == [{"month": "2026-07-01", "amount": "126000000.00"}]
    (assessed,) = [one for one in body["attributions"] if one["role"] == "assessed"]
    assert [(one["unit"], one["share"]) for one in assessed["shares"]] == [
        (tree.town.pk, "0.70000000"),
        (tree.second_town.pk, "0.30000000"),
    ]
    assert (assessed["valid_from"], assessed["valid_to"]) == ("2026-06-10", None)
    assert [one["text"] for one in body["commitments"]] == ["代办手续"]
    assert [one["target"] for one in body["obligations"]] == ["300000.00"]
    again = client.post(f"/api/v1/leads/{lead.pk}/sign/", sent, format="json")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"version": 99}, 409, "stale"),
        ({"shares": [{"role": "assessed", "unit": None, "share": "1"}]}, 400, "invalid"),
        ({"leader": 987654321}, 400, "invalid"),
        ({"commitments": [{"text": "返还税收"}]}, 400, "invalid"),
        ({"amount": "-1"}, 400, "invalid"),
    ],
)
def test_what_is_refused_signs_nothing(tree, values, status, code):
    lead = ready_lead(tree.town)
    client = session_api(Job.BUREAU_STAFF, tree.county)
    response = client.post(f"/api/v1/leads/{lead.pk}/sign/", terms(lead, **values), format="json")
    assert_problem(response, status, code)
    assert not Project._base_manager.exists()


def test_facts_change_and_stages_move_with_the_version(tree):
    project = signed_project(tree.town)
    client, url = session_api(Job.BUREAU_STAFF, tree.county), f"/api/v1/projects/{project.pk}/"
    values = {"registered_name": "示例芯材有限公司", "start_due": "2026-12-01"}
    assert_problem(client.patch(url, {"version": 99, **values}, format="json"), 409, "stale")
    body = client.patch(url, {"version": project.version, **values}, format="json").json()
    assert (body["registered_name"], body["start_due"]) == ("示例芯材有限公司", "2026-12-01")
    missing = client.get(f"{url}missing/").json()
    assert missing["stage"] == "registered"
    assert not missing["allowed"]
    refused = client.post(f"{url}move/", {"version": body["version"], "target": "registered"}, format="json")
    assert_problem(refused, 409, "missing_facts")
    project.refresh_from_db()
    assert project.stage.code == "signed"
    assert_problem(client.post("/api/v1/projects/", {}, format="json"), 405, "method_not_allowed")


def test_shares_change_and_end_over_the_api(tree):
    project = signed_project(tree.town)
    client, url = session_api(Job.BUREAU_STAFF, tree.county), f"/api/v1/projects/{project.pk}/"
    leader = user_with(Job.LEADER, tree.county)
    given = {"version": project.version, "role": "leader", "valid_from": "2026-07-01", "reason": "包保"}
    part = {"unit": tree.town.pk, "leader": leader.pk, "share": "1"}
    assert_problem(
        client.post(
            f"{url}attribution/", {**given, "shares": [{**part, "leader": 987654321}]}, format="json"
        ),
        400,
        "invalid",
    )
    assert_problem(
        client.post(f"{url}attribution/", {**given, "shares": [{**part, "share": "0.5"}]}, format="json"),
        409,
        "shares",
    )
    body = client.post(f"{url}attribution/", {**given, "shares": [part]}, format="json").json()
    assert (body["role"], body["valid_from"], [one["leader"] for one in body["shares"]]) == (
        "leader",
        "2026-07-01",
        [leader.pk],
    )
    end = {**given, "valid_from": "2026-08-01", "reason": "调离", "shares": []}
    assert_problem(client.post(f"{url}attribution/", end, format="json"), 409, "stale")
    end["version"] += 1
    assert_problem(
        client.post(f"{url}attribution/", {**end, "role": "assessed"}, format="json"), 409, "never_ends"
    )
    assert_problem(
        client.post(f"{url}attribution/", {**end, "role": "referrer"}, format="json"), 400, "invalid"
    )
    assert client.post(f"{url}attribution/", end, format="json").json()["shares"] == []
    held = [
        one
        for one in client.get(url).json()["attributions"]
        if one["role"] == "leader" and not one["superseded_by"]
    ]
    assert [(one["valid_from"], one["valid_to"], len(one["shares"])) for one in held] == [
        ("2026-07-01", "2026-08-01", 1), ("2026-08-01", None, 0),
    ]  # fmt: skip


def test_a_reader_and_a_stranger_change_nothing(tree):
    project = signed_project(tree.town)
    url, sent = f"/api/v1/projects/{project.pk}/", {"version": project.version, "name": "改名"}
    reader = session_api(Job.EVALUATOR, tree.county)
    assert_problem(reader.patch(url, sent, format="json"), 403, "denied")
    stranger = session_api(Job.BUREAU_STAFF, tree.other_county)
    assert_problem(stranger.patch(url, sent, format="json"), 404, "not_found")
    project.refresh_from_db()
    assert project.name != "改名"


def test_a_service_centre_reads_its_part_without_what_is_confidential(tree):
    secret = signed_project(
        tree.town,
        lead=ready_lead(tree.town, name="机密光刻项目"),
        confidential_until=date(2027, 1, 1),
        code_name="代号甲",
    )
    services.parcel_add(actor=TESTS, project=secret.pk, number="机密地块", area_mu=D(5))
    plain = signed_project(tree.second_town, agreement_number="示例协议2")
    elsewhere = signed_project(tree.other_town, agreement_number="示例协议3")
    client = token_api(Job.SERVICE_CLIENT, tree.county)
    listed = client.get("/api/v1/projects/").json()["results"]
    assert {one["id"] for one in listed} == {secret.pk, plain.pk}
    for one in (
        next(row for row in listed if row["id"] == secret.pk),
        client.get(f"/api/v1/projects/{secret.pk}/").json(),
    ):
        assert (one["name"], one["contract_amount"], one["lead"]) == ("代号甲", None, None)
        assert "机密" not in str(one)
        assert "示例协议" not in str(one)
    assert Look._base_manager.filter(lead=secret.lead, actor_name=client.user.actor_name).count() == 1
    assert client.get(f"/api/v1/projects/{plain.pk}/").json()["contract_amount"] == "120000000.00"
    assert client.get(f"/api/v1/projects/{elsewhere.pk}/").status_code == 404
    host = session_api(Job.UNIT_HEAD, tree.town)
    assert host.get(f"/api/v1/projects/{secret.pk}/").json()["name"] == "机密光刻项目"
