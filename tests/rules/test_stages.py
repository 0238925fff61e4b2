from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.stages import (
    Direction,
    Kind,
    Ladder,
    Need,
    Refusal,
    Situation,
    Stage,
    Why,
    due_on,
    is_overdue,
    is_stale,
    missing_for_next,
    next_stage,
    time_spent,
    verdict,
)
from tests.rules.cases import documents, params
from tests.rules.weekdays import WEEKDAYS

CALM = settings(deadline=None, derandomize=True, max_examples=100)


def ladder(document):
    stages = [
        Stage(
            **{
                **row,
                "kind": Kind(row.get("kind", "open")),
                "facts": tuple(row.get("facts", ())),
                "evidence": tuple(row.get("evidence", ())),
                "movers": frozenset(row["movers"]),
            }
        )
        for row in document["stages"]
    ]
    return Ladder(tuple(stages), frozenset(document["reopeners"]))


LEAD = ladder(dict(documents("stages"))["moves"])
CODES = [stage.code for stage in LEAD.stages]
MAIN = ["registered", "screened", "negotiating", "intent", "signed"]
HAVE = ["investor", "idea", "industry", "land", "contact", "amount", "contract_amount"]
SHOWN = ["review", "letter", "agreement", "notice"]
ALL = Situation("registered", frozenset({"bureau"}), frozenset(HAVE), frozenset(SHOWN))


@pytest.mark.parametrize(("document", "case"), params("stages", "moves"))
def test_moves(document, case):
    found = verdict(
        ladder(document),
        Situation(
            case["stage"],
            frozenset(case.get("roles", ["officer"])),
            frozenset(case.get("facts", ())),
            frozenset(case.get("evidence", ())),
            case.get("resumes_to"),
        ),
        case["target"],
        reason_code=case.get("reason_code", ""),
        reason_text=case.get("reason_text", ""),
        reasons=frozenset(document["reasons"].get(case["target"], ())),
    )

    assert [f"{need.kind} {need.code} {need.stage}" for need in found.missing] == case.get("missing", [])
    assert [refusal.code for refusal in found.refusals] == case.get("refusals", [])
    assert found.direction == case["direction"]
    assert found.allowed is not bool(case.get("missing") or case.get("refusals"))


def test_a_refusal_names_what_it_is_about():
    assert verdict(LEAD, ALL, "moon").refusals == (Refusal(Why.UNKNOWN_STAGE, {"stage": "moon"}),)
    lost = verdict(LEAD, ALL, "lost", reason_code="x", reasons=frozenset({"y"}))
    assert lost.refusals == (Refusal(Why.UNKNOWN_REASON, {"reason": "x"}),)


@pytest.mark.parametrize(
    ("stage", "resumes_to", "following"),
    [
        (None, None, "registered"),
        ("registered", None, "screened"),
        ("intent", None, "signed"),
        ("signed", None, None),
        ("suspended", "intent", "intent"),
        ("suspended", None, "registered"),
        ("suspended", "gone_from_the_ladder", "registered"),
        ("pool", "screened", "screened"),
        ("lost", "intent", None),
    ],
)
def test_the_next_stage_and_what_it_lacks(stage, resumes_to, following):
    situation = Situation(stage, resumes_to=resumes_to)
    found = next_stage(LEAD, situation)

    assert (found and found.code) == following
    lacking = () if following is None else verdict(LEAD, situation, following).missing
    assert missing_for_next(LEAD, situation) == lacking


def test_what_is_missing_next():
    lacking = missing_for_next(LEAD, Situation("intent", evidence=frozenset({"agreement"})))

    assert lacking == (Need("fact", "contract_amount", "signed"),)


def test_stages_in_between():
    def codes(a, b):
        return [stage.code for stage in LEAD.between(a, b)]

    assert codes("registered", "intent") == ["screened", "negotiating", "intent"]
    assert codes(None, "screened") == ["registered", "screened"]
    assert codes("intent", "intent") == codes("intent", "screened") == []
    with pytest.raises(ValueError, match="main line"):
        LEAD.between("registered", "lost")
    with pytest.raises(KeyError):
        LEAD.between("registered", "moon")
    assert LEAD.next_open("lost") is None


@pytest.mark.parametrize(
    "stages",
    [
        (),
        (Stage("lost", 1, Kind.ENDED),),
        (Stage("won", 1, Kind.WON),),
        (Stage("a", 1), Stage("a", 2)),
        (Stage("a", 1), Stage("b", 1)),
        (Stage("a", 1), Stage("b", 2, Kind.WON), Stage("c", 3)),
    ],
)
def test_a_ladder_that_makes_no_sense(stages):
    with pytest.raises(ValueError):
        Ladder(stages)


def test_two_won_stages_at_the_end_are_fine():
    both = Ladder((Stage("c", 3, Kind.WON), Stage("a", 1), Stage("b", 2, Kind.WON)))

    assert [stage.code for stage in both.main] == ["a", "b", "c"]
    with pytest.raises(ValueError, match="days"):
        Stage("a", 1, due_days=-1)


def test_time_spent_adds_up_visits_and_follows_dates():
    """1–11 March 10 days, 11–14 March 3 days, again from 14 to 20 March 6 days."""
    log = [("a", date(2026, 3, 1)), ("a", date(2026, 3, 14)), ("b", date(2026, 3, 11))]

    assert time_spent(log, date(2026, 3, 20)) == {"a": 16, "b": 3}
    assert time_spent(log, date(2026, 3, 2)) == {"a": 10, "b": 3}
    assert time_spent([], date(2026, 3, 2)) == {}


def test_stale_and_overdue():
    """Five working days from Thursday 5 March 2026 end on Thursday the 12th; 30 days from 1 March end on the 31st."""
    stage = LEAD.stage("registered")
    entered = date(2026, 3, 5)

    assert due_on(stage, entered, WEEKDAYS) == date(2026, 3, 12)
    assert not is_overdue(stage, entered, date(2026, 3, 12), WEEKDAYS)
    assert is_overdue(stage, entered, date(2026, 3, 13), WEEKDAYS)
    assert not is_stale(stage, date(2026, 3, 1), date(2026, 3, 31))
    assert is_stale(stage, date(2026, 3, 1), date(2026, 4, 1))
    for limitless in LEAD.stages[1:]:
        assert due_on(limitless, entered, WEEKDAYS) is None
        assert not is_overdue(limitless, entered, date(2030, 1, 1), WEEKDAYS)
        assert not is_stale(limitless, entered, date(2030, 1, 1))


situations = st.builds(
    Situation,
    st.sampled_from([None, *CODES]),
    st.frozensets(st.sampled_from(["officer", "bureau"])),
    st.frozensets(st.sampled_from(HAVE)),
    st.frozensets(st.sampled_from(SHOWN)),
    st.sampled_from([None, *CODES]),
)


@CALM
@given(situations, st.sampled_from(CODES), st.sampled_from(HAVE))
def test_one_more_fact_never_hurts(situation, target, fact):
    more = Situation(
        situation.stage, situation.roles, situation.facts | {fact}, situation.evidence, situation.resumes_to
    )
    before, after = verdict(LEAD, situation, target), verdict(LEAD, more, target)

    assert set(after.missing) == {need for need in before.missing if (need.kind, need.code) != ("fact", fact)}
    assert after.refusals == before.refusals
    assert before.allowed is (not before.missing and not before.refusals)


@CALM
@given(situations, st.sampled_from(CODES))
def test_a_skip_asks_for_what_single_steps_ask(situation, target):
    """Nobody gets further by jumping than by walking."""
    found = verdict(LEAD, situation, target)
    if situation.stage not in MAIN or target not in MAIN or found.direction is not Direction.FORWARD:
        return
    way = MAIN[MAIN.index(situation.stage) : MAIN.index(target) + 1]
    walked = [
        (need.kind, need.code)
        for here, there in pairwise(way)
        for need in verdict(
            LEAD, Situation(here, situation.roles, situation.facts, situation.evidence), there
        ).missing
    ]

    assert [(need.kind, need.code) for need in found.missing] == list(dict.fromkeys(walked))


@CALM
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.dates(date(2026, 1, 1), date(2026, 12, 31))), min_size=1)
)
def test_time_spent_covers_the_whole_log(log):
    today = date(2027, 1, 1)

    assert sum(time_spent(log, today).values()) == (today - min(day for _, day in log)).days
