"""Which period a line is counted in (docs/algorithms/ledger.md, docs/algorithms/closing.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db import connection

from ledger.choices import PeriodState
from ledger.models import FINAL_ACCOUNT, Period

DECEMBER = 12
OPEN = (PeriodState.OPEN,)
OPEN_OR_CUT_OFF = (PeriodState.OPEN, PeriodState.CUT_OFF)


def code_of(day: date) -> int:
    """The month that a day belongs to: year × 100 + month."""
    return day.year * 100 + day.month


def after(code: int) -> int:
    """The period after a period: December is followed by the year's final account (number 13), that one by
    January."""
    year, number = divmod(code, 100)
    return (year + 1) * 100 + 1 if number >= FINAL_ACCOUNT else code + 1


def text(code: int) -> str:
    """As people write it: "2026-10"; 2026-13 is the final account."""
    return str(row(code))


def row(code: int) -> Period:
    """A period as a row that isn't saved yet."""
    return Period(code=code, year=code // 100, number=code % 100)


def open_from(code: int, accept: Collection[str] = OPEN) -> int:
    """That period when its state is one of `accept`, else the first open one after it; held FOR SHARE until
    the transaction ends, so that closing (FOR UPDATE) waits for the writer or the writer sees it closed."""
    return open_for([code], accept)[code]


def open_for(codes: Collection[int], accept: Collection[str] = OPEN) -> dict[int, int]:
    """As `open_from` for several periods at once, in three queries. `accept` speaks of the periods asked for;
    those after them must be open.

    What happened in a year goes to its final account once December takes no more, and past it to January
    when that one takes no more either. A month without a row is open, unless a later one is closed.
    """
    found: dict[int, int] = {}
    while not found and codes:
        states: dict[int, str] = dict(
            Period.objects.filter(code__gte=min(codes)).values_list("code", "state")
        )
        chosen = {code: _first(code, accept, states) for code in codes}
        states = _held(set(chosen.values()), states)
        # Somebody may have closed one between reading and holding: look again.
        if all(states[at] in (accept if at == code else OPEN) for code, at in chosen.items()):
            found = chosen
    return found


def would_open(code: int, accept: Collection[str] = OPEN) -> int:
    """As `open_from` would find it now, for a page that only tells: nothing is held."""
    states = dict(Period.objects.filter(code__gte=code).values_list("code", "state"))
    return _first(code, accept, states)


def _first(code: int, accept: Collection[str], states: Mapping[int, str]) -> int:
    closed = max((one for one, state in states.items() if state == PeriodState.CLOSED), default=0)
    allowed = accept
    while True:
        state = states.get(code, PeriodState.CLOSED if code < closed else PeriodState.OPEN)
        if state in allowed:
            return code
        code, allowed = after(code), OPEN


def _held(codes: Collection[int], known: Collection[int]) -> dict[int, str]:
    """The states of periods, held FOR SHARE in the order of time. Rows are made when they aren't there."""
    if missing := sorted(set(codes) - set(known)):
        Period.objects.bulk_create([row(code) for code in missing], ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, state FROM led_period WHERE code = ANY(%s) ORDER BY code FOR SHARE", [list(codes)]
        )
        return dict(cursor.fetchall())
