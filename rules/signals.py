"""Signals of inflated figures: where somebody should look, never a decision (DOMAIN §3: water in self-reported figures).

Entries in, signals with the entries behind them out. Amounts are yuan.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rules.money import add, multiply, ratio

HUNDRED = Decimal(100)


class Sign(StrEnum):
    """What is odd. Codes are stored; the words belong to the pages."""

    YEAR_END = "year_end"  # a large part of the year in its last months
    ROUND_SUMS = "round_sums"
    ABOVE_CONTRACT = "above_contract"
    BEFORE_REGISTRATION = "before_registration"
    IN_AND_OUT = "in_and_out"  # money in and soon reversed


@dataclass(frozen=True, slots=True)
class Terms:
    """Thresholds. ``year_end_months``: how many last months may hold ``year_end_percent`` of a year. ``round_step``: yuan of
    which a round sum is a multiple; ``round_count`` entries and ``round_percent`` of them make a signal."""

    year_end_months: int
    year_end_percent: Decimal
    round_step: Decimal
    round_count: int
    round_percent: Decimal
    contract_percent: Decimal
    reversed_days: int
    reversed_percent: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """A reported entry. ``registered``: when the project's enterprise was registered, None when it isn't yet.
    ``taken_back``: (day, yuan above 0) of reversals."""

    key: int
    project: int
    unit: int
    basis: str
    day: date
    amount: Decimal
    registered: date | None = None
    taken_back: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """``key`` names what is odd and the rows, so that one more row is a new signal. ``value`` against ``limit``: per cent, or
    days for IN_AND_OUT; None where there is nothing to compare."""

    sign: Sign
    key: str
    unit: int
    project: int | None
    entries: tuple[int, ...]
    amount: Decimal
    value: Decimal | None = None
    limit: Decimal | None = None


def signals(
    terms: Terms, entries: Iterable[Entry], contracts: Mapping[int, Decimal], *, year: int
) -> tuple[Signal, ...]:
    """Signals of a year, in a fixed order. ``entries`` are those of the year, and older ones of the same projects so that a
    project's whole capital can be held against ``contracts`` (project → contract amount). Bases are never added."""
    every = sorted(entries, key=lambda one: one.key)
    own = [one for one in every if one.day.year == year]
    found = [
        *_grouped(own, lambda one: (one.unit, one.basis), lambda some: _year_end(terms, some)),
        *_grouped(own, lambda one: (one.unit, one.basis), lambda some: _round_sums(terms, some)),
        *_grouped(
            every, lambda one: (one.project, one.basis), lambda some: _above(terms, some, contracts, year)
        ),
        *(_signal(Sign.BEFORE_REGISTRATION, [one], one.project) for one in own if _early(one)),
        *(signal for one in own if (signal := _in_and_out(terms, one)) is not None),
    ]
    return tuple(sorted(found, key=lambda one: (list(Sign).index(one.sign), one.key)))


def _grouped(
    entries: Sequence[Entry],
    group: Callable[[Entry], tuple[int, str]],
    judge: Callable[[list[Entry]], Signal | None],
) -> list[Signal]:
    groups: dict[tuple[int, str], list[Entry]] = {}
    for one in entries:
        groups.setdefault(group(one), []).append(one)
    return [signal for _key, some in sorted(groups.items()) if (signal := judge(some)) is not None]


def _year_end(terms: Terms, entries: list[Entry]) -> Signal | None:
    total = add(one.amount for one in entries)
    late = [one for one in entries if one.day.month > 12 - terms.year_end_months]
    if not late or not total:
        return None
    percent = ratio(add(one.amount for one in late), total, HUNDRED)
    if percent < terms.year_end_percent or len(late) == len(entries) == 1:
        return None  # a single entry of a year stands in some month
    return _signal(Sign.YEAR_END, late, None, percent, terms.year_end_percent)


def _round_sums(terms: Terms, entries: list[Entry]) -> Signal | None:
    even = [one for one in entries if one.amount % terms.round_step == 0]
    if len(even) < terms.round_count:
        return None
    percent = ratio(Decimal(len(even)), Decimal(len(entries)), HUNDRED)
    if percent < terms.round_percent:
        return None
    return _signal(Sign.ROUND_SUMS, even, None, percent, terms.round_percent)


def _above(terms: Terms, entries: list[Entry], contracts: Mapping[int, Decimal], year: int) -> Signal | None:
    contract = contracts.get(entries[0].project)
    if not contract or not any(one.day.year == year for one in entries):
        return None
    total = add(one.amount for one in entries)
    if multiply(total, HUNDRED) <= multiply(contract, terms.contract_percent):
        return None
    percent = ratio(total, contract, HUNDRED)
    return _signal(Sign.ABOVE_CONTRACT, entries, entries[0].project, percent, terms.contract_percent)


def _early(one: Entry) -> bool:
    """Capital paid in before there was an enterprise that it could be paid to."""
    return one.basis == "arrived" and (one.registered is None or one.day < one.registered)


def _in_and_out(terms: Terms, one: Entry) -> Signal | None:
    soon = [(day, amount) for day, amount in one.taken_back if (day - one.day).days <= terms.reversed_days]
    if not soon:
        return None
    percent = ratio(add(amount for _day, amount in soon), one.amount, HUNDRED)
    if percent < terms.reversed_percent:
        return None
    days = Decimal(max((day - one.day).days for day, _amount in soon))
    return _signal(Sign.IN_AND_OUT, [one], one.project, days, Decimal(terms.reversed_days))


def _signal(
    sign: Sign,
    entries: Sequence[Entry],
    project: int | None,
    value: Decimal | None = None,
    limit: Decimal | None = None,
) -> Signal:
    keys = tuple(one.key for one in entries)
    digest = hashlib.sha256(",".join(map(str, keys)).encode()).hexdigest()[:24]
    subject = f"project:{project}" if project is not None else f"unit:{entries[0].unit}"
    key = f"{sign}:{subject}:{entries[0].basis}:{digest}"
    return Signal(
        sign, key, entries[-1].unit, project, keys, add(one.amount for one in entries), value, limit
    )
