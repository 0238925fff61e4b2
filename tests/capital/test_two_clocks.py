"""Each page with figures of capital says them as published and as known now (docs/algorithms/closing.md, "Two clocks"). In
万元."""

from datetime import date
from decimal import Decimal

import pytest

from capital.services.entries import entry_withdraw
from capital.services.recognition import recognise, reverse
from organizations.choices import Role
from tests.capital.recognising import now, reported
from tests.ledger.support import close
from tests.support.clients import client_for, client_of
from tests.support.factories import TESTS
from tests.support.factories_capital import ReportingDutyFactory
from tests.support.factories_projects import signed_project

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


def test_desk_and_signals_say_that_they_judge_by_what_is_known_now(tree, world, checker):
    """With a way to the pages that tell both."""
    waiting = reported(world, 70 * WAN)
    desk = client_of(checker).get(f"/recognition/?entry={waiting.pk}").content.decode()
    assert "as known now" in desk
    assert f"/projects/{world.pk}/?part=capital" in desk
    signals = client_for(Role.BUREAU_STAFF, tree.county).get("/capital/signals/?year=2026").content.decode()
    assert "as known now" in signals
    assert "/capital/gaps/?year=2026" in signals
