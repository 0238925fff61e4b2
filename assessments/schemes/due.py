"""Which schemes a regular run computes when a month has ended (DOMAIN §4: monthly, quarterly, half-year, annual)."""

from __future__ import annotations

from collections.abc import Iterable

from assessments.booked import last_day
from assessments.models import Scheme, SchemeRun
from assessments.models.schemes import ANNUAL
from assessments.schemes.periods import ends
from assessments.schemes.rulebook import SHARED, version_on
from ledger import clocks
from rules.periods import Month


def due_in(schemes: Iterable[Scheme], year: int, month: int) -> list[tuple[Scheme, int, int]]:
    """(scheme, year, month): those with a version in force whose period ends in the month; and annual ones for the year
    before, once its final account is closed and unless they were computed for it."""
    found = []
    for scheme in schemes:
        version = version_on(scheme, last_day(Month(year, month)))
        if version is not None and month in ends(version.document["period"]):
            found.append((scheme, year, month))
        if _annual_due(scheme, year - 1):
            found.append((scheme, year - 1, ANNUAL))
    return found


def _annual_due(scheme: Scheme, year: int) -> bool:
    version = version_on(scheme, last_day(Month(year, 12)))
    if version is None or version.document["period"] != "year" or not clocks.latest(year * 100 + ANNUAL):
        return False
    rows = SchemeRun.objects.unscoped(reason=SHARED).filter(version__scheme=scheme, year=year, month=ANNUAL)
    return not rows.exists()
