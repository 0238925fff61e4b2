"""Plans, promises and half-years of the demo's projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from leads.demo.cast import document
from leads.demo.days import weekday
from organizations.models import Unit
from projects.choices import Finding, Half
from projects.models import Obligation, Project
from projects.selectors import Proposal, proposal

FOLDER = Path(__file__).resolve().parent
TWO_MONTHS = timedelta(days=60)
RATES = (10, 15, 20, 20, 20, 15)  # per cent of the contract amount, every second month


@cache
def promises() -> dict[str, list[dict[str, Any]]]:
    return document(FOLDER, "promises")


def plan_of(amount: Decimal, signed: date) -> dict[date, Decimal]:
    """The payment plan: every second month from the one after the signing."""
    months = [signed.year * 12 + signed.month + 2 * n for n in range(len(RATES))]
    return {
        date(month // 12, month % 12 + 1, 1): amount * rate / 100
        for month, rate in zip(months, RATES, strict=True)
    }


def promised(row: Mapping[str, Any], signed: date, unit: Unit) -> dict[str, list[dict[str, Any]]]:
    """Commitments of ours and obligations of the investor, as many as the row says."""
    ours = [
        {
            "text": one["text"],
            "incentive": one["incentive"],
            "legal_basis": one.get("basis", ""),
            "review_number": f"{one['review']}〔{signed:%Y}〕{number}号" if "review" in one else "",
            "review_on": signed - timedelta(days=9) if "review" in one else None,
            "responsible": unit,
            "due_on": weekday(signed + timedelta(days=one["due"])),
        }
        for number, one in enumerate(promises()["commitments"][: row.get("commitments", 0)], start=1)
    ]
    theirs = [
        {
            "kind": one["kind"],
            "text": one["text"],
            "target": Decimal(one["target"]) if "target" in one else None,
            "due_on": weekday(signed + timedelta(days=one["due"])),
        }
        for one in promises()["obligations"][: row.get("obligations", 0)]
    ]
    return {"commitments": ours, "obligations": theirs}


def halves_between(begun: date, last: date) -> Iterator[tuple[int, str, date]]:
    """Half-years that are over, with two months at least after a day: year, half, and the working day on which they
    are told."""
    for year in range(begun.year, last.year + 1):
        for half, end in ((Half.FIRST, date(year, 6, 30)), (Half.SECOND, date(year, 12, 31))):
            told = weekday(end + timedelta(days=20))
            if end - begun > TWO_MONTHS and told < last:
                yield year, str(half), told


def obligations_found(project: Project, today: date) -> list[tuple[Obligation, Proposal]]:
    """Obligations whose day has passed, with what the figures say of them."""
    rows = project.obligations.filter(finding=Finding.OPEN, due_on__lt=today).order_by("pk")
    return [(one, found) for one in rows if (found := proposal(one, today)) is not None]
