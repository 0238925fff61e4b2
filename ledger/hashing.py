"""The hash of a closing: over the closing before it and every line of the period (docs/algorithms/closing.md)."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from django.db import connection, transaction

# The columns in this order, as PostgreSQL copies them out as text: tab between, a line feed after each line.
# The facet stands by its own hash, so that what a line was like can't be altered either.
LINES = """
    COPY (
        SELECT p.seq, p.event, p.line, p.subject_type, p.subject_id, p.source_type, p.source_id, p.kind,
            p.basis, p.role, p.unit_id, p.holder, f.sha, p.share, p.qty, p.whole, p.currency, p.rate,
            p.base_qty, p.occurred_on, p.posted_in_id, p.posted_at AT TIME ZONE 'UTC', p.cause,
            p.reverses_id, p.actor_id, p.actor_name
        FROM led_posting p JOIN led_facet f ON f.id = p.facet_id
        WHERE p.posted_in_id = {period} AND p.seq <= {watermark} ORDER BY p.seq
    ) TO STDOUT (ENCODING 'UTF8')
"""


class Digest(NamedTuple):
    hash: str  # 64 hexadecimal digits
    lines: int


class _Sink:
    """Takes the copied lines as they come; PostgreSQL sends each by itself."""

    def __init__(self, head: str) -> None:
        self.sha, self.lines = hashlib.sha256(head.encode()), 0

    def write(self, line: bytes) -> None:
        self.sha.update(line)
        self.lines += 1


@transaction.atomic
def digest(*, prev_hash: str, period: int, revision: int, watermark: int) -> Digest:
    """SHA-256 over `prev_hash`, period, revision, watermark and the period's lines up to the watermark, in the
    order of writing. They are streamed: a month of any size needs no memory."""
    sink = _Sink(f"{prev_hash}\n{period}\t{revision}\t{watermark}\n")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'ISO, YMD'")
        cursor.copy_expert(LINES.format(period=int(period), watermark=int(watermark)), sink)
    return Digest(sink.sha.hexdigest(), sink.lines)
