"""The traps of DOMAIN §11 that concern measures. Amounts in 万元 unless said."""

from datetime import UTC, date, datetime

import pytest

from assessments.measures import BASES, Asked
from capital.services.recognition import recognise
from common import clock
from ledger.choices import Kind, Role
from ledger.services import Look
from organizations.choices import Role as Job
from projects.models import LandParcel
from projects.services import attribution_set
from rules.periods import Month
from tests.assessments.measures.support import (
    LOCAL,
    WAN,
    YI,
    D,
    asked,
    book,
    cell,
    fact,
    measure,
    money,
    signed,
)
from tests.capital.recognising import reported
from tests.ledger.support import arrived, close, noon
from tests.support.clients import user_with
from tests.support.factories import TESTS
from tests.support.factories_capital import MonthlyReturnFactory, period
from tests.support.factories_projects import all_of, signed_project

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


def test_bases_are_never_added(tree):
    """Paid-in 3,000 buys equipment 2,500; plant 1,000, half by loan: arrived 3,000 of own money, formed 3,500; no base
    takes both."""
    day, kind = date(2026, 3, 1), Kind.CAPITAL_RECOGNISED
    loan = Look(**{**_look(), "fund_source": "loan"})
    money(kind, tree.town, 3000, day)
    money(kind, tree.town, 500, day, look=loan)
    money(kind, tree.town, 2500, day, basis="formed")
    money(kind, tree.town, 1000, day, basis="formed")
    measure("own", "arrived", filters={"fund_source": ["own"]})
    measure("built", "formed")
    assert (cell("own", tree.town) / WAN, cell("built", tree.town) / WAN) == (3000, 3500)
    assert all(base.basis for base in BASES for kind in base.kinds if kind.startswith("capital."))


def test_two_rates_and_dollars(tree):
    """1 million dollars at 7.20 and 1 million at 7.00: 1,420 in yuan, 200 in dollars."""
    abroad = Look(**{**_look(), "zone": "abroad"})
    for rate in ("7.20", "7.00"):
        money(
            Kind.CAPITAL_RECOGNISED, tree.town, 100, date(2026, 3, 1), look=abroad, currency="USD", rate=rate
        )
    money(Kind.CAPITAL_RECOGNISED, tree.town, 50, date(2026, 3, 1))
    measure("all", "arrived", filters={"zone": ["abroad"]})
    measure("used", "foreign_used")
    assert (cell("all", tree.county) / WAN, cell("used", tree.county) / WAN) == (1420, 200)


def test_real_estate_counts_its_tax_tenfold(tree):
    """Assets 50,000; tax 800, refunded 100: 7,000 instead of the assets."""
    houses = Look(**{**_look(), "industry": "7010", "sector": "tertiary"})
    book(Kind.TAX_NET, date(2026, 6, 30), tree.town, 700 * WAN, look=houses, currency="CNY", rate=D(1))
    book(Kind.TAX_NET, date(2026, 6, 30), tree.town, 90 * WAN, currency="CNY", rate=D(1))
    money(Kind.CAPITAL_RECOGNISED, tree.town, 50_000, date(2026, 3, 1), basis="formed", look=houses)
    measure("houses", "tax_net", filters={"industries": ["70"], "factor": "10"})
    assert cell("houses", tree.county) == 7000 * WAN


def test_a_size_line_has_two_currencies_and_the_clock_of_its_window(tree):
    """10 million dollars stand beside 1亿. A project of 0.8亿 that is supplemented by 0.4亿 in June is large from
    June on; May's figure stays."""
    signed(tree.town, 1000, date(2026, 2, 1), currency="USD", rate="7.1")  # 0.71亿 in yuan
    grows = signed(tree.town, 8000, date(2026, 2, 1))
    supplement = {"subject": grows, "currency": "CNY", "rate": D(1)}
    book(Kind.CONTRACT, date(2026, 6, 5), tree.town, 4000 * WAN, **supplement)
    signed(tree.town, 9999, date(2026, 2, 1))
    measure("large", "signed_projects", filters={"size_from": "100000000", "size_from_usd": "10000000"})
    measure("small", "signed_projects", filters={"size_below": "100000000", "size_below_usd": "10000000"})
    assert [cell("large", tree.town, month) for month in ("2026-05", "2026-06")] == [1, 2]
    assert [cell("small", tree.town, month) for month in ("2026-05", "2026-06")] == [2, 1]


def test_growth_and_its_break(tree):
    """200 after 160 is +25 %; over a change of definition there is none, nor above nothing."""
    for wan, day in ((160, date(2025, 3, 1)), (500, date(2025, 12, 1)), (200, date(2026, 3, 1))):
        money(Kind.CAPITAL_RECOGNISED, tree.town, wan, day)
    same = measure("same", "arrived")
    other = measure("other", "arrived", defined_since=2026)
    count = measure("count", "signed_projects")
    for code, of in (("g-same", same), ("g-other", other), ("g-count", count)):
        measure(code, "growth", of=of)
    assert cell("g-same", tree.county, "2026-03") == 25
    assert cell("g-other", tree.county, "2026-03") == "break_in_definition"
    assert cell("g-count", tree.county, "2026-03") == "zero_base"
    assert fact("g-same", tree.other_county, "2026-03") == "not_reported"


def test_lagged_data_and_the_quarterly_schedule(tree):
    """A March circular with data to February, 100 of 600: 0.00, not −8.33. May, 350 of 1,000 by 15/25/30/30 %: +3.33,
    linear −6.67."""
    done = measure("done", "arrived")
    measure("points", "points_to_schedule", of=done)
    measure("by-quarters", "points_to_schedule", of=done, filters={"schedule": ["15", "25", "30", "30"]})
    measure("completed", "completion", of=done)
    for unit, wan, target in ((tree.town, 100, 600), (tree.park, 350, 1000)):
        money(Kind.CAPITAL_RECOGNISED, unit, wan, date(2026, 2, 1))
        _target(unit, done, target * WAN)
    march = asked("2026-03", data_through=Month(2026, 2))
    assert round(cell("points", tree.town, question=march), 2) == 0
    assert [
        round(cell(code, tree.park, "2026-05"), 2) for code in ("points", "by-quarters", "completed")
    ] == [
        D("-6.67"),
        D("3.33"),
        D("35.00"),
    ]
    assert cell("points", tree.other_county) == "no_target"


def _target(unit, what, value):
    from assessments.models import Target
    from tests.support.world import batch

    sent = Target._base_manager.first()
    source = sent.batch if sent else batch(unit, what, "confirmed", confirmed_at=clock.now())
    common = {"row": source.rows.get(), "batch": source, "ref": "B2", "recorded_at": clock.now()}
    return Target._base_manager.create(unit=unit, measure=what, year=2026, value=value, **common)


def test_year_end(tree):
    """600 of 28 December recognised on 12 January: the old year's final account +600, the new year nothing of it,
    December's circular as it was. A reversal in March is a prior-year adjustment: in no figure of the new year."""
    measure("arrived", "arrived")
    with noon(2026, 12, 20):
        arrived(tree.town, 1000, (2026, 12, 5))
    with noon(2027, 1, 6):
        close(202612)
    with noon(2027, 1, 12):
        arrived(tree.town, 600, (2026, 12, 28))
    assert cell("arrived", tree.town, "2026-12") / WAN == 1000
    assert cell("arrived", tree.town, question=Asked.year(2026)) / WAN == 1600
    assert cell("arrived", tree.town, window="month", question=Asked.year(2026)) / WAN == 600
    assert cell("arrived", tree.town, "2027-01") == "not_reported"
    MonthlyReturnFactory(unit=tree.town, period=period(202701), state="nil")
    assert cell("arrived", tree.town, "2027-01") == 0
    with noon(2027, 2, 1):
        close(202613)
    with noon(2027, 3, 5):
        arrived(tree.town, -300, (2026, 12, 5))
    assert cell("arrived", tree.town, "2027-03") == "not_reported", "nothing of its own year"
    assert cell("arrived", tree.town, question=Asked.year(2026)) / WAN == 1600
    assert cell("arrived", tree.town, "2027-03", window="cumulative") / WAN == 1300
    assert cell("arrived", tree.town, question=Asked.known_now(Month(2026, 12))) / WAN == 1300


@pytest.mark.usefixtures("pipeline")
def test_transfer(tree):
    """A→B on 1 July: 800 of 20 June recognised on 15 July counts for A, 500 of 5 August for B; the county has both."""
    committee = user_with(Job.COMMITTEE, tree.city)
    project = signed_project(tree.town)
    attribution_set(
        actor=TESTS, project=project.pk, role=Role.ASSESSED, shares=all_of(tree.second_town),
        valid_from=date(2026, 7, 1), reason="划转",
    )  # fmt: skip
    for wan, day in ((800, date(2026, 6, 20)), (500, date(2026, 8, 5))):
        entry = reported(project, wan * WAN, occurred_on=day)
        recognise(actor=committee, entry=entry.pk, level="final")
    measure("t-arrived", "arrived")
    assert [cell("t-arrived", unit) / WAN for unit in (tree.town, tree.second_town, tree.county)] == [
        800,
        500,
        1300,
    ]


def test_missing_is_never_zero(tree):
    """No line and no return: missing. A nil return: zero. Nothing signed is a true zero."""
    measure("money", "arrived")
    measure("signed", "signed_projects")
    measure("gap", "arrived_gap")
    assert cell("money", tree.town) == cell("gap", tree.town) == "not_reported"
    assert cell("signed", tree.town) == 0
    MonthlyReturnFactory(unit=tree.town, period=period(202611), state="nil")
    assert cell("money", tree.town) == cell("money", tree.county) == cell("gap", tree.town) == 0


def test_new_and_continued_and_the_window_of_years(tree):
    """Started in 2025: continued in 2026. The money of both years' projects, apart. Signed in the last two years."""
    old = signed(tree.town, 100, date(2023, 3, 1), started=date(2025, 5, 1))
    new = signed(tree.town, 100, date(2025, 3, 1), started=date(2026, 5, 1))
    for project, wan in ((old, 30), (new, 70)):
        money(Kind.CAPITAL_RECOGNISED, tree.town, wan, date(2026, 6, 1), subject=project)
    for course in ("new", "continued"):
        measure(course, "arrived", filters={"course": course, "course_stage": "started"})
    measure("recent", "arrived", filters={"years": "2"})
    measure("landed", "signed_projects", filters={"stages": ["started", "registered"]})
    assert [cell(code, tree.town) / WAN for code in ("new", "continued", "recent")] == [70, 30, 70]
    assert cell("landed", tree.town, window="cumulative") == 0
    book(Kind.REGISTERED, date(2026, 6, 1), tree.town, subject=new)
    assert cell("landed", tree.town, window="cumulative") == 1


def test_what_became_of_the_cohort(tree):
    """Signed this year for 1,000, 250 arrived for it, 500 for an older one: 25 %; 75 % of whatever happened."""
    fresh = signed(tree.town, 1000, date(2026, 3, 1))
    older = signed(tree.town, 9000, date(2025, 3, 1))
    money(Kind.CAPITAL_RECOGNISED, tree.town, 250, date(2026, 6, 1), subject=fresh)
    money(Kind.CAPITAL_RECOGNISED, tree.town, 500, date(2026, 6, 1), subject=older)
    measure("in-place", "in_place_rate")
    measure("in-place-any", "in_place_rate", filters={"whose": "any"})
    assert (cell("in-place", tree.county), cell("in-place-any", tree.county)) == (25, 75)


@pytest.mark.usefixtures("pipeline")
def test_leads_that_became_projects(tree):
    """Two leads handed in this year, one of them signed: 50 %."""
    project = signed_project(tree.town)
    book(Kind.LEAD_HANDED_IN, date(2026, 2, 1), tree.town, subject=project.lead_id)
    book(Kind.LEAD_HANDED_IN, date(2026, 2, 2), tree.town, subject=987_654)
    measure("t-success", "success_rate")
    assert cell("t-success", tree.county) == 50


@pytest.mark.usefixtures("pipeline")
def test_per_mu(tree):
    """300 of tax and 6,000 of assets on 50 mu: 6 and 120 per mu (in 万元). Without land there is no such figure."""
    project = signed_project(tree.town)
    LandParcel._base_manager.create(project=project, number="甲", area_mu=D(50))
    pay = {"currency": "CNY", "rate": D(1)}
    book(Kind.TAX_NET, date(2026, 6, 30), tree.town, 300 * WAN, subject=project.pk, **pay)
    book(Kind.TAX_NET, date(2026, 6, 30), tree.town, 999 * WAN, **pay)  # of one without land
    money(Kind.CAPITAL_RECOGNISED, tree.town, 6000, date(2025, 6, 1), basis="formed", subject=project.pk)
    measure("t-tax", "tax_per_mu")
    measure("t-investment", "investment_per_mu")
    assert [cell(code, tree.town) / WAN for code in ("t-tax", "t-investment")] == [6, 120]
    assert cell("t-tax", tree.park) == "no_land"
