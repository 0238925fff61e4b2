"""The pages of leads and of the registers around them, by the inherited suite; and what is special about each."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common import clock
from common.models import Draft, ExportLog
from leads.models import Attachment, Contact, FollowUp, Introducer, Investor, Lead, Look, OfferedProject
from organizations.choices import Role
from tests.support.clients import client_for, client_of, user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import (
    ContactFactory,
    IntroducerFactory,
    InvestorFactory,
    LeadFactory,
    OfferFactory,
    yuan,
)
from tests.support.pipeline import ask, ship
from tests.support.ui import RowSuite
from tests.support.world import CurrencyFactory

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true", "HX-Target": "panel", "HX-Current-URL": "http://testserver/leads/"}


@pytest.fixture(autouse=True)
def stages(db):
    ship()
    yuan()


class TestInvestor(RowSuite):
    model, factory, prefix = Investor, InvestorFactory, "investor"
    reader = Role.EVALUATOR
    filters = ("unit={tree.town.pk}", "zone=outside_province")
    misses = ("unit={tree.second_town.pk}", "zone=abroad")

    def form(self, tree):
        return {"unit": tree.town.pk, "name": "标记甲", "zone": "abroad", "credit_code": ""}


class TestIntroducer(RowSuite):
    model, factory, prefix = Introducer, IntroducerFactory, "introducer"
    filters = ("kind=person", "outside=true")
    misses = ("kind=agent", "outside=false")

    def form(self, tree):
        return {"unit": tree.town.pk, "name": "标记甲", "kind": "agent", "phone": "13812341234"}


class TestOffer(RowSuite):
    model, factory, prefix = OfferedProject, OfferFactory, "offer"
    reader = Role.EVALUATOR
    filters = ("state=open",)
    misses = ("state=taken",)

    def form(self, tree):
        return {"unit": tree.town.pk, "name": "标记甲", "amount": "5000", "currency": "CNY"}


class TestLead(RowSuite):
    model, factory, prefix = Lead, LeadFactory, "lead"
    reader = Role.EVALUATOR
    filters = (
        "stage=registered", "unit={tree.county.pk}", "source=approach", "amount_from=12000", "zone=outside_province",
        "ending=", "custody=held",
    )  # fmt: skip
    misses = (
        "stage=lost", "unit={tree.second_town.pk}", "amount_to=11999", "stale=yes", "mine=yes", "custody=pool",
        "disputed=yes", "overdue=yes", "visited=yes", "valid=yes",
    )  # fmt: skip

    def form(self, tree):
        return {
            "unit": tree.town.pk,
            "investor_text": "标记实业有限公司",
            "name": "标记甲",
            "source": "approach",
            "currency": "CNY",
        }


@pytest.fixture
def desk(tree):
    """An officer of the town with an account, and his browser."""
    user = user_with(Role.OFFICER, tree.town)
    return OfficerFactory(unit=tree.town, user=user), client_of(user)


def quick(tree, **values):
    return {
        "investor_text": "云杉自动化设备有限公司",
        "source": "approach",
        "currency": "CNY",
        "unit": tree.town.pk,
    } | values


# quick entry


def test_one_form_makes_investor_contact_and_lead(tree, desk):
    officer, client = desk
    sent = quick(
        tree, name="机器人", credit_code="91350100M000100Y43", contact_name="许某", contact_phone="13812340217",
        amount="12600.5", land_mu="80", next_step="送样", next_on="2026-11-25",
    )  # fmt: skip
    response = client.post(reverse("lead_create"), sent)
    lead = Lead._base_manager.get()
    assert (response.status_code, response["Location"]) == (302, reverse("lead_detail", args=[lead.pk]))
    assert lead.amount == Decimal("126005000.00")  # 12,600.5 times ten thousand
    assert (lead.officer, lead.unit, lead.investor.name) == (officer, tree.town, "云杉自动化设备有限公司")
    assert lead.investor.credit_code == "91350100M000100Y43"
    assert (lead.contact.name, lead.contact.phone) == ("许某", "13812340217")


def test_a_business_card_goes_along_and_what_it_is_not_is_refused(tree, desk, settings, tmp_path):
    """A JPEG begins with FF D8 FF; text under a picture's name is none."""
    settings.MEDIA_ROOT = tmp_path
    _officer, client = desk
    page = client.get(reverse("lead_create")).content.decode()
    assert 'enctype="multipart/form-data"' in page
    wrong = SimpleUploadedFile("名片.jpg", b"<script>", "image/jpeg")
    response = client.post(reverse("lead_create"), quick(tree, name="机器人", file=wrong))
    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert not Lead._base_manager.exists()
    card = SimpleUploadedFile("名片.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\xff\xd9", "image/jpeg")
    assert client.post(reverse("lead_create"), quick(tree, name="机器人", file=card)).status_code == 302
    kept = Attachment._base_manager.get()
    assert (kept.lead, kept.name, kept.kind) == (Lead._base_manager.get(), "名片.jpg", "other")


def test_the_panel_keeps_a_draft_warns_of_duplicates_and_goes_on(tree, desk):
    _officer, client = desk
    InvestorFactory(unit=tree.town, name="云杉自动化设备有限公司")
    url = reverse("lead_create")
    client.post(url, quick(tree, name="机器", _draft="save"), headers=PANEL)
    assert Draft.objects.get().owner_id == client.user.pk
    part = client.get(url, headers=PANEL).content.decode()
    assert "<html" not in part
    assert 'value="机器"' in part
    refused = client.post(url, quick(tree, name="", contact_phone="13812340217"), headers=PANEL)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "云杉自动化设备有限公司" in text
    assert 'class="ip-dup"' in text
    again = client.post(url, quick(tree, name="机器人", again="1"), headers=PANEL)
    assert again.status_code == 200
    assert again.context["notice"]
    assert not Draft.objects.exists()
    assert (
        Lead._base_manager.get().investor == Investor._base_manager.get()
    )  # found by its name, not made twice


def test_a_wrong_credit_code_is_told_at_its_field(tree, desk):
    _officer, client = desk
    response = client.post(reverse("lead_create"), quick(tree, name="某", credit_code="91350100M000100Y4O"))
    assert response.status_code == 422
    assert "O" in response.context["form"].errors["credit_code"][0]
    assert not Investor._base_manager.exists()


def test_an_idea_or_an_offer_and_a_tip_names_its_department(tree, desk):
    _officer, client = desk
    response = client.post(reverse("lead_create"), quick(tree, source="tip"))
    assert set(response.context["form"].errors) == {"name", "tip_from"}
    offered = OfferFactory(unit=tree.town, name="示例园")
    client.post(reverse("lead_create"), quick(tree, offer=offered.pk))
    lead = Lead._base_manager.get()
    assert (lead.name, lead.offer) == ("示例园", offered)
    page = client.get(f"{reverse('lead_create')}?offer={offered.pk}")
    assert page.context["form"]["name"].value() == "示例园"


# list


def test_tabs_count_and_the_sum_is_said(tree, desk):
    officer, client = desk
    today = clock.today()
    mine = LeadFactory(unit=tree.town, officer=officer, protected_until=today + timedelta(days=3))
    LeadFactory(unit=tree.town, visited_on=today, amount=Decimal(240_000_000))
    LeadFactory(unit=tree.town, officer=None, custody="pool")
    LeadFactory(unit=tree.town, custody="closed")
    page = client.get(reverse("lead_list"))
    assert [tab["count"] for tab in page.context["tabs"]] == [2, 1, 1, 1, 1, 0]
    assert "3.60" in page.context["sub"]  # 1.2 + 2.4 hundred million
    LeadFactory(unit=tree.town, amount=Decimal(62_000_000), currency=CurrencyFactory(code="USD"))
    assert "6,200.00" in client.get(reverse("lead_list")).context["sub"]  # ten thousands of dollars, not 0.62
    found = client.get(f"{reverse('lead_list')}?mine=yes").context["table"]
    assert [row.record for row in found.rows] == [mine]


def test_officers_are_assigned_in_one_go(tree):
    client = client_for(Role.UNIT_HEAD, tree.town)
    leads, officer = [LeadFactory(unit=tree.town) for _n in range(2)], OfficerFactory(unit=tree.town)
    sent = {"pk": [lead.pk for lead in leads], "officer": officer.pk, "reason": "分工"}
    assert client.post(reverse("lead_assign_many"), sent).status_code == 302
    assert set(Lead._base_manager.values_list("officer", flat=True)) == {officer.pk}
    away = OfficerFactory(unit=tree.second_town)
    bureau = client_for(Role.BUREAU_STAFF, tree.county)
    refused = bureau.post(reverse("lead_assign_many"), {**sent, "officer": away.pk})
    assert refused.status_code == 422
    assert away.name in refused.context["chosen"][0]["refusal"]


def test_talks_moves_and_giving_up_in_one_go(tree, desk):
    officer, client = desk
    leads = [LeadFactory(unit=tree.town, officer=officer) for _n in range(2)]
    pks = [lead.pk for lead in leads]
    talk = {"pk": pks, "kind": "meeting", "on": clock.today(), "text": "展会上见面"}
    assert client.post(reverse("lead_follow_up_many"), talk).status_code == 302
    assert FollowUp._base_manager.filter(lead__in=pks).count() == 2
    refused = client.post(reverse("lead_move_many"), {"pk": pks, "target": "screened", "on": clock.today()})
    assert refused.status_code == 422  # the industry and the screening are missing, as the refusal says
    assert all(one["refusal"] for one in refused.context["chosen"])
    ask("lead", "screened", "source")
    client.post(reverse("lead_move_many"), {"pk": pks, "target": "screened", "on": clock.today()})
    assert set(Lead._base_manager.values_list("stage__code", flat=True)) == {"screened"}
    client.post(reverse("lead_release_many"), {"pk": pks, "reason": "精力不足"})
    assert set(Lead._base_manager.values_list("custody", flat=True)) == {"pool"}


# detail


def test_what_is_missing_for_the_next_stage_stands_on_the_page(tree, desk):
    officer, client = desk
    lead = LeadFactory(unit=tree.town, officer=officer)
    page = client.get(reverse("lead_detail", args=[lead.pk]))
    part = next(one for one in page.context["main"] if one["panel"] == "missing")
    # stages.yaml, screened: industry, amount, source, admitted; amount and source are there.
    assert len(part["need"]["rows"]) == 2
    assert part["need"]["rows"][0]["url"] == reverse("lead_update", args=[lead.pk])
    assert [step["state"] for step in page.context["bar"]][:2] == ["now", "todo"]


def test_telephones_are_masked_until_shown_and_that_is_logged(tree, desk):
    officer, client = desk
    contact = ContactFactory(unit=tree.town)
    lead = LeadFactory(unit=tree.town, officer=officer, contact=contact, investor=contact.investor)
    url = reverse("contact_detail", args=[contact.pk])
    for address in (reverse("lead_detail", args=[lead.pk]), url, contact_home(contact)):
        text = client.get(address).content.decode()
        assert "138****5678" in text
        assert contact.phone not in text
        assert contact.email not in text
    assert not ExportLog.objects.exists()
    shown = client.post(url).content.decode()
    assert contact.phone in shown
    assert contact.email in shown
    assert (ExportLog.objects.get().kind, ExportLog.objects.get().query) == (
        "unmask:contact",
        f"id={contact.pk}",
    )


def contact_home(contact):
    return reverse("investor_detail", args=[contact.investor_id])


def test_contacts_are_entered_changed_and_archived_at_their_investor(tree, desk):
    _officer, client = desk
    investor = InvestorFactory(unit=tree.town)
    home = reverse("investor_detail", args=[investor.pk])
    sent = {"unit": tree.town.pk, "name": "许某", "phone": "13812340217", "email": "xu@example.com"}
    made = client.post(reverse("contact_create", args=[investor.pk]), sent)
    assert made["Location"] == home
    row = Contact._base_manager.get()
    page = client.get(reverse("contact_update", args=[row.pk])).content.decode()
    assert row.phone not in page
    changed = {"unit": tree.town.pk, "name": "许经理", "phone": "", "email": "", "version": 1}
    assert client.post(reverse("contact_update", args=[row.pk]), changed).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.phone, row.email) == ("许经理", "13812340217", "xu@example.com")
    client.post(reverse("contact_archive", args=[row.pk]), {"version": 2, "reason": "离职"})
    assert "许经理" not in client.get(home).content.decode()
    assert (
        client_for(Role.OFFICER, tree.second_town).get(reverse("contact_detail", args=[row.pk])).status_code
        == 404
    )


def test_a_confidential_lead_shows_its_code_name_to_strangers_and_logs_who_looks(tree, desk, monkeypatch):
    officer, client = desk
    lead = LeadFactory(
        unit=tree.town, officer=officer, name="标记项目", code_name="松涛", note="标记",
        confidential_until=clock.today() + timedelta(days=30), next_step="标记",
        investor=InvestorFactory(unit=tree.town, name="标记实业有限公司"),
    )  # fmt: skip
    assert "标记项目" in client.get(reverse("lead_detail", args=[lead.pk])).content.decode()
    assert Look._base_manager.get().actor_id == client.user.pk
    # Somebody who sees it without belonging to it, as in the pool.
    monkeypatch.setattr(Lead.Scope, "members", staticmethod(lambda grant: everything()))
    stranger = client_for(Role.OFFICER, tree.other_town)
    for address in (
        reverse("lead_detail", args=[lead.pk]),
        reverse("lead_list"),
        f"/api/v1/leads/{lead.pk}/",
        f"{reverse('lead_list')}?columns=name&columns=investor&columns=number",
    ):
        text = stranger.get(address).content.decode()
        assert "松涛" in text
        assert "标记" not in text.replace("标***", "")
    assert Look._base_manager.count() == 3  # the two pages, and once over the API
    assert not list(stranger.get(f"{reverse('lead_list')}?q=标记项目").context["table"].rows)
    assert len(stranger.get(f"{reverse('lead_list')}?q=松涛").context["table"].rows) == 1


def everything():
    from django.db.models import Q

    return Q(pk__isnull=False)
