from decimal import Decimal

import pytest

from rules.facts import PERCENT, Missing, MissingReason, Value
from rules.money import Rounding
from rules.periods import Linear, progress
from rules.ranking import (
    Interval,
    compare,
    completion,
    completion_interval,
    points_interval,
    points_to_schedule,
)
from tests.rules.cases import number, params, rounding


def percent(text):
    return Value(Decimal(text), PERCENT)


@pytest.mark.parametrize(("document", "case"), params("comparison"))
def test_kaiping_rates(document, case):
    rule, quantum = rounding(document["rounding"]), document["input_quantum"]
    done, plan = number(case["done"]), number(case["plan"])
    rate, _ = completion(Value(done, "yi"), Value(plan, "yi"), rule)
    interval = completion_interval(done, plan, quantum, quantum)

    assert Rounding(3).apply(interval.low) == number(case["low"])
    assert Rounding(3).apply(interval.high) == number(case["high"])
    result = compare(number(case["rate"]), rate, rule, interval=interval)
    assert result.kind == case["kind"]
    assert result.agrees


@pytest.mark.parametrize(("document", "case"), [p for p in params("comparison") if "points" in p.values[1]])
@pytest.mark.parametrize("start", ["exact", "from_rounded"])
def test_kaiping_points(document, case, start):
    rule, quantum = rounding(document["rounding"]), document["input_quantum"]
    done, plan = number(case["done"]), number(case["plan"])
    from_rounded = start == "from_rounded"
    due = progress(Linear(), case["month"])
    _, trace = completion(Value(done, "yi"), Value(plan, "yi"), rule)
    points, _ = points_to_schedule(Value(trace.raw, PERCENT), due, rule, from_rounded)
    rates = completion_interval(done, plan, quantum, quantum)
    interval = points_interval(rates, due, rule if from_rounded else None)

    result = compare(number(case["points"]["published"]), points, rule, interval=interval)

    assert result.kind == case["points"][start]


def test_without_an_interval_a_difference_is_a_difference():
    """Danfeng 2023-06: printed 32.14, computed 33.04."""
    result = compare(Decimal("32.14"), percent("33.0416666"), Rounding(2))

    assert (result.kind, result.agrees, result.difference) == ("differs", False, Decimal("-0.90"))


def test_danfengs_misprint_is_not_explained_by_whole_wan():
    """Even with inputs rounded to whole 10,000 yuan the rate lies within 33.041 and 33.043."""
    interval = completion_interval(Decimal(19825), Decimal(60000), Decimal(1), Decimal(1))

    assert compare(Decimal("32.14"), percent("33.04"), Rounding(2), interval=interval).kind == "differs"


def test_printed_zeros_dont_matter():
    assert compare(Decimal("30"), percent("30.00"), Rounding(2)).kind == "equal"


def test_nothing_published_and_nothing_computable():
    missing = Missing(MissingReason.NO_TARGET)

    assert compare(None, percent("1"), Rounding(2)).kind == "not_published"
    assert compare(None, missing, Rounding(2)).kind == "not_published"
    result = compare(Decimal("32.14"), missing, Rounding(2))
    assert (result.kind, result.agrees, result.difference) == ("not_computable", False, None)


def test_an_interval_stops_at_its_ends():
    """60.65 prints as 60.7, 60.649 as 60.6."""
    wide = Interval(Decimal("60.55"), Decimal("60.65"))
    narrow = Interval(Decimal("60.55"), Decimal("60.649"))

    assert compare(Decimal("60.7"), percent("60.6"), Rounding(1), interval=wide).kind == "rounding"
    assert compare(Decimal("60.7"), percent("60.6"), Rounding(1), interval=narrow).kind == "differs"


def test_a_rounded_start_leaves_only_steps():
    """66.4 and 66.5 less 66.67 are −0.27 and −0.17; nothing between them is possible."""
    steps = points_interval(Interval(Decimal("66.41"), Decimal("66.49")), Decimal("66.67"), Rounding(1))

    assert (steps.low, steps.high, steps.step) == (Decimal("-0.27"), Decimal("-0.17"), Decimal("0.1"))
    assert steps.explains(Decimal("-0.27"), Rounding(2))
    assert steps.explains(Decimal("-0.17"), Rounding(2))
    assert not steps.explains(Decimal("-0.23"), Rounding(2))
    assert not steps.explains(Decimal("-0.07"), Rounding(2))


def test_exact_inputs_leave_one_result():
    interval = completion_interval(Decimal(1), Decimal(4), Decimal(0), Decimal(0))

    assert interval == Interval(Decimal(25), Decimal(25))


def test_reversals_turn_the_ends_round():
    """−1 ± 0.5 of 2 ± 0.5: from −1.5 ÷ 1.5 = −100 % to −0.5 ÷ 2.5 = −20 %."""
    interval = completion_interval(Decimal(-1), Decimal(2), Decimal(1), Decimal(1))

    assert interval == Interval(Decimal(-100), Decimal(-20))


def test_nothing_can_be_said_when_the_target_may_be_zero():
    assert completion_interval(Decimal(1), Decimal("0.05"), Decimal("0.1"), Decimal("0.1")) is None


def test_impossible_intervals():
    with pytest.raises(ValueError):
        Interval(Decimal(2), Decimal(1))
    with pytest.raises(ValueError):
        Interval(Decimal(1), Decimal(2), Decimal(0))
    with pytest.raises(ValueError):
        completion_interval(Decimal(1), Decimal(2), Decimal(-1), Decimal(0))
    with pytest.raises(TypeError):
        compare(32.14, percent("33.04"), Rounding(2))
