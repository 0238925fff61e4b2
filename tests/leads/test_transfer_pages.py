"""Transfers and disputes in the browser and over the API."""

import pytest
from django.urls import reverse

from leads.desk_protection import disputes_waiting, transfers_waiting
from leads.models import (
    Dispute,
    LeadTransfer,
)
from organizations.choices import Role
from tests.support.clients import client_for, session_api
from tests.support.factories import RowFactory, UnitFactory
from tests.support.factories_leads import InvestorFactory, LeadFactory
from tests.support.ui import ListSuite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]


class TransferFactory(RowFactory):
    class Meta:
        model = LeadTransfer
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        name = kwargs.pop("name", None)
        lead = LeadFactory(unit=kwargs["from_unit"], **({"name": name} if name else {}))
        return super()._create(model_class, *args, **{"lead": lead, "reason": "更近园区", **kwargs})


class DisputeFactory(RowFactory):
    class Meta:
        model = Dispute
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        lead = LeadFactory(unit=kwargs["respondent"])
        number = f"D{Dispute._base_manager.count():04d}"
        given = {"lead": lead, "number": number, "investor_name": "示例公司", "claim": "先到", **kwargs}
        return super()._create(model_class, *args, **given)


def test_among_many_units_the_receiving_one_is_searched_for(tree):
    """Thirteen others and no script: what was typed is sent, and of several that fit one is chosen."""
    lead = LeadFactory(unit=tree.town)
    for n in range(8):
        UnitFactory(parent=tree.county, name=f"样例镇{n}")
    client, url = client_for(Role.BUREAU_STAFF, tree.city), reverse("transfer_propose", args=[lead.pk])
    page = client.get(url)
    assert 'name="to_unit_text"' in page.content.decode()
    sent = {"version": lead.version, "reason": "更近园区", "to_unit_text": "样例"}
    several = client.post(url, sent)
    assert several.status_code == 422
    assert several.content.decode().count('type="radio" name="to_unit"') == 8
    own = client.post(url, {**sent, "to_unit_text": "龙驹寨"})  # the unit that has it isn't offered
    assert (own.status_code, list(own.context["form"].errors)) == (422, ["to_unit"])
    assert client.post(url, {**sent, "to_unit_text": "棣花"}).status_code == 302
    assert LeadTransfer._base_manager.get().to_unit == tree.second_town


class TestTransfer(ListSuite):
    model, factory, prefix = LeadTransfer, TransferFactory, "transfer"
    reader = Role.OFFICER
    sort = column = "lead"
    exports = False  # nobody has the right
    filters = ("state=proposed", "from_unit={tree.town.pk}")
    misses = ("state=agreed", "to_unit={tree.town.pk}")

    def place(self, tree):
        return {"from_unit": tree.town, "to_unit": tree.second_town}

    def elsewhere(self, tree):
        return {"from_unit": tree.other_town, "to_unit": tree.other_county}


class TestDispute(ListSuite):
    model, factory, prefix, text = Dispute, DisputeFactory, "dispute", "investor_name"
    reader = Role.OFFICER
    sort = column = "investor_name"
    filters = ("state=open", "claimant={tree.second_town.pk}")
    misses = ("state=decided", "claimant={tree.town.pk}")

    def place(self, tree):
        return {"respondent": tree.town, "claimant": tree.second_town}

    def elsewhere(self, tree):
        return {"respondent": tree.other_town, "claimant": tree.other_county}

    def test_sort_both_ways(self, tree):
        """A name in the claimant's own words has no pinyin: it sorts by code point."""
        first, second = (self.make(self.place(tree), name) for name in ("标记甲", "标记疑"))
        client = self.as_keeper(tree)
        assert self.pks(client, "q=标记&sort=-investor_name") == [first.pk, second.pk][::-1]


def test_a_transfer_in_the_browser_and_over_the_api(tree):
    lead = LeadFactory(unit=tree.town)
    giving, receiving = client_for(Role.UNIT_HEAD, tree.town), client_for(Role.UNIT_HEAD, tree.other_town)
    sent = {"version": 1, "to_unit": tree.other_town.pk, "reason": "园区对口", "keeps_credit": "on"}
    answer = giving.post(reverse("transfer_propose", args=[lead.pk]), sent)
    row = LeadTransfer._base_manager.get()
    assert answer["Location"] == reverse("lead_detail", args=[lead.pk])
    assert [one["url"] for one in transfers_waiting(receiving.user)] == [
        reverse("transfer_detail", args=[row.pk])
    ]
    assert transfers_waiting(giving.user) == []
    # The reminder and the block say the same: one line, counted once.
    home = receiving.get("/")
    assert home.context["task_count"] == 1
    assert [one["url"] for group in home.context["tasks"] for one in group["items"]] == [
        reverse("transfer_detail", args=[row.pk])
    ]
    api = session_api(Role.UNIT_HEAD, tree.other_town)
    url = f"/api/v1/transfers/{row.pk}/agree/"
    assert api.post(url, {"version": 9}, format="json").status_code == 409
    agreed = api.post(url, {"version": 1}, format="json").json()
    assert (agreed["state"], agreed["keeps_credit"]) == ("agreed", True)
    lead.refresh_from_db()
    assert (lead.unit, lead.credit_unit) == (tree.other_town, tree.town)


def test_a_dispute_from_claim_to_ruling_in_the_browser(tree):
    investor = InvestorFactory(unit=tree.town, name="示例青屿电子有限公司")
    LeadFactory(unit=tree.park, investor=investor)
    lead = LeadFactory(unit=tree.town, investor=investor)
    claimant, holder = client_for(Role.UNIT_HEAD, tree.other_town), client_for(Role.UNIT_HEAD, tree.town)
    bureau = client_for(Role.BUREAU_STAFF, tree.city)
    sent = {"claimant": tree.other_town.pk, "investor_name": "示例青屿电子有限公司", "claim": "上月已接待"}
    several = claimant.post(reverse("dispute_create"), sent)
    assert several.status_code == 422
    text = several.content.decode()
    assert str(tree.town.label) in text
    assert lead.name not in text
    assert claimant.post(reverse("dispute_create"), {**sent, "lead": lead.pk}).status_code == 302
    row = Dispute._base_manager.get()
    assert len(disputes_waiting(bureau.user)) == len(disputes_waiting(holder.user)) == 1

    def step(client, name, **values):
        row.refresh_from_db()
        return client.post(reverse(name, args=[row.pk]), {"version": row.version, **values}).status_code

    assert step(claimant, "dispute_state", text="有接待记录") == 302
    assert step(holder, "dispute_state", text="登记在先") == 302
    assert step(claimant, "dispute_decide", ruling="move", reasons="归我") == 403
    assert step(bureau, "dispute_decide", ruling="move", reasons="未听证") == 422
    assert step(bureau, "dispute_hear", minutes="双方到会") == 302
    assert step(bureau, "dispute_decide", ruling="move", reasons="接待在先") == 302
    for client in (claimant, holder):
        page = client.get(reverse("dispute_detail", args=[row.pk])).content.decode()
        assert "有接待记录" in page
        assert "接待在先" in page
    lead.refresh_from_db()
    assert lead.unit == tree.other_town
    assert disputes_waiting(bureau.user) == []
