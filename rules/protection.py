"""First-contact protection of a lead: how long it lasts and who may claim from the pool (DOMAIN §2).

First registration protects a lead for a number of working days; real follow-ups prolong it; with none it lapses and
the lead falls back to the pool. Days are counted by the calendar that the caller gives.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.calendars import Calendar


class State(StrEnum):
    """Where the protection stands. LAST_DAYS begins with the first reminder."""

    PROTECTED = "protected"
    LAST_DAYS = "last_days"
    LAPSED = "lapsed"


class ClaimRefusal(StrEnum):
    """Why nobody may claim a lead from the pool right now."""

    CLAIM_LIMIT = "claim_limit"
    REST_PERIOD = "rest_period"


@dataclass(frozen=True, slots=True)
class Terms:
    """The bureau's settings, all days being working days.

    ``first_days`` from registration; ``prolong_days`` from a real follow-up, whose kinds are ``real_kinds``;
    ``longest_days`` from registration at the very most (None: no end); ``remind_before`` the end;
    ``claim_limit`` of leads one officer holds from the pool (None: no limit); ``rest_days`` before somebody may
    claim what he released himself. ValueError for numbers that make no sense.
    """

    first_days: int
    prolong_days: int
    longest_days: int | None = None
    remind_before: tuple[int, ...] = ()
    real_kinds: frozenset[str] = frozenset()
    claim_limit: int | None = None
    rest_days: int = 0

    def __post_init__(self) -> None:
        if self.first_days < 1 or self.prolong_days < 1:
            raise ValueError("protection and its prolongation last a working day at least")
        if self.longest_days is not None and self.longest_days < self.first_days:
            raise ValueError("the longest protection can't be shorter than the first")
        if not all(1 <= days < self.first_days for days in self.remind_before):
            raise ValueError("reminders fall between the first day and the last")
        if self.rest_days < 0 or (self.claim_limit is not None and self.claim_limit < 0):
            raise ValueError("the limit of claims and the rest are zero or more")


@dataclass(frozen=True, slots=True)
class Clock:
    """``until`` is the last protected day; ``prolonged_by`` the days of follow-ups that moved it, in order;
    ``reminders`` the days to remind on, in order.
    """

    started_on: date
    until: date
    prolonged_by: tuple[date, ...] = ()
    reminders: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock on one day; ``days_left`` are working days after that day up to the end, 0 once lapsed."""

    state: State
    days_left: int


def clock(
    terms: Terms, started_on: date, follow_ups: Iterable[tuple[date, str]], calendar: Calendar
) -> Clock:
    """Run the clock over ``follow_ups`` (date, kind), in whatever order they were entered.

    Only a real one counts, dated from the start up to the end reached so far: it moves the end to ``prolong_days``
    after itself, never to an earlier day and never past the longest. One after the end revives nothing.
    Give only what had happened by the day asked about. The calendar's own errors pass through.
    """
    until = calendar.add(started_on, terms.first_days)
    longest = None if terms.longest_days is None else calendar.add(started_on, terms.longest_days)
    prolonged_by = []
    for day in sorted({day for day, kind in follow_ups if kind in terms.real_kinds and day >= started_on}):
        if day > until or until == longest:
            break
        end = calendar.add(day, terms.prolong_days)
        end = end if longest is None else min(end, longest)
        if end > until:
            until = end
            prolonged_by.append(day)
    reminders = sorted({calendar.add(until, -days) for days in terms.remind_before})
    return Clock(started_on, until, tuple(prolonged_by), tuple(reminders))


def state_on(clock: Clock, today: date, calendar: Calendar) -> Standing:
    """Where the protection stands on ``today``; the last day is still protected."""
    if today > clock.until:
        return Standing(State.LAPSED, 0)
    last = bool(clock.reminders) and today >= clock.reminders[0]
    return Standing(State.LAST_DAYS if last else State.PROTECTED, calendar.between(today, clock.until))


def rests_until(terms: Terms, own_release_on: date | None, calendar: Calendar) -> date | None:
    """The last day on which somebody may not claim back what he released himself; None when there is no rest."""
    if own_release_on is None or terms.rest_days == 0:
        return None
    return calendar.add(own_release_on, terms.rest_days)


def may_claim(
    terms: Terms, held: int, own_release_on: date | None, today: date, calendar: Calendar
) -> ClaimRefusal | None:
    """Why the officer may not claim a lead from the pool; None when he may.

    ``held``: leads he claimed and still holds. ``own_release_on``: when he last released or lost this very lead.
    """
    if terms.claim_limit is not None and held >= terms.claim_limit:
        return ClaimRefusal.CLAIM_LIMIT
    rest = rests_until(terms, own_release_on, calendar)
    return ClaimRefusal.REST_PERIOD if rest is not None and today <= rest else None
