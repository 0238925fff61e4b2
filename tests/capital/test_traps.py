"""The capital traps of DOMAIN §11 on real rows: entries reported, recognised, closed and read. Amounts in 万元."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from capital.behind import behind
from capital.charting import gaps
from capital.counting import KNOWN_NOW, Wanted, figures, read
from capital.services.recognition import recognise, reverse
from capital.services.rules import countingrule_draft, countingrule_publish, exclusion_add
from common import clock
from ledger import clocks
from ledger.choices import Kind, Role
from ledger.models import Period
from ledger.selectors import Cut, sums
from organizations.choices import Role as Job
from organizations.models import RoleGrant
from projects.models import ProjectInvestor
from projects.services import attribution_set, half_year_set
from rules.counting import Why
from rules.parts import by_equity, check_parts
from rules.shares import Credit
from tests.capital.recognising import reported
from tests.support.clients import user_with
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_leads import InvestorFactory
from tests.support.factories_projects import all_of, credited, dollars, industry, ready_lead, signed_project
from tests.support.pipeline import a_lead
from tests.support.world import ExchangeRateFactory

D = Decimal
WAN = D(10_000)
ARRIVED, FORMED = Wanted("arrived"), Wanted("formed")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "english")]


def at(year, month, day):
    """Noon of a day in the bureau."""
    return clock.at(datetime(year, month, day, 4, tzinfo=UTC))


@pytest.fixture
def november():
    with at(2026, 11, 20):
        yield


@pytest.fixture
def head(tree):
    """The committee's last word."""
    user = user_with(Job.COMMITTEE, tree.city)
    RoleGrant._base_manager.filter(user=user).update(valid_from=date(2020, 1, 1))
    return user


def recognised(head, project, wan, on, *, unit=None, **values):
    entry = reported(project, D(wan) * WAN, unit=unit, occurred_on=on, **values)
    recognise(actor=head, entry=entry.pk, level="final")
    return entry


def rule(code, **document):
    """A published rule that holds since 2020."""
    draft = countingrule_draft(
        actor=TESTS, code=code, name=code, since=date(2020, 1, 1), document={"schema": 1, **document}
    )
    countingrule_publish(actor=TESTS, pk=draft.pk, version=draft.version)
    return code


def counted(wanted, units, through, *, year=2026):
    """(own, prior) of units in 万元, year to date."""
    reading = read(wanted, date(year, 12, 31), through=through)
    found = figures(reading, units, through, year=year)
    return [(found[unit.pk].own / WAN, found[unit.pk].prior / WAN) for unit in units]


def own(wanted, units, through, **when):
    return [one for one, _prior in counted(wanted, units, through, **when)]


def close(*codes):
    for code in codes:
        Period.objects.update_or_create(
            code=code, defaults={"year": code // 100, "number": code % 100, "state": "closed"}
        )


def early_project(unit, **values):
    """Signed on 10 January 2025."""
    with at(2025, 1, 20):
        given = {
            "officer": OfficerFactory(unit=unit),
            "investor": InvestorFactory(unit=unit, credit_code="91TEST000000202501"),
            "industry": industry(),
            "sector": "secondary",
            "host": unit,
        }
        lead = a_lead(unit, "ready", on=date(2025, 1, 2), **given)
        return signed_project(unit, lead=lead, signed_on=date(2025, 1, 10), **values)


# ---------------------------------------------------------------- bases, zones, currencies


def test_bases_added(tree, head, november):
    """Paid-in 3,000 buys equipment 2,500; plant 1,000, half by loan, which doesn't count as arrived here."""
    project = signed_project(tree.town)
    day = date(2026, 11, 3)
    recognised(head, project, 3000, day, kind="registered", type="verification")
    recognised(head, project, 500, day, kind="other_money", fund_source="loan")
    recognised(head, project, 2500, day, kind="equipment", type="invoice")
    recognised(head, project, 1000, day, kind="plant", type="invoice")
    no_loans = rule("no-loans", fund_sources=["own", "partner", "government"])

    assert own(Wanted("arrived", rule_code=no_loans), [tree.town], 202611) == [3000]
    assert own(FORMED, [tree.town], 202611) == [3500]
    with pytest.raises(ValueError, match="name the basis"):
        Cut((Kind.CAPITAL_RECOGNISED,), Role.ASSESSED)
    # The sums of the ledger agree, and there is no third figure.
    both = {
        basis: sums(Cut((Kind.CAPITAL_RECOGNISED,), Role.ASSESSED, basis=basis), [tree.town], actor=TESTS)
        for basis in ("arrived", "formed")
    }
    assert [sum(one.values()) / WAN for one in both.values()] == [3500, 3500]


def test_internal_money(tree, head, november):
    """The county: 1,000 from Shanghai, 400 from a sister county. County 1,400; city 1,000."""
    project = signed_project(tree.town)
    recognised(head, project, 1000, date(2026, 11, 3), zone="outside_province")
    recognised(head, project, 400, date(2026, 11, 4), zone="inside_city")
    code = rule("zones", levels={"city": {"zones": ["abroad", "outside_province", "outside_city"]}})
    wanted = Wanted("arrived", rule_code=code)

    assert own(wanted, [tree.town, tree.county, tree.city], 202611) == [1400, 1400, 1000]
    (line,) = behind(read(wanted, date(2026, 11, 30)), tree.city, 202611, actor=head)
    assert (line.project, line.why, line.own / WAN) == (project.pk, Why.COUNTED, 1000)
    assert [(row.number[:1], row.amount / WAN) for row in line.rows] == [("C", 1000), ("C", 400)]


def test_two_rates(tree, head, november):
    """1 million dollars at 7.20 and 1 million at 7.00 are 1,420, not 1,400; in dollars they are 2 million."""
    project = signed_project(tree.town)
    dollar = dollars("7.20", on=date(2026, 11, 2))
    ExchangeRateFactory(currency=dollar, date=date(2026, 11, 9), rate=D("7.00"))
    for day in (date(2026, 11, 2), date(2026, 11, 9)):
        recognised(head, project, 100, day, currency=dollar, zone="abroad")

    assert own(ARRIVED, [tree.town], 202611) == [1420]
    assert own(Wanted("arrived", currency="USD"), [tree.town], 202611) == [200]


def test_parts_by_source(tree, head, november):
    """One project of two investors at 60 and 40 %, of 1,000: counted in full by each source the parts are 200 % of
    it and flagged; divided by equity they are 600 and 400."""
    lead = ready_lead(tree.town)
    project = signed_project(tree.town, lead=lead)
    ProjectInvestor.objects.filter(project=project).delete()
    for name, percent in (("标记甲", 60), ("标记乙", 40)):
        investor = InvestorFactory(unit=tree.town, name=name)
        ProjectInvestor.objects.create(project=project, investor=investor, percent=D(percent))
    recognised(head, project, 1000, date(2026, 11, 3))
    (whole,) = own(ARRIVED, [tree.city], 202611)
    percents = {one.investor.name: one.percent for one in ProjectInvestor.objects.filter(project=project)}

    careless = check_parts(whole, dict.fromkeys(percents, whole))
    assert (careless.flagged, careless.percent) == (True, 200)
    divided = by_equity(whole, percents)
    assert divided == {"标记甲": 600, "标记乙": 400}
    assert not check_parts(whole, divided).flagged


# ---------------------------------------------------------------- what counts


def test_cumulative_threshold(tree, head):
    """500: January 300, February 300, March −200 give 0, 600, −600."""
    project = early_project(tree.town)
    wanted = Wanted("arrived", rule_code=rule("five", threshold={"lines": [{"amount": "5000000"}]}))
    with at(2026, 1, 20):
        first = recognised(head, project, 300, date(2026, 1, 10))
    close(202601)
    with at(2026, 2, 20):
        recognised(head, project, 300, date(2026, 2, 10))
    close(202602)
    with at(2026, 3, 20):
        reverse(actor=head, entry=first.pk, reason="资金退回", amount=200 * WAN)

    sums = [own(wanted, [tree.town], 202600 + month)[0] for month in (1, 2, 3)]
    assert sums == [0, 600, 0]
    assert [after - before for before, after in zip([0, *sums], sums, strict=False)] == [0, 600, -600]


def test_real_estate(tree, head, november):
    """Assets 50,000; tax 800, refunded 100: 7,000 instead of the assets. A correction to 900 brings 8,000."""
    lead = ready_lead(tree.town, industry=industry("7010", "tertiary"), sector="tertiary")
    project = signed_project(tree.town, lead=lead, industry=industry("7010", "tertiary"))
    recognised(head, project, 50_000, date(2026, 11, 3), kind="plant", type="invoice")
    code = rule(
        "estate",
        basis="formed",
        sectors=["primary", "secondary"],
        real_estate={"industries": ["70"], "factor": "10"},
    )
    wanted = Wanted("formed", rule_code=code)
    assert own(wanted, [tree.town], 202611) == [0]

    def taxed(paid, refunded, version=None):
        half_year_set(
            actor=TESTS, project=project.pk, year=2026, half="1", tax_paid=paid * WAN,
            tax_refunded=refunded * WAN, output=WAN, version=version,
        )  # fmt: skip

    taxed(800, 100)
    assert own(wanted, [tree.town, tree.city], 202611) == [7000, 7000]
    taxed(900, 100, version=1)
    assert own(wanted, [tree.town], 202611) == [8000]
    taxed(100, 100, version=2)
    assert own(wanted, [tree.town], 202611) == [0]
    assert own(FORMED, [tree.town], 202611) == [50_000]


def test_size_line_and_split(tree, head, november):
    """A project of 1,200 shared 60/40 reaches 1,000 as a whole: 720 and 480, city 1,200. The list leaves it out."""
    project = signed_project(tree.town, shares=credited((tree.town, "0.6"), (tree.park, "0.4")))
    recognised(head, project, 1200, date(2026, 11, 3))
    recognised(head, signed_project(tree.town), 999, date(2026, 11, 3))
    wanted = Wanted("arrived", rule_code=rule("ten", threshold={"lines": [{"amount": "10000000"}]}))
    units = [tree.town, tree.park, tree.city]
    assert own(wanted, units, 202611) == [720, 480, 1200]

    exclusion_add(actor=TESTS, code="ten", project=project, since=date(2026, 1, 1), reason="重复项目")
    assert own(wanted, units, 202611) == [0, 0, 0]
    assert own(Wanted("arrived"), units, 202611) == [1719, 480, 2199]


def test_a_transfer_on_the_first_of_july(tree, head):
    """800 of 20 June recognised on 15 July count for A, 500 of 5 August for B."""
    project = early_project(tree.town)
    with at(2026, 6, 25):
        first = reported(project, 800 * WAN, occurred_on=date(2026, 6, 20))
        attribution_set(
            actor=TESTS, project=project.pk, role=Role.ASSESSED, valid_from=date(2026, 7, 1),
            shares=all_of(tree.park), reason="划转",
        )  # fmt: skip
    close(202606)
    with at(2026, 7, 15):
        recognise(actor=head, entry=first.pk, level="final")
    with at(2026, 8, 20):
        recognised(head, project, 500, date(2026, 8, 5))

    units = [tree.town, tree.park, tree.city]
    assert own(ARRIVED, units, 202606) == [0, 0, 0]
    assert own(ARRIVED, units, 202607) == [800, 0, 800]
    assert own(ARRIVED, units, 202608) == [800, 500, 1300]


# ---------------------------------------------------------------- the two clocks


def test_year_end(tree, head):
    """600 of 28 December recognised on 12 January, deadline 20 January: the old year's final account has it, the new
    year 0, the December circular stays."""
    project = early_project(tree.town)
    with at(2025, 12, 30):
        late = reported(project, 600 * WAN, occurred_on=date(2025, 12, 28))
        recognised(head, project, 100, date(2025, 12, 1))
    close(202512)
    with at(2026, 1, 12):
        recognise(actor=head, entry=late.pk, level="final")

    assert own(ARRIVED, [tree.town], 202512, year=2025) == [100]
    assert own(ARRIVED, [tree.town], 202513, year=2025) == [700]
    assert counted(ARRIVED, [tree.town], 202601, year=2026) == [(0, 0)]


def test_clawback(tree, head):
    """2025: 1,000; in March 2026 300 go back; 2026 itself 500. 2026: 500 and −300 apart; 2025 published 1,000, known
    700. The lines say from which project, so that 5 ‰ of them can be taken back (−1.5)."""
    project = early_project(tree.town)
    with at(2025, 5, 20):
        old = recognised(head, project, 1000, date(2025, 5, 4))
    close(*range(202505, 202514))
    with at(2026, 2, 20):
        recognised(head, project, 500, date(2026, 2, 2))
    close(202601, 202602)
    with at(2026, 3, 20):
        reverse(actor=head, entry=old.pk, reason="抽回资金", amount=300 * WAN)

    assert counted(ARRIVED, [tree.town], 202602) == [(500, 0)]
    assert counted(ARRIVED, [tree.town], 202603) == [(500, -300)]
    assert own(ARRIVED, [tree.town], 202513, year=2025) == [1000]
    assert own(ARRIVED, [tree.town], KNOWN_NOW, year=2025) == [700]
    (line,) = behind(read(ARRIVED, date(2026, 3, 31)), tree.town, 202603, actor=head)
    assert (line.own / WAN, line.prior / WAN) == (500, -300)
    assert line.prior / WAN * D(5) / 1000 == D("-1.5")
    # The ledger's own clocks say the same.
    cut = Cut((Kind.CAPITAL_RECOGNISED,), Role.ASSESSED, basis="arrived", **clocks.prior_year(2026))
    found = sums(cut, [tree.town], actor=TESTS, credit=Credit.SHARE)
    assert found == {(tree.town.pk, Kind.CAPITAL_RECOGNISED): -300 * WAN}


def test_what_was_read_is_read_again_by_its_clock(tree, head, november):
    """Lines that came later, and a later exclusion, change nothing for the old watermark."""
    project = signed_project(tree.town)
    recognised(head, project, 100, date(2026, 11, 3))
    code = rule("again", threshold={"of": "contract", "lines": [{"amount": "1"}]})
    wanted = Wanted("arrived", rule_code=code)
    first = read(wanted, date(2026, 11, 30), through=202611)
    recognised(head, project, 50, date(2026, 11, 4))

    again = read(wanted, date(2026, 11, 30), through=202611, watermark=first.watermark)

    assert figures(first, [tree.town], 202611) == figures(again, [tree.town], 202611)
    assert own(wanted, [tree.town], 202611) == [150]


def test_the_lines_behind_a_figure_add_up_when_money_counts_in_another_year(tree, head):
    """100 of 15 December with 90 days to stay count on 15 March of the next year: own 100, and a line says so."""
    project = early_project(tree.town)
    with at(2025, 12, 20):
        recognised(head, project, 100, date(2025, 12, 15))
    with at(2026, 3, 31):
        reading = read(Wanted("arrived", rule_code=rule("kept", kept_days=90)), date(2026, 3, 31))
        figure = figures(reading, [tree.town], 202603)[tree.town.pk]
        lines = behind(reading, tree.town, 202603, actor=head)
    assert figure.own / WAN == 100
    assert [(line.project, line.own / WAN) for line in lines] == [(project.pk, 100)]


def test_a_confidential_project_is_no_line_of_its_own(tree, head, november):
    """The park hosts the town's secret project and shares it: its own people read what is left, without a name."""
    shares = credited((tree.town, "0.6"), (tree.park, "0.4"))
    secret = signed_project(tree.town, host=tree.park, shares=shares)
    recognised(head, secret, 1000, date(2026, 11, 3))
    type(secret)._base_manager.filter(pk=secret.pk).update(
        code_name="甲一", confidential_until=date(2027, 1, 1)
    )
    reading, near = read(ARRIVED, date(2026, 11, 30)), user_with(Job.UNIT_HEAD, tree.park)
    (line,) = behind(reading, tree.park, 202611, actor=near)
    assert (line.project, line.rows, line.own / WAN) == (None, (), 400)
    (line,) = behind(reading, tree.park, 202611, actor=head)
    assert (line.project, line.own / WAN) == (secret.pk, 400)
    year = date(2026, 1, 1), date(2026, 12, 31)
    assert gaps([tree.park], "arrived", *year, actor=near) == []  # nor in a sum that it would be alone in
    assert [one.recognised / WAN for one in gaps([tree.park], "arrived", *year, actor=head)] == [400]


def test_the_number_of_queries_does_not_grow(tree, head, november, django_assert_num_queries):
    wanted = Wanted(
        "arrived",
        rule_code=rule(
            "all-questions",
            kinds={"registered": "100"},
            threshold={"of": "contract", "lines": [{"amount": "1"}]},
            window={"years": 3, "since": "signed"},
        ),
    )
    for number in (1, 4):
        for _ in range(number):
            recognised(head, signed_project(tree.town), 10, date(2026, 11, 3), type="verification")
        with django_assert_num_queries(6):  # rule, exclusions, lines, kinds of entries, facts; paths of units
            found = figures(read(wanted, date(2026, 11, 30)), [tree.town, tree.city, tree.park], 202611)
    assert [found[unit.pk].own / WAN for unit in (tree.town, tree.city, tree.park)] == [50, 50, 0]
