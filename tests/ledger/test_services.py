"""Writing the books (docs/algorithms/ledger.md; DOMAIN §2, §8, §11)."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from common.errors import Refused
from ledger import periods
from ledger.choices import Cause, Kind, Role
from ledger.models import Facet, Period, Posting
from ledger.services import (
    Entry,
    EventToPost,
    Look,
    Part,
    facet_of,
    lines_of,
    post,
    post_many,
    repost,
    standing,
    take_back,
)
from tests.support.factories import TESTS

D = Decimal
JUNE = date(2026, 6, 20)
LOOK = Look(sector="secondary", industry="3981", source="agent", zone="outside_province", mode="new")

pytestmark = pytest.mark.django_db


def amount(whole, parts, **values):
    money = {"currency": "CNY", "rate": D(1), **values}
    return Entry(Kind.CONTRACT, D(whole), {Role.ASSESSED: parts}, **money)


def book(*entries, event="project:7:signing", on=JUNE, **values):
    given = {"actor": TESTS, "subject": ("project", 7), "source": ("project", 7), "facet": LOOK, **values}
    return post(event=event, entries=entries, occurred_on=on, **given)


def closed(*codes):
    for code in codes:
        Period.objects.update_or_create(
            code=code, defaults={"year": code // 100, "number": code % 100, "state": "closed"}
        )


def said(lines):
    return [(line.line, line.role, line.unit_id, line.qty, line.base_qty, line.whole) for line in lines]


# ---------------------------------------------------------------- lines


def test_one_event_of_several_kinds_and_dimensions(tree):
    """12亿 split 60/40 (DOMAIN §11): 7.2亿 and 4.8亿; the project is 0.6 and 0.4 of one."""
    shared = [Part(tree.town.pk, D("0.6")), Part(tree.park.pk, D("0.4"))]
    everything = {Role.ASSESSED: shared, Role.OFFICER: [Part(tree.town.pk, D(1), "officer:3")]}
    lines = book(
        Entry(Kind.SIGNED, D(1), everything),
        Entry(Kind.CONTRACT, D("1200000000.00"), everything, "CNY", D(1)),
    )
    assert [line.line for line in lines] == [1, 2, 3, 4, 5, 6]
    assert {(x.kind, x.role, x.unit_id, x.holder): x.base_qty for x in lines} == {
        ("project.signed", "assessed", tree.town.pk, ""): D("0.6"),
        ("project.signed", "assessed", tree.park.pk, ""): D("0.4"),
        ("project.signed", "officer", tree.town.pk, "officer:3"): D(1),
        ("contract.amount", "assessed", tree.town.pk, ""): D(720_000_000),
        ("contract.amount", "assessed", tree.park.pk, ""): D(480_000_000),
        ("contract.amount", "officer", tree.town.pk, "officer:3"): D(1_200_000_000),
    }
    assert {x.whole for x in lines if x.kind == Kind.CONTRACT} == {D(1_200_000_000)}
    assert {(x.posted_in_id, x.actor_name, x.cause) for x in lines} == {(202606, "tests", "normal")}


def test_the_residue_goes_to_the_largest_share_and_lines_add_up(tree):
    """1000.01 by 0.5/0.3/0.2: 500.00, 300.00, 200.00 cut; the cent left goes to the half. The yuan are split
    for themselves: 1000.01 × 7.1 = 7100.071 → 7100.07; 3550.03 + 2130.02 + 1420.01 = 7100.06, one cent to
    the half: 3550.04."""
    parts = [
        Part(tree.town.pk, D("0.5")),
        Part(tree.second_town.pk, D("0.3")),
        Part(tree.park.pk, D("0.2")),
    ]
    lines = book(amount("1000.01", parts, currency="USD", rate=D("7.1")))
    found = {x.unit_id: (x.qty, x.base_qty) for x in lines}
    assert found[tree.town.pk] == (D("500.01"), D("3550.04"))
    assert found[tree.second_town.pk] == (D("300.00"), D("2130.02"))
    assert found[tree.park.pk] == (D("200.00"), D("1420.01"))
    assert sum(x.base_qty for x in lines) == D("7100.07")


def test_two_officers_of_one_unit_are_two_holders_and_one_twice_is_refused(tree):
    halves = [Part(tree.town.pk, D("0.5"), "officer:1"), Part(tree.town.pk, D("0.5"), "officer:2")]
    assert len(book(amount("10.00", halves))) == 2
    with pytest.raises(ValueError, match="twice"):
        book(amount("10.00", [halves[0], halves[0]]), event="other")


@pytest.mark.parametrize("parts", [("0.6", "0.3"), ("0.6", "0.5"), ("1.0", "0")])
def test_shares_that_dont_add_up_are_refused_and_nothing_is_written(tree, parts):
    with pytest.raises(ValueError, match="add up"):
        book(amount("10.00", [Part(tree.town.pk, D(parts[0])), Part(tree.park.pk, D(parts[1]))]))
    assert not Posting._base_manager.exists()


def test_money_has_a_rate_and_a_number_has_none(tree):
    one = [Part(tree.town.pk, D(1))]
    for wrong in (
        Entry(Kind.CONTRACT, D(1), {"assessed": one}, "USD"),
        Entry(Kind.SIGNED, D(1), {"assessed": one}, rate=D(1)),
    ):
        with pytest.raises(ValueError, match="currency and rate"):
            book(wrong)


# ---------------------------------------------------------------- once


def test_the_same_event_again_gives_the_lines_that_are_there(tree):
    entry = amount("10.00", [Part(tree.town.pk, D(1))])
    first = book(entry)
    assert [x.pk for x in book(entry)] == [x.pk for x in first]
    assert Posting._base_manager.count() == 1


def test_the_same_event_with_other_content_is_refused(tree):
    book(amount("10.00", [Part(tree.town.pk, D(1))]))
    for change in (
        {"entry": amount("10.01", [Part(tree.town.pk, D(1))])},
        {"entry": amount("10.00", [Part(tree.park.pk, D(1))])},
        {"on": date(2026, 6, 21)},
        {"facet": Look(sector="tertiary")},
        {"subject": ("project", 8)},
        {"cause": Cause.OPENING},
    ):
        entry = change.pop("entry", amount("10.00", [Part(tree.town.pk, D(1))]))
        with pytest.raises(Refused) as refused:
            book(entry, **change)
        assert refused.value.code == "event_taken"
    assert Posting._base_manager.count() == 1


def test_equal_looks_are_one_facet(tree):
    entry = amount("10.00", [Part(tree.town.pk, D(1))])
    one, other = book(entry, event="a")[0], book(entry, event="b")[0]
    third = book(entry, event="c", facet=Look(sector="secondary", park_id=tree.park.pk))[0]
    assert one.facet_id == other.facet_id != third.facet_id
    assert third.facet.park == tree.park
    assert Facet.objects.count() == 2


# ---------------------------------------------------------------- months


def test_a_closed_month_is_never_written_to(tree):
    closed(202606, 202607)
    line = book(amount("10.00", [Part(tree.town.pk, D(1))]))[0]
    assert (line.occurred_on, line.posted_in_id) == (JUNE, 202608)


@pytest.mark.parametrize(
    ("states", "start", "accept", "found"),
    [
        ({}, 202612, (), 202612),
        ({202610: "cut_off"}, 202610, (), 202611),
        ({202610: "cut_off"}, 202610, ("cut_off",), 202610),
        ({202610: "closed", 202611: "cut_off"}, 202610, ("cut_off",), 202612),  # only the one asked for
        ({202612: "cut_off"}, 202612, (), 202613),
        ({202612: "closed"}, 202611, (), 202613),  # November was never opened, and a later month is closed
        ({202612: "closed", 202613: "cut_off"}, 202612, ("cut_off",), 202701),
        ({202612: "closed", 202613: "cut_off"}, 202613, ("cut_off",), 202613),
        ({202612: "closed", 202613: "closed", 202701: "closed"}, 202606, (), 202702),
        ({202612: "closed", 202701: "closed", 202613: "open"}, 202612, (), 202613),
        ({202612: "closed"}, 202701, (), 202701),
    ],
)
def test_which_period_is_open_for_what(db, states, start, accept, found):
    """DOMAIN §3: until the deadline what belongs to the old year goes to its final account, later into the
    open month of the new year."""
    for code, state in states.items():
        closed(code)
        Period.objects.filter(code=code).update(state=state)
    assert periods.open_from(start, ("open", *accept)) == found
    assert Period.objects.get(code=found).state == states.get(found, "open")


# ---------------------------------------------------------------- many at once


def told(number, unit, whole="10.00", on=JUNE, **values):
    given = {"subject": ("project", number), "source": ("project", number), "facet": LOOK, **values}
    entries = [amount(whole, [Part(unit.pk, D(1))])]
    return EventToPost(event=f"project:{number}:signing", entries=entries, occurred_on=on, **given)


def test_many_events_take_as_many_queries_as_two(tree, django_assert_num_queries):
    """Facets, events that are there, states of months, missing months, holding them, one insert; around the
    insert a savepoint, around all of it one more."""
    closed(202606)
    for first, count in ((1, 2), (10, 60)):
        events = [
            told(n, tree.town, on=date(2026, 6 + n % 2, 20), facet=Look(sector="primary", source=f"s{n % 3}"))
            for n in range(first, first + count)
        ]
        facet_of(Look(sector="primary", source="s0"))
        with django_assert_num_queries(12 if first == 1 else 9):  # new looks and a new month the first time
            found = post_many(actor=TESTS, events=events)
        assert [x[0].event for x in found] == [x.event for x in events]
        assert {(x.occurred_on.month, x.posted_in_id) for [x] in found} == {(6, 202607), (7, 202607)}


def test_many_events_go_together_or_not_at_all(tree):
    book(amount("10.00", [Part(tree.town.pk, D(1))]))
    with pytest.raises(Refused) as refused:
        post_many(actor=TESTS, events=[told(8, tree.town), told(7, tree.park)])
    assert refused.value.code == "event_taken"
    with pytest.raises(ValueError, match="comes twice"):
        post_many(actor=TESTS, events=[told(8, tree.town), told(8, tree.town)])
    assert Posting._base_manager.count() == 1
    again, new = post_many(actor=TESTS, events=[told(7, tree.town), told(8, tree.town)])
    assert again == lines_of("project:7:signing")
    assert (new[0].qty, Posting._base_manager.count()) == (D(10), 2)
    assert post_many(actor=TESTS, events=[]) == []


def test_only_who_may_posts_into_a_month_that_is_cut_off(tree):
    closed(202606)
    Period.objects.update(state="cut_off")
    late = post_many(actor=TESTS, events=[told(1, tree.town)])[0][0]
    waited = post_many(actor=TESTS, events=[told(2, tree.town)], accept=periods.OPEN_OR_CUT_OFF)[0][0]
    assert (late.posted_in_id, waited.posted_in_id) == (202607, 202606)


# ---------------------------------------------------------------- taking back


def test_taking_back_mirrors_each_line_once_in_an_open_month(tree):
    shared = [Part(tree.town.pk, D("0.6")), Part(tree.park.pk, D("0.4"))]
    lines = book(amount("1000.00", shared))
    closed(202606)
    gone = take_back(actor=TESTS, event="project:7:signing", source=("move", 3))
    assert [(x.qty, x.base_qty, x.whole, x.share) for x in gone] == [
        (-x.qty, -x.base_qty, -x.whole, x.share) for x in lines
    ]
    assert {(x.occurred_on, x.posted_in_id, x.cause, x.source_type) for x in gone} == {
        (JUNE, 202607, "reversal", "move")
    }
    assert [x.reverses_id for x in gone] == [x.pk for x in lines]
    assert take_back(actor=TESTS, event="project:7:signing", source=("move", 3)) == []
    assert standing("project:7:signing") == []
    assert sum(x.base_qty for x in Posting._base_manager.all()) == 0


def test_a_line_counted_late_is_not_taken_back_before_it_was_counted(tree):
    closed(202606)
    line = book(amount("10.00", [Part(tree.town.pk, D(1))]))[0]
    Period.objects.filter(code=202606).update(state="open")  # reopened
    (gone,) = take_back(actor=TESTS, event=line.event, source=("move", 3))
    assert (line.posted_in_id, gone.posted_in_id) == (202607, 202607)


def test_what_was_never_posted_cant_be_taken_back(db):
    with pytest.raises(Refused) as unknown:
        take_back(actor=TESTS, event="project:9:signing", source=("move", 3))
    assert unknown.value.code == "event_unknown"


def test_written_anew_in_one_dimension_only(tree):
    town, park = [Part(tree.town.pk, D(1))], [Part(tree.park.pk, D(1))]
    both = Entry(Kind.CONTRACT, D(800), {Role.ASSESSED: town, Role.PLACE: park}, "CNY", D(1))
    book(both)
    new = Entry(Kind.CONTRACT, D(800), {Role.ASSESSED: park}, "CNY", D(1))
    again = {"actor": TESTS, "event": "project:7:signing", "source": ("attribution", 5), "facet": LOOK}
    repost(**again, entries=[new], occurred_on=JUNE, roles={Role.ASSESSED})
    assert [(x.event, x.role, x.unit_id, x.base_qty) for x in standing("project:7:signing")] == [
        ("project:7:signing", "place", tree.park.pk, D(800)),
        ("project:7:signing#2", "assessed", tree.park.pk, D(800)),
    ]
    count = Posting._base_manager.count()
    repost(**again, entries=[new], occurred_on=JUNE, roles={Role.ASSESSED})  # says the same
    assert Posting._base_manager.count() == count == 4
    back = Entry(Kind.CONTRACT, D(800), {Role.ASSESSED: town}, "CNY", D(1))
    repost(**again, entries=[back], occurred_on=JUNE, roles={Role.ASSESSED})
    assert lines_of("project:7:signing#3")[0].unit_id == tree.town.pk
    assert lines_of("project:7:signing#3-")[0].reverses.event == "project:7:signing#2"


# ---------------------------------------------------------------- what the database holds


def test_the_application_role_posts_and_can_change_nothing(tree):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{settings.DATABASE_APP_ROLE}"')
        line = book(amount("10.00", [Part(tree.town.pk, D(1))]))[0]
        take_back(actor=TESTS, event=line.event, source=("move", 3))
        for table, column in (("led_posting", "qty"), ("led_facet", "sector")):
            for verb in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    cursor.execute(verb)
        cursor.execute("RESET ROLE")


def test_triggers_stop_the_owner_too(tree):
    line = book(amount("10.00", [Part(tree.town.pk, D(1))]))[0]
    with connection.cursor() as cursor:
        for table, column in (("led_posting", "qty"), ("led_facet", "sector")):
            for verb in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
                    cursor.execute(verb)
    assert lines_of(line.event) == [line]


def test_a_line_is_taken_back_once_by_the_database_too(tree):
    line = book(amount("10.00", [Part(tree.town.pk, D(1))]))[0]
    (gone,) = take_back(actor=TESTS, event=line.event, source=("move", 3))
    gone.pk, gone.line, gone._state.adding = None, 9, True
    with pytest.raises(IntegrityError, match="reverses"), transaction.atomic():
        gone.save(force_insert=True)
