"""Figures worked out of others: the closed list of formulas (DOMAIN §4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.choices import MeasureUnit, TargetKind
from assessments.measures.keys import Asked
from assessments.models import Measure
from assessments.targets.reading import Held, targets
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

    held: dict[tuple[int, str, str], Held] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)  # in what each measure counts

    @classmethod
    def read(cls, codes: Collection[str], units: Iterable[Unit], asked: Asked, *, asks: bool) -> Targets:
        """Four queries, or none where nothing asks for a target."""
        if not asks:
            return cls()
        measures = list(Measure.objects.unscoped(reason=WHY).filter(code__in=codes))
        held = targets(units, measures, asked.last.year, asked.last.number, (TargetKind.FIRM,))
        return cls(held, {one.code: one.unit for one in measures})

    def of(self, unit: int, measure: str) -> Fact:
        row = self.held.get((unit, measure, TargetKind.FIRM))
        if row is None:
            return Missing(MissingReason.NO_TARGET)
        return Value(row.value, self.units[measure], row.ref)

    def schedule(self, unit: int, measure: str) -> Sequence[Decimal]:
        """The target's own shares by quarter in per cent; () where it has none."""
        row = self.held.get((unit, measure, TargetKind.FIRM))
        return (row and row.schedule) or ()


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
