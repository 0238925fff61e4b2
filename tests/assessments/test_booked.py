"""Measures counted from the books beside imported figures (docs/algorithms/counting.md, DOMAIN §3, §8). Amounts in 万元."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from assessments import services
from assessments.booked import returns
from assessments.forms import MeasureForm
from assessments.rankings import compute
from assessments.reading import read
from assessments.selectors import has_figures
from capital.services.recognition import recognise
from capital.services.recognition import reverse as take_back
from capital.services.rules import countingrule_draft, countingrule_publish
from common import clock
from ledger.choices import Role
from organizations.choices import Role as Job
from projects.services import attribution_set
from rules.periods import Month
from rules.trace import canonical_json
from tests.assessments.support import TESTS
from tests.capital.recognising import reported
from tests.support.clients import sign_in, user_with
from tests.support.factories import GroupFactory, MembershipFactory
from tests.support.factories_capital import MonthlyReturnFactory, ReportingDutyFactory, period
from tests.support.factories_projects import all_of, signed_project

D = Decimal
WAN = D(10_000)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]


@pytest.fixture(autouse=True)
def november():
    with clock.at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def head(county):
    return user_with(Job.COMMITTEE, county.city)


@pytest.fixture
def booked(county):
    """The county's measure of arrived capital, finally recognised, counted from the books, and its table."""
    measure = county.measure(
        code="booked",
        name="到位资金（认定）",
        unit="yuan",
        source="ledger",
        basis="arrived",
        level="final",
        sort=5,
    )
    return county.make_table(code="towns-booked", measure=measure, rank_by="done")


def recognised(head, unit, wan, on=date(2026, 11, 5), **values):
    entry = reported(signed_project(unit), D(wan) * WAN, occurred_on=on, **values)
    recognise(actor=head, entry=entry.pk, level="final")
    return entry


def lines(run):
    return {line.unit: line for line in read(run).lines}


def shown(run, name="done"):
    cells = {unit: line.cells[name] for unit, line in lines(run).items()}
    return {unit: cell.reason if cell.value is None else cell.value for unit, cell in cells.items()}


def test_recognised_postings_returns_and_what_is_missing(county, booked, head):
    """500 + 70 of one town; a nil return is zero; a missing one is not; a draft and a mere report count nothing."""
    recognised(head, county.dihua, 500)
    recognised(head, county.dihua, 70, date(2026, 10, 9))
    reported(signed_project(county.shangzhen), 900 * WAN)
    ReportingDutyFactory(unit=county.zhulinguan)
    MonthlyReturnFactory(unit=county.shangzhen, period=period(202611), state="nil")

    run = county.compute("2026-11", table=booked)

    assert shown(run) == {"dihua": 570, "shangzhen": 0, "zhulinguan": "not_reported"}
    assert {unit: line.state for unit, line in lines(run).items()} == {
        "dihua": "filed",
        "shangzhen": "nil",
        "zhulinguan": "missing",
    }
    assert lines(run)["dihua"].cells["month"].value == 500
    assert has_figures(booked, Month(2026, 11))
    assert not has_figures(booked, Month(2026, 2))
    others = GroupFactory(owner=county.unit)
    MembershipFactory(group=others, unit=county.elsewhere)
    table = county.make_table(code="elsewhere", measure=booked.measure, group=others, rank_by="done")
    assert not has_figures(table, Month(2026, 11)), "nobody in this group has reported anything"


def test_a_run_replays_and_the_same_books_give_the_same_run(county, booked, head):
    entry = recognised(head, county.dihua, 500)
    first = county.compute("2026-11", table=booked)
    with clock.at(datetime(2026, 12, 2, 4, tzinfo=UTC)):
        recognised(head, county.shangzhen, 30, date(2026, 12, 1))  # of December: November stays as it is
    assert county.compute("2026-11", table=booked).pk == first.pk
    take_back(actor=head, entry=entry.pk, reason="资金抽回", amount=100 * WAN)
    second = county.compute("2026-11", table=booked)
    assert (second.number, shown(second)["dihua"], shown(first)["dihua"]) == (2, 400, 500)
    replayed = compute(first.inputs).to_document()
    assert canonical_json(replayed) == canonical_json(first.document)
    kept = first.inputs["ledger"]["booked"]
    assert (kept["rule"], kept["basis"], kept["state"]) == ("all", "arrived", "final")
    done = next(line for line in first.inputs["lines"] if line["unit"] == "dihua")["facts"]["done"]
    assert done["ref"].endswith(f":202611:{kept['watermark']}")


def test_the_confirmer_wins_and_the_difference_is_a_line_of_its_own(county, booked, head):
    """Statistics confirm 450 where the rows say 500: 450 counts, −50 is shown; the other town's rows count. Nothing
    is counted twice, in the sum neither: 450 + 70."""
    recognised(head, county.dihua, 500)
    recognised(head, county.shangzhen, 70)
    county.write(
        ("棣花镇", 1000, 450),
        header=["单位", "年度目标（万元）", "累计完成（万元）"],
        year=2026,
        month=11,
        measures=["booked"],
    )

    run = county.compute("2026-11", table=booked)

    assert shown(run) == {"dihua": 450, "shangzhen": 70, "zhulinguan": "not_reported"}
    assert read(run).total["done"].value == 520
    sent = {line["unit"]: line["booked"] for line in run.inputs["lines"]}
    assert (D(sent["dihua"]["confirmed"]), D(sent["dihua"]["difference"])) == (450 * WAN, -50 * WAN)
    assert "difference" not in sent["shangzhen"]
    page = sign_in_page(county, booked, "dihua")
    assert "Difference to the sum of the rows" in page
    assert "−50.00" in page
    assert "Difference to the sum" not in sign_in_page(county, booked, "shangzhen")


def sign_in_page(county, table, unit):
    from django.test import Client

    client = sign_in(Client(), county.clerk)
    url = f"{reverse('ranking')}?group={county.group.code}&table={table.code}&period=2026-11&unit={unit}"
    return client.get(url).content.decode()


def test_three_clicks_from_the_cell_to_the_file(county, booked, head, client):
    """Cell → panel with the entries; entry → its voucher; voucher → the file."""
    entry = recognised(head, county.dihua, 500)
    slip = entry.allocations.get().voucher
    county.compute("2026-11", table=booked)
    panel = sign_in_page(county, booked, "dihua")
    assert reverse("entry_detail", args=[entry.pk]) in panel
    assert reverse("project_detail", args=[entry.project_id]) in panel

    browser = sign_in(client, county.clerk)
    links = set(
        re.findall(
            r'href="(/vouchers/\d+/[^"]*)"',
            browser.get(reverse("entry_detail", args=[entry.pk])).content.decode(),
        )
    )
    assert reverse("voucher_detail", args=[slip.pk]) in links
    run = county.compute("2026-11", table=booked)
    rows = browser.get(reverse("ranking_rows"), {"run": run.pk, "unit": county.dihua.pk}).content.decode()
    assert reverse("entry_detail", args=[entry.pk]) in rows
    assert "500.00" in rows
    # Who sees neither the project nor its entries reads the sum of what he doesn't see, without names.
    services.run_publish(actor=county.clerk, pk=run.pk)
    other = sign_in(client, county.person("other", "unit_head", county.shangzhen))
    told = other.get(reverse("ranking_rows"), {"run": run.pk, "unit": county.dihua.pk}).content.decode()
    assert "1 projects outside your scope" in told
    assert entry.project.name not in told
    outside = sign_in(client, county.person("outside", "bureau_staff", county.elsewhere))
    assert outside.get(reverse("ranking_rows"), {"run": run.pk, "unit": county.dihua.pk}).status_code == 404


def test_a_measure_names_a_rule_that_is_there_and_of_its_basis(county, head):
    draft = countingrule_draft(
        actor=TESTS,
        code="formed-only",
        name="固定资产",
        since=date(2020, 1, 1),
        document={"schema": 1, "basis": "formed"},
    )
    given = {
        "code": "m",
        "name": "m",
        "unit": "yuan",
        "source": "ledger",
        "level": "final",
        "rule_code": "formed-only",
    }
    with pytest.raises(ValidationError, match="No published version"):
        county.measure(**given, basis="formed")
    countingrule_publish(actor=TESTS, pk=draft.pk, version=draft.version)
    later = countingrule_draft(
        actor=TESTS, code="later", name="later", since=date(2027, 1, 1), document={"schema": 1}
    )
    countingrule_publish(actor=TESTS, pk=later.pk, version=later.version)
    offered = dict(MeasureForm(actor=TESTS).fields["rule_code"].choices)
    assert ("formed-only" in offered, "later" in offered) == (True, False), "only what holds today"
    with pytest.raises(ValidationError, match="never added"):
        county.measure(**given, basis="arrived")
    measure = county.measure(**given, basis="formed")
    for wrong in (
        {"basis": ""},
        {"nature": "stock"},
        {"unit": "count"},
        {"source": "imported"},
        {"role": ""},
    ):
        with pytest.raises(ValidationError):
            services.measure_update(
                actor=TESTS, pk=measure.pk, version=measure.version, **({"rule_code": ""} | wrong)
            )


def from_the_books(county, **given):
    """A measure in yuan that counts what was finally recognised."""
    return county.measure(unit="yuan", source="ledger", level="final", **given)


def test_the_rule_of_a_measure_decides_what_counts(county, head):
    """Formed only: the plant of 80 counts, the money of 500 doesn't; below 100 nothing does."""
    document = {"schema": 1, "basis": "formed", "threshold": {"lines": [{"amount": "1000000"}]}}
    draft = countingrule_draft(actor=TESTS, code="big", name="big", since=date(2020, 1, 1), document=document)
    countingrule_publish(actor=TESTS, pk=draft.pk, version=draft.version)
    measure = from_the_books(county, code="formed", name="固定资产", basis="formed", rule_code="big")
    table = county.make_table(code="towns-formed", measure=measure, rank_by="done")
    recognised(head, county.dihua, 500)
    recognised(head, county.dihua, 80, kind="plant", type="invoice")
    recognised(head, county.shangzhen, 100, kind="plant", type="invoice")
    run = county.compute("2026-11", table=table)
    assert shown(run) == {"dihua": 0, "shangzhen": 100, "zhulinguan": "not_reported"}
    assert "below the size line" in sign_in_page(county, table, "dihua")


def test_a_measure_counts_by_the_dimension_that_it_names(county, booked, head):
    """The trap "transfer A→B on 1 Jul" by two dimensions. Assessed unit: 800 of June are the first town's, 500 of August
    the second's. Landing place: the project stays where it is, so 1,300 are the first town's."""
    moved = signed_project(county.dihua)
    attribution_set(
        actor=TESTS,
        project=moved.pk,
        role=Role.ASSESSED,
        valid_from=date(2026, 7, 1),
        shares=all_of(county.shangzhen),
        reason="划转",
    )
    for wan, day in ((800, date(2026, 6, 20)), (500, date(2026, 8, 5))):
        recognise(actor=head, entry=reported(moved, wan * WAN, occurred_on=day).pk, level="final")
    assert booked.measure.role == Role.ASSESSED  # unless it names another one
    landed = from_the_books(county, code="landed", name="落地口径", basis="arrived", role="place")
    table = county.make_table(code="towns-landed", measure=landed, rank_by="done")

    assessed, place = county.compute("2026-11", table=booked), county.compute("2026-11", table=table)

    assert shown(assessed) == {"dihua": 800, "shangzhen": 500, "zhulinguan": "not_reported"}
    assert shown(place) == {"dihua": 1300, "shangzhen": "not_reported", "zhulinguan": "not_reported"}
    assert [
        run.inputs["ledger"][code]["role"] for run, code in ((assessed, "booked"), (place, "landed"))
    ] == [
        "assessed",
        "place",
    ]
    # The rows behind the cell are those of its dimension.
    assert "1,300.00" in sign_in_page(county, table, "dihua")
    assert "800.00" in sign_in_page(county, booked, "dihua")
    # What the measure names later changes later runs, not the rows behind this one.
    services.measure_update(actor=TESTS, pk=landed.pk, version=landed.version, role="assessed")
    assert "1,300.00" in sign_in_page(county, table, "dihua")
    assert shown(county.compute("2026-11", table=table))["dihua"] == 800


def test_the_state_of_a_return_comes_from_those_who_have_to_file(county):
    """Of two towns with a duty one had nothing to report and one is late; a duty that ended asks for nothing."""
    for town in (county.dihua, county.shangzhen):
        ReportingDutyFactory(unit=town)
    ReportingDutyFactory(unit=county.zhulinguan, until=date(2026, 9, 30))
    MonthlyReturnFactory(unit=county.dihua, period=period(202611), state="nil")
    units = [county.unit, *county.towns]

    def states():
        return {pk: str(state) for pk, state in returns(units, Month(2026, 11)).items()}

    assert states() == {county.unit.pk: "nil", county.dihua.pk: "nil", county.shangzhen.pk: "missing"}
    MonthlyReturnFactory(unit=county.shangzhen, period=period(202611), state="filed")
    assert states()[county.unit.pk] == "filed"
    assert returns(units, Month(2026, 9))[county.zhulinguan.pk] == "missing"
    assert returns(units, Month(2025, 12)) == {}
