"""A published figure beside the computed one (DOMAIN §8: published values can be wrong or come from rounded inputs)."""

from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import product

from rules.facts import Fact, Missing
from rules.money import MAX_DIGITS, Rounding, add, checked, multiply, ratio, subtract

_HUNDRED = Decimal(100)
_HALF = Decimal("0.5")


class ComparisonKind(StrEnum):
    """How a published figure stands to the computed one."""

    EQUAL = "equal"
    ROUNDING = "rounding"
    DIFFERS = "differs"
    NOT_PUBLISHED = "not_published"
    NOT_COMPUTABLE = "not_computable"


@dataclass(frozen=True, slots=True)
class Interval:
    """All results that inputs printed rounded leave possible; both ends belong to it.

    With ``step`` only ``low``, ``low + step``, … up to ``high`` are possible: the result was taken from a figure
    that had been rounded. ValueError if ``low`` is above ``high`` or the step isn't above zero.
    """

    low: Decimal
    high: Decimal
    step: Decimal | None = None

    def __post_init__(self) -> None:
        if checked(self.low) > checked(self.high):
            raise ValueError("an interval's low end is above its high end")
        if self.step is not None and checked(self.step) <= 0:
            raise ValueError("an interval's step is above zero")

    def explains(self, published: Decimal, rounding: Rounding) -> bool:
        """Whether some possible result is printed as ``published``."""
        low, high, step = self.low, self.high, self.step
        if step is None:
            return rounding.apply(published) == published and (
                rounding.apply(low) <= published <= rounding.apply(high)
            )

        def printed(count: int) -> Decimal:
            return rounding.apply(add([low, multiply(step, Decimal(count))]))

        counts = range(int(subtract(high, low) // step) + 1)
        found = bisect_left(counts, published, key=printed)
        return found < len(counts) and printed(found) == published


@dataclass(frozen=True, slots=True)
class Comparison:
    """``difference`` is published − computed (rounded), None when one of them is absent.

    ``agrees``: equal, or explained by the rounding of printed inputs.
    """

    published: Decimal | None
    computed: Fact
    difference: Decimal | None
    agrees: bool
    kind: ComparisonKind


def completion_interval(
    done: Decimal, target: Decimal, done_quantum: Decimal, target_quantum: Decimal
) -> Interval | None:
    """Completion rates in percent that are possible when the inputs were printed rounded.

    A quantum is one unit of the last printed digit (0.1 for "11.4"; 0 for an exact input): the true input lies
    within half of it. None when the target could be zero or less, so that nothing can be said.
    """
    ends: list[tuple[Decimal, Decimal]] = []
    for value, quantum in ((done, done_quantum), (target, target_quantum)):
        if checked(quantum) < 0:
            raise ValueError("a quantum is zero or more")
        half = multiply(quantum, _HALF)
        ends.append((subtract(value, half), add([value, half])))
    if ends[1][0] <= 0:
        return None
    rates = [ratio(part, whole, _HUNDRED) for part, whole in product(*ends)]
    return Interval(min(rates), max(rates))


def points_interval(rate: Interval, progress: Decimal, rate_rounding: Rounding | None = None) -> Interval:
    """Possible points to schedule for possible rates; with ``rate_rounding`` the rate is rounded first."""
    low, high = rate.low, rate.high
    if rate_rounding is None:
        return Interval(subtract(low, progress), subtract(high, progress))
    low, high = rate_rounding.apply(low), rate_rounding.apply(high)
    return Interval(subtract(low, progress), subtract(high, progress), rate_rounding.quantum)


def compare(
    published: Decimal | None, computed: Fact, rounding: Rounding, *, interval: Interval | None = None
) -> Comparison:
    """Compare what was printed with what was computed.

    ``equal``: the computed value, rounded, is the published one. ``rounding``: it isn't, but some value of
    ``interval`` rounds to it, so the inputs' own rounding explains the difference. Where more digits were
    published than the rule prints, the interval is rounded to as many. Anything else ``differs``.
    """
    if published is None:
        return Comparison(None, computed, None, False, ComparisonKind.NOT_PUBLISHED)
    checked(published)
    if isinstance(computed, Missing):
        return Comparison(published, computed, None, False, ComparisonKind.NOT_COMPUTABLE)
    difference = subtract(published, rounding.apply(computed.amount))
    if difference == 0:
        return Comparison(published, computed, difference, True, ComparisonKind.EQUAL)
    if interval is not None:
        exponent = published.as_tuple().exponent
        digits = -exponent if isinstance(exponent, int) else 0
        printed = Rounding(min(max(rounding.digits, digits), MAX_DIGITS), rounding.mode)
        if interval.explains(published, printed):
            return Comparison(published, computed, difference, True, ComparisonKind.ROUNDING)
    return Comparison(published, computed, difference, False, ComparisonKind.DIFFERS)
