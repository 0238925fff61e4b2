"""The traps of DOMAIN §11 that concern measures. Amounts in 万元 unless said."""

from datetime import UTC, date, datetime

import pytest

from common import clock
from ledger.choices import Kind
from ledger.services import Look
from tests.assessments.measures.support import LOCAL, WAN, YI, D, cell, measure, money, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november():
    with clock.at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        yield


def test_start_rate(tree):
    """10 signed this year, 4 of them started; 3 older ones started: 40 %, and 70 % only if asked."""
    for n in range(10):
        signed(tree.town, 100, date(2026, 3, 1), **({"started": date(2026, 5, 1)} if n < 4 else {}))
    for _n in range(3):
        signed(tree.town, 100, date(2025, 3, 1), started=date(2026, 5, 2))
    measure("start-rate", "start_rate")
    measure("start-rate-any", "start_rate", filters={"whose": "any"})
    assert cell("start-rate", tree.county) == 40
    assert cell("start-rate-any", tree.county) == 70
    assert cell("start-rate", tree.park) == "no_cohort"
    assert cell("start-rate", tree.county, "2026-04") == 0, "in April nothing had started"


def test_size_line_and_split(tree):
    """A project of 12亿 shared 60/40: the line is tested on the whole; 7.2/4.8亿; 0.6/0.4 or 1/0; the city has 1."""
    signed([(tree.town, "0.6"), (tree.park, "0.4")], 120_000)
    signed(tree.town, 99_000)
    line = {"size_from": str(10 * YI)}
    measure("big", "signed_projects", filters=line)
    measure("big-amount", "contract_amount", filters=line)
    measure("big-lead", "signed_projects", filters=line, credit="lead")
    measure("big-whole", "signed_projects", filters=line, credit="whole")
    units = (tree.town, tree.park, tree.county, tree.city)
    assert [cell("big-amount", unit) / YI for unit in units] == [D("7.2"), D("4.8"), D("7.2"), 12]
    assert [cell("big", unit) for unit in units] == [D("0.6"), D("0.4"), D("0.6"), 1]
    assert [cell("big-lead", unit) for unit in units] == [1, 0, 1, 1]
    assert [cell("big-whole", unit) for unit in units] == [1, 1, 1, 1]


def test_internal_money(tree):
    """A: 1,000 from Shanghai, 400 from a sister county: the county 1,400, the city 1,000."""
    inside = Look(**{**_look(), "zone": "inside_city"})
    money(Kind.CAPITAL_RECOGNISED, tree.county, 1000, date(2026, 3, 1))
    money(Kind.CAPITAL_RECOGNISED, tree.county, 400, date(2026, 3, 2), look=inside)
    measure("domestic", "arrived", filters={"outside": "yes"})
    assert (cell("domestic", tree.county) / WAN, cell("domestic", tree.city) / WAN) == (1400, 1000)


def _look():
    from dataclasses import asdict

    return asdict(LOCAL)


def test_a_ranking_reads_counted_measures(tree):
    """Two projects of one town this year, one last year; the other town has a true zero."""
    from assessments.rankings import compute
    from assessments.services.rankings import run_compute
    from rules.periods import Month
    from tests.support.factories import TESTS, GroupFactory, MembershipFactory
    from tests.support.world import RankingTableFactory

    signed(tree.town, 100, date(2026, 3, 1))
    signed(tree.town, 100, date(2026, 11, 2))
    signed(tree.town, 100, date(2025, 3, 1))
    group = GroupFactory(owner=tree.county)
    for unit in (tree.town, tree.second_town):
        MembershipFactory(group=group, unit=unit)
    table = RankingTableFactory(group=group, measure=measure("signed", "signed_projects"), rank_by="done")
    run, _new = run_compute(actor=TESTS, table=table, month=Month(2026, 11))
    facts = {line["unit"]: line["facts"] for line in run.inputs["lines"]}
    assert [facts[tree.town.code][name]["amount"] for name in ("done", "month", "before")] == ["2", "1", "1"]
    assert facts[tree.second_town.code]["done"]["amount"] == "0"
    assert facts[tree.town.code]["done"]["ref"].startswith("cells:signed:202611:")
    assert compute(run.inputs).to_document() == run.document
    again, new = run_compute(actor=TESTS, table=table, month=Month(2026, 11))
    assert (again.pk, new) == (run.pk, False)
