"""What lists, their filters, order and exports must not tell of a kept-back lead."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import RequestFactory
from django.urls import reverse
from rest_framework.test import APIClient

from common import clock
from leads.filters.work import TaskFilterSet
from leads.finding import find_leads
from leads.models import Task
from leads.tables.leads import LeadTable
from leads.tables.protection import PoolTable
from leads.tables.work import TaskTable
from leads.views.registers import leads_of, with_leads
from organizations.choices import Role
from reference.models import Industry
from tests.leads.side_doors.kept import INVESTOR, found, keep_back
from tests.support.clients import client_of, sign_in, user_with
from tests.support.factories_leads import (
    ContactFactory,
    IntroducerFactory,
    LeadFactory,
    OfferFactory,
)
from tests.support.factories_work import TaskFactory

pytestmark = pytest.mark.django_db


def test_the_search_box_finds_nothing_by_a_pool_leads_investor(tree, officer, pooled):
    assert find_leads(officer, "标记新材料", 5) == []
    assert [name for name, *_ in find_leads(officer, "高性能", 5)] == ["高性能纤维项目"]
    assert len(find_leads(user_with(Role.OFFICER, tree.other_town), "标记新材料", 5)) == 1


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
        assert [str(table.rows[0].get_cell(name)) for name in query["columns"][1:]] == wanted[1:]
        assert sorted(map(str, list(table.as_values())[1])) == sorted(wanted)


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


TOLD = {"number", "unit", "stage", "stage_on", "due_on", "stale_on", "custody", "pooled_on", "updated_at"}


@pytest.fixture
def full(tree, pooled):
    """The one in the pool, confidential and with everything filled: of another unit's, its page tells number, unit and
    stage, with the days of its stage and its custody."""
    day = clock.today() - timedelta(days=3)
    industry = Industry._base_manager.create(code="C", level="section", name="制造业", pinyin="zhizaoye zzy")
    values = {
        "industry": industry, "sector": "secondary", "amount": Decimal(123_450_000), "land_mu": Decimal(88),
        "source": "event", "offer": OfferFactory(unit=tree.other_town), "tip_from": tree.other_county,
        "host": tree.other_county, "next_step": "标记步骤", "next_on": day, "signing_on": day, "visited_on": day,
        "valid_on": day, "last_sign_on": day, "stale_on": day, "protected_from": day, "protected_until": day, "registered_by": "标记人",
        "contact": ContactFactory(investor=pooled.investor, unit=tree.other_town),
        "introducer": IntroducerFactory(unit=tree.other_town),
    }  # fmt: skip
    for name, value in values.items():
        setattr(pooled, name, value)
    return keep_back(pooled)


def test_list_and_export_tell_what_the_page_tells(tree, officer, full):
    """What is kept back is starred where it is blank, too. Of one that is not confidential the pool tells the idea."""
    plain = LeadFactory(unit=tree.other_town, officer=None, custody="pool", pooled_on=clock.today())
    columns = list(LeadTable.base_columns)

    def cells(reader, lead, name="lead_list"):
        page = client_of(reader).get(reverse(name), {"custody": "pool", "columns": columns})
        table = page.context["table"]
        (row,) = [row for row in table.rows if row.record == lead]
        exported = next(line for line in table.as_values() if lead.number in line)
        shown = [one for one in table.columns.names() if one in table.sequence and one not in table.exclude]
        return {one: row.get_cell(one) for one in shown}, dict(zip(shown, exported, strict=True))

    def stars(found_cells):
        return {name for name, cell in found_cells.items() if cell == "***"}

    for found_cells in cells(officer, full):
        assert stars(found_cells) == {*columns} - TOLD - {"name", "investor"}
        assert "代号甲" in str(found_cells["name"])
        assert f"{INVESTOR[0]}***" in str(found_cells["investor"])
    idea = {"industry", "sector", "amount", "currency", "land_mu"}
    for found_cells in cells(officer, plain):
        assert stars(found_cells) == {*columns} - TOLD - {"name", "investor"} - idea
    inside = user_with(Role.OFFICER, tree.other_town)
    assert "***" not in [cell for found_cells in cells(inside, full) for cell in found_cells.values()]
    pool = client_of(officer).get(reverse("pool_list")).context["table"]
    (row,) = [row for row in pool.rows if row.record == full]
    assert {row.get_cell(name) for name in ("industry", "zone", "amount")} == {"***"}
    for reader, badges, lines in ((officer, [False, False], 1), (inside, [False, False], 2)):
        board = client_of(reader).get(reverse("lead_board"), {"custody": "pool"}).context["board"]
        cards = {card["pk"]: card for column in board for card in column["cards"]}
        assert [bool(cards[lead.pk].get("badge")) for lead in (full, plain)] == badges
        assert len(cards[full.pk]["lines"]) == lines, "since when there is no sign of life"


def test_narrowing_does_not_tell_what_the_page_keeps_back(tree, officer, full):
    inside, day = user_with(Role.OFFICER, tree.other_town), str(full.next_on)
    for given in (
        {"section": "C"}, {"sector": "secondary"}, {"zone": full.investor.zone}, {"amount_from": "1"}, {"source": "event"},
        {"host": tree.other_county.pk}, {"tip_from": tree.other_county.pk}, {"next_to": day},
        {"next_from": day}, {"registered_from": day}, {"registered_to": str(clock.today())}, {"overdue": "yes"},
    ):  # fmt: skip
        assert full in found(inside, custody="pool", **given), given
        assert full not in found(officer, custody="pool", **given), given
    for given in ({"sector": "secondary"}, {"zone": full.investor.zone}):
        for reader, seen in ((officer, False), (inside, True)):
            text = client_of(reader).get(reverse("pool_list"), given).content.decode()
            assert ("代号甲" in text or full.name in text) is seen, given


def test_order_and_api_tell_what_the_page_tells(officer, own, full):
    client, api = client_of(officer), sign_in(APIClient(), officer)
    columns = LeadTable.base_columns
    sortable = [name for name in columns if columns[name].orderable is not False and name not in TOLD]
    for name in sortable:  # blank in all others or not, up or down: at the end
        for sort in (name, f"-{name}"):
            table = client.get(
                reverse("lead_list"), {"custody": "all", "sort": sort, "columns": [name]}
            ).context["table"]
            assert [row.record for row in table.rows] == [own, full], sort
    for field in ("pinyin", "amount", "next_on", "registered_at", "protected_until"):
        for sort in (field, f"-{field}"):
            rows = api.get("/api/v1/leads/", {"custody": "all", "ordering": sort}).json()["results"]
            assert [row["id"] for row in rows] == [own.pk, full.pk], sort
    answer = api.get(f"/api/v1/leads/{full.pk}/").json()
    itself = {"id", "version", "archived_at", "updated_at", "name", "code_name", "confidential_until"}
    assert {name for name, value in answer.items() if value is not None} <= itself | TOLD
    assert (answer["number"], answer["unit"], answer["name"]) == (full.number, full.unit_id, "代号甲")
    (row,) = api.get("/api/v1/pool/").json()["results"]
    assert {name for name, value in row.items() if value is not None} <= itself | TOLD


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
