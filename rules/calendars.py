"""What the rules need to know of a working-day calendar (DOMAIN §9). The calendar itself is given by the caller."""

from datetime import date
from typing import Protocol


class Calendar(Protocol):
    """Counts working days. A period starts on the day after the event, so the first day is never counted."""

    def add(self, start: date, days: int, /) -> date:
        """The ``days``-th working day after ``start``, or before it when ``days`` is negative."""
        ...

    def between(self, start: date, end: date, /) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        ...
