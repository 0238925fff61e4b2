"""Shares: who gets which part of a whole, when, and how it counts (DOMAIN §2 attribution, traps of §11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from rules import money

Shares = Mapping[Any, Decimal]  # holder → fraction of 1; holders must be comparable with each other


class Credit(StrEnum):
    """How a shared whole counts: in full for every holder, by share, or in full for the holder of the largest share."""

    WHOLE = "whole"
    SHARE = "share"
    LEAD = "lead"


class Dated(Protocol):
    """Something that holds from ``start`` up to, not including, ``end``; None is open."""

    @property
    def start(self) -> date | None: ...

    @property
    def end(self) -> date | None: ...


V = TypeVar("V", bound=Dated)


@dataclass(frozen=True, slots=True)
class Version:
    """Shares that hold from ``start`` up to, not including, ``end``; None is open. ValueError for an empty range."""

    shares: Shares
    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("a version must hold for a day at least")


@dataclass(frozen=True, slots=True)
class Line:
    """One holder's part of one subject (a project, an entry). ``amount`` is the subject's whole, in any one unit."""

    subject: Any
    holder: Any
    share: Decimal
    amount: Decimal


def check(shares: Shares) -> None:
    """ValueError unless every share is above 0 and they add up to 1; TypeError for a float."""
    if any(money.checked(share) <= 0 for share in shares.values()) or money.add(shares.values()) != 1:
        raise ValueError("shares must be above zero and add up to 1")


def largest(shares: Shares) -> Any:
    """The holder of the largest share, the smallest key of equals. ValueError as ``check``."""
    check(shares)
    return min(shares, key=lambda holder: (-shares[holder], holder))


def split(total: Decimal, shares: Shares, quantum: Decimal = Decimal("0.01")) -> dict[Any, Decimal]:
    """Divide ``total`` by ``shares`` in multiples of ``quantum``; the parts add up to it exactly.

    Parts are cut towards zero, so a negative total mirrors the positive one; the residue goes to the largest share,
    the smallest key of equals. ValueError for wrong shares, and for a total that is no multiple of the quantum.
    """
    check(shares)
    holders = sorted(shares)
    parts = money.split(total, [shares[holder] for holder in holders], quantum)
    return dict(zip(holders, parts, strict=True))


def version_on(versions: Iterable[V], day: date) -> V | None:
    """The version that holds on ``day``; None when none does, ValueError when several do."""
    found = [
        version
        for version in versions
        if (version.start is None or version.start <= day) and (version.end is None or day < version.end)
    ]
    if len(found) > 1:
        raise ValueError(f"several versions hold on {day}")
    return found[0] if found else None


def credit(lines: Iterable[Line], mode: Credit, quantum: Decimal = Decimal("0.01")) -> dict[Any, Decimal]:
    """What each holder is credited with over all subjects; a holder of nothing but lesser shares has 0 by LEAD.

    ValueError when a subject's shares are wrong, a holder comes twice or its lines give different wholes.
    """
    credited: dict[Any, Decimal] = {}
    for amount, shares in _subjects(lines).values():
        if mode is Credit.SHARE:
            parts = split(amount, shares, quantum)
        else:
            lead = largest(shares)
            full = shares if mode is Credit.WHOLE else {lead}
            parts = {holder: amount if holder in full else Decimal(0) for holder in shares}
        for holder, part in parts.items():
            credited[holder] = money.add([credited.get(holder, Decimal(0)), part])
    return credited


def whole(lines: Iterable[Line]) -> Decimal:
    """The total of all subjects, each once: a city's figure comes from projects, never from adding holders."""
    return money.add(amount for amount, _ in _subjects(lines).values())


def at_least(lines: Iterable[Line], line: Decimal) -> tuple[Line, ...]:
    """The lines of subjects whose whole reaches a size line; a share is never held against it."""
    return tuple(one for one in lines if money.checked(one.amount) >= line)


def counted(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The same lines with 1 for the whole: counts instead of amounts."""
    return tuple(replace(line, amount=Decimal(1)) for line in lines)


def _subjects(lines: Iterable[Line]) -> dict[Any, tuple[Decimal, dict[Any, Decimal]]]:
    subjects: dict[Any, tuple[Decimal, dict[Any, Decimal]]] = {}
    for line in lines:
        amount, shares = subjects.setdefault(line.subject, (money.checked(line.amount), {}))
        if line.amount != amount:
            raise ValueError(f"the lines of {line.subject} give different wholes")
        if line.holder in shares:
            raise ValueError(f"{line.holder} comes twice in {line.subject}")
        shares[line.holder] = line.share
    return subjects
