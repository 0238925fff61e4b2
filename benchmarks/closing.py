"""Closing a month of 250,000 lines, as a ratio to a bare hash of the same rows.

Run: python -m benchmarks.closing [lines]. Uses DATABASE_URL (a server on which databases may be made) or the embedded
server. The month is one of twelve in the books; eleven others of a quarter of its size lie beside it. The floor
copies the month's rows out of the table and hashes them: no join, no order, no rights, no chain.
"""

import hashlib
import statistics
import sys
import time

from benchmarks.ledger import UNITS
from benchmarks.scratch import database
from benchmarks.steal import steal

TIMES = 5
MONTH = 202510
LINES = """
    INSERT INTO led_posting (event, line, subject_type, subject_id, source_type, source_id, kind, basis, role, unit_id,
        holder, facet_id, share, qty, whole, currency, rate, base_qty, occurred_on, posted_in_id, posted_at, cause, actor_name)
    SELECT 'capital:' || %(month)s || ':' || e || ':r1', l, 'project', e %% 3000, 'recognition', e, 'capital.recognised',
        'arrived', CASE WHEN l < 3 THEN 'assessed' ELSE 'place' END, 2 + (e + l %% 2 * 7) %% 300, '', 1 + e %% 50,
        CASE l %% 2 WHEN 1 THEN 0.6 ELSE 0.4 END, CASE l %% 2 WHEN 1 THEN 600 ELSE 400 END, 1000, 'CNY', 1,
        CASE l %% 2 WHEN 1 THEN 600 ELSE 400 END, make_date(%(month)s / 100, %(month)s %% 100, 1 + e %% 28),
        %(month)s, now(), 'normal', '示例核定员'
    FROM generate_series(1, %(events)s) e CROSS JOIN generate_series(1, 4) l
"""


class Sink:
    def __init__(self):
        self.sha, self.lines = hashlib.sha256(), 0

    def write(self, line):
        self.sha.update(line)
        self.lines += 1


def fill(count):
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("org_unit", "led_posting", "led_facet"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(UNITS)
        cursor.execute(
            "INSERT INTO led_facet (id, sha, sector, industry, source, zone, fund_source, mode) "
            "SELECT n, encode(sha256(n::text::bytea), 'hex'), '', '', '', '', '', '' FROM generate_series(1, 50) n"
        )
        for month in range(202501, 202513):
            cursor.execute(
                "INSERT INTO led_period (code, year, number, state) VALUES (%s, %s, %s, %s)",
                [month, month // 100, month % 100, "closed" if month < MONTH else "cut_off"],
            )
            share = 1 if month == MONTH else 4
            cursor.execute(LINES, {"month": month, "events": count // 4 // share})
        cursor.execute("ANALYZE")


def run(count):
    from django.db import connection, transaction

    from common.actors import System
    from ledger import integrity
    from ledger.closings import period_close

    fill(count)
    print(f"{count:,} lines in the month, {count * 15 // 4:,} in the books")

    def bare():
        sink = Sink()
        with connection.cursor() as cursor:
            cursor.copy_expert(
                f"COPY (SELECT * FROM led_posting WHERE posted_in_id = {MONTH}) TO STDOUT", sink
            )
        return sink.lines

    def close():
        """Closed, and rolled back, so that the next turn closes the same month."""
        with transaction.atomic():
            start = time.perf_counter()
            lines = period_close(actor=System("benchmark"), code=MONTH).lines
            taken = time.perf_counter() - start
            transaction.set_rollback(True)
        return lines, taken

    assert bare() == close()[0] == count
    floors, closings = [], []
    with steal() as stolen:
        for _n in range(TIMES):  # in turns, so that a busy machine slows both
            start = time.perf_counter()
            bare()
            floors.append(time.perf_counter() - start)
            closings.append(close()[1])
    floor, closing = statistics.median(floors), statistics.median(closings)
    print(f"{'floor: copy the rows out and hash them':44} {floor * 1000:9.1f} ms")
    print(f"{'closing':44} {closing * 1000:9.1f} ms  ×{closing / floor:5.2f} of floor (at most 3)")
    period_close(actor=System("benchmark"), code=MONTH)
    start = time.perf_counter()
    checked = {one.code: one for one in integrity.run() if one.code != "facets"}
    assert not any(checked[code].findings for code in ("chain", "lines", "mirrored"))
    print(f"{'ledger check of all books':44} {(time.perf_counter() - start) * 1000:9.1f} ms")
    print(f"steal {stolen.percent:.0f} %")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    with database():
        run(count)


if __name__ == "__main__":
    main()
