"""Do the books say what they said? `manage.py ledger check` (docs/algorithms/closing.md).

Everything is computed anew from the lines. Upper apps register what they keep beside them (files).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ledger import hashing
from ledger.choices import PeriodState
from ledger.models import Closing, Facet, Period, Posting
from ledger.services import Look, sha_of

ALL = "the whole of the books is checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: where (an event, a closing, a file), and what."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """A check that ran: how many things it looked at, and what it found."""

    code: str
    label: Any
    looked_at: int
    findings: tuple[Finding, ...]


# () → (how many things were looked at, findings)
Check = Callable[[], tuple[int, Iterable[Finding]]]
_checks: dict[str, tuple[Any, Check]] = {}


def register(code: str, label: Any, function: Check) -> None:
    """Add a check: `function()` gives how many things it looked at, and what is wrong with which."""
    if code in _checks:
        raise ValueError(f"The check {code!r} is registered twice.")
    _checks[code] = (label, function)


def run() -> Iterator[Result]:
    """Every check, one after the other. Reads only; the books may be written meanwhile."""
    for code, (label, function) in _checks.items():
        looked_at, findings = function()
        yield Result(code, label, looked_at, tuple(findings))


def ship() -> None:
    """Our own checks. Called once, when the app is ready."""
    register("chain", _("Hashes of the closings"), chain)
    register("closed", _("Closed periods"), closed)
    register("lines", _("Lines of each event and dimension"), whole)
    register("mirrored", _("Lines taken back"), mirrored)
    register("facets", _("Looks of the lines"), facets)


def chain() -> tuple[int, list[Finding]]:
    """Each closing follows the one before, and its hash is that of the lines as they are now."""
    found, before = [], ""
    rows = list(Closing.objects.unscoped(reason=ALL).select_related("period").order_by("id"))
    for row in rows:
        if row.prev_hash != before:
            found.append(Finding(str(row), _now("It doesn't follow the closing before it.")))
        digest = hashing.digest(
            prev_hash=row.prev_hash, period=row.period_id, revision=row.revision, watermark=row.watermark
        )
        if digest.hash != row.hash:
            found.append(
                Finding(
                    str(row),
                    _now("The hash isn't that of its lines (%(now)s lines now, %(then)s then).")
                    % {"now": digest.lines, "then": row.lines},
                )
            )
        before = row.hash
    return len(rows), found


def closed() -> tuple[int, list[Finding]]:
    """A closed period has its closing, revisions without a gap, and no line that was written after it; one
    that was closed and isn't any more was opened by two people."""
    found = []
    rows = Period.objects.order_by("code")
    lines = Posting.objects.unscoped(reason=ALL).order_by()
    last = dict(lines.values("posted_in").annotate(last=Max("seq")).values_list("posted_in", "last"))
    closings = Closing.objects.unscoped(reason=ALL).select_related("reopening").order_by("period", "revision")
    by_period = {code: list(those) for code, those in groupby(closings, key=lambda one: one.period_id)}
    for period in rows:
        own = by_period.get(period.code, [])
        reopened = bool(own) and hasattr(own[-1], "reopening")
        if [one.revision for one in own] != list(range(1, len(own) + 1)):
            found.append(Finding(str(period), _now("A revision of its closing is missing.")))
        if period.state != PeriodState.CLOSED:
            if own and not reopened:
                found.append(Finding(str(period), _now("It is open again, and no two people signed that.")))
        elif not own or reopened:
            found.append(Finding(str(period), _now("It is closed without a closing.")))
        elif last.get(period.code, 0) > own[-1].watermark:
            found.append(Finding(str(period), _now("Lines were written into it after it was closed.")))
    return len(rows), found


# In each dimension the parts are the whole, in its currency and in yuan; all dimensions tell one whole. PostgreSQL
# rounds half away from zero, as `services.base` does.
WHOLE = """
    WITH dimension AS (
        SELECT event, kind, basis, role, min(whole) AS whole, max(whole) <> min(whole) AS torn,
            sum(share) <> 1 AS shares, sum(qty) <> min(whole) AS parts,
            sum(base_qty) <> min(CASE WHEN currency = '' THEN whole ELSE round(whole * rate, 2) END) AS yuan
        FROM led_posting GROUP BY event, kind, basis, role
    )
    SELECT event, kind, basis, bool_or(torn) OR max(whole) <> min(whole), bool_or(shares), bool_or(parts),
        bool_or(yuan)
    FROM dimension GROUP BY event, kind, basis
    HAVING bool_or(torn OR shares OR parts OR yuan) OR max(whole) <> min(whole) ORDER BY event, kind, basis
"""
NUMBERS = """
    SELECT event FROM led_posting GROUP BY event
    HAVING count(*) <> max(line) OR min(line) <> 1 ORDER BY event
"""


def whole() -> tuple[int, list[Finding]]:
    """The shares of each event and dimension are 1, its parts the whole, and none of its lines is missing."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM led_posting")
        (count,) = cursor.fetchone()
        cursor.execute(WHOLE)
        for event, kind, basis, torn, shares, parts, yuan in cursor.fetchall():
            told = {
                _now("Its dimensions don't tell the same whole."): torn,
                _now("Its shares don't add up to 1."): shares,
                _now("Its parts don't add up to the whole."): parts,
                _now("Its parts in yuan don't add up to the whole."): yuan,
            }
            where = f"{event} {kind} {basis}".strip()
            found += [Finding(where, text) for text, wrong in told.items() if wrong]
        cursor.execute(NUMBERS)
        found += [Finding(event, _now("A line is missing.")) for (event,) in cursor.fetchall()]
    return count, found


SAME = (
    "subject_type", "subject_id", "kind", "basis", "role", "unit_id", "holder", "facet_id", "share", "currency",
    "rate", "occurred_on",
)  # fmt: skip
MIRRORED = f"""
    SELECT m.event, m.line, m.posted_in_id < o.posted_in_id
    FROM led_posting m JOIN led_posting o ON o.seq = m.reverses_id
    WHERE ({", ".join(f"m.{name}" for name in SAME)}) IS DISTINCT FROM ({", ".join(f"o.{name}" for name in SAME)})
        OR (m.qty, m.whole, m.base_qty) <> (-o.qty, -o.whole, -o.base_qty) OR m.posted_in_id < o.posted_in_id
    ORDER BY m.seq
"""  # noqa: S608  (names of columns, written above)


def mirrored() -> tuple[int, list[Finding]]:
    """A line that takes another back says the same with negative figures, not in an earlier period."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM led_posting WHERE reverses_id IS NOT NULL")
        (count,) = cursor.fetchone()
        cursor.execute(MIRRORED)
        rows = cursor.fetchall()
    told = {
        True: _now("It is counted before the line that it takes back."),
        False: _now("It isn't the mirror of the line that it takes back."),
    }
    return count, [Finding(f"{event}/{line}", told[early]) for event, line, early in rows]


def facets() -> tuple[int, list[Finding]]:
    """What lines were like is found under the hash of what it says."""
    rows = list(Facet._base_manager.order_by("pk"))
    names = Look.__dataclass_fields__
    wrong = [row for row in rows if row.sha != sha_of({name: getattr(row, name) for name in names})]
    return len(rows), [
        Finding(f"facet {row.pk}", _now("It doesn't say what its hash stands for.")) for row in wrong
    ]


def as_dict(result: Result) -> dict[str, Any]:
    """For `--format json`: code, looked_at, found, findings [{where, text}]."""
    return {
        "code": result.code,
        "looked_at": result.looked_at,
        "found": len(result.findings),
        "findings": [asdict(one) for one in result.findings],
    }
