"""Each page with figures of capital says them as published and as known now (docs/algorithms/closing.md, "Two clocks"). In
万元."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse as reverse_url

from capital.models import CapitalEntry, Inspection
from capital.services.entries import entry_withdraw
from capital.services.recognition import recognise, reverse
from organizations.choices import Role
from projects.models import ProjectInvestor
from tests.capital.recognising import now, reported
from tests.ledger.support import close
from tests.support.clients import client_for, client_of
from tests.support.factories import TESTS
from tests.support.factories_capital import ReportingDutyFactory, period
from tests.support.factories_leads import InvestorFactory
from tests.support.factories_projects import signed_project
from tests.support.factories_rounds import RoundFactory, running

WAN = Decimal(10_000)
OCTOBER = date(2026, 10, 9)
ARRIVED = "arrived: reported / recognised"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


@pytest.fixture
def world(tree, head):
    """October: 500 and 300 reported, the 500 recognised; closed. In November 200 of the 500 flow back and the 300 is
    withdrawn. October as published: reported 800, recognised 500; as known now: 500 and 300."""
    project = signed_project(tree.town)
    stays, goes = (reported(project, amount * WAN, occurred_on=OCTOBER) for amount in (500, 300))
    recognise(actor=head, entry=stays.pk, level="final")
    close(*range(202605, 202611))  # the project was signed in June
    reverse(actor=head, entry=stays.pk, reason="退回", amount=200 * WAN)
    entry_withdraw(actor=TESTS, pk=goes.pk, version=now(goes).version, reason="录错")
    return project


def choices(page):
    return [(one["value"], one["selected"]) for one in page.context["clock"].choices]


def test_the_head_of_the_list_of_entries(tree, world):
    reported(world, 70 * WAN)  # November's, so in no circular yet

    def told(query):
        page = client_for(Role.BUREAU_STAFF, tree.county).get(f"/capital/?{query}")
        figures = {one["label"]: (one["value"], one["unit"]) for one in page.context["figures"]}
        assert all(unit == "ten thousand yuan" for _value, unit in figures.values())
        return page, {label: value for label, (value, _unit) in figures.items()}

    page, october = told("period=202610")
    assert october == {ARRIVED: "500.00 / 300.00"}
    assert choices(page)[:2] == [("", True), ("2026-10", False)]
    page, october = told("period=202610&as=2026-10")
    assert october == {ARRIVED: "800.00 / 500.00"}
    assert 'form="filters" name="as" value="2026-10"' in page.content.decode()  # a filter keeps the clock
    assert told("")[1] == {ARRIVED: "570.00 / 300.00"}
    assert told("as=2026-10")[1] == {ARRIVED: "800.00 / 500.00"}
    assert told("as=2026-09")[1] == {}
    assert choices(told("as=2026-11")[0])[0] == ("", True)  # not published: as known now
    assert told("state=draft&as=2026-10")[1] == {}


def test_who_may_not_know_a_project_has_nothing_of_it_in_the_head(tree, world):
    world.confidential_until, world.code_name, world.host = date(2027, 1, 1), "甲一", tree.park
    world.save(update_fields=["confidential_until", "code_name", "host"])
    for query in ("", "as=2026-10"):
        page = client_for(Role.UNIT_HEAD, tree.park).get(f"/capital/?{query}")
        assert (page.context["total"], page.context["figures"]) == (2, [])


def test_the_list_of_returns(tree, world):
    ReportingDutyFactory(unit=tree.town)

    def told(query):
        page = client_for(Role.BUREAU_STAFF, tree.county).get(f"/capital/returns/?{query}")
        (row,) = page.context["table"].rows
        return page, (row.record.arrived / WAN, row.record.formed)

    page, sums = told("period=202610")
    assert (sums, page.context["sub"]) == ((500, 0), "2026-10, closed, as known now")
    page, sums = told("period=202610&as=2026-10")
    assert (sums, page.context["sub"]) == ((800, 0), "2026-10, closed, as published 2026-10")
    assert choices(page) == [
        ("", False),
        ("2026-10", True),
    ]  # what was published before says nothing of October
    assert choices(told("period=202611")[0]) == []


def test_last_month_and_the_year_in_the_grid(tree, world):
    reported(world, 70 * WAN)

    def told(query):
        page = client_for(Role.OFFICER, tree.town).get(f"/capital/grid/?period=202611{query}")
        total = next(one for one in page.context["totals"] if one["kind"] == "registered")
        return page, tuple(total[name] / WAN for name in ("month", "last", "year"))

    page, sums = told("")
    assert sums == (70, 500, 570)
    assert "as reported, as known now." in page.content.decode()
    page, sums = told("&as=2026-10")
    assert sums == (70, 800, 800)  # November is typed now, and isn't in October's circular
    assert "as reported, as published 2026-10." in page.content.decode()
    assert "800.00 / 800.00" in page.content.decode()
    assert choices(page) == [("", False), ("2026-10", True)]
    assert "Reported in this month: as known now." in page.content.decode()  # it is still being typed


def test_a_closed_month_in_the_grid(tree, world):
    """October itself: 800 published, 500 after the withdrawal."""

    def told(query):
        page = client_for(Role.OFFICER, tree.town).get(f"/capital/grid/?period=202610{query}")
        total = next(one for one in page.context["totals"] if one["kind"] == "registered")
        return page.content.decode(), tuple(total[name] / WAN for name in ("month", "last", "year"))

    text, sums = told("")
    assert sums == (500, 0, 500)
    assert "Reported in this month: as known now." in text
    text, sums = told("&as=2026-10")
    assert sums == (800, 0, 800)
    assert "Reported in this month: as published 2026-10." in text


def test_the_overview_of_a_project(tree, world):
    def told(query):
        page = client_for(Role.BUREAU_STAFF, tree.county).get(f"/projects/{world.pk}/?{query}")
        (text,) = (one["text"] for one in page.context["parts"] if one["title"] == "Capital in place")
        return page, text

    page, text = told("")
    assert text == "arrived: reported 500.00, recognised 300.00 (ten thousand yuan, as known now)"
    assert choices(page)[:2] == [("", True), ("2026-10", False)]
    text = told("as=2026-10")[1]
    assert text == "arrived: reported 800.00, recognised 500.00 (ten thousand yuan, as published 2026-10)"
    assert told("as=2026-09")[1] == ""  # October's, so nothing of it was in September's circular


def test_the_clock_stays_from_tab_to_tab(tree, world):
    client, address = (
        client_for(Role.BUREAU_STAFF, tree.county),
        reverse_url("project_detail", args=[world.pk]),
    )
    plain = [tab["url"] for tab in client.get(address).context["tabs"]]
    kept = [tab["url"] for tab in client.get(address, {"as": "2026-10"}).context["tabs"]]
    assert kept == [f"{url}{'&' if '?' in url else '?'}as=2026-10" for url in plain]
    assert plain[0] == address


def test_beside_a_decision(tree, world, head):
    """70 of November wait. The project's year is 300 and would be 370, October published 500; the month of the entry
    isn't published at all."""
    waiting = reported(world, 70 * WAN)

    def told(query):
        page = client_of(head).get(f"/recognition/?level=final&entry={waiting.pk}&{query}")
        year, month, _left = page.context["effect"]
        found = [(one.before / WAN, one.after / WAN, one.published) for one in (year, month)]
        return page, found

    page, found = told("")
    assert found == [(300, 370, None), (-200, -130, None)]
    assert choices(page)[:2] == [("", True), ("2026-10", False)]
    page, found = told("as=2026-10")
    assert found == [(300, 370, 500 * WAN), (-200, -130, None)]
    text = page.content.decode()
    assert "as published 2026-10: 500.00" in text
    assert (
        f"level=final&amp;basis=arrived&amp;as=2026-10&amp;entry={waiting.pk}" in text
    )  # kept while one goes on


def test_a_decision_about_a_closed_month_is_told_where_it_counts(tree, world, head):
    """Part of October's 500 may come back: not in October, which is closed, but in November, where -200 stand."""
    stays = CapitalEntry._base_manager.get(project=world, state="final")
    page = client_of(head).get(f"/recognition/?level=final&entry={stays.pk}&as=2026-10")
    _year, month, _left = page.context["effect"]
    assert month.label.endswith("2026-11")
    assert (month.before / WAN, month.after / WAN, month.published) == (-200, 0, None)


def test_parts_of_a_joint_venture(tree, world, head):
    """60 and 40 per cent of 500 as published, of 300 as known now."""
    ProjectInvestor._base_manager.filter(project=world).delete()
    for percent in (60, 40):
        ProjectInvestor.objects.create(
            project=world, investor=InvestorFactory(unit=tree.town), percent=percent
        )
    waiting = reported(world, 70 * WAN)
    reader = client_for(Role.BUREAU_STAFF, tree.county)
    for query, wanted, then in (("", (180, 120), (None, None)), ("&as=2026-10", (300, 200), (300, 200))):
        page = reader.get(f"/projects/{world.pk}/?part=capital{query}")
        (part,) = (one for one in page.context["parts"] if one.get("code") == "venture")
        shown = [line["cells"][2]["text"] for line in part["rows"]]
        assert shown == [f"{one}.00" for one in (*wanted, sum(wanted))]
        desk = client_of(head).get(f"/recognition/?level=final&entry={waiting.pk}{query}")
        parts = desk.context["venture"].parts
        assert [one.before / WAN for one in parts] == [180, 120]
        assert tuple(one.published and one.published / WAN for one in parts) == then


def test_signals(tree, world, head):
    """Nobody is registered yet: that concerns 500 and the withdrawn 300 of October's circular, and 500 as known now. 300 of
    the 500 flowed back in November."""
    stays = CapitalEntry._base_manager.get(project=world, state="final")
    reverse(actor=head, entry=stays.pk, reason="退回", amount=100 * WAN)
    late = reported(world, 70 * WAN)

    def told(query):
        page = client_for(Role.BUREAU_STAFF, tree.county).get(f"/capital/signals/?year=2026{query}")
        return page, {
            group["title"]: sorted(amount / WAN for line in group["lines"] for _row, amount in line["rows"])
            for group in page.context["groups"]
        }

    early = "Capital before the enterprise was registered"
    page, found = told("")
    assert found == {early: [70, 500], "Money in and soon taken back": [500]}
    assert "deserve a second look, as known now." in page.content.decode()
    assert all(line["dismiss_url"] for group in page.context["groups"] for line in group["lines"])
    page, found = told("&as=2026-10")
    assert found == {early: [300, 500]}
    assert "deserve a second look, as published 2026-10." in page.content.decode()
    assert not any(line["dismiss_url"] for group in page.context["groups"] for line in group["lines"])
    assert f'{reverse_url("entry_detail", args=[late.pk])}"' not in page.content.decode()


def test_a_round_beside_the_books(tree, world):
    """The round found 300 of the 500 that were known when it began."""
    round_ = RoundFactory(unit=tree.county, basis="arrived", period=period(202610))
    (row,) = running(round_, world)
    Inspection._base_manager.filter(pk=row.pk).update(reported=500 * WAN, initial=300 * WAN)
    for page in ("", "print/"):
        for query, books, words in (("", 500, "as known now"), ("as=2026-10", 800, "as published 2026-10")):
            got = client_for(Role.BUREAU_STAFF, tree.county).get(f"/rounds/{round_.pk}/{page}?{query}")
            (line,) = got.context["gaps"]
            gap = line["gap"]
            assert (gap.reported / WAN, gap.books / WAN, gap.found / WAN) == (500, books, 300)
            said = f"Reported: as known when the round began. Beside it the books, {words}."
            assert said in got.content.decode()
