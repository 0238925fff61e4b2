"""Which month a line is counted in (docs/algorithms/ledger.md)."""

from __future__ import annotations

from datetime import date

from django.db import connection

from ledger.choices import PeriodState
from ledger.models import Period

DECEMBER = 12


def code_of(day: date) -> int:
    """The month that a day belongs to: year × 100 + month."""
    return day.year * 100 + day.month


def after(code: int) -> int:
    """The month after a month. The final account of a year (number 13) is no month."""
    year, number = divmod(code, 100)
    return (year + 1) * 100 + 1 if number >= DECEMBER else code + 1


def held(code: int) -> str:
    """A period's state, held FOR SHARE until the transaction ends, so that closing (FOR UPDATE) waits for
    the writer or the writer sees it closed. The row is made when it isn't there yet."""
    row = Period(code=code, year=code // 100, number=code % 100)
    Period.objects.bulk_create([row], ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM led_period WHERE code = %s FOR SHARE", [code])
        return str(cursor.fetchone()[0])


def open_from(code: int) -> int:
    """That month when it is open, else the first open month after it; held until the transaction ends."""
    while held(code) != PeriodState.OPEN:
        code = after(code)
    return code
