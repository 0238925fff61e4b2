"""Figures that people entered, read for many units at once: several givers have a mean (DOMAIN §8 "peer, jury and
survey scores")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.choices import Span
from assessments.models import GivenFigure
from rules.money import add, ratio
from rules.periods import Month

WHY = "the givers' figures of the units asked for; pages show them in their own scope"
At = tuple[int, int, int, int, str]  # unit, measure, year, month, span


@dataclass(slots=True)
class Given:
    rows: dict[At, list[GivenFigure]] = field(default_factory=dict)

    @classmethod
    def read(cls, units: Iterable[int], measures: Iterable[int], years: Iterable[int]) -> Given:
        """One query."""
        found = cls()
        rows = GivenFigure.objects.unscoped(reason=WHY).filter(
            unit__in=list(units), measure__in=list(measures), year__in=list(years), superseded_at=None
        )
        for row in rows.order_by("pk"):
            key = (row.unit_id, row.measure_id, row.year, row.month, row.span)
            found.rows.setdefault(key, []).append(row)
        return found

    def at(
        self, unit: int, measure: int, month: Month, span: str = Span.YEAR_TO_DATE, giver: str = ""
    ) -> tuple[Decimal, str] | None:
        """The mean of the givers (of a kind of them), unrounded, and where it comes from; None when nobody gave any."""
        rows = self.rows.get((unit, measure, month.year, month.number, span), [])
        rows = [row for row in rows if not giver or row.giver_class == giver]
        if not rows:
            return None
        mean = ratio(add(row.value for row in rows), Decimal(len(rows))) if len(rows) > 1 else rows[0].value
        return mean, ",".join(f"given:{row.pk}" for row in rows)
