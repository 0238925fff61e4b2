"""The two clocks of a figure: as published then, as known now (docs/algorithms/closing.md; DOMAIN §3, §11).

The functions give the fields of a `ledger.selectors.Cut`: `replace(cut, **published(closing))`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from ledger.models import FINAL_ACCOUNT, Closing

ALL = "closings belong to no unit"


def latest(period: int) -> Closing | None:
    """The closing that speaks for a period: its latest revision, also while it is open again. None: never
    closed, so nothing of it is published."""
    return (
        Closing.objects.unscoped(reason=ALL)
        .filter(period=period)
        .select_related("period")
        .order_by("-revision")
        .first()
    )


def closings(period: int | None = None) -> list[Closing]:
    """All closings, or those of a period, the latest first."""
    rows = Closing.objects.unscoped(reason=ALL).select_related("period").order_by("-id")
    return list(rows if period is None else rows.filter(period=period))


def published(closing: Closing) -> dict[str, Any]:
    """What a closing knew: counted up to its period, written up to its watermark."""
    return {"posted": (None, closing.period_id), "through": closing.watermark}


def known_now() -> dict[str, Any]:
    """Everything that is written."""
    return {"posted": (None, None), "through": None}


def own(year: int, closing: Closing | None = None) -> dict[str, Any]:
    """A year's own figures: what happened in it; as a closing knew them, or as known now."""
    clock = published(closing) if closing else known_now()
    return {"occurred": (date(year, 1, 1), date(year, 12, 31)), **clock}


def prior_year(year: int, closing: Closing | None = None) -> dict[str, Any]:
    """What was counted in a year and happened before it: late entries and reversals, shown apart and never in
    the year's own figures. The final account of the year before isn't in it: that belongs to the old year."""
    last = year * 100 + FINAL_ACCOUNT
    return {
        "occurred": (None, date(year - 1, 12, 31)),
        "posted": (year * 100 + 1, min(closing.period_id, last) if closing else last),
        "through": closing.watermark if closing else None,
    }


def published_q(closing: Closing) -> Q:
    """The same as `published`, as a filter over postings."""
    return Q(posted_in__lte=closing.period_id, seq__lte=closing.watermark)
