"""How recognition works on a day: terms in force, and the rate at which an entry is kept (DOMAIN §3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from capital.models import CapitalEntry, RecognitionTerms
from reference.models import HOME_CURRENCY
from reference.selectors import Rate, month_average, rate_on


def terms_on(day: date) -> RecognitionTerms:
    """The terms in force on a day: the latest that began by then, or those a new installation begins with."""
    return terms_of([day])[day]


def terms_of(days: Iterable[date]) -> dict[date, RecognitionTerms]:
    """The terms of many days. One query."""
    rows = RecognitionTerms.objects.unscoped(reason="terms hold for everybody").filter(archived_at=None)
    terms = list(rows.order_by("-since"))
    return {day: next((one for one in terms if one.since <= day), RecognitionTerms()) for day in days}


def rate_for(currency: str, day: date, terms: RecognitionTerms) -> tuple[Decimal, str]:
    """Yuan for one unit of a currency, and where that comes from in words: the rate of the day, or the average
    of its month when the terms say so. Raises RateMissing, which says what to enter."""
    if currency == HOME_CURRENCY:
        return Decimal(1), ""
    if terms.average_rate:
        return _noted(month_average(currency, day.year, day.month), f"{day:%Y-%m}")
    found = rate_on(currency, day)
    return _noted(found, found.on.isoformat())


def _noted(found: Rate, when: str) -> tuple[Decimal, str]:
    return found.rate, " ".join(filter(None, [found.source, when]))[:120]


def fix_rates(entries: Iterable[CapitalEntry]) -> None:
    """Set rate and its origin on entries that are being reported; the caller saves them. A rate that is there
    stays. Raises RateMissing."""
    entries = [one for one in entries if one.rate is None]
    terms = terms_of({one.occurred_on for one in entries})
    known: dict[tuple[str, date], tuple[Decimal, str]] = {}
    for one in entries:
        key = (str(one.currency_id), one.occurred_on)
        if key not in known:
            known[key] = rate_for(*key, terms[one.occurred_on])
        one.rate, one.rate_note = known[key]
