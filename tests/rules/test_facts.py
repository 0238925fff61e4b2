from decimal import Decimal

import pytest

from rules.facts import Missing, MissingReason, Value, common_unit


def test_a_reported_zero_is_a_value_and_not_missing():
    assert Value(Decimal(0), "yuan") != Missing(MissingReason.NOT_REPORTED)


def test_missing_figures_differ_by_reason():
    assert len({Missing(reason) for reason in MissingReason}) == 11


def test_floats_are_refused():
    with pytest.raises(TypeError):
        Value(1.5, "yuan")


def test_nan_is_refused():
    with pytest.raises(ValueError, match="finite"):
        Value(Decimal("NaN"), "yuan")


def test_one_unit():
    yuan = Value(Decimal(1), "yuan")

    assert common_unit(yuan, Missing(MissingReason.NO_TARGET), yuan) == "yuan"
    assert common_unit(Missing(MissingReason.NO_TARGET)) is None
    with pytest.raises(ValueError, match="usd, yuan"):
        common_unit(yuan, Value(Decimal(1), "usd"))
