"""Periods and their figures as documents for `--format json`, and as text for a terminal (docs/cli.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ledger import periods
from ledger.choices import Kind
from ledger.models import Closing, Period, ReopeningAsked
from ledger.restatement import Figure, Moved
from ledger.tables import shown


def plain(value: Decimal | None) -> str | None:
    """A number in plain digits without trailing zeros, None as it is."""
    return None if value is None else f"{value.normalize():f}"


def closing(row: Closing) -> dict[str, Any]:
    return {
        "period": str(row.period),
        "revision": row.revision,
        "watermark": row.watermark,
        "lines": row.lines,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
        "at": row.at.isoformat(),
        "by": row.actor_name,
        "remarks": row.remarks,
    }


def period(
    row: Period, closed: Sequence[Closing] = (), asked: Sequence[ReopeningAsked] = ()
) -> dict[str, Any]:
    return {
        "period": str(row),
        "state": row.state,
        "closings": [closing(one) for one in closed],
        "reopenings": [
            {
                "revision": one.closing.revision,
                "reason": one.reason,
                "by": one.by_name,
                "at": one.at.isoformat(),
                "answer": {None: "waiting", True: "signed", False: "refused"}[one.signed],
                "answered_by": one.answered_name,
            }
            for one in asked
        ],
    }


def report(
    row: Period,
    known_by: Closing | None,
    as_published: bool,
    role: str,
    figures: Sequence[Figure],
    moved: Sequence[Moved],
) -> dict[str, Any]:
    return {
        "period": str(row),
        "state": row.state,
        "clock": "published" if as_published else "known",
        "closing": closing(known_by) if known_by else None,
        "dimension": str(role),
        "lines": [
            {
                **_what(one),
                "month": plain(one.month),
                "year": plain(one.year),
                "prior_year": plain(one.prior_year),
            }
            for one in figures
        ],
        "moved": [
            {
                **_what(one),
                "about": str(one.subject),
                "cause": one.cause,
                "counted_in": periods.text(one.posted_in),
                "amount": plain(one.amount),
                "lines": one.lines,
            }
            for one in moved
        ],
    }


def _what(one: Figure | Moved) -> dict[str, Any]:
    return {
        "unit": one.unit.code,
        "name": one.unit.name,
        "kind": one.kind,
        "basis": one.basis,
        "measured_in": "yuan" if one.money else "pieces",
    }


def text(document: dict[str, Any]) -> Iterator[str]:
    """What a document says, in lines; money in ten thousands of yuan."""
    yield f"{document['period']}  {document['state']}"
    for one in document.get("closings") or filter(None, [document.get("closing")]):
        yield f"  {one['period']}/{one['revision']}  {one['at'][:16]}  {one['by']}  {one['lines']}  {one['hash']}"
    for one in document.get("reopenings", ()):
        yield f"  {one['answer']}  {one['by']} → {one['answered_by'] or '…'}  {one['reason']}"
    if document.get("lines"):
        yield _("Month, since January, prior years (10 thousand yuan or pieces)")
    for one in document.get("lines", ()):
        numbers = "  ".join(f"{_shown(one, one[name]):>16}" for name in ("month", "year", "prior_year"))
        yield f"{numbers}  {one['name']}  {_kind(one)}"
    for one in document.get("moved", ()):
        yield (
            f"{_shown(one, one['amount']):>16}  {one['name']}  {_kind(one)}  {one['about']}  {one['cause']}  "
            f"{one['counted_in']}"
        )


def _kind(one: dict[str, Any]) -> str:
    return f"{Kind(one['kind']).label} {one['basis']}".strip()


def _shown(one: dict[str, Any], value: str | None) -> str:
    return "—" if value is None else shown(Decimal(value), "CNY" if one["measured_in"] == "yuan" else "")
