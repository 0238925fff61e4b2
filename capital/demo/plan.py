"""What each project of the demo brings in, month by month: a fixed course with a little of its own.

The same projects give the same amounts: the generator is seeded with the project's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from capital.choices import EntryKind
from ledger.choices import FundSource
from projects.models import Project

STEPS = ("registered", "permitted", "started", "completed", "in_production", "at_capacity")
# Months after the signing → (the stage that must have been reached, kind, of what, share of it, source).
COURSE: tuple[tuple[int, str, EntryKind, str, str, FundSource], ...] = (
    (1, "registered", EntryKind.REGISTERED, "capital", "0.30", FundSource.OWN),
    (3, "registered", EntryKind.REGISTERED, "capital", "0.30", FundSource.OWN),
    (4, "permitted", EntryKind.LAND, "land", "1", FundSource.OWN),
    (5, "permitted", EntryKind.OTHER_MONEY, "assets", "0.05", FundSource.LOAN),
    (6, "started", EntryKind.PLANT, "assets", "0.06", FundSource.OWN),
    (7, "registered", EntryKind.REGISTERED, "capital", "0.25", FundSource.OWN),
    (8, "started", EntryKind.PLANT, "assets", "0.08", FundSource.OWN),
    (9, "started", EntryKind.EQUIPMENT, "assets", "0.09", FundSource.OWN),
    (10, "started", EntryKind.PLANT, "assets", "0.07", FundSource.LOAN),
    (11, "started", EntryKind.EQUIPMENT, "assets", "0.10", FundSource.OWN),
    (13, "started", EntryKind.EQUIPMENT, "assets", "0.08", FundSource.OWN),
    (15, "completed", EntryKind.EQUIPMENT, "assets", "0.09", FundSource.OWN),
    (17, "completed", EntryKind.PLANT, "assets", "0.04", FundSource.OWN),
    (19, "in_production", EntryKind.EQUIPMENT, "assets", "0.05", FundSource.OWN),
    (21, "in_production", EntryKind.EQUIPMENT, "assets", "0.04", FundSource.OWN),
)
LAND_PER_MU = Decimal(280_000)
TEN = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry to be: `amount` in the project's currency."""

    project: Project
    kind: str
    day: date
    amount: Decimal
    source: str


def course(project: Project, first: date, last: date) -> Iterator[Item]:
    """The entries of a project between two days, the earliest first; its stage row is joined."""
    own = Random(project.number)  # noqa: S311  (invented amounts)
    reached = STEPS.index(project.stage.code) if project.stage.code in STEPS else -1
    for after, needed, kind, of, share, source in COURSE:
        month = project.signed_on.year * 12 + project.signed_on.month - 1 + after
        day = date(month // 12, month % 12 + 1, own.randint(3, 26))
        jitter = Decimal(own.randint(88, 112)) / 100
        base = base_of(project, of)
        if STEPS.index(needed) <= reached and first <= day <= last and base:
            wan = (base * Decimal(share) * jitter / TEN).quantize(Decimal("0.01"))
            if kind == EntryKind.PLANT and after == 8:
                wan = wan.quantize(Decimal("1E+1"))  # a suspiciously round sum here and there
            if wan > 0:
                yield Item(project, kind, day, wan * TEN, source)


def base_of(project: Project, of: str) -> Decimal:
    if of == "land":
        return (project.land_mu or Decimal(0)) * LAND_PER_MU if project.currency_id == "CNY" else Decimal(0)
    return (project.registered_capital if of == "capital" else project.fixed_assets) or Decimal(0)
