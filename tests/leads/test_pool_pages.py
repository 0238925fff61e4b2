"""The pool in the browser and over the API, and what ends soon on the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from leads.desk_protection import protection_ending
from leads.models import (
    Lead,
)
from organizations.choices import Role
from tests.support.clients import client_of, session_api, user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import InvestorFactory, LeadFactory
from tests.support.ui import ListSuite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]


class PooledFactory(LeadFactory):
    officer = None
    custody = "pool"
    pooled_on = clock.today()


class TestPool(ListSuite):
    model, factory, prefix = Lead, PooledFactory, "pool"
    reader = Role.EVALUATOR
    outsider = None  # open to every unit
    filters = ("unit={tree.town.pk}", "zone=outside_province")
    misses = ("unit={tree.second_town.pk}", "zone=abroad")


def test_a_stranger_reads_the_idea_and_claims_it(tree):
    investor = InvestorFactory(unit=tree.town, name="秘而不宣实业有限公司")
    lead = PooledFactory(unit=tree.town, investor=investor, name="漂流项目", next_step="约见秘书长")
    user = user_with(Role.OFFICER, tree.other_town)
    OfficerFactory(unit=tree.other_town, user=user)
    client = client_of(user)
    pages = (
        reverse("pool_list"),
        reverse("lead_detail", args=[lead.pk]),
        f"{reverse('lead_list')}?custody=pool&columns=investor&columns=name&columns=next_step",
        f"{reverse('lead_list')}?custody=all&q=秘而不宣",
    )
    for url in pages:
        text = client.get(url).content.decode().replace("q=秘而不宣", "").replace('value="秘而不宣"', "")
        assert "实业有限公司" not in text, url
        assert "秘书长" not in text, url
    assert "漂流项目" in client.get(pages[0]).content.decode()
    assert "漂流项目" not in client.get(pages[3]).content.decode().partition('id="results"')[2]
    said = session_api(Role.OFFICER, tree.other_town).get(f"/api/v1/leads/{lead.pk}/").json()
    assert (said["investor"], said["next_step"], said["name"]) == (None, None, "漂流项目")
    assert client.get(reverse("lead_screening", args=[lead.pk])).status_code == 404
    assert client.post(reverse("pool_claim", args=[lead.pk])).status_code == 302
    lead.refresh_from_db()
    assert (lead.officer.user, lead.unit) == (user, tree.other_town)
    assert client.post(reverse("lead_release", args=[lead.pk]), {"version": 1}).status_code == 422
    sent = {"version": lead.version, "reason": "不合适"}
    assert client.post(reverse("lead_release", args=[lead.pk]), sent).status_code == 302
    lead.refresh_from_db()
    assert lead.custody == "pool"


def test_pool_over_the_api(tree):
    lead = PooledFactory(unit=tree.town, name="漂流项目")
    client = session_api(Role.OFFICER, tree.other_town)
    (row,) = client.get("/api/v1/pool/").json()["results"]
    assert (row["id"], row["name"], "investor" in row) == (lead.pk, "漂流项目", False)
    assert client.post(f"/api/v1/pool/{lead.pk}/claim/", {}, format="json").json()["code"] == "no_officer"
    OfficerFactory(unit=tree.other_town, user=client.user)
    assert client.post(f"/api/v1/pool/{lead.pk}/claim/", {}, format="json").status_code == 200
    lead.refresh_from_db()
    assert lead.unit == tree.other_town


def test_protection_that_ends_soon_stands_on_the_desk(tree):
    user = user_with(Role.OFFICER, tree.town)
    mine = OfficerFactory(unit=tree.town, user=user)
    soon = LeadFactory(unit=tree.town, officer=mine, protected_until=clock.today() + timedelta(days=5))
    LeadFactory(unit=tree.town, officer=mine, protected_until=clock.today() + timedelta(days=60))
    LeadFactory(unit=tree.town, protected_until=clock.today() + timedelta(days=5))
    assert [one["url"] for one in protection_ending(user)] == [reverse("lead_detail", args=[soon.pk])]
    assert len(protection_ending(user_with(Role.UNIT_HEAD, tree.town))) == 2
    assert protection_ending(user_with(Role.UNIT_HEAD, tree.other_town)) == []
