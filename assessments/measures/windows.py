"""Stored figures, each of a month or of the year up to it, in the windows of a key (DOMAIN §3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessments.choices import Nature, Span
from assessments.measures.keys import CUMULATIVE, MONTH, PERIOD, Asked
from assessments.models import Measure
from rules.facts import Fact, Missing, Value
from rules.money import add, subtract
from rules.periods import Month

STOCKS = (Nature.STOCK, Nature.CUMULATIVE, Nature.RATIO)


@dataclass(frozen=True, slots=True)
class Stored:
    """One unit's figures of a measure. `at`: what is stored of a month in a span; None where nothing is."""

    measure: Measure
    at: Callable[[Month, str], Fact | None]

    def of(self, window: str, asked: Asked) -> Fact | None:
        """The figure of a window that ends with the data; None where what is stored doesn't make one. Flows are added and
        subtracted; stocks, rates and what is cumulative are taken as they stand."""
        month = asked.data_through
        if self.measure.nature in STOCKS:
            return self._stands(month, window)
        if window == CUMULATIVE:
            return None
        if window == MONTH:
            return self.at(month, Span.MONTH) or self._less(month, month)
        if window == PERIOD:
            return self._less(asked.first, month) or self._months(asked.first, month)
        return self.at(month, Span.YEAR_TO_DATE) or self._months(Month(month.year, 1), month)

    def _stands(self, month: Month, window: str) -> Fact | None:
        of_month, of_year = self.at(month, Span.MONTH), self.at(month, Span.YEAR_TO_DATE)
        if window == MONTH:
            return of_month or of_year
        if self.measure.nature == Nature.RATIO and month.number > 1:
            return of_year  # a month's rate isn't the year's
        return of_year or of_month

    def _months(self, first: Month, last: Month) -> Fact | None:
        """The sum of the months, when every one of them is there."""
        months = [Month(last.year, n) for n in range(first.number, last.number + 1)]
        values = [one for month in months if isinstance(one := self.at(month, Span.MONTH), Value)]
        if not values or len(values) < len(months):
            return None
        refs = ",".join(one.ref or "" for one in values)
        return Value(add(one.amount for one in values), self.measure.unit, refs)

    def _less(self, first: Month, last: Month) -> Fact | None:
        """The year to date of the last month, less that before the first."""
        now = self.at(last, Span.YEAR_TO_DATE)
        if now is None or isinstance(now, Missing) or first.number == 1:
            return now
        gone = self.at(first.previous(), Span.YEAR_TO_DATE)
        if not isinstance(gone, Value):
            return None
        return Value(subtract(now.amount, gone.amount), self.measure.unit, f"{now.ref},{gone.ref}")
