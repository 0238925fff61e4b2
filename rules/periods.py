"""Months and the schedule a target follows inside its year (DOMAIN §4, traps of §11)."""

import re
from dataclasses import dataclass
from decimal import Decimal

from rules.money import add, checked, multiply, ratio

MONTHS = 12
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; ordered in time. ValueError unless ``number`` is 1..12 and ``year`` 1..9999."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= MONTHS:
            raise ValueError(f"a month's number is 1 to 12, got {self.number}")
        if not 1 <= self.year <= 9999:
            raise ValueError(f"a year is 1 to 9999, got {self.year}")

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read ``YYYY-MM``; ValueError for anything else."""
        match = _MONTH.fullmatch(text)
        if match is None:
            raise ValueError(f"a month is written YYYY-MM, got {text!r}")
        return cls(int(match[1]), int(match[2]))

    def next(self) -> "Month":
        """The month after; December leads to January of the next year."""
        return Month(self.year + 1, 1) if self.number == MONTHS else Month(self.year, self.number + 1)

    def previous(self) -> "Month":
        """The month before; January leads to December of the year before."""
        return Month(self.year - 1, MONTHS) if self.number == 1 else Month(self.year, self.number - 1)

    def same_last_year(self) -> "Month":
        """The same month one year earlier, the base of year-on-year growth."""
        return Month(self.year - 1, self.number)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True)
class Linear:
    """A target that falls due in twelve equal parts: month ÷ 12."""

    def __str__(self) -> str:
        return "linear"


@dataclass(frozen=True, slots=True)
class Quarterly:
    """A target split by quarter. ``shares`` are four fractions of 1 (0.15, not 15), each 0 or more.

    Cumulative at the ends of quarters; inside a quarter its share falls due in three equal parts.
    ValueError when there aren't four shares, one is negative or they don't add up to 1.
    """

    shares: tuple[Decimal, Decimal, Decimal, Decimal]

    def __post_init__(self) -> None:
        if len(self.shares) != 4 or any(checked(share) < 0 for share in self.shares) or add(self.shares) != 1:
            raise ValueError("a quarterly schedule has four shares of zero or more that add up to 1")

    def __str__(self) -> str:
        return "quarterly:" + ",".join(format(share, "f") for share in self.shares)


Schedule = Linear | Quarterly


def progress(schedule: Schedule, month_number: int) -> Decimal:
    """Percent of the year's target due by the end of a month (1..12), unrounded to 40 digits.

    Linear: 7 → 58.33…; quarterly 15/25/30/30 %: May → 15 + 25 × 2/3 = 31.66…. ValueError outside 1..12.
    """
    if not 1 <= month_number <= MONTHS:
        raise ValueError(f"a month's number is 1 to 12, got {month_number}")
    if isinstance(schedule, Linear):
        return ratio(Decimal(month_number), Decimal(MONTHS), _HUNDRED)
    quarter, months_in = divmod(month_number, 3)
    thirds = multiply(add(schedule.shares[:quarter]), Decimal(3))
    if months_in:
        thirds = add([thirds, multiply(schedule.shares[quarter], Decimal(months_in))])
    return ratio(thirds, Decimal(3), _HUNDRED)
