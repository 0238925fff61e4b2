"""The quick review on its page and over the API."""

import pytest
from django.urls import reverse

from leads.models import (
    Screening,
    ScreeningCheck,
)
from leads.services.screenings import screening_begin
from organizations.choices import Role
from tests.support.clients import client_for, session_api
from tests.support.factories import TESTS
from tests.support.factories_leads import LeadFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]


def test_the_checks_are_entered_on_one_page(tree):
    lead = LeadFactory(unit=tree.town, land_mu=20)
    client, url = client_for(Role.OFFICER, tree.town), reverse("lead_screening", args=[lead.pk])
    assert client.post(url, {"version": 1}).status_code == 404, "it has not begun"
    assert client.post(reverse("lead_screening_begin", args=[lead.pk])).status_code == 302
    page = client.get(url)
    assert "600" in page.content.decode()  # 12,000 / 20 mu: proposed
    committee = client_for(Role.COMMITTEE, tree.county)
    override = reverse("screening_override", args=[Screening._base_manager.get().pk])
    assert override not in committee.get(url).content.decode(), "nothing has been checked yet"
    sent = {"version": 1, "v_tax_per_mu": "31", "v_industry_fit": "yes", "r_industry_fit": "主导产业为电子"}
    assert client.post(url, {**sent, "v_tax_per_mu": "-1"}).status_code == 422
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code == 409, "opened before the change"
    row = Screening._base_manager.get()
    results = dict(
        ScreeningCheck.objects.filter(screening=row)
        .exclude(result="open")
        .values_list("check_def__code", "result")
    )
    assert results == {"tax_per_mu": "passed", "industry_fit": "passed"}
    assert row.outcome == "open"
    read = committee.get(url)
    assert override in read.content.decode()
    shown = {line["check"].check_def.code: str(line["shown"]) for line in read.context["lines"]}
    assert (shown["tax_per_mu"], shown["industry_fit"], shown["forbidden"]) == ("31", "是", "—"), "in words"
    assert committee.post(override, {"version": row.version, "reason": "补链项目"}).status_code == 302
    assert "补链项目" in client.get(url).content.decode()
    assert client.get(url).context["badge"]["css"] == "ok"
    detail = client.get(reverse("lead_detail", args=[lead.pk])).content.decode()
    assert url in detail


def test_screening_over_the_api(tree):
    lead = LeadFactory(unit=tree.town)
    api = session_api(Role.OFFICER, tree.town)
    made = api.post("/api/v1/screenings/", {"lead": lead.pk}, format="json")
    assert made.status_code == 201
    url = f"/api/v1/screenings/{made.json()['id']}/record/"
    sent = {"version": 1, "findings": [{"code": "plot_ratio", "value": "1.2"}]}
    found = api.post(url, sent, format="json").json()
    assert (found["outcome"], found["admitted"]) == ("failed", False)
    assert {one["code"]: one["result"] for one in found["checks"]}["plot_ratio"] == "failed"
    assert api.post(url, sent, format="json").status_code == 409


def test_a_review_begins_anew(tree):
    lead = LeadFactory(unit=tree.town)
    first = screening_begin(actor=TESTS, lead=lead.pk)
    client = client_for(Role.OFFICER, tree.town)
    client.post(reverse("lead_screening_begin", args=[lead.pk]))
    assert Screening._base_manager.filter(lead=lead, archived_at=None).exclude(pk=first.pk).count() == 1
