"""Exact decimal money: rounding, display units and splits (DOMAIN §8 "Numbers and ranks").

Money is a ``Decimal`` in yuan (or in a foreign currency). Binary floats are refused everywhere. Sums and
quotients are made in a context of this module, so a caller's decimal context never changes a result.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
)
from types import MappingProxyType
from typing import Literal

RoundingMode = Literal["half_up", "truncate"]
MAX_DIGITS = 12

_MODES: Mapping[str, str] = MappingProxyType({"half_up": ROUND_HALF_UP, "truncate": ROUND_DOWN})
_TRAPS = [InvalidOperation, DivisionByZero]
# The contexts are for inner loops over amounts that were checked when they were read; all else calls the functions.
# 40 digits tell a quotient of two amounts of up to 20 digits from any rounding boundary next to it.
WORK = Context(prec=40, rounding=ROUND_HALF_EVEN, traps=_TRAPS)
# Ten digits fewer: what a chain of quotients lost in its last digits comes back (9.99…9 is 10 again).
SETTLED = Context(prec=30, rounding=ROUND_HALF_EVEN, traps=_TRAPS)
# Moving a decimal point, adding and quantizing must never lose a digit.
WIDE = Context(prec=200, rounding=ROUND_HALF_EVEN, traps=_TRAPS)

UNITS: Mapping[str, Decimal] = MappingProxyType(
    {"yuan": Decimal(1), "wan": Decimal(10_000), "yi": Decimal(100_000_000)}
)


def checked(value: Decimal) -> Decimal:
    """Return ``value`` if it is a finite ``Decimal``; TypeError for another type, ValueError for NaN and infinity."""
    if not isinstance(value, Decimal):
        raise TypeError(f"a Decimal is needed, got {type(value).__name__}")
    if not value.is_finite():
        raise ValueError("a finite number is needed")
    return value


def add(values: Iterable[Decimal]) -> Decimal:
    """Exact sum of ``values``; 0 for none."""
    total = Decimal(0)
    for value in values:
        total = WIDE.add(total, checked(value))
    return total


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """Exact ``left - right``."""
    return WIDE.subtract(checked(left), checked(right))


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """Exact ``left × right``."""
    return WIDE.multiply(checked(left), checked(right))


def ratio(part: Decimal, whole: Decimal, scale: Decimal = Decimal(1)) -> Decimal:
    """``part × scale ÷ whole`` to 40 significant digits; ZeroDivisionError when ``whole`` is 0."""
    return WORK.divide(multiply(part, scale), checked(whole))


def settled(value: Decimal) -> Decimal:
    """``value`` to 30 significant digits, for every decision that follows a chain of quotients: rounding, comparing,
    counting whole steps. A third of 30, cut to two digits, is 10.00 and not 9.99."""
    return SETTLED.plus(checked(value))


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a figure is rounded for print: ``digits`` decimals, by ``mode``.

    ``half_up`` takes a tie away from zero (−0.965 → −0.97), ``truncate`` cuts towards zero (−2.37 → −2.3).
    ValueError for unknown modes and for digits outside 0..12.
    """

    digits: int
    mode: RoundingMode = "half_up"

    def __post_init__(self) -> None:
        if self.mode not in _MODES:
            raise ValueError(f"unknown rounding mode {self.mode!r}")
        if not 0 <= self.digits <= MAX_DIGITS:
            raise ValueError(f"digits must lie between 0 and {MAX_DIGITS}")

    @property
    def quantum(self) -> Decimal:
        """The smallest step that this rounding can print, such as 0.01."""
        return Decimal(1).scaleb(-self.digits)

    def apply(self, value: Decimal) -> Decimal:
        """Return ``value`` with exactly ``digits`` decimals, never a negative zero. TypeError for a float."""
        rounded = checked(value).quantize(self.quantum, rounding=_MODES[self.mode], context=WIDE)
        return abs(rounded) if rounded.is_zero() else rounded

    def __str__(self) -> str:
        return f"{self.mode}:{self.digits}"


def to_display(amount_yuan: Decimal, unit: str) -> Decimal:
    """Yuan as a number of ``unit`` (a code of UNITS), exact and unrounded. KeyError for an unknown unit."""
    return WIDE.divide(checked(amount_yuan), UNITS[unit])


def to_yuan(value: Decimal, unit: str) -> Decimal:
    """A number of ``unit`` (a code of UNITS) as yuan, exact. KeyError for an unknown unit."""
    return multiply(value, UNITS[unit])


def split(
    total: Decimal, shares: Sequence[Decimal], quantum: Decimal = Decimal("0.01")
) -> tuple[Decimal, ...]:
    """Divide ``total`` by ``shares``: one part per share, in multiples of ``quantum``, adding up exactly.

    Each part is cut towards zero; the residue goes to the largest share, the first of equals (DOMAIN §2). A part therefore never has the other sign than the total.
    ValueError when shares are negative or don't add up to 1, or when the total isn't a multiple of the quantum.
    """
    if checked(quantum) <= 0:
        raise ValueError("the quantum must be above zero")
    if WIDE.remainder(checked(total), quantum) != 0:
        raise ValueError(f"the total {total} is not a multiple of {quantum}: round it first")
    if not shares or any(checked(share) < 0 for share in shares) or add(shares) != 1:
        raise ValueError("shares must be zero or more and add up to 1")
    steps = WIDE.divide(total, quantum)
    parts = [multiply(multiply(steps, share).to_integral_value(ROUND_DOWN), quantum) for share in shares]
    largest = max(range(len(shares)), key=lambda index: shares[index])
    parts[largest] = add([parts[largest], subtract(total, add(parts))])
    return tuple(parts)
