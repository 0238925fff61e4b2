"""Figures per mu of land: tax, investment and output (DOMAIN §2 admission gate, §4). 15 mu are one hectare."""

from collections.abc import Mapping
from decimal import Decimal

from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import UNITS, Rounding, ratio, to_display, to_yuan
from rules.ranking import Cell
from rules.trace import Operand, Parameter, Trace

MU = "mu"


def per_mu(
    key: str, amount: Fact, land: Fact, rounding: Rounding, *, unit: str = "wan", version: str = ""
) -> Cell:
    """``amount`` (yuan, wan or yi) by ``land`` (mu), in ``unit`` per mu: the unit's code is ``wan_per_mu`` and so on.

    Test limits on ``exact``, print ``fact``. Missing with the amount's own reason, NO_LAND when the area is missing,
    ZERO_LAND, or NOT_APPLICABLE for a negative area. ValueError for other units: convert foreign money first.
    """
    _check(amount, UNITS)
    _check(land, {MU: Decimal(1)})
    result: Decimal | MissingReason
    if isinstance(amount, Missing):
        result = amount.reason
    elif isinstance(land, Missing):
        result = MissingReason.NO_LAND
    elif land.amount <= 0:
        result = MissingReason.ZERO_LAND if land.amount == 0 else MissingReason.NOT_APPLICABLE
    else:
        result = ratio(to_display(to_yuan(amount.amount, amount.unit), unit), land.amount)
    label, per = f"column.{key}", f"{unit}_per_mu"
    operands = (Operand.of("amount", amount), Operand.of("land", land))
    parameters = (Parameter(f"rounding.{key}", str(rounding), version),)
    if isinstance(result, MissingReason):
        missing = Missing(result)
        return Cell.of(
            missing, Trace(key, label, "ratio", operands, parameters, unit=per, reason=str(result))
        )
    rounded = rounding.apply(result)
    return Cell.of(
        Value(rounded, per), Trace(key, label, "ratio", operands, parameters, result, result, rounded, per)
    )


def land_figures(
    amounts: Mapping[str, Fact], land: Fact, rounding: Rounding, *, unit: str = "wan", version: str = ""
) -> dict[str, Cell]:
    """Each of ``amounts`` (``tax_per_mu`` …: the total of that kind) per mu of the same land. Errors as ``per_mu``."""
    return {
        key: per_mu(key, amount, land, rounding, unit=unit, version=version)
        for key, amount in amounts.items()
    }


def _check(fact: Fact, units: Mapping[str, Decimal]) -> None:
    if isinstance(fact, Value) and fact.unit not in units:
        raise ValueError(f"{fact.unit} can't be used here, only {', '.join(units)}")
