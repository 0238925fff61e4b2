"""Projects on the home page and in the search box."""

from datetime import date

import pytest

from common import finding
from organizations.choices import Role as Job
from projects import desk, services
from tests.support.clients import client_of, user_with
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_projects import ready_lead, signed_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def test_what_is_late_or_due_stands_on_the_desk(tree):
    user = user_with(Job.UNIT_HEAD, tree.town)
    late = signed_project(tree.town)
    type(late)._base_manager.filter(pk=late.pk).update(due_on=date(2026, 10, 28))
    elsewhere = signed_project(tree.other_town, agreement_number="示例协议2")
    for project in (late, elsewhere):
        about = {"actor": TESTS, "project": project.pk}
        services.obligation_add(**about, kind="jobs", due_on=date(2026, 11, 15))
        services.obligation_add(**about, kind="start", due_on=date(2026, 11, 16))  # 15 days ahead
        services.commitment_add(**about, text="代办手续", incentive=False, due_on=date(2026, 10, 31))
        services.commitment_add(**about, text="没有期限", incentive=False)
    found = {group["label"]: group["items"] for group in desk.groups(user)}
    assert {label: [(i["note"], i["due"], i["late"]) for i in items] for label, items in found.items()} == {
        "Projects overdue": [("Signed", "4 days late", True)],
        "Obligations to check": [("jobs", "11-15", False)],
        "Commitments to keep": [("代办手续", "1 day late", True)],
    }
    page = client_of(user).get("/").content.decode()
    assert late.name in page
    assert "代办手续" in page
    assert desk.groups(user_with(Job.AUDIT_ADMIN, tree.city)) == []


def test_an_evaluator_who_only_reads_has_nothing_to_do(tree):
    project = signed_project(tree.town)
    type(project)._base_manager.filter(pk=project.pk).update(due_on=date(2026, 10, 28))
    assert desk.groups(user_with(Job.EVALUATOR, tree.county)) == []


def test_the_search_box_finds_projects_but_no_secret(tree):
    secret = ready_lead(
        tree.town, host=tree.park, name="机密光刻项目", officer=OfficerFactory(unit=tree.town)
    )
    project = signed_project(
        tree.town, lead=secret, confidential_until=date(2027, 1, 1), code_name="代号甲"
    )  # fmt: skip

    def found(user, text):
        return [hit.label for one in finding.find(user, text) if one.label == "Projects" for hit in one.hits]

    inside, outside = user_with(Job.UNIT_HEAD, tree.town), user_with(Job.UNIT_HEAD, tree.park)
    assert found(inside, "光刻") == found(inside, "jmgk") == [project.name]
    assert found(outside, "光刻") == found(outside, "jmgk") == []
    assert found(outside, "代号甲") == found(outside, project.number) == ["代号甲"]
