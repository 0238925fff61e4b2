"""The lines behind a run's figure are the ones that it counted: its input's filters and window, the run's clock and its last
line. Amounts in 万元."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from assessments import services
from assessments.explaining import sources_of
from assessments.schemes.replay import facts_of, scheme_of
from ledger.choices import Kind
from organizations import services as org
from organizations.choices import Role
from tests.assessments.measures.support import LOCAL, WAN, measure, money
from tests.ledger.support import arrived, close, noon
from tests.support.clients import sign_in, user_with
from tests.support.factories import TESTS
from tests.support.scheme_towns import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(tree):
    row = org.group_create(actor=TESTS, owner=tree.county, code="towns", name="镇组")
    org.membership_add(actor=TESTS, group=row, unit=tree.town, begins=date(2020, 1, 1), sort=1)
    return row


def method(tree, group, period, **given):
    """A method with one input, in force."""
    entered = {"title": "到位资金", "unit": "yuan", "measure": "arrived", **given}
    indicator = {
        "code": "one", "title": "到位资金", "full": "100", "value": "capital",
        "rule": {"kind": "proportional", "at": "10000000"}, "missing": {"otherwise": "zero"},
    }  # fmt: skip
    document = {
        "schema": 1, "code": period, "title": period, "period": period, "inputs": {"capital": entered},
        "groups": [{"code": "towns", "title": "镇组", "indicators": [indicator]}],
    }  # fmt: skip
    row = services.scheme_create(actor=TESTS, owner=tree.county, code=period, name=period)
    services.scheme_bind(actor=TESTS, scheme=row, code="towns", group=group)
    services.schemeversion_draft(actor=TESTS, scheme=row, since=date(2026, 1, 1), document=document)
    publish(TESTS, row)
    return row


def behind(client, run, unit, reader):
    """The figure as the run keeps it, the page's lines and the page, by the link of the explanation."""
    facts = facts_of(run)
    kept = next(one for one in facts.units if one.code == unit.code).facts["capital"]
    (link,) = sources_of(reader, run.pk, scheme_of(run), facts, unit)(kept.ref, "capital")
    page = sign_in(client, reader).get(link.url)
    assert page.status_code == 200
    lines = [
        Decimal(one["amount"].replace(",", "")) for block in page.context["blocks"] for one in block["lines"]
    ]
    return kept.value / WAN, lines, page, link.url


def test_a_quarter_of_one_sector_as_the_run_knew_it(client, tree, group, english):
    """Of the second quarter: 200 and 30 of industry. Not: 100 of March, 40 of services, 70 booked after the run."""
    with noon(2026, 11, 20):
        what = measure("arrived", "arrived")
        for wan, day, sector in (
            (100, date(2026, 3, 5), "secondary"), (200, date(2026, 5, 5), "secondary"), (30, date(2026, 6, 5), "secondary"),
            (40, date(2026, 6, 6), "tertiary"),
        ):  # fmt: skip
            money(Kind.CAPITAL_RECOGNISED, tree.town, wan, day, look=replace(LOCAL, sector=sector))
        row = method(tree, group, "quarter", filters={"sector": ["secondary"]}, window="period")
        run = services.schemerun_compute(actor=TESTS, scheme=row, year=2026, month=6)
        money(Kind.CAPITAL_RECOGNISED, tree.town, 70, date(2026, 6, 7), look=LOCAL)
        reader = user_with(Role.BUREAU_STAFF, tree.county)
        kept, lines, page, url = behind(client, run, tree.town, reader)
        assert (kept, sorted(lines), page.context["total"]) == (230, [30, 200], "230 10 thousand yuan")
        for words in ("of the result: quarter, run 1", "quarter 2 of 2026", "the period", "secondary"):
            assert words in page.context["sub"].lower(), page.context["sub"]
        asked = {name: one[0] for name, one in parse_qs(urlsplit(url).query).items()}
        address = urlsplit(url).path
        other = reverse("measure_rows", args=[what.pk, tree.second_town.pk])
        nothing = client.get(other, {"period": "2026-02"})
        assert nothing.context["total"] == "missing: not reported"
        for where, query in (
            (address, {**asked, "input": "other"}), (address, {**asked, "run": run.pk + 1}), (address, {**asked, "run": "x"}),
            (other, asked),
        ):  # fmt: skip
            assert client.get(where, query).status_code == 404


def test_a_final_account_holds_what_was_booked_in_period_13(client, tree, group, english):
    """1,000 of December, and 600 of 28 December recognised on 12 January: the year is 1,600 (DOMAIN §11, year end)."""
    measure("arrived", "arrived")
    with noon(2026, 12, 20):
        arrived(tree.town, 1000, (2026, 12, 5))
    with noon(2027, 1, 6):
        close(202612)
    with noon(2027, 1, 12):
        arrived(tree.town, 600, (2026, 12, 28))
        row = method(tree, group, "year")
        run = services.schemerun_compute(actor=TESTS, scheme=row, year=2026, month=13)
        reader = user_with(Role.BUREAU_STAFF, tree.county)
        kept, lines, page, _url = behind(client, run, tree.town, reader)
    assert (kept, sorted(lines), page.context["total"]) == (1600, [600, 1000], "1,600 10 thousand yuan")
    assert "with its final account" in page.context["sub"]
