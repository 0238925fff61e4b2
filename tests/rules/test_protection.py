from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.workdays import WorkCalendar
from rules.protection import Clock, Standing, State, Terms, clock, may_claim, rests_until, state_on
from tests.rules.cases import params
from tests.rules.weekdays import WEEKDAYS

CALM = settings(deadline=None, derandomize=True, max_examples=100)
START = date(2026, 3, 2)


@pytest.mark.parametrize(("document", "case"), params("protection", "clock"))
def test_the_clock(document, case):
    settings = {**document["terms"], **case.get("terms", {})}
    settings["remind_before"] = tuple(settings["remind_before"])
    settings["real_kinds"] = frozenset(settings["real_kinds"])
    follow_ups = [text.split() for text in case.get("follow_ups", [])]
    calendar = WorkCalendar(frozenset({2026}), frozenset(case.get("holidays", ())), frozenset())

    found = clock(
        Terms(**settings),
        document["started_on"],
        [(date.fromisoformat(day), kind) for day, kind in follow_ups],
        calendar,
    )

    assert found.until == case["until"]
    assert found.prolonged_by == tuple(case.get("prolonged_by", ()))
    assert found.reminders == tuple(case.get("reminders", found.reminders))


@pytest.mark.parametrize(("document", "case"), params("protection", "claim"))
def test_claims(document, case):
    terms = Terms(10, 5, claim_limit=case["limit"], rest_days=case.get("rest", 0))

    found = may_claim(terms, case["held"], case.get("released"), case.get("today", START), WEEKDAYS)

    assert found == case["expect"]


def test_rest_has_a_last_day():
    assert rests_until(Terms(10, 5, rest_days=5), START, WEEKDAYS) == date(2026, 3, 9)
    assert rests_until(Terms(10, 5, rest_days=5), None, WEEKDAYS) is None
    assert rests_until(Terms(10, 5), START, WEEKDAYS) is None


@pytest.mark.parametrize(
    ("today", "state", "left"),
    [
        (date(2026, 3, 2), State.PROTECTED, 10),
        (date(2026, 3, 6), State.PROTECTED, 6),  # 9–13 and the 16th
        (date(2026, 3, 9), State.LAST_DAYS, 5),
        (date(2026, 3, 14), State.LAST_DAYS, 1),  # a Saturday
        (date(2026, 3, 16), State.LAST_DAYS, 0),
        (date(2026, 3, 17), State.LAPSED, 0),
    ],
)
def test_the_state_of_a_day(today, state, left):
    """Ten working days from 2 March 2026 end on the 16th, five before that is the 9th."""
    found = clock(Terms(10, 5, remind_before=(1, 5)), START, [], WEEKDAYS)

    assert state_on(found, today, WEEKDAYS) == Standing(state, left)


def test_without_reminders_there_are_no_last_days():
    assert state_on(Clock(START, START), START, WEEKDAYS) == Standing(State.PROTECTED, 0)


@pytest.mark.parametrize(
    "settings",
    [
        {"first_days": 0},
        {"prolong_days": 0},
        {"longest_days": 9},
        {"remind_before": (10,)},
        {"remind_before": (0,)},
        {"rest_days": -1},
        {"claim_limit": -1},
    ],
)
def test_terms_that_make_no_sense(settings):
    with pytest.raises(ValueError):
        Terms(**{"first_days": 10, "prolong_days": 5, **settings})


@st.composite
def histories(draw):
    first = draw(st.integers(2, 15))
    terms = Terms(
        first,
        draw(st.integers(1, 15)),
        draw(st.one_of(st.none(), st.integers(first, 40))),
        tuple(draw(st.lists(st.integers(1, first - 1), max_size=3))),
        frozenset({"visit", "call"}),
    )
    days = st.integers(-5, 90).map(lambda days: START + timedelta(days))
    return terms, draw(st.lists(st.tuples(days, st.sampled_from(["visit", "call", "note"])), max_size=12))


@CALM
@given(histories(), st.randoms(use_true_random=False))
def test_order_of_entry_and_notes_play_no_part(history, random):
    terms, follow_ups = history
    found = clock(terms, START, follow_ups, WEEKDAYS)
    shuffled = [entry for entry in follow_ups if entry[1] != "note"]
    random.shuffle(shuffled)

    assert clock(terms, START, shuffled, WEEKDAYS) == found


@CALM
@given(histories(), st.integers(-5, 90))
def test_a_follow_up_more_never_shortens_and_the_end_has_its_bounds(history, days):
    terms, follow_ups = history
    found = clock(terms, START, follow_ups, WEEKDAYS)
    more = clock(terms, START, [*follow_ups, (START + timedelta(days), "visit")], WEEKDAYS)

    assert more.until >= found.until >= WEEKDAYS.add(START, terms.first_days)
    if terms.longest_days is not None:
        assert more.until <= WEEKDAYS.add(START, terms.longest_days)
    assert all(START < day < found.until for day in found.reminders)
    assert list(found.prolonged_by) == sorted(set(found.prolonged_by))


@CALM
@given(histories())
def test_what_comes_after_the_end_is_as_if_it_never_was(history):
    terms, follow_ups = history
    found = clock(terms, START, follow_ups, WEEKDAYS)
    within = [entry for entry in follow_ups if entry[0] <= found.until]

    assert clock(terms, START, within, WEEKDAYS) == found
    assert state_on(found, found.until, WEEKDAYS).state is not State.LAPSED
    assert state_on(found, found.until + timedelta(1), WEEKDAYS) == Standing(State.LAPSED, 0)
