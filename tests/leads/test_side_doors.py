"""What another unit's lead in the pool, or a confidential one, must not tell by a side door."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from common import clock
from common.errors import NotVisible
from leads.duplicates import candidates, collision, pairs
from leads.duplicates.pairs import apart
from leads.filters.leads import LeadFilterSet
from leads.filters.work import TaskFilterSet
from leads.finding import find_leads
from leads.models import FollowUp, LeadTransfer, LikePair, Look, NotDuplicate, Task
from leads.reminding import ENDS, LAPSED, TASK, TRANSFER, tell_ending, tell_lapsed, tell_task, tell_transfer
from leads.services.disputes import dispute_open
from leads.services.tasks import task_add, task_update
from leads.tables.protection import PoolTable
from leads.tables.work import TaskTable
from leads.views.registers import leads_of, with_leads
from organizations.choices import Role
from organizations.models import Reminder
from rules.similarity import LeadLike
from tests.support.clients import client_for, client_of, sign_in, user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import (
    ContactFactory,
    IntroducerFactory,
    InvestorFactory,
    LeadFactory,
    OfferFactory,
)
from tests.support.factories_work import AttachmentFactory, TaskFactory
from tests.support.pipeline import ask, ship

pytestmark = pytest.mark.django_db
INVESTOR = "标记新材料股份有限公司"


@pytest.fixture(autouse=True)
def stages(db):
    ship()


@pytest.fixture
def officer(tree):
    """An officer of the town; 青石县 and its town are other units to him."""
    return user_with(Role.OFFICER, tree.town)


@pytest.fixture
def own(tree, officer):
    """His own lead."""
    return LeadFactory(unit=tree.town, officer=OfficerFactory(unit=tree.town, user=officer), name="自家项目")


@pytest.fixture
def pooled(tree):
    """Another unit's lead in the pool: the idea may be read, not whose it is."""
    return LeadFactory(
        unit=tree.other_town,
        officer=None,
        custody="pool",
        pooled_on=clock.today(),
        name="高性能纤维项目",
        investor=InvestorFactory(unit=tree.other_town, name=INVESTOR),
    )


def keep_back(lead, code="代号甲"):
    lead.code_name, lead.confidential_until = code, clock.today() + timedelta(days=30)
    lead.save()
    return lead


def found(actor, **given):
    """What the list's filters find for this actor."""
    request = type("Request", (), {"user": actor, "GET": given})()
    rows = LeadFilterSet(given, queryset=LeadFilterSet._meta.model.objects.visible_to(actor), request=request)
    assert rows.is_valid(), rows.errors
    return list(rows.qs)


def test_no_dispute_is_begun_from_anothers_lead_in_the_pool(tree, officer, pooled, own):
    client = client_of(officer)
    page = client.get(reverse("dispute_create"), {"lead": pooled.pk})
    assert page.status_code == 404
    assert INVESTOR not in page.content.decode()
    assert client.get(reverse("dispute_create"), {"lead": own.pk}).status_code == 200
    with pytest.raises(NotVisible):
        dispute_open(
            actor=officer, claimant=tree.town, investor_name="", claim="我的", claimant_lead=pooled.pk
        )


def test_pairs_leave_out_what_only_the_pool_shows(tree, pooled):
    near = LeadFactory(unit=tree.town, investor=pooled.investor, name="高性能纤维项目二期")
    staff = user_with(Role.BUREAU_STAFF, tree.county)
    one, other = sorted((pooled.pk, near.pk))
    LikePair.objects.create(
        kind="lead",
        one_id=one,
        other_id=other,
        level=2,
        reason="similar_name",
        similarity=90,
        found_at=clock.now(),
    )
    above = user_with(Role.BUREAU_STAFF, tree.city)
    assert (pairs.open_pairs(staff, "lead").count(), pairs.open_pairs(above, "lead").count()) == (0, 1)
    NotDuplicate.objects.create(kind="lead", one_id=one, other_id=other)
    assert (apart(staff, "lead").count(), apart(above, "lead").count()) == (0, 1)


def test_reminders_say_the_code_name(tree, officer, own):
    keep_back(own)
    row = LeadTransfer._base_manager.create(
        lead=own, from_unit=tree.town, to_unit=tree.other_town, reason="更近园区"
    )
    head = user_with(Role.UNIT_HEAD, tree.other_town)
    tell_transfer(row, [head.pk])
    tell_task(Task._base_manager.create(lead=own, title="寄样品", assignee=officer, due_on=clock.today()))
    tell_ending(own, clock.today())
    tell_lapsed(own, own.officer, clock.today())
    told = Reminder._base_manager.order_by("pk").values_list("kind", "params__lead").distinct()
    assert set(told) == {(kind, "代号甲") for kind in (TRANSFER, TASK, ENDS, LAPSED)}


def test_a_task_goes_to_colleagues_only(tree, officer, own):
    stranger, colleague = (user_with(Role.OFFICER, unit) for unit in (tree.other_town, tree.town))
    with pytest.raises(ValidationError) as refused:
        task_add(actor=officer, lead=own.pk, title="寄样品", assignee=stranger)
    assert set(refused.value.message_dict) == {"assignee"}
    task = task_add(actor=officer, lead=own.pk, title="寄样品", assignee=colleague)
    with pytest.raises(ValidationError):
        task_update(actor=officer, pk=task.pk, version=1, assignee=stranger)
    api = sign_in(APIClient(), officer)
    sent = api.post(
        "/api/v1/tasks/", {"lead": own.pk, "title": "寄样品", "assignee": stranger.pk}, format="json"
    )
    assert sent.status_code == 400
    assert "assignee" in sent.content.decode()
    assert Task._base_manager.get().assignee_id == colleague.pk


def test_the_search_box_finds_nothing_by_a_pool_leads_investor(tree, officer, pooled):
    assert find_leads(officer, "标记新材料", 5) == []
    assert [name for name, *_ in find_leads(officer, "高性能", 5)] == ["高性能纤维项目"]
    assert len(find_leads(user_with(Role.OFFICER, tree.other_town), "标记新材料", 5)) == 1


def test_hints_of_a_pool_lead_tell_no_more_than_of_any_other_units(tree, officer, pooled):
    typed = LeadLike(investor_name="标记新材料有限公司", name="另一项目")
    FollowUp._base_manager.create(
        lead=pooled, unit=pooled.unit, kind="visit", on=clock.today(), text="看厂房"
    )
    hit = next(iter(candidates(officer, typed)))
    assert (hit.visible, hit.name, hit.idea, hit.url) == (False, "", "", "")
    assert hit.unit == pooled.unit.label
    assert collision(officer, typed).days == 0
    inside = user_with(Role.OFFICER, tree.other_town)
    assert next(iter(candidates(inside, typed))).visible
    assert collision(inside, typed) is None


def test_registers_neither_list_nor_count_them(tree, officer, own, pooled):
    own.investor = pooled.investor
    own.save()
    rows = pooled.investor._meta.model.objects.unscoped(reason="test").filter(pk=pooled.investor_id)
    assert [row.lead_count for row in with_leads(rows, officer)] == [1]
    shown = leads_of(officer, investor=pooled.investor)["table"]
    assert [row.record.pk for row in shown.rows] == [own.pk]
    inside = user_with(Role.OFFICER, tree.other_town)
    assert [row.record.pk for row in leads_of(inside, investor=pooled.investor)["table"].rows] == [pooled.pk]


def test_filters_do_not_ask_whose_a_pool_lead_is(tree, officer, own, pooled):
    own.investor = pooled.investor
    own.save()
    assert found(officer, custody="pool") == [pooled]
    assert found(officer, custody="all", investor=pooled.investor_id) == [own]
    inside = user_with(Role.OFFICER, tree.other_town)
    assert found(inside, custody="pool", investor=pooled.investor_id) == [pooled]


def test_the_list_does_not_say_where_a_pool_lead_came_from(tree, officer, pooled):
    """As its page and the API: neither the offered project nor who gave the tip."""
    pooled.offer, pooled.tip_from = OfferFactory(unit=tree.other_town, name="碳纤维策划"), tree.other_county
    pooled.save()
    query = {"custody": "pool", "columns": ["name", "offer", "tip_from"]}
    told = [pooled.name, "碳纤维策划", tree.other_county.name]
    for reader, wanted in (
        (officer, [pooled.name, "***", "***"]),
        (user_with(Role.OFFICER, tree.other_town), told),
    ):
        table = client_of(reader).get(reverse("lead_list"), query).context["table"]
        assert [table.rows[0].get_cell(name) for name in query["columns"][1:]] == wanted[1:]
        assert sorted(list(table.as_values())[1]) == sorted(wanted)


def test_a_weak_likeness_to_anothers_record_is_not_explained(tree, officer, pooled):
    """云川标记新材料 has 6 pairs, 4 of them the 4 of 标记新材料: 8/10 = 80 %, level 4."""
    typed = LeadLike(investor_name="云川标记新材料")
    (hit,) = candidates(officer, typed)
    assert (hit.level, hit.reason, hit.visible) == (4, "possible", False)
    (hit,) = candidates(user_with(Role.OFFICER, tree.other_town), typed)
    assert (hit.level, hit.reason, hit.visible) == (4, "similar_name", True)


def test_amounts_of_what_is_kept_back(tree, officer, own, pooled):
    """Another unit's 123,450,000 yuan in the pool beside one's own 120,000,000: 12,345 and 12,000 ten thousands."""
    pooled.amount = Decimal(123_450_000)
    keep_back(pooled)
    client, inside = client_of(officer), client_of(user_with(Role.OFFICER, tree.other_town))
    api, open_api = sign_in(APIClient(), officer), sign_in(APIClient(), inside.user)

    def shown(browser, name, **query):
        return browser.get(reverse(name), query).content.decode()

    assert "代号甲" in shown(client, "pool_list")
    assert "12,345" not in shown(client, "pool_list")
    assert "12,345" in shown(inside, "pool_list")
    for reader, told in ((officer, "***"), (inside.user, Decimal(123_450_000))):
        request = RequestFactory().get("/")
        request.user = reader
        head, row = PoolTable([pooled], request=request).as_values()
        assert row[head.index(str(PoolTable.base_columns["amount"].verbose_name))] == told
    for browser, amount in ((api, None), (open_api, Decimal(123_450_000))):
        (row,) = browser.get("/api/v1/pool/").json()["results"]
        assert (row["amount"] and Decimal(row["amount"])) == amount
    page = client.get(reverse("lead_list"), {"custody": "all"})
    assert page.context["sub"].startswith("2")
    assert "1.20" in page.context["sub"], "120 million are 1.20 亿; both together would be 2.43"
    assert "1.23" in inside.get(reverse("lead_list"), {"custody": "all"}).context["sub"]
    sums = [one["total"] for one in client.get(reverse("lead_board"), {"custody": "all"}).context["board"]]
    assert sums[0] == own.amount
    assert found(officer, custody="pool", amount_from="12345") == []
    assert found(officer, custody="pool", amount_to="12345") == []
    assert found(inside.user, custody="pool", amount_from="12345") == [pooled]


def test_the_history_of_a_dispute_is_the_bureaus(tree, officer, own):
    dispute = dispute_open(
        actor=user_with(Role.UNIT_HEAD, tree.other_town),
        claimant=tree.other_town,
        investor_name=own.investor.name,
        claim="我们先谈的",
    )
    url = reverse("dispute_detail", args=[dispute.pk])
    for role, unit, told in (
        (Role.UNIT_HEAD, tree.other_town, False),
        (Role.UNIT_HEAD, tree.town, False),
        (Role.BUREAU_STAFF, tree.county, False),  # above one side only
        (Role.BUREAU_STAFF, tree.city, True),
    ):
        page = client_of(user_with(role, unit)).get(url)
        assert page.status_code == 200
        assert ("history" in page.context) is told, (role, unit)


def test_people_of_others_stay_masked_in_ones_own_lead(tree, officer, own):
    """The lead came here with its people; their records stayed with the unit that entered them."""
    head = client_of(user_with(Role.UNIT_HEAD, tree.town))

    def page():
        with CaptureQueriesContext(connection) as asked:
            text = head.get(reverse("lead_list"), {"columns": ["contact", "introducer"]}).content.decode()
        return text, len(asked)

    def lead(unit):
        return LeadFactory(
            unit=tree.town,
            officer=own.officer,
            contact=ContactFactory(unit=unit, name=f"联系人在{unit.name}"),
            introducer=IntroducerFactory(unit=unit, name=f"引荐人在{unit.name}"),
        )

    here = lead(tree.town)
    page()
    text, count = page()
    assert here.contact.name in text
    assert here.introducer.name in text
    there = lead(tree.other_town)
    text, more = page()
    assert (there.contact.name in text, there.introducer.name in text) == (False, False)
    assert more == count


def test_every_way_to_read_a_confidential_lead_is_written_down(tree, officer, own):
    keep_back(own)
    file = AttachmentFactory(lead=own)
    api, client = sign_in(APIClient(), officer), client_of(officer)
    ways = (
        (api, f"/api/v1/leads/{own.pk}/"),
        (client, reverse("lead_timeline", args=[own.pk])),
        (client, reverse("attachment_file", args=[file.pk])),
        (api, f"/api/v1/files/{file.pk}/content/"),
    )
    for number, (browser, url) in enumerate(ways, 1):
        assert browser.get(url).status_code == 200
        assert Look._base_manager.filter(lead=own, actor_id=officer.pk).count() == number, url
    page, leader = reverse("lead_detail", args=[own.pk]), client_for(Role.LEADER, tree.county)
    shown = [one["rows"] for one in client.get(page).context["side"] if one["panel"] == "looks"]
    assert [[name for name, _at in rows] for rows in shown] == [[officer.name]]
    told = leader.get(page).context["side"]
    assert "looks" not in [one["panel"] for one in told], "a leader doesn't read a lead's history"


def test_the_place_in_a_list_does_not_tell_what_is_kept_back(tree, officer, own, pooled):
    """Another unit's confidential lead would be first by amount (123 million before 120) and by name (代 before 自)."""
    own.amount, pooled.amount, pooled.name = Decimal(120_000_000), Decimal(123_450_000), "阿尔法项目"
    own.save()
    keep_back(pooled)
    third = LeadFactory(unit=tree.town, officer=None, custody="pool", pooled_on=clock.today(), amount=10_000)
    inside = user_with(Role.BUREAU_STAFF, tree.city)
    for sort, for_all in (("-amount", [pooled, own, third]), ("amount", [third, own, pooled])):
        for reader, wanted in (
            (inside, for_all),
            (officer, [*(one for one in for_all if one != pooled), pooled]),
        ):
            page = client_of(reader).get(reverse("lead_list"), {"custody": "all", "sort": sort})
            assert [row.record for row in page.context["table"].rows] == wanted, sort
            rows = (
                sign_in(APIClient(), reader)
                .get("/api/v1/leads/", {"custody": "all", "ordering": sort})
                .json()
            )
            assert [row["id"] for row in rows["results"]] == [one.pk for one in wanted]
            pool = sign_in(APIClient(), reader).get("/api/v1/pool/", {"ordering": sort}).json()["results"]
            assert [row["id"] for row in pool] == [one.pk for one in wanted if one.custody == "pool"]
    for sort in ("name", "investor", "offer", "tip_from"):
        query = {"custody": "all", "sort": sort, "columns": [sort, "amount"]}
        page = client_of(officer).get(reverse("lead_list"), query)
        last = [row.record for row in page.context["table"].rows][-1]
        assert last == pooled or sort in ("offer", "tip_from"), sort  # blank in all of them
    pool = client_of(officer).get(reverse("pool_list"), {"sort": "-amount"}).context["table"]
    assert [row.record for row in pool.rows] == [third, pooled]


def test_a_hint_does_not_tell_anothers_amount(tree, officer, own, pooled):
    """11 million beside 12 (within 10 %) and beside 50 million: outside the same hint, inside level 4 and none."""
    own.investor = pooled.investor
    own.save()
    pooled.amount = Decimal(12_000_000)
    pooled.save()

    def hint(reader, amount):
        typed = LeadLike(
            key=own.pk, investor_key=own.investor_id, name="另一项目", amount=amount, currency="CNY"
        )
        (hit,) = candidates(reader, typed)
        return hit.level, hit.reason

    assert {hint(officer, Decimal(n)) for n in (11_000_000, 50_000_000)} == {(None, "same_investor")}
    inside = user_with(Role.BUREAU_STAFF, tree.city)
    assert hint(inside, Decimal(11_000_000)) == (4, "similar_amount")
    assert hint(inside, Decimal(50_000_000)) == (None, "same_investor")


def test_the_api_does_not_say_what_anothers_pool_lead_lacks(tree, officer, pooled):
    """Its page shows no list of what is missing either; reading a confidential one is written down."""
    ask("lead", "screened", "land", evidence=[])
    inside = user_with(Role.OFFICER, tree.other_town)
    for kept_back in (False, True):
        lacks = [
            sign_in(APIClient(), reader).get(f"/api/v1/leads/{pooled.pk}/missing/").json()["missing"]
            for reader in (officer, inside)
        ]
        assert [[one["code"] for one in found] for found in lacks] == [[], ["land"]]
        readers = Look._base_manager.filter(lead=pooled).order_by("pk").values_list("actor_id", flat=True)
        assert list(readers) == ([officer.pk, inside.pk] if kept_back else [])
        keep_back(pooled)


def test_a_list_of_tasks_says_the_code_name(tree, officer, own):
    """A unit that the lead's tasks are shown to without the lead being its own."""
    keep_back(own)
    TaskFactory(lead=own, title="寄用电方案")
    outside, inside = user_with(Role.OFFICER, tree.other_town), officer
    for reader, told, query in ((inside, own.name, "自家"), (outside, "代号甲", "代号")):
        request = RequestFactory().get("/")
        request.user = reader
        rows = Task._base_manager.select_related("lead__unit", "lead__officer")
        table = TaskTable(rows, request=request, chosen=["lead"])
        assert list(table.as_values())[1] == [told]
        assert [row.get_cell("lead") for row in table.rows] == [told]
        found = [TaskFilterSet({"q": q}, queryset=rows, request=request).qs.count() for q in (query, "自家")]
        assert found == ([1, 1] if reader == inside else [1, 0])
