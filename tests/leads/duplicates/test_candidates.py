"""Expected levels: DOMAIN §2 as worked out by hand in tests/rules_cases/similarity; here: who is found, in which unit,
and what of it is told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from leads.duplicates import candidates, collision, warnings_for
from leads.duplicates.blocking import READ, affordable, nearest, picks, shared_at_least
from leads.duplicates.words import LEVELS, REASONS
from leads.models import FollowUp, ProtectionTerms
from rules.similarity import LeadLike
from tests.support.clients import client_for, session_api, user_with
from tests.support.factories_leads import ContactFactory, InvestorFactory, LeadFactory, lead_stage

pytestmark = pytest.mark.django_db
CODE, OTHER_CODE, THIRD_CODE = "91610000MA6TQK0000", "91610000MA6TQK0001", "91610000MA6TQK0002"
TODAY = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, noon in Beijing


@pytest.fixture(autouse=True)
def friday():
    with clock.at(TODAY):
        yield


@pytest.fixture
def strange(tree):
    """Another unit's lead: nothing with 标记 in it may ever be told."""
    investor = InvestorFactory(
        name="青屿新材料股份有限公司", unit=tree.other_town, credit_code=CODE, note="标记备注"
    )
    contact = ContactFactory(investor=investor, unit=tree.other_town, name="标记某", phone="13800000000")
    return LeadFactory(
        name="标记高性能纤维项目",
        unit=tree.other_town,
        investor=investor,
        contact=contact,
        officer__name="标记专员",
        amount=Decimal(126_000_000),
        stage=lead_stage("intent"),
        registered_at=TODAY - timedelta(days=30),
        note="标记",
        next_step="标记下一步",
    )


def talk(lead, days_ago, kind="visit", **values):
    return FollowUp._base_manager.create(
        lead=lead,
        unit=lead.unit,
        kind=kind,
        on=clock.today() - timedelta(days=days_ago),
        text="标记",
        **values,
    )


def terms(days):
    return ProtectionTerms._base_manager.create(
        valid_from=date(2026, 1, 1),
        first_days=60,
        prolong_days=30,
        remind_before=[5],
        real_kinds=["visit", "meeting"],
        claim_limit=3,
        rest_days=30,
        collision_days=days,
        hearing_days=15,
    )


@pytest.mark.parametrize(
    ("typed", "level", "reason", "name"),
    [
        ({"investor_name": "别的名字", "credit_code": CODE.lower()}, 1, "same_credit_code", ""),
        ({"investor_name": "青屿新材料股份有限公司"}, 2, "same_name", "青屿新材料股份有限公司"),
        ({"investor_name": "青屿新材料有限公司"}, 2, "same_name", ""),  # the legal form isn't the name
        # 青屿新材料科 has 5 pairs, 4 of them among the 4 of 青屿新材料: 8/9 = 88.9 %
        ({"investor_name": "青屿新材料科"}, 3, "very_similar_name", ""),
        # 云川青屿新材料: 6 pairs, 4 shared: 8/10 = 80 %
        ({"investor_name": "云川青屿新材料"}, 4, "possible", ""),
        # another unit's amount (126 against 120 million yuan, within 10 %) says nothing: as without one
        ({"investor_name": "青屿新材料", "name": "光纤", "amount": Decimal(120_000_000)}, 2, "same_name", ""),
    ],
)
def test_levels_and_what_is_told_of_another_unit(officer, strange, typed, level, reason, name):
    (hit,) = candidates(officer, LeadLike(currency="CNY", **typed))
    assert (hit.level, hit.reason, hit.name) == (level, reason, name)
    assert (hit.unit, hit.stage, hit.on) == ("河口镇", "意向", date(2026, 10, 21))
    assert not hit.visible
    assert (hit.idea, hit.officer, hit.until, hit.url) == ("", "", None, "")
    assert "标记" not in repr(hit)


@pytest.mark.parametrize("name", ["", "示例", "新材科", "青山新工艺"])
def test_what_is_not_alike(officer, strange, name):
    assert candidates(officer, LeadLike(investor_name=name)) == ()


def test_one_s_own_record_is_told_whole(tree, officer):
    own = LeadFactory(
        name="纤维项目", unit=tree.town, investor__name="青屿新材料有限公司", officer__name="林某"
    )
    (hit,) = candidates(officer, LeadLike(investor_name="青屿新材料", name="纤维二期项目"))
    # 纤维二期项目 has 5 pairs, 纤维项目 3, shared 2 (纤维, 项目): 4/8 = 50 %: the leads differ, the investors don't.
    assert (hit.level, hit.reason, hit.visible) == (2, "same_name", True)
    assert (hit.name, hit.idea, hit.officer) == ("青屿新材料有限公司", "纤维项目", "林某")
    assert hit.url == reverse("lead_detail", args=[own.pk])
    (same,) = candidates(officer, LeadLike(investor_key=own.investor_id, name="纤维项目"))
    assert (same.level, same.reason) == (2, "same_name")
    (other,) = candidates(officer, LeadLike(investor_key=own.investor_id, name="光学镜片"))
    assert (other.level, other.reason, other.visible) == (None, "same_investor", True)
    assert candidates(officer, LeadLike(key=own.pk, investor_key=own.investor_id, name="纤维项目")) == ()


def test_other_ideas_of_an_investor_with_a_code_are_told_as_such_the_closest_first(tree, officer, strange):
    """Level 1 by the code. 纤维二期项目 and 纤维项目: 50 %, as above; 光学镜片 shares no pair."""
    investor = InvestorFactory(name="澜序机械（示例）有限公司", credit_code=OTHER_CODE, unit=tree.town)
    near = LeadFactory(name="纤维项目", unit=tree.town, investor=investor)
    LeadFactory(name="光学镜片", unit=tree.town, investor=investor)

    def told(name):
        found = candidates(officer, LeadLike(investor_key=investor.pk, name=name))
        return [(hit.level, hit.idea, hit.reason) for hit in found]

    other = "same_investor_code"
    assert told("纤维二期项目") == [(1, "纤维项目", other), (1, "光学镜片", other)]
    assert told("纤维项目") == [(1, "纤维项目", "same_credit_code"), (1, "光学镜片", other)]
    assert {reason for _level, _idea, reason in told("")} == {"same_credit_code"}
    LeadFactory(
        name="标记项目", unit=tree.other_town, investor__name="别的名字", investor__credit_code=THIRD_CODE
    )
    (hidden,) = candidates(officer, LeadLike(credit_code=THIRD_CODE, name="光学镜片"))
    assert (hidden.level, hidden.reason) == (1, "same_credit_code"), (
        "another unit's idea is not compared aloud"
    )
    browser = client_for("officer", tree.town)
    page = browser.get(reverse("lead_hints"), {"investor": investor.pk, "name": "光学"}).content.decode()
    assert near.name in page
    assert str(REASONS[other]) in page
    assert f"({LEVELS[1]})" not in page


def test_an_investor_without_leads(tree, officer):
    own = InvestorFactory(name="青屿新材料有限公司", unit=tree.town)
    InvestorFactory(name="青屿新材料厂", unit=tree.other_town)
    first, second = candidates(officer, LeadLike(investor_name="青屿新材料"))
    assert (first.level, first.visible, first.url) == (2, True, reverse("investor_detail", args=[own.pk]))
    assert (second.level, second.visible, second.unit, second.name) == (3, False, "河口镇", "")


def test_ended_and_archived_leads_warn_of_nothing(tree, officer, strange):
    strange.stage = lead_stage("lost")
    strange.save()
    (hit,) = candidates(officer, LeadLike(investor_name="青屿新材料"))
    assert hit.stage == ""  # the investor is there, nobody follows it
    strange.investor.archived_at = clock.now()
    strange.investor.save()
    assert candidates(officer, LeadLike(investor_name="青屿新材料")) == ()


@pytest.mark.parametrize("stage", ["intent", "lost"])
def test_of_a_confidential_record_only_that_it_is_there(tree, officer, strange, stage):
    strange.code_name, strange.confidential_until = "标记计划", date(2026, 11, 20)
    strange.stage = lead_stage(stage)
    strange.save()
    (hit,) = candidates(officer, LeadLike(investor_name="青屿新材料股份有限公司", credit_code=CODE))
    assert hit.confidential
    told = {name: getattr(hit, name) for name in hit.__dataclass_fields__ if name != "confidential"}
    assert not any(told.values())
    if stage == "intent":
        (whole,) = candidates(
            user_with("bureau_staff", tree.city), LeadLike(investor_name="青屿新材料股份有限公司")
        )
        assert (whole.idea, whole.visible) == ("标记高性能纤维项目", True)
    with clock.at(TODAY + timedelta(days=1)):  # no longer confidential
        (hit,) = candidates(officer, LeadLike(investor_name="青屿新材料股份有限公司"))
        assert (hit.confidential, hit.unit) == (False, "河口镇")


def test_an_investor_id_of_another_unit_asks_nothing(officer, strange):
    assert candidates(officer, LeadLike(investor_key=strange.investor_id)) == ()


def test_collision_hint(tree, officer, bureau, strange):
    typed = LeadLike(investor_name="青屿新材料")
    talk(strange, 6)
    assert collision(officer, typed) is None  # no rules: no hint
    rules = terms(days=6)
    found = collision(officer, typed)
    assert (found.on, found.days) == (date(2026, 11, 14), 6)
    assert collision(officer, LeadLike(investor_name="云川青屿新材料")) is None  # alike is not the same
    assert collision(bureau, typed) is None  # sees the record itself
    talk(strange, 2, kind="call")
    assert collision(officer, typed).days == 6  # a call is no real follow-up by these rules
    rules.collision_days = 5
    rules.save()
    assert collision(officer, typed) is None


def test_many_rows_take_as_many_queries_as_few(tree, officer, strange):
    terms(days=5)
    talk(strange, 1)
    for number in range(12):
        LeadFactory(unit=tree.town, investor__name=f"海棠智能家居{number}有限公司")
    officer.grants()

    def ask(count):
        rows = [LeadLike(investor_name=f"海棠智能家居{n}") for n in range(count)]
        rows += [LeadLike(investor_name="青屿新材料"), LeadLike()]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            found = warnings_for(officer, rows)
        assert found[0].hits[0].level == 2
        assert found[0].hits[0].idea
        assert found[-2].collision.days == 1
        assert not found[-1]
        return len(captured)

    assert ask(3) == ask(12)


def test_the_rarest_pairs_are_looked_up():
    # 云川科技: 3 pairs; 60 % alike needs at least ⌈9/7⌉ = 2 of them, so 2 are looked up: not the most common one.
    assert picks("云川科技有限公司", {"科技": 0.2, "云川": 0.1}) == (
        ["川科", "云川"],
        ["川科", "云川", "科技"],
    )
    assert shared_at_least(3, Decimal(60)) == 2
    assert shared_at_least(7, Decimal(60)) == 3
    assert picks("", {}) == ([], [])
    # 哈哈哈哈 is three times the same pair: it can't be left out.
    assert picks("哈哈哈哈", {"哈哈": 0.9}) == (["哈哈"], ["哈哈"])


def test_a_name_of_common_words_is_not_looked_up_by_the_commonest():
    """云川智能科技: 5 pairs; 60 % needs 3 of them (3 looked up), 85 % needs ⌈85·5/115⌉ = 4 (2 looked up)."""
    rare = ["云川", "川智", "能科"]
    assert sorted(affordable("云川智能科技有限公司", {"科技": 9000, "智能": 6000, "云川": READ})[0]) == rare
    assert affordable("云川智能科技有限公司", {"科技": 9000, "智能": 6000, "云川": READ + 1})[0] == [
        "川智",
        "能科",
    ]
    assert affordable("科技", {"科技": 90_000}) == (["科技"], ["科技"])


def test_the_same_name_is_found_however_many_share_its_pairs(tree, monkeypatch):
    monkeypatch.setattr("leads.duplicates.blocking.READ", 1)
    for number in range(3):
        InvestorFactory(name=f"青屿新材料{number}号", unit=tree.town)
    same = InvestorFactory(name="青屿新材料有限公司", unit=tree.town)
    assert nearest(["青屿新材料"], often={})[0][0] == same.pk


def test_nearest_first(tree):
    # 青屿科技 shares one pair of four: it can't be alike by 60 %, and 青屿 isn't among the three looked up.
    rows = {
        name: InvestorFactory(name=name, unit=tree.town).pk
        for name in ("青屿新材料", "青屿新材料科", "青屿科技", "松原包装")
    }
    assert nearest(["青屿新材料", "", "松原包装"]) == [
        [rows["青屿新材料"], rows["青屿新材料科"]],
        [],
        [rows["松原包装"]],
    ]


def test_warn_box_and_api_say_the_same(tree, strange):
    terms(days=5)
    talk(strange, 0)
    browser = client_for("officer", tree.town)
    values = {"investor_name": "云川青屿新材料", "amount": "1,2", "name": "光纤"}  # an amount half typed
    page = browser.get(reverse("lead_hints"), values, headers={"HX-Request": "true"}).content.decode()
    assert "河口镇、意向" in page
    assert "2026-10-21" in page
    assert "标记" not in page
    assert "<mark>" not in page  # there is no name to mark
    assert browser.get(reverse("lead_hints")).content.decode().strip() == ""

    api = session_api("officer", tree.town)
    given = {"investor_name": "青屿新材料", "amount": "120000000.00", "currency": "CNY"}
    answer = api.post(reverse("api-lead-duplicates"), given, format="json")
    assert answer.status_code == 200
    assert answer.json()["collision"] == {"on": "2026-11-20", "days": 0}
    (hit,) = answer.json()["hits"]
    assert (hit["level"], hit["reason"], hit["unit"], hit["visible"]) == (
        2,
        "same_name",
        "河口镇",
        False,
    )
    assert "标记" not in answer.content.decode()

    own = LeadFactory(unit=tree.town, investor__name="青屿光学（云川）有限公司", name="镜片")
    page = browser.get(reverse("lead_hints"), {"investor_name": "青屿光学云川"}).content.decode()
    assert "<mark>青屿光学</mark>（<mark>云川</mark>）有限公司 · 镜片" in page
    assert reverse("lead_detail", args=[own.pk]) in page


def test_hints_are_for_who_may_register(tree, strange):
    assert client_for("leader", tree.county).get(reverse("lead_hints")).status_code == 403
    assert session_api("leader", tree.county).post(reverse("api-lead-duplicates")).status_code == 403
