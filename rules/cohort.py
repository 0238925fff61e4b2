"""Rates of what became of those who entered in a window: start rate, completion rate … (DOMAIN §4, traps of §11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rules.facts import PERCENT, Fact, Missing, MissingReason, Value
from rules.money import Rounding, add, checked, ratio
from rules.ranking import Cell
from rules.trace import Operand, Parameter, Trace

_HUNDRED = Decimal(100)


class Basis(StrEnum):
    """Whose successes count: those of the cohort, or all that happened in the window whoever they belong to."""

    COHORT = "cohort"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Member:
    """Something that entered (was signed) and perhaps reached the goal (was started).

    ``weight`` is 1 to count, or an amount; None for an amount that isn't known.
    """

    key: object
    entered_on: date
    reached_on: date | None = None
    weight: Decimal | None = Decimal(1)


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start`` up to, not including, ``end``, as known at the end of ``as_of``. ValueError when empty."""

    start: date
    end: date
    as_of: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a window has a day at least")

    def holds(self, day: date | None) -> bool:
        """The day lies in the window and isn't later than ``as_of``."""
        return day is not None and self.start <= day < self.end and day <= self.as_of


def rate(
    key: str,
    members: Iterable[Member],
    window: Window,
    basis: Basis,
    rounding: Rounding,
    *,
    unit: str = "count",
    version: str = "",
) -> Cell:
    """Percent of those who entered in the window that reached the goal by ``as_of``.

    By EVENTS the upper figure is what reached it in the window, whenever it entered; that can pass 100 %. Missing with
    NO_COHORT when nobody entered, ZERO_BASE when what entered weighs nothing, NOT_REPORTED when a weight isn't
    known. ValueError when a key comes twice.
    """
    members = tuple(members)
    if len({member.key for member in members}) < len(members):
        raise ValueError("every member counts once")
    entered = [member for member in members if window.holds(member.entered_on)]
    if basis is Basis.COHORT:
        reached = [one for one in entered if one.reached_on is not None and one.reached_on <= window.as_of]
    else:
        reached = [member for member in members if window.holds(member.reached_on)]
    done = _sum(reached, unit)
    base = _sum(entered, unit) if entered else Missing(MissingReason.NO_COHORT)
    result: Decimal | MissingReason
    if isinstance(base, Missing):
        result = base.reason
    elif isinstance(done, Missing):
        result = done.reason
    elif base.amount <= 0:
        result = MissingReason.ZERO_BASE if base.amount == 0 else MissingReason.NOT_APPLICABLE
    else:
        result = ratio(done.amount, base.amount, _HUNDRED)
    operands = (Operand.of("reached", done), Operand.of("entered", base))
    parameters = (
        Parameter("as_of", window.as_of.isoformat()),
        Parameter(f"{key}.basis", str(basis), version),
        Parameter(f"rounding.{key}", str(rounding), version),
        Parameter("window", f"{window.start.isoformat()}/{window.end.isoformat()}"),
    )
    label = f"column.{key}"
    if isinstance(result, MissingReason):
        trace = Trace(key, label, "ratio_percent", operands, parameters, unit=PERCENT, reason=str(result))
        return Cell.of(Missing(result), trace)
    rounded = rounding.apply(result)
    trace = Trace(key, label, "ratio_percent", operands, parameters, result, result, rounded, PERCENT)
    return Cell.of(Value(rounded, PERCENT), trace)


def _sum(members: Iterable[Member], unit: str) -> Fact:
    weights = [member.weight for member in members]
    known = [checked(weight) for weight in weights if weight is not None]
    return Value(add(known), unit) if len(known) == len(weights) else Missing(MissingReason.NOT_REPORTED)
