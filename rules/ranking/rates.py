"""Completion rate, points to schedule and growth of one line, each with its trace (DOMAIN §4, §8)."""

from decimal import Decimal

from rules.facts import PERCENT, POINTS, Fact, Missing, MissingReason, Value, common_unit
from rules.money import Rounding, ratio, subtract
from rules.trace import Operand, Parameter, Trace

_HUNDRED = Decimal(100)


def _step(
    key: str,
    operation: str,
    operands: tuple[Operand, ...],
    parameters: tuple[Parameter, ...],
    unit: str,
    result: Decimal | MissingReason,
    rounding: Rounding,
) -> tuple[Fact, Trace]:
    """Close a computation: round a number or carry a reason, and write the node."""
    label = f"column.{key}"
    if isinstance(result, MissingReason):
        trace = Trace(key, label, operation, operands, parameters, unit=unit, reason=str(result))
        return Missing(result), trace
    rounded = rounding.apply(result)
    trace = Trace(key, label, operation, operands, parameters, result, result, rounded, unit)
    return Value(rounded, unit), trace


def completion(done: Fact, target: Fact, rounding: Rounding, *, version: str = "") -> tuple[Fact, Trace]:
    """Percent of the target that is done, rounded; the trace's ``raw`` is the unrounded rate.

    Missing with NO_TARGET (or NOT_APPLICABLE, when the target says so), ZERO_TARGET, NOT_APPLICABLE for a
    negative target, or the reason for which ``done`` is missing. ValueError when the units differ.
    """
    common_unit(done, target)
    result: Decimal | MissingReason
    if isinstance(target, Missing):
        keep = target.reason is MissingReason.NOT_APPLICABLE
        result = MissingReason.NOT_APPLICABLE if keep else MissingReason.NO_TARGET
    elif isinstance(done, Missing):
        result = done.reason
    elif target.amount <= 0:
        result = MissingReason.ZERO_TARGET if target.amount == 0 else MissingReason.NOT_APPLICABLE
    else:
        result = ratio(done.amount, target.amount, _HUNDRED)
    operands = (Operand.of("done", done), Operand.of("target", target))
    parameters = (Parameter("rounding.completion", str(rounding), version),)
    return _step("completion", "ratio_percent", operands, parameters, PERCENT, result, rounding)


def points_to_schedule(
    rate: Fact,
    progress: Decimal,
    rounding: Rounding,
    from_rounded: bool,
    *,
    rate_rounding: Rounding | None = None,
    version: str = "",
) -> tuple[Fact, Trace]:
    """Percentage points ahead of (+) or behind (−) schedule: ``rate`` − ``progress``, both in percent.

    ``rate`` is the unrounded rate. With ``from_rounded`` it is first rounded by ``rate_rounding`` (or by
    ``rounding`` when that isn't given), as circulars do that subtract printed figures.
    A missing rate passes its reason on.
    """
    used = rate_rounding or rounding
    parameters: tuple[Parameter, ...] = (
        Parameter("points.from_rounded", "true" if from_rounded else "false", version),
        Parameter("rounding.points", str(rounding), version),
    )
    if from_rounded:
        parameters = (*parameters, Parameter("rounding.completion", str(used), version))
        if isinstance(rate, Value):
            rate = Value(used.apply(rate.amount), rate.unit, rate.ref)
    operands = (Operand.of("completion", rate), Operand.of("progress", Value(progress, PERCENT)))
    result = rate.reason if isinstance(rate, Missing) else subtract(rate.amount, progress)
    return _step("points", "difference", operands, parameters, POINTS, result, rounding)


def growth(
    now: Fact, before: Fact, comparable: bool, rounding: Rounding, *, version: str = ""
) -> tuple[Fact, Trace]:
    """Percent by which ``now`` is above (+) or below (−) ``before``, the same period of last year.

    Missing with the reason of ``now``, BREAK_IN_DEFINITION when the two aren't comparable, NO_BASE when last
    year is blank, ZERO_BASE, or NOT_APPLICABLE for a negative base. ValueError when the units differ.
    """
    result: Decimal | MissingReason
    if isinstance(now, Missing):
        result = now.reason
    elif not comparable:
        result = MissingReason.BREAK_IN_DEFINITION
    elif isinstance(before, Missing):
        keep = before.reason in (MissingReason.NOT_APPLICABLE, MissingReason.BREAK_IN_DEFINITION)
        result = before.reason if keep else MissingReason.NO_BASE
    elif before.amount <= 0:
        result = MissingReason.ZERO_BASE if before.amount == 0 else MissingReason.NOT_APPLICABLE
    else:
        common_unit(now, before)
        result = ratio(subtract(now.amount, before.amount), before.amount, _HUNDRED)
    operands = (Operand.of("done", now), Operand.of("before", before))
    parameters = (
        Parameter("growth.comparable", "true" if comparable else "false", version),
        Parameter("rounding.growth", str(rounding), version),
    )
    return _step("growth", "growth_percent", operands, parameters, PERCENT, result, rounding)
