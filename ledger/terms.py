"""The closing calendar: when a month is cut off by itself and when a year ends (DOMAIN §3)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from common import memo, services
from common.actors import Actor
from ledger.models import FINAL_ACCOUNT, ClosingTerms
from ledger.periods import after

ALL = "one calendar holds for everybody"


def last_day(code: int) -> date:
    """The day with which a period is over; a final account ends with its year."""
    year, number = divmod(code, 100)
    month = min(number, 12)
    return date(year, month, monthrange(year, month)[1])


def terms_on(day: date) -> ClosingTerms:
    """The calendar in force on a day; as the program is shipped when nobody wrote one."""
    every = memo.settled("closing terms", _read)
    return next((row for row in every if row.since <= day), None) or ClosingTerms(since=day)


def _read() -> list[ClosingTerms]:
    """All calendars, the latest first: a handful, asked for by every period of a list."""
    return list(ClosingTerms.objects.unscoped(reason=ALL).filter(archived_at=None).order_by("-since"))


def due(code: int) -> date:
    """The last day on which an ordinary writer still reaches a period: for a month a day of the next month,
    for a final account the deadline in the next year."""
    terms = terms_on(last_day(code))
    year, number = divmod(code, 100)
    if number == FINAL_ACCOUNT:
        return date(year + 1, terms.final_month, terms.final_day)
    following = after(code) if number < 12 else (year + 1) * 100 + 1
    return date(following // 100, following % 100, terms.cut_off_day)


def closingterms_create(*, actor: Actor, **values: Any) -> ClosingTerms:
    """A calendar from a day on. Raises Denied, ValidationError."""
    return services.create(ClosingTerms, actor=actor, values=values)


def closingterms_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> ClosingTerms:
    """Raises as `common.services.update`."""
    return services.update(ClosingTerms, actor=actor, pk=pk, version=version, values=values)


def closingterms_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> ClosingTerms:
    """Raises as `common.services.archive`."""
    return services.archive(ClosingTerms, actor=actor, pk=pk, version=version, reason=reason)
