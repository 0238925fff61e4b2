"""The API of leads and the registers around them, by the inherited suite; and what is special about each."""

import pytest
from django.utils.translation import gettext

from leads.models import Contact, Introducer, Investor, Lead, OfferedProject
from organizations.choices import Role
from tests.support.api import WriteSuite, assert_problem
from tests.support.factories_leads import (
    ContactFactory,
    IntroducerFactory,
    InvestorFactory,
    LeadFactory,
    OfferFactory,
    yuan,
)
from tests.support.pipeline import ship

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stages(db):
    ship()
    yuan()


class TestInvestor(WriteSuite):
    model, factory, base, ordering = Investor, InvestorFactory, "investors", "pinyin"
    reader = Role.EVALUATOR

    def payload(self, tree):
        return {"unit": tree.town.pk, "name": "标记甲", "zone": "abroad"}

    def test_a_wrong_code_names_the_field(self, tree):
        sent = {
            **self.payload(tree),
            "credit_code": "91350100M000100Y44",
        }  # last character 3, GB 32100 by hand
        body = assert_problem(self.keeper_api(tree).post(self.url(), sent, format="json"), 400, "invalid")
        assert "credit_code" in body["fields"]
        assert body["message"] == gettext("The data is not valid.")  # in the language of who asks
        sent["credit_code"] = " 91350100m000100y43"
        made = self.keeper_api(tree).post(self.url(), sent, format="json")
        assert made.json()["credit_code"] == "91350100M000100Y43"


class TestContact(WriteSuite):
    model, factory, base, ordering = Contact, ContactFactory, "contacts", "name"
    reader = None
    private = ()
    hidden_key = "investor"

    def hidden(self, tree):
        return InvestorFactory(unit=tree.other_town)

    def payload(self, tree):
        investor = InvestorFactory(unit=tree.town)
        return {"unit": tree.town.pk, "investor": investor.pk, "name": "标记甲", "phone": "13812345678"}

    def test_detail(self, tree):
        row = self.row(tree)
        body = self.keeper_api(tree).get(self.url(row.pk)).json()
        assert (body["phone"], body["email"]) == ("138****5678", "n***@example.com")

    def test_create_needs_its_right(self, tree):
        """Nobody reads a contact without keeping it; strangers: `test_nobody_creates_at_another_unit`."""

    def test_update_needs_its_right(self, tree):
        row = self.row(tree)
        sent = {"version": row.version, "name": "改后丁"}
        assert_problem(self.outsider_api(tree).patch(self.url(row.pk), sent, format="json"), 404, "not_found")


class TestIntroducer(WriteSuite):
    model, factory, base, ordering = Introducer, IntroducerFactory, "introducers", "pinyin"

    def payload(self, tree):
        return {"unit": tree.town.pk, "name": "标记甲", "kind": "agent", "phone": "13812345678"}


class TestOffer(WriteSuite):
    model, factory, base, ordering = OfferedProject, OfferFactory, "offers", "pinyin"
    reader = Role.EVALUATOR

    def payload(self, tree):
        return {"unit": tree.town.pk, "name": "标记甲", "amount": "50000000.00"}


class TestLead(WriteSuite):
    model, factory, base, ordering = Lead, LeadFactory, "leads", "pinyin"
    reader = Role.EVALUATOR
    hidden_key = "introducer"

    def hidden(self, tree):
        return IntroducerFactory(unit=tree.other_town)

    def payload(self, tree):
        return {
            "unit": tree.town.pk,
            "name": "标记甲",
            "source": "approach",
            "investor_name": "示例实业有限公司",
        }

    def test_unit_and_officer_do_not_change_here(self, tree):
        row = self.row(tree)
        before = self.untouched(row)
        for sent in ({"unit": tree.second_town.pk}, {"officer": None}, {"investor_name": "某"}):
            body = assert_problem(
                self.keeper_api(tree).patch(
                    self.url(row.pk), {"version": row.version, **sent}, format="json"
                ),
                400,
                "invalid",
            )
            assert set(body["fields"]) == set(sent)
        assert self.untouched(row) == before
