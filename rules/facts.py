"""A fact is a value or a reason why there is none; missing is never zero (DOMAIN §8)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rules.money import checked

PERCENT = "percent"
POINTS = "points"  # percentage points


class MissingReason(StrEnum):
    """Why a figure isn't there. Codes are stored; the words belong to the pages."""

    NOT_REPORTED = "not_reported"
    NOT_IN_TABLE = "not_in_table"
    NOT_APPLICABLE = "not_applicable"
    NO_TARGET = "no_target"
    NO_BASE = "no_base"
    BREAK_IN_DEFINITION = "break_in_definition"
    ZERO_BASE = "zero_base"
    ZERO_TARGET = "zero_target"
    NO_LAND = "no_land"
    ZERO_LAND = "zero_land"
    NO_COHORT = "no_cohort"  # nothing entered in the window, so there is nothing to take a share of


@dataclass(frozen=True, slots=True)
class Value:
    """An amount with its unit code (``yuan``, ``count``, ``percent`` …) and where it comes from.

    A reported zero (a nil return) is ``Value(Decimal(0), …)``. ``ref`` is an opaque reference to the source.
    TypeError for a float, ValueError for NaN and infinity.
    """

    amount: Decimal
    unit: str
    ref: str | None = None

    def __post_init__(self) -> None:
        checked(self.amount)


@dataclass(frozen=True, slots=True)
class Missing:
    """No value, and why."""

    reason: MissingReason
    ref: str | None = None


Fact = Value | Missing


def common_unit(*facts: Fact) -> str | None:
    """The one unit of those facts that have a value, None when none has; ValueError when units differ."""
    units = sorted({fact.unit for fact in facts if isinstance(fact, Value)})
    if len(units) > 1:
        raise ValueError(f"figures in different units can't be compared or added: {', '.join(units)}")
    return units[0] if units else None
