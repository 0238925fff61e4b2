"""Figures worked out of others: the closed list of formulas (DOMAIN §4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.choices import MeasureUnit, TargetKind
from assessments.measures.keys import Asked
from assessments.models import Target
from organizations.models import Unit
from rules import ranking
from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import Rounding, ratio, subtract
from rules.periods import Linear, Quarterly, Schedule, progress
from rules.trace import Trace

HUNDRED = Decimal(100)
OF_TARGET = ("completion", "points")
EXACT = Rounding(12)
WHY = "targets of the units asked for; pages show them in their own scope"


@dataclass(slots=True)
class Targets:
    """Firm targets that hold in the last month of the question, also where the data end earlier."""

    held: dict[tuple[int, str], Target] = field(default_factory=dict)

    @classmethod
    def read(cls, codes: Collection[str], units: Iterable[Unit], asked: Asked, *, asks: bool) -> Targets:
        """One query, or none where nothing asks for a target."""
        found = cls()
        if not asks:
            return found
        rows = Target.objects.unscoped(reason=WHY).filter(
            unit__in=[unit.pk for unit in units],
            measure__code__in=codes,
            year=asked.last.year,
            kind=TargetKind.FIRM,
            superseded_at=None,
            holds_from__lte=asked.last.number,
        )
        for row in rows.select_related("measure").order_by("holds_from"):
            found.held[row.unit_id, row.measure.code] = row
        return found

    def of(self, unit: int, measure: str) -> Fact:
        row = self.held.get((unit, measure))
        if row is None:
            return Missing(MissingReason.NO_TARGET)
        return Value(row.value, row.measure.unit, f"target:{row.pk}")


def worked_out(
    formula: str,
    operands: Sequence[Fact],
    unit: str,
    ref: str,
    *,
    zero: MissingReason = MissingReason.ZERO_BASE,
    comparable: bool = True,
    target: Fact | None = None,
    schedule: Sequence[Decimal] = (),
    month: int = 12,
) -> Fact:
    """`percent` and `quotient` of two, `difference`, `growth` of now and before in per cent, `completion` of a target in
    per cent, `points` to schedule; unrounded. Missing with the operand's own reason; `zero` for a whole of zero."""
    if formula == "growth":
        return _raw(ranking.growth(operands[0], operands[1], comparable, EXACT), unit, ref)
    if formula in OF_TARGET:
        made = ranking.completion(operands[0], target or Missing(MissingReason.NO_TARGET), EXACT)
        rate = _raw(made, str(MeasureUnit.PERCENT), ref)
        if formula == "completion" or isinstance(rate, Missing):
            return rate
        return Value(subtract(rate.amount, progress(_schedule(schedule), month)), unit, ref)
    for one in operands:
        if isinstance(one, Missing):
            return Missing(one.reason, ref)
    first, second = (one.amount for one in operands if isinstance(one, Value))
    if formula == "difference":
        return Value(subtract(first, second), unit, ref)
    if second == 0:
        return Missing(zero, ref)
    return Value(ratio(first, second, HUNDRED if formula == "percent" else Decimal(1)), unit, ref)


def _raw(made: tuple[Fact, Trace], unit: str, ref: str) -> Fact:
    """Before rounding."""
    fact, trace = made
    if isinstance(fact, Missing):
        return Missing(fact.reason, ref)
    assert trace.raw is not None
    return Value(trace.raw, unit, ref)


def _schedule(shares: Sequence[Decimal]) -> Schedule:
    if not shares:
        return Linear()
    first, second, third, fourth = (ratio(share, HUNDRED) for share in shares)
    return Quarterly((first, second, third, fourth))
