from decimal import Decimal

import pytest

from rules.facts import Missing, MissingReason, Value
from rules.money import Rounding
from rules.periods import Month
from rules.ranking import (
    Key,
    LineInput,
    RankRule,
    TableRule,
    build_table,
    compare,
    completion,
    growth,
    points_to_schedule,
    rank,
)
from tests.rules.cases import fact, line_input, number, params, shown, table_rule

CELLS = ("target", "done", "month", "completion", "points", "growth")


def check_cells(found, expected):
    for column in CELLS:
        if column in expected:
            wanted = expected[column]
            assert shown(getattr(found, column).fact) == (
                wanted if isinstance(wanted, str) else number(wanted)
            ), column


def check_line(found, expected):
    check_cells(found, expected)
    for name in ("rank", "rank_by_rate", "rank_by_amount"):
        if name in expected:
            assert getattr(found, name).ranked.position == expected[name], name
    if "reason" in expected:
        assert found.rank.ranked.reason == expected["reason"]
    if "tied" in expected:
        assert found.rank.ranked.tied is expected["tied"]
    if "tied_by_amount" in expected:
        assert found.rank_by_amount.ranked.tied is expected["tied_by_amount"]
    if "decided_by" in expected:
        assert found.rank.ranked.decided_by == expected["decided_by"]
    if "return" in expected:
        assert found.return_state == expected["return"]
    if "published" in expected:
        check_published(found, expected["published"])


def check_published(found, expected):
    digits = -found.completion.fact.amount.as_tuple().exponent
    result = compare(number(expected["completion"]), found.completion.exact, Rounding(digits))

    assert result.kind == expected["kind"]
    assert result.difference == number(expected["difference"])
    assert result.agrees is (expected["kind"] != "differs")


@pytest.mark.parametrize(("document", "case"), params("ranking"))
def test_table_cases(document, case):
    reported = case.get("reported")
    table = build_table(
        table_rule(case["rule"]),
        [line_input(line, case) for line in case["lines"]],
        line_input(reported, case) if reported else None,
    )
    expect = case["expect"]

    known = {"lines", "places", "total", "reported", "gap"}
    assert expect
    assert not set(expect) - known
    if "lines" in expect:
        assert [line.unit for line in table.lines] == [line["unit"] for line in expect["lines"]]
        for found, expected in zip(table.lines, expect["lines"], strict=True):
            check_line(found, expected)
    if "places" in expect:
        assert {line.unit: line.rank.ranked.position for line in table.lines} == expect["places"]
    for name in ("total", "reported"):
        if name in expect:
            check_cells(getattr(table, name), expect[name])
            for count in ("lines", "without_target", "without_done"):
                assert getattr(getattr(table, name), count) == expect[name].get(
                    count, getattr(getattr(table, name), count)
                )
    if "gap" in expect:
        assert table.gap == number(expect["gap"])


@pytest.mark.parametrize(("document", "case"), params("growth"))
def test_growth_cases(document, case):
    found, trace = growth(
        fact(case["now"], "yi"), fact(case["before"], "yi"), case.get("comparable", True), Rounding(2)
    )

    assert shown(found) == (case["reason"] if "reason" in case else number(case["expect"]))
    assert trace.reason == case.get("reason")


def test_completion_of_a_missing_return():
    target, late = Value(Decimal(5), "yuan"), Missing(MissingReason.NOT_REPORTED)
    away = Missing(MissingReason.NOT_APPLICABLE)

    assert completion(late, target, Rounding(2))[0] == late
    assert completion(late, late, Rounding(2))[0] == Missing(MissingReason.NO_TARGET)
    assert completion(late, away, Rounding(2))[0] == away
    assert completion(Value(Decimal(0), "yuan"), target, Rounding(2))[0] == Value(Decimal("0.00"), "percent")
    assert completion(target, Value(Decimal(-5), "yuan"), Rounding(2))[0] == away


def test_different_units_of_measure_are_refused():
    yuan, usd = Value(Decimal(1), "yuan"), Value(Decimal(1), "usd")
    with pytest.raises(ValueError, match="usd, yuan"):
        completion(yuan, usd, Rounding(2))
    with pytest.raises(ValueError, match="usd, yuan"):
        growth(yuan, usd, True, Rounding(2))
    with pytest.raises(ValueError, match="usd, yuan"):
        rank(
            [LineInput("A", "g", facts={"done": yuan}), LineInput("B", "g", facts={"done": usd})],
            RankRule((Key("done"),)),
        )


def test_points_pass_a_missing_rate_on():
    missing = Missing(MissingReason.ZERO_TARGET)
    found, trace = points_to_schedule(missing, Decimal(50), Rounding(2), from_rounded=True)

    assert found == missing
    assert trace.reason == "zero_target"


def test_ranking_refuses_mixed_groups_and_units_that_stand_twice():
    rule = RankRule((Key("done"),))
    with pytest.raises(ValueError, match="different groups"):
        rank([LineInput("A", "counties"), LineInput("B", "parks")], rule)
    with pytest.raises(ValueError, match="twice: A"):
        rank([LineInput("A", "parks"), LineInput("A", "parks")], rule)


@pytest.mark.parametrize("keys", [(), (Key("done"), Key("done", "asc"))])
def test_rank_rules_name_each_column_once(keys):
    with pytest.raises(ValueError, match="only once"):
        RankRule(keys)


def test_unknown_direction():
    with pytest.raises(ValueError, match="direction"):
        Key("done", "down")


def test_a_column_that_nobody_has_ranks_nobody():
    (only,) = rank([LineInput("A", "g")], RankRule((Key("done"),)))

    assert only.position is None
    assert only.reason == "not_in_table"


def test_an_empty_table():
    table = build_table(TableRule(Month(2026, 1)), [])

    assert table.lines == ()
    assert table.total.done.fact == Missing(MissingReason.NOT_REPORTED)
    assert table.total.completion.fact == Missing(MissingReason.NO_TARGET)


@pytest.mark.parametrize("through", [Month(2026, 4), Month(2025, 12)])
def test_data_lies_in_the_year_and_not_after_the_month(through):
    with pytest.raises(ValueError, match="data through"):
        TableRule(Month(2026, 3), data_through=through)


def test_the_table_explains_itself():
    """Points lead to the rate and the progress, the sum to its lines, the place to what was compared."""
    wan = "wan"
    lines = [
        LineInput(
            unit, "g", facts={"target": Value(Decimal(60000), wan, f"cell:{unit}"), "done": Value(done, wan)}
        )
        for unit, done in (("A", Decimal(18650)), ("B", Decimal(18000)))
    ]
    table = build_table(TableRule(Month(2023, 6), version="7"), lines)
    line = table.line("B")

    rate = line.points.trace.child("completion")
    assert rate.operands[1].ref == "cell:B"
    assert {p.path: p.value for p in line.points.trace.child("progress").parameters} == {
        "data_through": "2023-06",
        "month": "2023-06",
        "rounding.progress": "exact",
        "schedule": "linear",
    }
    assert {p.version for p in line.points.trace.parameters} == {"7"}
    assert [(o.name, o.amount) for o in table.total.done.trace.operands] == [
        ("A", Decimal(18650)),
        ("B", Decimal(18000)),
    ]
    assert table.total.kind == "sum"
    place = line.rank.trace
    assert place.raw == 2
    assert place.operands[0].amount == Decimal(30)
    assert place.parameters[0].value == "completion:desc"
    with pytest.raises(KeyError):
        table.line("C")
