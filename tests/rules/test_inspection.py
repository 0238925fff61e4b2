from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.facts import Missing, Value
from rules.inspection import Item, Kind, Option, Problem, allot, check, document_of, items_of, score, validate
from rules.trace import Trace, canonical_json
from tests.rules.cases import documents, params

D = Decimal
DOCUMENT = dict(documents("inspection"))["sheet"]
SHEET = items_of(DOCUMENT)


def answers_of(case):
    """Numbers of a case as decimals, everything else as it is."""
    return {
        code: D(str(value)) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value
        for code, value in case["answers"].items()
    }


def shown(fact):
    return str(fact.reason) if isinstance(fact, Missing) else fact.amount


@pytest.mark.parametrize(("document", "case"), params("inspection"))
def test_scores(document, case):
    answers = {code: value for code, value in answers_of(case).items() if value != ""}
    found = score(items_of(document), answers, version="2")

    assert shown(found.score) == case["score"]
    assert shown(found.amount) == case["amount"]
    assert list(found.lacking) == case.get("lacking", [])
    assert found.trace.reason == (case["score"] if isinstance(case["score"], str) else None)
    document = found.trace.to_document()
    assert canonical_json(Trace.from_document(document).to_document()) == canonical_json(document)


def test_the_trace_says_what_each_item_earned():
    found = score(SHEET, answers_of(DOCUMENT["cases"][1]), version="2")

    earned = {child.key: child.raw for child in found.trace.children}
    assert earned == {"site": D(32), "match": D(30), "state": D(12), "extra": D(10)}
    assert [(p.path, p.value, p.version) for p in found.trace.child("state").parameters] == [
        ("items.state.weight", "20", "2"),
        ("items.state.answer", "some", ""),
    ]


def test_a_sheet_survives_its_document():
    assert items_of(document_of(SHEET)) == SHEET


def test_a_sheet_without_scored_items_has_no_score():
    found = score([Item("n", "x", Kind.TEXT)], {"n": "seen"})

    assert shown(found.score) == "not_applicable"


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (Item("a", " ", Kind.TEXT), "label_missing"),
        (Item("a", "x", Kind.TEXT, weight=D(1)), "weight"),
        (Item("a", "x", Kind.POINTS, weight=D(-1), full=D(5)), "weight"),
        (Item("a", "x", Kind.POINTS, weight=D(1)), "full_mark"),
        (Item("a", "x", Kind.CHOICE, options=(Option("o", "o", D(1)),)), "options"),
        (Item("a", "x", Kind.CHOICE, options=(Option("o", "o", D(1)), Option("o", "p", D(2)))), "options"),
        (Item("a", "x", Kind.CHOICE, options=(Option("o", "o", D(101)), Option("p", "p", D(2)))), "share"),
    ],
)
def test_wrong_sheets(item, code):
    assert validate([item]) == (Problem("a", code),)


def test_a_sheet_needs_items_with_codes_of_their_own():
    assert validate([]) == (Problem("", "no_items"),)
    assert validate([Item("a", "x", Kind.TEXT), Item("a", "y", Kind.TEXT)]) == (Problem("a", "code_taken"),)
    assert validate(SHEET) == ()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"moon": "x"}, "unknown"),
        ({"site": D("10.01")}, "answer"),
        ({"site": D(-1)}, "answer"),
        ({"site": True}, "answer"),
        ({"match": "yes"}, "answer"),
        ({"state": "new"}, "answer"),
        ({"plant": D("NaN")}, "answer"),
        ({"note": D(1)}, "answer"),
    ],
)
def test_answers_that_do_not_fit(answer, code):
    (item,) = answer
    assert check(SHEET, answer) == (Problem(item, code),)
    with pytest.raises(ValueError, match="doesn't fit"):
        score(SHEET, answer)


WAITING = [("a", D(300)), ("b", D(500)), ("c", D(200))]


@pytest.mark.parametrize(
    ("result", "before", "parts"),
    [
        (D(1000), D(0), (300, 500, 200)),
        (D(650), D(0), (300, 350, 0)),
        (D(650), D(400), (250, 0, 0)),
        (D(300), D(400), (0, 0, 0)),
        (D(5000), D(0), (300, 500, 200)),  # nothing above what was reported
    ],
)
def test_a_result_is_allotted_to_the_earliest_entries(result, before, parts):
    assert tuple(allot(result, before, WAITING).values()) == tuple(map(D, parts))


sheets = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 10)), min_size=1, max_size=8)


@given(sheets, st.integers(0, 7), st.integers(1, 10))
def test_scores_lie_between_0_and_100_and_more_points_never_score_less(rows, which, more):
    items = [Item(f"q{n}", "x", Kind.POINTS, D(weight), D(10)) for n, (weight, _) in enumerate(rows)]
    answers = {f"q{n}": D(points) for n, (_, points) in enumerate(rows)}
    better = {**answers, f"q{which % len(rows)}": min(answers[f"q{which % len(rows)}"] + more, D(10))}

    first, second = score(items, answers).score, score(items, better).score

    if isinstance(first, Value):
        assert 0 <= first.amount <= second.amount <= 100
