"""Signing on the page: what the lead knows stands there already, refusals stand beside their field."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.models import Draft
from leads.models import Attachment, Look
from ledger.choices import Role
from ledger.models import Posting
from organizations.choices import Role as Job
from projects.models import Project
from tests.support.clients import client_for, client_of, user_with
from tests.support.factories import OfficerFactory, RoleGrantFactory, UserFactory
from tests.support.factories_leads import IntroducerFactory, InvestorFactory
from tests.support.factories_projects import ready_lead
from tests.support.ui import filled

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def opened(client, lead):
    """The page, and what a browser would send back from it."""
    page = client.get(reverse("project_sign", args=[lead.pk]))
    assert page.status_code == 200
    return page, {**filled(page), "agreement_number": "示例协议1", "signed_on": "2026-06-10"}


def sent(client, lead, data):
    return client.post(reverse("project_sign", args=[lead.pk]), data)


def current(project, role):
    version = project.attributions.get(role=role, superseded_by=None)
    return [(s.unit_id, s.officer_id, s.leader_id, s.share) for s in version.shares.order_by("-share", "pk")]


def test_nothing_that_the_lead_knows_is_typed_again(tree):
    own = user_with(Job.OFFICER, tree.town)
    officer = OfficerFactory(unit=tree.town, user=own)
    lead = ready_lead(
        tree.town, officer=officer, host=tree.park, land_mu=D("35.5"), tip_from=tree.bureau,
        introducer=IntroducerFactory(unit=tree.town),
    )  # fmt: skip
    client = client_of(own)
    page, data = opened(client, lead)
    known = {
        "name": lead.name, "host": tree.park.pk, "amount": "12000", "currency": "CNY", "land_mu": D("35.5"),
        "investors-0-investor": lead.investor_id, "place-0-unit": tree.park.pk, "assessed-0-unit": tree.town.pk,
        "department-0-unit": tree.bureau.pk, "officer-0-officer": officer.pk, "industry": lead.industry_id,
    }  # fmt: skip
    assert {name: data[name] for name in known} == known
    response = sent(client, lead, data)
    assert response.status_code == 302, response.context["form"].errors
    project = Project._base_manager.get()
    assert response["Location"] == reverse("project_detail", args=[project.pk])
    assert (project.contract_amount, project.name, project.host) == (D(120_000_000), lead.name, tree.park)
    assert current(project, Role.PLACE) == [(tree.park.pk, None, None, 1)]
    assert current(project, Role.DEPARTMENT) == [(tree.bureau.pk, None, None, 1)]
    assert current(project, Role.OFFICER) == [(tree.town.pk, officer.pk, None, 1)]
    assert project.attributions.filter(role=Role.REFERRER).exists()
    assert [str(x.percent.normalize()) for x in project.investors.all()] == ["1E+2"]
    # The lead leads to the project from now on, and its form of signing does too.
    assert client.get(reverse("project_sign", args=[lead.pk]))["Location"] == response["Location"]
    assert response["Location"] in client.get(reverse("lead_detail", args=[lead.pk])).content.decode()


def test_all_that_was_agreed_is_kept(tree):
    lead = ready_lead(tree.town)
    client = client_for(Job.BUREAU_STAFF, tree.county)
    leader = UserFactory(unit=tree.county, name="示例县长")
    RoleGrantFactory(user=leader, role=Job.LEADER, unit=tree.county)
    second = InvestorFactory(unit=tree.town)
    other = OfficerFactory(unit=tree.second_town)
    _page, data = opened(client, lead)
    data |= {
        "amount": "12600.5", "registered_capital": "3000", "leader": leader.pk, "start_due": "2026-12-01",
        "investors-0-percent": "60", "investors-1-investor": second.pk, "investors-1-percent": "40",
        "plan-0-month": "2026-07", "plan-0-amount": "6000", "plan-1-month": "2026-09", "plan-1-amount": "6600.5",
        "assessed-0-percent": "70", "assessed-1-unit": tree.second_town.pk, "assessed-1-percent": "30",
        "officer-0-percent": "66.666667", "officer-1-officer": other.pk, "officer-1-percent": "33.333333",
        "commitments-0-text": "代建厂房", "commitments-0-legal_basis": "示例文件1号",
        "commitments-0-review_number": "示例审查1", "commitments-0-review_on": "2026-06-01",
        "obligations-0-kind": "tax_mu", "obligations-0-target": "30", "obligations-0-due_on": "2028-12-31",
        "obligations-1-kind": "jobs", "obligations-1-target": "120", "obligations-1-due_on": "2028-12-31",
    }  # fmt: skip
    data["file"] = SimpleUploadedFile("协议.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    data |= {"parcels-0-parcel": "示例地块2026-7", "parcels-0-area_mu": "40", "parcels-0-grant_fee": "1360"}
    response = sent(client, lead, data)
    assert response.status_code == 302, response.context["form"].errors
    project = Project._base_manager.get()
    assert (project.contract_amount, project.registered_capital) == (D(126_005_000), D(30_000_000))
    assert {x.investor_id: x.percent for x in project.investors.all()} == {
        lead.investor_id: D(60),
        second.pk: D(40),
    }
    assert list(project.plan.values_list("month", "amount")) == [
        (date(2026, 7, 1), D(60_000_000)),
        (date(2026, 9, 1), D(66_005_000)),
    ]
    assert current(project, Role.ASSESSED) == [
        (tree.town.pk, None, None, D("0.7")),
        (tree.second_town.pk, None, None, D("0.3")),
    ]
    assert current(project, Role.OFFICER) == [
        (tree.town.pk, lead.officer_id, None, D("0.66666667")),
        (tree.second_town.pk, other.pk, None, D("0.33333333")),
    ]
    assert current(project, Role.LEADER) == [(tree.town.pk, None, leader.pk, 1)]
    promise = project.commitments.get()
    assert (promise.text, promise.incentive, promise.review_number) == ("代建厂房", True, "示例审查1")
    # 30 万元 a mu and year are 300,000 yuan; people are counted as they are typed.
    assert list(project.obligations.order_by("kind").values_list("kind", "target")) == [
        ("jobs", D(120)),
        ("tax_mu", D(300_000)),
    ]
    plot = project.parcels.get()  # 1,360 ten thousands are 13.6 million yuan
    assert (plot.number, plot.area_mu, plot.grant_fee) == ("示例地块2026-7", D(40), D(13_600_000))
    paper = Attachment._base_manager.get(lead=lead)
    assert (paper.kind, project.agreements.get().file) == ("agreement", paper)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"investors-0-percent": "90"}, "investors-0-percent", "they must make 100"),
        ({"officer-0-percent": ""}, "officer-0-percent", "Fill this in"),
        ({"plan-0-amount": "5"}, "plan-0-month", "Fill this in"),
        (
            {"commitments-0-text": "返还", "commitments-0-incentive": "on"},
            "commitments-0-legal_basis",
            "fair-comp",
        ),
        (  # 12,000 by the agreement, 12,000.0001 by the plan: a yuan too much
            {
                "plan-0-month": "2026-07",
                "plan-0-amount": "6000",
                "plan-1-month": "2026-08",
                "plan-1-amount": "6000.0001",
            },
            "plan-0-amount",
            "The plan makes 12,000.0001 ten thousand yuan, the contract amount is 12,000.00 ten thousand yuan.",
        ),
        ({"confidential_until": "2027-01-01"}, "code_name", "needs a code name"),
        ({"agreement_number": ""}, "agreement_number", "required"),
        ({"assessed-0-unit": "", "assessed-0-unit_text": "没有这个"}, "assessed-0-unit", "Nothing found"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_all_that_was_typed_stays(tree, typed, field, words):
    lead = ready_lead(tree.town)
    client = client_for(Job.BUREAU_STAFF, tree.county)
    _page, data = opened(client, lead)
    response = sent(client, lead, {**data, "note": "已谈妥", **typed})
    assert response.status_code == 422
    form = response.context["form"]
    assert words in str(form.errors[field])
    assert form["note"].value() == "已谈妥"
    assert form["investors-0-investor"].value().pk == str(lead.investor_id)
    assert not Project._base_manager.exists()


def test_what_the_service_refuses_undoes_the_file_too(tree):
    """The day of signing lies before the lead's last move."""
    lead = ready_lead(tree.town)
    client = client_for(Job.BUREAU_STAFF, tree.county)
    _page, data = opened(client, lead)
    paper = SimpleUploadedFile("协议.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    response = sent(client, lead, {**data, "signed_on": "2026-05-01", "file": paper})
    assert response.status_code == 422
    assert response.context["form"].errors
    assert not Attachment._base_manager.exists()
    assert not Project._base_manager.exists()


def test_one_more_row_without_a_script(tree):
    lead = ready_lead(tree.town)
    client = client_for(Job.BUREAU_STAFF, tree.county)
    page, data = opened(client, lead)
    before = page.context["form"].counts["plan"]
    response = sent(client, lead, {**data, "amount": "eins", "_more": "plan", "plan-0-month": "2026-07"})
    form = response.context["form"]
    assert (response.status_code, form.counts["plan"], form.errors) == (200, before + 1, {})
    assert (form["amount"].value(), form["plan-0-month"].value()) == ("eins", "2026-07")


def test_a_draft_comes_back_and_signs_the_lead_as_it_is_now(tree):
    lead = ready_lead(tree.town)
    client = client_for(Job.BUREAU_STAFF, tree.county)
    _page, data = opened(client, lead)
    assert sent(client, lead, {**data, "plan-5-month": "2027-01", "_draft": "save"}).status_code == 200
    type(lead)._base_manager.filter(pk=lead.pk).update(version=lead.version + 1)
    page, again = opened(client, lead)
    assert page.context["form"]["plan-5-month"].value() == "2027-01"
    again |= {"plan-5-month": ""}
    assert sent(client, lead, again).status_code == 302
    assert not Draft.objects.exists()


def test_a_lead_that_changed_meanwhile_is_not_signed(tree):
    lead = ready_lead(tree.town)
    client = client_for(Job.BUREAU_STAFF, tree.county)
    _page, data = opened(client, lead)
    type(lead)._base_manager.filter(pk=lead.pk).update(version=lead.version + 1)
    assert sent(client, lead, data).status_code == 409
    assert not Project._base_manager.exists()


def test_what_is_missing_is_named_with_its_place(tree):
    lead = ready_lead(tree.town)
    type(lead.investor)._base_manager.filter(pk=lead.investor_id).update(credit_code="")
    client = client_for(Job.BUREAU_STAFF, tree.county)
    page, data = opened(client, lead)
    (row,) = page.context["need"]["rows"]
    assert row["url"] == reverse("investor_update", args=[lead.investor_id])
    button = client.get(reverse("lead_detail", args=[lead.pk])).content.decode()
    assert "Sign, 1 missing" in button
    refused = sent(client, lead, data)
    assert refused.status_code == 422
    assert not Project._base_manager.exists()


def test_signing_stands_first_where_it_is_the_next_step(tree):
    lead = ready_lead(tree.town)
    client = client_for(Job.UNIT_HEAD, tree.town)
    buttons = client.get(reverse("lead_detail", args=[lead.pk])).context["actions"]
    assert (buttons[0]["url"], buttons[0]["primary"]) == (reverse("project_sign", args=[lead.pk]), True)


def test_signing_is_for_whose_lead_it_is(tree):
    lead = ready_lead(tree.town, confidential_until=date(2027, 1, 1), code_name="代号甲")
    url = reverse("project_sign", args=[lead.pk])
    for role, place, status in (
        (Job.OFFICER, tree.town, 403),  # another officer's lead
        (Job.EVALUATOR, tree.county, 403),
        (Job.BUREAU_STAFF, tree.other_county, 404),
    ):
        client = client_for(role, place)
        assert client.get(url).status_code == status
        assert client.post(url, {}).status_code == status
    assert not Look._base_manager.exists()
    assert client_for(Job.UNIT_HEAD, tree.town).get(url).status_code == 200
    assert Look._base_manager.filter(lead=lead).count() == 1


def running(tree, **values):
    lead = ready_lead(tree.town)  # for an investor and an industry
    return {
        "unit": tree.town.pk, "name": "示例在建项目", "investor": lead.investor_id, "industry": lead.industry_id,
        "agreement_number": "示例旧协议", "signed_on": "2025-03-01", "amount": "8000", "currency": "CNY",
        "registered_currency": "CNY", "mode": "new", "stage": "started", "stage_on": "2026-02-01",
        "host": tree.park.pk, **values,
    }  # fmt: skip


def test_a_running_project_is_taken_over(tree):
    client = client_for(Job.BUREAU_STAFF, tree.county)
    url = reverse("project_create")
    assert client.get(url).status_code == 200
    response = client.post(url, running(tree))
    assert response.status_code == 302, response.context["form"].errors
    project = Project._base_manager.get()
    assert (project.is_opening, project.stage.code, project.host) == (True, "started", tree.park)
    assert response["Location"] == reverse("project_detail", args=[project.pk])


def test_a_suspended_project_is_taken_over_with_where_it_stood(tree):
    """Standing still since February, after a start in September 2025; each half of that alone is refused."""
    client, url = client_for(Job.BUREAU_STAFF, tree.county), reverse("project_create")
    stood = {"stood": "started", "stood_on": "2025-09-01"}
    still = running(tree, stage="suspended")
    for sent, wrong in (
        (still, {"stood", "stood_on"}),
        ({**still, "stood": "started"}, {"stood_on"}),
        ({**still, **stood, "stage": "started"}, {"stood", "stood_on"}),
        ({**still, **stood, "stood_on": "2026-03-01"}, {"__all__"}),  # after it was suspended
    ):
        response = client.post(url, sent)
        assert (response.status_code, set(response.context["form"].errors)) == (422, wrong)
    assert not Project._base_manager.exists()
    response = client.post(url, {**still, **stood})
    assert response.status_code == 302, response.context["form"].errors
    project = Project._base_manager.get()
    assert (project.stage.code, project.held_from.code) == ("suspended", "started")
    lines = Posting._base_manager.filter(kind="project.started", role="assessed")
    assert list(lines.values_list("occurred_on", flat=True)) == [date(2025, 9, 1)]
