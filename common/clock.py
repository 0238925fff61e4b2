"""The one place that asks what time it is, so that tests and replays can say it instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("clock_fixed", default=None)


def now() -> datetime:
    """The current moment, with time zone."""
    return _fixed.get() or timezone.now()


def today() -> date:
    """Today's date in the bureau's time zone."""
    return timezone.localtime(now()).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside this block it is `moment` (with time zone)."""
    if timezone.is_naive(moment):
        raise ValueError("The clock needs a moment with a time zone.")
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
