from decimal import Decimal, localcontext

import pytest

from rules.money import MAX_DIGITS, UNITS, Rounding, add, ratio, split, to_display, to_yuan
from tests.rules.cases import number, params


@pytest.mark.parametrize(("document", "case"), params("money", "rounding"))
def test_rounding_cases(document, case):
    rounded = Rounding(case["digits"], case["mode"]).apply(number(case["value"]))

    assert rounded == number(case["expect"])
    assert rounded.as_tuple().exponent == -case["digits"]
    assert not (rounded.is_zero() and rounded.is_signed())


@pytest.mark.parametrize(("document", "case"), params("money", "split"))
def test_split_cases(document, case):
    parts = split(
        number(case["total"]),
        [number(share) for share in case["shares"]],
        number(case.get("quantum", Decimal("0.01"))),
    )

    assert parts == tuple(number(part) for part in case["expect"])


@pytest.mark.parametrize(("document", "case"), params("money", "units"))
def test_unit_cases(document, case):
    yuan, display = number(case["yuan"]), number(case["display"])

    assert to_display(yuan, case["unit"]) == display
    assert to_yuan(display, case["unit"]) == yuan


@pytest.mark.parametrize("value", [0.1, 1, "1", True, None])
def test_only_decimals_are_rounded(value):
    with pytest.raises(TypeError):
        Rounding(2).apply(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_not_a_number_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        Rounding(2).apply(Decimal(value))


def test_floats_are_refused_by_units_and_split():
    with pytest.raises(TypeError):
        to_yuan(1.5, "wan")
    with pytest.raises(TypeError):
        to_display(1.5, "wan")
    with pytest.raises(TypeError):
        split(1.0, [Decimal(1)])
    with pytest.raises(TypeError):
        split(Decimal(1), [0.5, 0.5])
    with pytest.raises(TypeError):
        add([Decimal(1), 0.5])


@pytest.mark.parametrize(("digits", "mode"), [(-1, "half_up"), (MAX_DIGITS + 1, "half_up"), (2, "half_even")])
def test_unknown_roundings_are_refused(digits, mode):
    with pytest.raises(ValueError):
        Rounding(digits, mode)


@pytest.mark.parametrize(
    "shares",
    [
        [],
        [Decimal("0.5")],
        [Decimal("0.5"), Decimal("0.6")],
        [Decimal("1.5"), Decimal("-0.5")],
    ],
)
def test_shares_must_add_up_to_one(shares):
    with pytest.raises(ValueError, match="shares"):
        split(Decimal(100), shares)


def test_a_total_finer_than_the_quantum_is_refused():
    with pytest.raises(ValueError, match="multiple"):
        split(Decimal("0.005"), [Decimal(1)])


def test_unknown_unit():
    assert set(UNITS) == {"yuan", "wan", "yi"}
    with pytest.raises(KeyError):
        to_yuan(Decimal(1), "mu")


def test_a_callers_context_changes_nothing():
    amounts = [Decimal("123456789012345.67"), Decimal("0.01")]
    with localcontext() as context:
        context.prec = 5
        assert add(amounts) == Decimal("123456789012345.68")
        assert to_yuan(Decimal("12345678.90"), "yi") == Decimal("1234567890000000")
        assert Rounding(2).apply(Decimal("123456789.125")) == Decimal("123456789.13")
        assert split(Decimal("123456789.01"), [Decimal("0.5")] * 2) == (
            Decimal("61728394.51"),
            Decimal("61728394.50"),
        )
        assert str(ratio(Decimal(1), Decimal(3))) == "0." + "3" * 40
