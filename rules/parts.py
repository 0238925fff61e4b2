"""Parts of a whole that should add up to it, and don't always (DOMAIN §8, §11 "parts by source")."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rules.facts import PERCENT
from rules.money import Rounding, add, checked, ratio, split, subtract
from rules.trace import Operand, Trace

_TWO = Rounding(2)


@dataclass(frozen=True, slots=True)
class Parts:
    """What named parts make of a whole. `flagged`: they don't add up to it, so nobody may print them as its shares
    without saying so. `percent` is None for a whole of 0."""

    whole: Decimal
    total: Decimal
    gap: Decimal  # total − whole
    percent: Decimal | None
    flagged: bool
    trace: Trace


def check_parts(whole: Decimal, parts: Mapping[str, Decimal], tolerance: Decimal = Decimal(0)) -> Parts:
    """Hold parts against their whole, in any one unit. `tolerance`: how far printed roundings may lie apart."""
    total = add(parts.values())
    gap = subtract(total, checked(whole))
    percent = None if whole == 0 else ratio(total, whole, Decimal(100))
    flagged = abs(gap) > tolerance
    trace = Trace(
        "parts",
        "column.parts",
        "parts_of_whole",
        (Operand("whole", whole), *(Operand(name, parts[name]) for name in sorted(parts))),
        raw=percent,
        limited=percent,
        rounded=None if percent is None else _TWO.apply(percent),
        unit=PERCENT,
        reason="parts_differ" if flagged else None,
    )
    return Parts(whole, total, gap, percent, flagged, trace)


def by_equity(
    amount: Decimal, percents: Mapping[str, Decimal], quantum: Decimal = Decimal("0.01")
) -> dict[str, Decimal]:
    """A joint venture's amount divided among its investors by their part in per cent, adding up exactly; each counts
    with his own part, so that the sum over sources never exceeds the whole.

    What the percentages leave open (below 100) has the key "". ValueError above 100 or below 0.
    """
    names = sorted(percents)
    rest = subtract(Decimal(100), add(percents.values()))
    if rest < 0:
        raise ValueError("investors hold more than 100 per cent")
    shares = [ratio(percents[name], Decimal(100)) for name in names]
    found = dict(zip([*names, ""], split(amount, [*shares, ratio(rest, Decimal(100))], quantum), strict=True))
    if not rest:
        found.pop("")
    return found
