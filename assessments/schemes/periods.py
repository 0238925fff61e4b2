"""Periods of schemes: which months they end in, which months they hold; 13 is the year's final account (DOMAIN §3, §4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from assessments.booked import last_day
from assessments.measures.keys import PERIOD
from assessments.models.schemes import ANNUAL
from common.errors import Refused
from rules.periods import Month
from rules.scheme import Scheme

LENGTH = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """So many months up to `last`. `year_end`: with the year's final account."""

    first: Month
    last: Month
    year_end: bool = False

    @property
    def year(self) -> int:
        return self.last.year

    @property
    def number(self) -> int:
        """As runs are stored: 1 to 12, 13 for the year with its final account."""
        return ANNUAL if self.year_end else self.last.number

    @property
    def code(self) -> int:
        """The period of the books up to which lines count."""
        return self.year * 100 + self.number

    @property
    def day(self) -> date:
        """The last day: who is a member on it is assessed."""
        return last_day(self.last)

    @property
    def months(self) -> tuple[Month, ...]:
        return tuple(Month(self.year, n) for n in range(self.first.number, self.last.number + 1))

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"


def ends(length: str) -> tuple[int, ...]:
    """The months in which periods of a scheme end; a year's also in its final account."""
    months = tuple(range(LENGTH[length], 13, LENGTH[length]))
    return (*months, ANNUAL) if length == "year" else months


def period_of(scheme: Scheme, year: int, month: int) -> Period:
    """The scheme's period that ends in a month. Raises Refused (wrong_month)."""
    if month not in ends(scheme.period):
        said = _("No period of this method ends in month %(month)s. Choose one of: %(months)s.")
        months = ", ".join(str(one) for one in ends(scheme.period))
        raise Refused(said % {"month": month, "months": months}, code="wrong_month")
    last = min(month, 12)
    first = last - LENGTH[scheme.period] + 1
    return Period(Month(year, first), Month(year, last), month == ANNUAL)


def through_of(scheme: Scheme, period: Period, month: int | None) -> Month:
    """The last month of the data; the period's own where none is said. Data of a month's method may lag behind the month,
    unless a figure of the period itself is asked for.

    Raises Refused: too_late (after the period), too_early (before its first month).
    """
    through = Month(period.year, month or period.last.number)
    if through > period.last:
        said = _("The data can't reach further than the period.")
        raise Refused(said, code="too_late", fields={"data_through": [said]})
    inside = period.first < period.last or any(one.window == PERIOD for one in scheme.inputs.values())
    if inside and through < period.first:
        said = _("The data must reach into the period. Choose month %(first)s to %(last)s.")
        said %= {"first": period.first.number, "last": period.last.number}
        raise Refused(said, code="too_early", fields={"data_through": [said]})
    return through


def period_words(year: int, month: int, length: str) -> str:
    """A period as people say it."""
    if month == ANNUAL:
        return _("%(year)s with its final account") % {"year": year}
    if length == "quarter":
        return _("quarter %(n)s of %(year)s") % {"n": month // 3, "year": year}
    if length == "half":
        return _("half-year %(n)s of %(year)s") % {"n": month // 6, "year": year}
    return f"{year}-{month:02d}"
