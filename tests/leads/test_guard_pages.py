"""Pages of the pool, transfers, disputes, certificates, screening, and of the rules, by the inherited suites; and
what is special about each."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from common.changelog import acting
from leads.certificates import issue
from leads.desk_protection import disputes_waiting, protection_ending, transfers_waiting
from leads.models import (
    Dispute,
    FirstContact,
    Gate,
    GateCheck,
    Lead,
    LeadTransfer,
    ProtectionTerms,
    Screening,
    ScreeningCheck,
)
from leads.services.screenings import screening_begin
from organizations.choices import Role
from tests.support.clients import client_for, client_of, session_api, user_with
from tests.support.factories import TESTS, OfficerFactory, RowFactory
from tests.support.factories_leads import InvestorFactory, LeadFactory
from tests.support.ui import ListSuite, RowSuite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]


class PooledFactory(LeadFactory):
    officer = None
    custody = "pool"
    pooled_on = clock.today()


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


class TermsFactory(RowFactory):
    class Meta:
        model = ProtectionTerms
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        first = ProtectionTerms._base_manager.order_by("-valid_from").first()
        numbers = {
            "first_days": 20,
            "prolong_days": 20,
            "remind_before": [3],
            "real_kinds": ["visit"],
            "claim_limit": 5,
            "rest_days": 10,
            "collision_days": 30,
            "hearing_days": 10,
            "valid_from": first.valid_from + timedelta(days=1),
        }
        return super()._create(model_class, *args, **{**numbers, **kwargs})


class GateFactory(RowFactory):
    class Meta:
        model = Gate
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        code = f"gate_{Gate._base_manager.count()}"
        given = {"code": code, "name": code, "valid_from": "2026-01-01", **kwargs}
        return super()._create(model_class, *args, **given)


class TestPool(ListSuite):
    model, factory, prefix = Lead, PooledFactory, "pool"
    reader = Role.EVALUATOR
    outsider = None  # open to every unit
    filters = ("unit={tree.town.pk}", "zone=outside_province")
    misses = ("unit={tree.second_town.pk}", "zone=abroad")


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


class TestTerms(RowSuite):
    model, factory, prefix, text = ProtectionTerms, TermsFactory, "protectionterms", "source"
    outsider = None
    sort = column = label = "source"
    change = ("source", "改后丁")

    def place(self, tree):
        return {}

    def form(self, tree):
        return {
            "valid_from": "2027-01-01",
            "first_days": 15,
            "prolong_days": 10,
            "remind_before": "5,2",
            "real_kinds": ["visit", "meeting"],
            "claim_limit": 3,
            "rest_days": 5,
            "collision_days": 30,
            "hearing_days": 10,
            "source": "标记甲",
        }


class TestGate(RowSuite):
    model, factory, prefix = Gate, GateFactory, "gate"
    outsider = None

    def place(self, tree):
        return {}

    def form(self, tree):
        return {"name": "标记甲", "code": "marked", "valid_from": "2027-01-01", "sort": 0}


def test_rules_that_make_no_sense_are_refused(tree):
    client, before = client_for(Role.BUREAU_STAFF, tree.city), ProtectionTerms._base_manager.count()
    sent = TestTerms().form(tree)
    for wrong in ({"remind_before": "15"}, {"longest_days": "10"}, {"first_days": "0"}, {"real_kinds": []}):
        assert client.post(reverse("protectionterms_create"), {**sent, **wrong}).status_code == 422, wrong
    assert ProtectionTerms._base_manager.count() == before


def test_a_check_is_added_changed_and_taken_out(tree):
    client, gate = client_for(Role.BUREAU_STAFF, tree.city), Gate._base_manager.get()
    sent = {"name": "能耗", "code": "energy", "comparison": "le", "measured_in": "吨标煤/万元", "sort": 90}
    url = reverse("gatecheck_add", args=[gate.pk])
    assert client.post(url, sent).status_code == 422, "a number needs its limit"
    assert client.post(url, {**sent, "limit": "0.5"}).status_code == 302
    check = GateCheck._base_manager.get(code="energy")
    changed = {**sent, "limit": "0.4", "version": 1}
    assert client.post(reverse("gatecheck_update", args=[check.pk]), changed).status_code == 302
    page = client.get(reverse("gate_detail", args=[gate.pk])).content.decode()
    assert "0.4" in page
    assert "吨标煤/万元" in page
    gone = client.post(reverse("gatecheck_archive", args=[check.pk]), {"version": 2, "reason": "取消"})
    assert gone.status_code == 302
    assert (
        "能耗" not in client.get(reverse("gate_detail", args=[gate.pk])).content.decode().split("<table")[1]
    )


# certificate


@pytest.fixture
def paper(tree):
    investor = InvestorFactory(unit=tree.town, name="标记实业有限公司")
    with acting(TESTS):
        lead = LeadFactory(unit=tree.town, investor=investor, name="标记项目")
        return issue(lead, clock.today() + timedelta(days=28))


def test_the_certificate_is_printed_with_its_code(tree, paper):
    page = client_for(Role.OFFICER, tree.town).get(reverse("certificate_detail", args=[paper.pk]))
    text = page.content.decode()
    for part in ("标记实业有限公司", paper.number, paper.sha256, "<svg"):
        assert part in text
    address = f"http://testserver{reverse('certificate_check', args=[paper.token])}"
    assert page.context["address"] == address
    assert address in text


def test_who_may_not_see_the_record_learns_number_unit_date_and_that_it_is_genuine(tree, paper):
    url = reverse("certificate_check", args=[paper.token])
    stranger = client_for(Role.OFFICER, tree.other_town)
    text = stranger.get(url).content.decode()
    assert paper.number in text
    assert paper.unit_name in text
    assert "标记" not in text
    assert reverse("certificate_detail", args=[paper.pk]) not in text
    own = client_for(Role.OFFICER, tree.town).get(url)
    assert reverse("certificate_detail", args=[paper.pk]) in own.content.decode()
    assert own.context["genuine"] is True
    assert stranger.get(reverse("certificate_check", args=["0" * 32])).status_code == 404


# pool


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


# transfer, dispute


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


# screening


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
    assert override in committee.get(url).content.decode()
    assert committee.post(override, {"version": row.version, "reason": "补链项目"}).status_code == 302
    assert "补链项目" in client.get(url).content.decode()
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


def test_protection_that_ends_soon_stands_on_the_desk(tree):
    user = user_with(Role.OFFICER, tree.town)
    mine = OfficerFactory(unit=tree.town, user=user)
    soon = LeadFactory(unit=tree.town, officer=mine, protected_until=clock.today() + timedelta(days=5))
    LeadFactory(unit=tree.town, officer=mine, protected_until=clock.today() + timedelta(days=60))
    LeadFactory(unit=tree.town, protected_until=clock.today() + timedelta(days=5))
    assert [one["url"] for one in protection_ending(user)] == [reverse("lead_detail", args=[soon.pk])]
    assert len(protection_ending(user_with(Role.UNIT_HEAD, tree.town))) == 2
    assert protection_ending(user_with(Role.UNIT_HEAD, tree.other_town)) == []


def test_papers_are_written_once(paper, app_role):
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        app_role.execute("UPDATE lds_first_contact SET investor_name = '别的公司'")
    assert FirstContact._base_manager.get().investor_name == "标记实业有限公司"


def test_a_review_begins_anew(tree):
    lead = LeadFactory(unit=tree.town)
    first = screening_begin(actor=TESTS, lead=lead.pk)
    client = client_for(Role.OFFICER, tree.town)
    client.post(reverse("lead_screening_begin", args=[lead.pk]))
    assert Screening._base_manager.filter(lead=lead, archived_at=None).exclude(pk=first.pk).count() == 1
