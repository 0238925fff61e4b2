"""Days of the demo, counted from the day of loading, and one story after another in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import count

from django.utils import timezone

from common import clock
from leads.calendar import PatientCalendar, calendar

SATURDAY = 5
Story = Iterator[datetime]  # gives the moment of its next step; the step runs when it is asked again


class Days:
    """`today` is the day of loading. Offsets are calendar days, negative in the past."""

    def __init__(self) -> None:
        self.now, self.today = clock.now(), clock.today()
        self.calendar: PatientCalendar = calendar()

    def day(self, offset: int) -> date:
        """So many days from today; the Friday before a weekend."""
        return weekday(self.today + timedelta(days=offset))

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A moment of a day here, never in the future."""
        moment = timezone.make_aware(datetime.combine(day, time(hour, minute)))  # noqa: DTZ001
        return min(moment, self.now)


def weekday(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - SATURDAY + 1, 0))


class Diary:
    """What happens in one story: entries are made in any order and told in the order of time."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()

    def on(self, moment: datetime, step: Callable[[], object]) -> None:
        heapq.heappush(self._entries, (moment, next(self._numbers), step))

    def story(self) -> Story:
        while self._entries:
            moment, _number, step = heapq.heappop(self._entries)
            yield moment
            step()


def tell(stories: Iterable[Story]) -> int:
    """Run all stories, each step under the clock of its moment, the earliest first. Returns the steps."""
    waiting: list[tuple[datetime, int, Story]] = []
    steps = 0
    for number, story in enumerate(stories):
        if (moment := next(story, None)) is not None:
            heapq.heappush(waiting, (moment, number, story))
    while waiting:
        moment, number, story = heapq.heappop(waiting)
        with clock.at(moment):
            following = next(story, None)
        steps += 1
        if following is not None:
            heapq.heappush(waiting, (following, number, story))
    return steps
