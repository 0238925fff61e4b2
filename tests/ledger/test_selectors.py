"""Sums and the lines behind them (DOMAIN §3, §11). Every sum is compared with SQL of the test's own."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from common.scope import ScopeMissing
from ledger.choices import Kind, Role
from ledger.models import Posting
from ledger.selectors import Cut, Size, rows, sums
from ledger.services import Entry, Look, Part, post, take_back
from organizations.choices import Role as Job
from rules.shares import Credit
from tests.ledger.test_services import closed
from tests.support.clients import user_with
from tests.support.factories import TESTS

D = Decimal
YI = D(100_000_000)

pytestmark = pytest.mark.django_db


def sign(number, amount, parts, on, *, look=Look(), currency="CNY", rate=1):  # noqa: B008  (frozen)
    roles = {Role.ASSESSED: [Part(unit.pk, D(share), *who) for unit, share, *who in parts]}
    return post(
        actor=TESTS,
        event=f"project:{number}:signing",
        subject=("project", number),
        source=("project", number),
        entries=[
            Entry(Kind.SIGNED, D(1), roles),
            Entry(Kind.CONTRACT, D(amount), roles, currency, D(rate)),
        ],
        occurred_on=on,
        facet=look,
    )


@pytest.fixture
def books(tree):
    """Three signings: 12亿 shared 60/40 by town and park, 0.5亿 of the town, 12 million dollars of the second
    town at 7 (0.84亿 yuan)."""
    sign(
        1,
        "1200000000",
        [(tree.town, "0.6"), (tree.park, "0.4")],
        date(2026, 6, 20),
        look=Look(industry="3981"),
    )
    sign(2, "50000000", [(tree.town, "1")], date(2026, 7, 3), look=Look(industry="3990", source="agent"))
    sign(3, "12000000", [(tree.second_town, "1")], date(2026, 8, 5), currency="USD", rate=7)
    return tree


BOTH = (Kind.SIGNED, Kind.CONTRACT)


def cut(*kinds, **values):
    return Cut(kinds or (Kind.SIGNED,), Role.ASSESSED, **values)


def by_hand(where, *params, column="p.base_qty"):
    """The tests' own sum over the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT sum({column}), count(*) FROM led_posting p JOIN org_unit u ON u.id = p.unit_id
                JOIN led_facet f ON f.id = p.facet_id WHERE p.role = 'assessed' AND {where}""",
            params,
        )
        return cursor.fetchone()


def test_each_units_own_lines(books):
    found = sums(cut(*BOTH), actor=TESTS)
    assert found == {
        (books.town.pk, Kind.SIGNED): D("1.6"),
        (books.park.pk, Kind.SIGNED): D("0.4"),
        (books.second_town.pk, Kind.SIGNED): D(1),
        (books.town.pk, Kind.CONTRACT): D("7.7") * YI,
        (books.park.pk, Kind.CONTRACT): D("4.8") * YI,
        (books.second_town.pk, Kind.CONTRACT): D("0.84") * YI,
    }


def test_a_unit_takes_in_those_below_and_an_absent_one_has_no_entry(books):
    found = sums(cut(), [books.city, books.county, books.other_county], actor=TESTS)
    assert found == {(books.city.pk, Kind.SIGNED): D(3), (books.county.pk, Kind.SIGNED): D("2.6")}
    assert sums(cut(), [books.county], actor=TESTS, below=False) == {}


def test_whole_and_lead_credit_count_a_shared_project_once_for_the_city(books):
    """12亿 60/40: count 0.6/0.4 or 1/0 by setting; the city has 1 (DOMAIN §11)."""
    june, units = (
        cut(*BOTH, occurred=(date(2026, 6, 1), date(2026, 6, 30))),
        [books.city, books.county, books.park],
    )

    def found(credit):
        got = sums(june, units, actor=TESTS, credit=credit)
        return [(got[u.pk, Kind.SIGNED], got[u.pk, Kind.CONTRACT] / YI) for u in units]

    assert found(Credit.SHARE) == [(1, 12), (D("0.6"), D("7.2")), (D("0.4"), D("4.8"))]
    assert found(Credit.WHOLE) == [(1, 12), (1, 12), (1, 12)]
    assert found(Credit.LEAD) == [(1, 12), (1, 12), (0, 0)]


def test_two_officers_of_a_unit_dont_count_a_whole_twice(tree):
    sign(1, "100", [(tree.town, "0.5", "officer:1"), (tree.town, "0.5", "officer:2")], date(2026, 6, 1))
    assert sums(cut(), actor=TESTS, credit=Credit.WHOLE) == {(tree.town.pk, Kind.SIGNED): 1}


def test_what_was_taken_back_is_gone_in_every_credit_and_is_not_absent(books):
    take_back(actor=TESTS, event="project:1:signing", source=("move", 1))
    for credit in Credit:
        found = sums(cut(*BOTH), [books.park, books.city], actor=TESTS, credit=credit)
        assert found[books.park.pk, Kind.SIGNED] == 0
        assert found[books.city.pk, Kind.SIGNED] == 2
        assert found[books.city.pk, Kind.CONTRACT] == D("1.34") * YI


def test_the_size_line_is_held_against_the_whole(books):
    """Line 5亿: the 4.8亿 part of the 12亿 project counts, the 0.5亿 one doesn't."""
    large = cut(*BOTH, size=Size(Kind.CONTRACT, 5 * YI))
    assert sums(large, actor=TESTS) == {
        (books.town.pk, Kind.SIGNED): D("0.6"),
        (books.park.pk, Kind.SIGNED): D("0.4"),
        (books.town.pk, Kind.CONTRACT): D("7.2") * YI,
        (books.park.pk, Kind.CONTRACT): D("4.8") * YI,
    }
    assert sums(cut(size=Size(Kind.CONTRACT, 12 * YI + 1)), actor=TESTS) == {}


def test_a_foreign_project_has_a_line_of_its_own_currency(books):
    """0.84亿 yuan is below 1亿, 12 million dollars are above 10 million (DOMAIN §3)."""
    line = {"USD": D(10_000_000)}
    found = sums(cut(size=Size(Kind.CONTRACT, YI, line)), [books.second_town], actor=TESTS)
    assert found == {(books.second_town.pk, Kind.SIGNED): 1}
    assert sums(cut(size=Size(Kind.CONTRACT, YI)), [books.second_town], actor=TESTS) == {}


def test_in_its_own_currency(books):
    found = sums(cut(Kind.CONTRACT, currency="USD"), [books.city], actor=TESTS, credit=Credit.WHOLE)
    assert found == {(books.city.pk, Kind.CONTRACT): D(12_000_000)}


def test_a_supplement_after_the_window_doesnt_lift_a_project_over_the_line_within_it(books):
    post(
        actor=TESTS, event="agreement:9", subject=("project", 2), source=("agreement", 9), facet=Look(),
        entries=[Entry(Kind.CONTRACT, 6 * YI, {Role.ASSESSED: [Part(books.town.pk, D(1))]}, "CNY", D(1))],
        occurred_on=date(2026, 9, 1),
    )  # fmt: skip
    july = (date(2026, 7, 1), date(2026, 7, 31))
    size = Size(Kind.CONTRACT, 5 * YI)
    assert sums(cut(occurred=july, size=size), actor=TESTS) == {}
    whole_year = (date(2026, 7, 1), date(2026, 12, 31))
    assert sums(cut(occurred=whole_year, size=size), actor=TESTS) == {(books.town.pk, Kind.SIGNED): 1}


def test_two_clocks(tree):
    """A June signing that came in when June was closed: known now in June, counted in July."""
    sign(1, "100", [(tree.town, "1")], date(2026, 6, 1))
    last = Posting._base_manager.latest("seq").seq
    closed(202606)
    sign(2, "100", [(tree.town, "1")], date(2026, 6, 30))
    june = (date(2026, 6, 1), date(2026, 6, 30))
    key = (tree.town.pk, Kind.SIGNED)
    assert sums(cut(occurred=june), actor=TESTS) == {key: 2}
    assert sums(cut(posted=(202601, 202606)), actor=TESTS) == {key: 1}
    assert sums(cut(posted=(202607, 202607)), actor=TESTS) == {key: 1}
    assert sums(cut(occurred=june, through=last), actor=TESTS) == {key: 1}


CASES = {
    "all": ({}, "p.kind = 'contract.amount'", ()),
    "july": (
        {"occurred": (date(2026, 7, 1), date(2026, 7, 31))},
        "p.kind = 'contract.amount' AND p.occurred_on BETWEEN '2026-07-01' AND '2026-07-31'",
        (),
    ),
    "industry": (
        {"facets": {"industry": ["398"]}},
        "p.kind = 'contract.amount' AND left(f.industry, 3) = '398'",
        (),
    ),
    "source": ({"facets": {"source": ["agent"]}}, "p.kind = 'contract.amount' AND f.source = 'agent'", ()),
    "nothing fits": ({"facets": {"zone": []}}, "false", ()),
}


@pytest.mark.parametrize("case", CASES)
def test_rows_are_exactly_what_a_sum_adds_up(books, case):
    values, where, params = CASES[case]
    chosen = cut(Kind.CONTRACT, **values)
    for unit in (books.city, books.county, books.town):
        hand, count = by_hand(f"{where} AND left(u.path, length(%s)) = %s", *params, unit.path, unit.path)
        found = sums(chosen, [unit], actor=TESTS).get((unit.pk, Kind.CONTRACT))
        behind = rows(chosen, unit, actor=TESTS)
        assert found == hand
        assert (sum(x.base_qty for x in behind) if count else None) == hand
        assert behind.count() == count


def test_the_reader_gets_sums_of_units_he_may_read_only(books):
    reader = user_with(Job.OFFICER, books.county)
    units = [books.city, books.county, books.park, books.town]
    found = sums(cut(), units, actor=reader, credit=Credit.LEAD)
    assert found == {(books.county.pk, Kind.SIGNED): 3, (books.town.pk, Kind.SIGNED): 2}
    assert sums(cut(), actor=reader).keys() == {
        (books.town.pk, Kind.SIGNED),
        (books.second_town.pk, Kind.SIGNED),
    }
    assert not rows(cut(), books.park, actor=reader).exists()
    assert sums(cut(), actor=user_with(Job.AUDIT_ADMIN, books.city)) == {}
    with pytest.raises(ScopeMissing):
        list(Posting.objects.all())


def test_one_query_for_any_number_of_units(books, django_assert_num_queries):
    with django_assert_num_queries(1):
        sums(cut(*BOTH), [books.city, books.county, books.town, books.park], actor=TESTS)


def test_an_unknown_dimension_is_a_mistake():
    with pytest.raises(ValueError, match="colour"):
        cut(facets={"colour": ["red"]})
