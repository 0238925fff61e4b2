"""The pages of projects, by the inherited suite; and what is special about them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from leads.models import Look
from ledger.choices import Role
from ledger.models import Posting
from organizations.choices import Role as Job
from projects import services
from projects.models import Agreement, Commitment, HalfYear, LandParcel, Obligation, Project
from tests.projects.support import ProjectFactory
from tests.support.clients import client_for, client_of, user_with
from tests.support.factories import TESTS, OfficerFactory, UserFactory
from tests.support.factories_leads import InvestorFactory, yuan
from tests.support.factories_projects import credited, industry, ready_lead, signed_project
from tests.support.pipeline import paper
from tests.support.ui import RowSuite, filled

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


class TestProject(RowSuite):
    model, factory, prefix = Project, staticmethod(ProjectFactory), "project"
    reader = Job.EVALUATOR
    filters = (
        "stage=signed", "unit={tree.county.pk}", "host={tree.town.pk}", "mode=new", "zone=outside_province",
        "amount_from=12000", "sector=secondary", "section=C", "signed_from=2026-11-01",
    )  # fmt: skip
    misses = (
        "stage=started", "unit={tree.second_town.pk}", "host={tree.park.pk}", "mode=merger", "zone=abroad", "mine=yes",
        "amount_to=11999", "overdue=yes", "stale=yes", "suspended=yes", "signed_to=2026-10-31", "opening=yes",
    )  # fmt: skip

    def form(self, tree):
        """Taking over one that is running."""
        yuan()
        investor = InvestorFactory(unit=tree.town, credit_code="91TEST000000000001")
        return {
            "name": "标记甲", "unit": tree.town.pk, "investor": investor.pk, "industry": industry().pk,
            "agreement_number": "示例旧协议", "signed_on": "2025-03-01", "amount": "8000", "currency": "CNY",
            "registered_currency": "CNY", "mode": "new", "stage": "started", "stage_on": "2026-02-01",
        }  # fmt: skip


@pytest.fixture
def desk(tree):
    return client_for(Job.BUREAU_STAFF, tree.county)


@pytest.fixture
def project(tree):
    return signed_project(tree.town)


def page(client, project, part=""):
    response = client.get(reverse("project_detail", args=[project.pk]) + (f"?part={part}" if part else ""))
    assert response.status_code == 200
    return response


def send(client, name, pk, query="", **values):
    """Open a form, change some of its values, send it back."""
    url = reverse(name, args=[pk]) + query
    opened = client.get(url)
    assert opened.status_code == 200
    return client.post(url, {**filled(opened), **values})


def done(response):
    assert response.status_code == 302, response.context["form"].errors
    return response


# the page


def test_every_tab_shows_its_part(tree, desk, project):
    paper(project.lead, "licence")
    about = {"actor": TESTS, "project": project.pk}
    services.parcel_add(**about, number="示例地块1", area_mu=D(50), grant_fee=D(20_000_000))
    for half in "12":
        services.half_year_set(**about, year=2025, half=half, tax_paid=D(9_000_000), output=D(100_000_000))
    services.obligation_add(**about, kind="tax_mu", target=D(300_000), due_on=date(2028, 12, 31))
    wanted = {
        "": ("示例协议1", "12,000.00", "One project, one leader"),
        "capital": (project.lead.investor.name, "100 %"),
        # 2 × 900万元 over 50 mu are 36万元 a mu; 2 × 1亿元 are 400万元 a mu.
        "land": ("示例地块1", "2,000.00", "36.00", "400.00"),
        "promises": ("tax per mu and year", "30.00 ten thousand yuan"),
        "dossier": ("licence.pdf",),
        "figures": ("projects signed", "contract amount"),
        "unknown": ("示例协议1",),
    }
    for part, words in wanted.items():
        text = page(desk, project, part).content.decode()
        assert [word for word in words if word not in text] == [], part


def test_the_bar_and_what_is_missing(tree, desk, project):
    found = page(desk, project).context
    assert [step["state"] for step in found["bar"]] == ["now"] + ["todo"] * 6
    assert found["bar"][0]["date"] == date(2026, 6, 10)
    need = found["need"]
    assert need["count"] == len(need["rows"]) > 0
    assert all(row["url"] for row in need["rows"])
    assert f"{need['count']} missing" in found["actions"][0]["label"]


def test_what_it_contributes_stands_with_links_to_the_books(tree, desk, project):
    text = page(desk, project, "figures").content.decode()
    lines = Posting._base_manager.filter(subject_type="project", subject_id=project.pk)
    assert lines.count() >= 6
    assert all(reverse("posting_detail", args=[line.pk]) in text for line in lines)


def test_confidential_names_stay_inside_and_looks_are_written_down(tree):
    lead = ready_lead(tree.town, host=tree.park, name="机密光刻项目")
    project = signed_project(
        tree.town, lead=lead, confidential_until=date(2027, 1, 1), code_name="代号甲", note="机密备注"
    )
    outside = client_for(Job.UNIT_HEAD, tree.park)
    inside = client_for(Job.UNIT_HEAD, tree.town)
    machine = client_for(Job.SERVICE_CLIENT, tree.county)
    secrets = ("机密光刻", lead.investor.name, "示例协议1", "机密备注")
    for client in (outside, machine):
        for url in (
            *(f"{reverse('project_detail', args=[project.pk])}?part={part}" for part in ("", "capital", "dossier", "figures")),
            reverse("project_list"),
            f"{reverse('project_list')}?columns=name&columns=investor",
            f"{reverse('search')}?q=机密",
        ):  # fmt: skip
            text = client.get(url).content.decode()
            assert not [secret for secret in secrets if secret in text], url
    assert "代号甲" in outside.get(reverse("project_list")).content.decode()
    assert list(outside.get(f"{reverse('project_list')}?q=机密").context["table"].rows) == []
    assert len(outside.get(f"{reverse('project_list')}?q=代号").context["table"].rows) == 1
    for name in ("project_update", "project_timeline", "project_plan", "project_parcel_add"):
        assert outside.get(reverse(name, args=[project.pk])).status_code == 403
    assert outside.get(reverse("project_leader_many"), {"pk": project.pk}).status_code == 403
    assert "机密光刻项目" in page(inside, project).content.decode()
    looks = Look._base_manager.filter(lead=lead)
    assert set(looks.values_list("actor_name", flat=True)) == {
        client.user.actor_name for client in (outside, inside, machine)
    }


def test_the_host_reads_and_records_what_happens_on_site(tree):
    project = signed_project(tree.town, lead=ready_lead(tree.town, host=tree.park))
    client = client_for(Job.OFFICER, tree.park)
    assert page(client, project).context["title"] == project.name
    done(send(client, "project_parcel_add", project.pk, number="示例地块2", area_mu="12.5"))
    assert client.get(reverse("project_attribution", args=[project.pk])).status_code == 403


# forms of its parts


def test_a_supplement_changes_the_amount(tree, desk, project):
    url = ("project_agreement_add", project.pk)
    values = {"number": "补充1", "signed_on": "2026-08-01", "amount": "-2000"}
    done(send(desk, *url, **values))
    project.refresh_from_db()
    assert project.contract_amount == D(100_000_000)
    refused = send(desk, *url, **{**values, "number": "补充2", "amount": "-99999"})
    assert refused.status_code == 422
    assert "fall below zero" in str(refused.context["form"].errors["amount"])
    assert Agreement.objects.filter(project=project).count() == 2
    early = send(desk, *url, **{**values, "number": "补充3", "signed_on": "2026-06-01"})
    assert "between the signing" in str(early.context["form"].errors["signed_on"])


def test_a_transfer_is_a_new_version_with_its_reason(tree, desk):
    project = signed_project(tree.town, shares=credited((tree.town, "1")))
    query = f"?role={Role.ASSESSED}"
    values = {
        "valid_from": "2026-09-01", "assessed-0-percent": "40", "assessed-1-unit": tree.second_town.pk,
        "assessed-1-percent": "60",
    }  # fmt: skip
    refused = send(desk, "project_attribution", project.pk, query, **values)
    assert "required" in str(refused.context["form"].errors["reason"])
    done(send(desk, "project_attribution", project.pk, query, **values, reason="项目移交"))
    text = page(desk, project).content.decode()
    assert "项目移交" in text
    assert "replaced" in text
    now = project.attributions.get(role=Role.ASSESSED, superseded_by=None, valid__endswith=None)
    assert [(s.unit_id, s.share) for s in now.shares.order_by("share")] == [
        (tree.town.pk, D("0.4")),
        (tree.second_town.pk, D("0.6")),
    ]
    early = {**values, "valid_from": "2026-01-01", "reason": "过早"}
    refused = send(desk, "project_attribution", project.pk, query, **early)
    assert "day of signing" in str(refused.context["form"].errors["valid_from"])
    happened = desk.get(reverse("project_timeline", args=[project.pk])).content.decode()
    assert "Attribution changed: assessed unit" in happened


def test_a_dimension_ends_in_the_form_where_it_may(tree, desk):
    project = signed_project(tree.town, shares=credited((tree.town, "1")))
    query = f"?role={Role.DEPARTMENT}"
    assert (
        "ends" in desk.get(reverse("project_attribution", args=[project.pk]) + query).context["form"].fields
    )
    assert "ends" not in desk.get(reverse("project_attribution", args=[project.pk])).context["form"].fields
    values = {"valid_from": "2026-07-01", "reason": "部门撤出", "ends": "on", "department-0-percent": "35"}
    done(send(desk, "project_attribution", project.pk, query, **values))
    now = project.attributions.get(role=Role.DEPARTMENT, superseded_by=None, valid__endswith=None)
    assert (now.shares.count(), now.reason) == (0, "部门撤出")
    text = page(desk, project).content.decode()
    assert "nobody" in text
    assert "部门撤出" in text
    assert (
        "ends"
        not in desk.get(reverse("project_attribution", args=[project.pk]) + query).context["form"].fields
    )


def test_officers_and_leader_get_shares(tree, desk, project):
    other = OfficerFactory(unit=tree.second_town)
    values = {"valid_from": "2026-07-01", "reason": "共同招引", "officer-0-percent": "50"}
    both = {**values, "officer-1-officer": other.pk, "officer-1-percent": "50"}
    done(send(desk, "project_attribution", project.pk, f"?role={Role.OFFICER}", **both))
    people = [one["name"] for one in page(desk, project).context["people"]]
    assert set(people) >= {project.lead.officer.name, other.name}
    assert desk.get(reverse("project_attribution", args=[project.pk]) + "?role=referrer").status_code == 400


def test_investors_and_plan_are_replaced_as_a_whole(tree, desk, project):
    second = InvestorFactory(unit=tree.town)
    values = {"investors-0-percent": "55", "investors-1-investor": second.pk, "investors-1-percent": "44"}
    refused = send(desk, "project_investors", project.pk, **values)
    assert "they must make 100" in str(refused.context["form"].errors["investors-0-percent"])
    done(send(desk, "project_investors", project.pk, **{**values, "investors-1-percent": "45"}))
    assert sorted(project.investors.values_list("percent", flat=True)) == [D(45), D(55)]
    done(send(desk, "project_plan", project.pk, **{"plan-0-month": "2026-12", "plan-0-amount": "11000"}))
    done(send(desk, "project_plan", project.pk, **{"plan-1-month": "2027-01", "plan-1-amount": "500"}))
    assert list(project.plan.values_list("month", "amount")) == [
        (date(2026, 12, 1), D(110_000_000)),
        (date(2027, 1, 1), D(5_000_000)),
    ]
    assert "11,500.00 ten thousand yuan of 12,000.00" in page(desk, project, "capital").content.decode()


def test_a_commitment_is_made_within_the_law_and_kept(tree, desk, project):
    law = {"legal_basis": "示例文件1号", "review_number": "示例审查1", "review_on": "2026-05-01"}
    refused = send(desk, "project_commitment_add", project.pk, text="税收返还", incentive="on")
    assert set(refused.context["form"].errors) == set(law)
    done(send(desk, "project_commitment_add", project.pk, text="代建厂房", incentive="on", **law))
    row = Commitment.objects.get()
    done(send(desk, "project_commitment_update", row.pk, text="代建标准厂房"))
    done(send(desk, "project_commitment_keep", row.pk, kept_on="2026-10-01", outcome="已交付"))
    row.refresh_from_db()
    assert (row.text, row.kept_on, row.outcome) == ("代建标准厂房", date(2026, 10, 1), "已交付")
    again = send(desk, "project_commitment_keep", row.pk)
    assert again.status_code == 422
    assert "kept" in page(desk, project, "promises").content.decode()


def test_an_obligation_is_checked_waived_and_opened_again(tree, desk, project):
    done(send(desk, "project_obligation_add", project.pk, kind="capital", target="5000", due_on="2026-10-01"))
    row = Obligation.objects.get()
    assert row.target == D(50_000_000)
    assert filled(desk.get(reverse("project_obligation_update", args=[row.pk])))["target"] == D(5000)
    refused = send(desk, "project_obligation_check", row.pk, finding="missed", actual="4000")
    assert "why" in str(refused.context["form"].errors)
    done(send(desk, "project_obligation_check", row.pk, finding="waived", actual="4000", remark="经会议同意"))
    row.refresh_from_db()
    assert (row.finding, row.actual, row.checked_by) == ("waived", D(40_000_000), desk.user.actor_name)
    assert send(desk, "project_obligation_update", row.pk, target="1").status_code == 422
    done(send(desk, "project_obligation_check", row.pk, finding="open", remark="重新核查"))
    row.refresh_from_db()
    assert (row.finding, row.checked_on) == ("open", None)


def test_the_books_propose_what_became_of_a_step(tree, desk, project):
    values = {"kind": "start", "due_on": "2026-10-01"}  # a month ago, and it hasn't started
    done(send(desk, "project_obligation_add", project.pk, **values))
    opened = desk.get(reverse("project_obligation_check", args=[Obligation.objects.get().pk]))
    assert opened.context["form"].initial["finding"] == "missed"
    assert "not met" in str(opened.context["consequences"])


def test_land_and_half_years(tree, desk, project):
    done(send(desk, "project_parcel_add", project.pk, number="示例地块1", area_mu="50", grant_fee="2000"))
    parcel = LandParcel.objects.get()
    done(send(desk, "project_parcel_update", parcel.pk, fee_paid_on="2026-10-01"))
    parcel.refresh_from_db()
    assert (parcel.grant_fee, parcel.fee_paid_on) == (D(20_000_000), date(2026, 10, 1))
    half = {"year": "2026", "half": "1", "tax_paid": "90.5", "output": "1000"}
    done(send(desk, "project_half_year", project.pk, **half))
    done(send(desk, "project_half_year", project.pk, **{**half, "tax_paid": "95"}))
    assert HalfYear.objects.get().tax_paid == D(950_000)
    refused = send(desk, "project_half_year", project.pk, **{**half, "year": "2027"})
    assert "still to come" in str(refused.context["form"].errors["year"])


def test_forms_open_beside_the_page_and_one_more_row_is_a_part_of_it(tree, desk, project):
    url = reverse("project_plan", args=[project.pk])
    beside = {"HX-Request": "true", "HX-Target": "panel"}
    panel = desk.get(url, headers=beside).content.decode()
    assert "<html" not in panel
    assert 'id="rows-plan"' in panel
    more = desk.post(url, {"_more": "plan"}, headers={"HX-Request": "true", "HX-Target": "rows-plan"})
    assert (more.status_code, more.context["form"].counts["plan"]) == (200, 4)


def test_another_unit_finds_nothing_and_a_reader_changes_nothing(tree, project):
    outside, reader = client_for(Job.BUREAU_STAFF, tree.other_county), client_for(Job.LEADER, tree.county)
    row = services.parcel_add(actor=TESTS, project=project.pk, number="地块", area_mu=D(1))
    names = [
        ("project_agreement_add", project.pk), ("project_attribution", project.pk), ("project_investors", project.pk),
        ("project_plan", project.pk), ("project_commitment_add", project.pk), ("project_obligation_add", project.pk),
        ("project_parcel_add", project.pk), ("project_half_year", project.pk), ("project_parcel_update", row.pk),
    ]  # fmt: skip
    for name, pk in names:
        url = reverse(name, args=[pk])
        assert (outside.get(url).status_code, outside.post(url, {}).status_code) == (404, 404)
        assert (reader.get(url).status_code, reader.post(url, {}).status_code) == (403, 403)


def test_whose_project_it_is_finds_it_under_mine(tree):
    own = user_with(Job.OFFICER, tree.town)
    mine = signed_project(
        tree.town, lead=ready_lead(tree.town, officer=OfficerFactory(unit=tree.town, user=own))
    )
    signed_project(tree.town, lead=ready_lead(tree.town), agreement_number="示例协议2")
    rows = client_of(own).get(f"{reverse('project_list')}?mine=yes").context["table"].rows
    assert [row.record.pk for row in rows] == [mine.pk]
    leader = user_with(Job.LEADER, tree.county)
    led = signed_project(tree.second_town, leader=UserFactory._meta.model._base_manager.get(pk=leader.pk))
    rows = client_of(leader).get(f"{reverse('project_list')}?mine=yes").context["table"].rows
    assert [row.record.pk for row in rows] == [led.pk]


def test_the_head_adds_up_the_amounts(tree, desk):
    ProjectFactory(unit=tree.town)
    ProjectFactory(unit=tree.town, contract_amount=D(30_000_000))
    # 1.2亿 + 0.3亿
    assert (
        "2 projects, contract amount 1.50 hundred million yuan"
        in desk.get(reverse("project_list")).content.decode()
    )


def test_one_leader_for_several_projects(tree, desk):
    leader = user_with(Job.LEADER, tree.county, name="示例县长")
    user_with(Job.LEADER, tree.other_county, name="别县县长")
    rows = [ProjectFactory(unit=tree.town), ProjectFactory(unit=tree.second_town)]
    url = reverse("project_leader_many")
    opened = desk.get(url, {"pk": [row.pk for row in rows]})
    assert [person.pk for person in opened.context["form"].fields["leader"].queryset] == [leader.pk]
    done(desk.post(url, {"pk": [row.pk for row in rows], "leader": leader.pk}))
    assert {row.leader_id for row in Project._base_manager.all()} == {leader.pk}


def test_the_enterprise_is_entered_with_its_code(tree, desk, project):
    refused = send(desk, "project_update", project.pk, registered_name="示例芯材", registered_code="9135")
    assert "18 characters" in str(refused.context["form"].errors["registered_code"])
    code = "91350100M000100Y43"  # the example of GB 32100-2015
    done(send(desk, "project_update", project.pk, registered_name="示例芯材", registered_code=code.lower()))
    project.refresh_from_db()
    assert (project.registered_name, project.registered_code) == ("示例芯材", code)
    missing = [row["label"] for row in page(desk, project).context["need"]["rows"]]
    assert not {"its credit code", "registered enterprise"} & set(missing)
