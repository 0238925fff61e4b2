"""Sums over three million lines of the books by unit, as a ratio to plain SQL over the same lines.

Run: python -m benchmarks.ledger [lines]. Uses DATABASE_URL (a server on which databases may be made) or the embedded
server. Every event is shared by two of 300 towns in two dimensions; the window is eight months of three years. The
floor sums the same window by unit without rolling up, crediting, or asking who reads.
"""

import statistics
import sys
import time
from datetime import date

from benchmarks.scratch import database

TIMES = 5
FIRST, LAST = date(2026, 1, 1), date(2026, 8, 31)
UNITS = """
    INSERT INTO org_unit (id, version, created_at, updated_at, path, code, name, short_name, pinyin, kind, sort, parent_id)
    SELECT n, 1, now(), now(), CASE WHEN n = 1 THEN '000001.' ELSE '000001.' || lpad(n::text, 6, '0') || '.' END,
        'u' || n, 'U' || n, '', '', CASE WHEN n = 1 THEN 'city' ELSE 'town' END, 0, NULLIF(1, n)
    FROM generate_series(1, 301) n
"""
LINES = """
    INSERT INTO led_posting (event, line, subject_type, subject_id, source_type, source_id, kind, basis, role, unit_id,
        holder, facet_id, share, qty, whole, currency, rate, base_qty, occurred_on, posted_in_id, posted_at, cause, actor_name)
    SELECT 'project:' || e, l, 'project', e, 'project', e, 'contract.amount', '',
        CASE WHEN l < 3 THEN 'assessed' ELSE 'place' END, 2 + (e + l %% 2 * 7) %% 300, '', 1,
        CASE l %% 2 WHEN 1 THEN 0.6 ELSE 0.4 END, CASE l %% 2 WHEN 1 THEN 600 ELSE 400 END, 1000, 'CNY', 1,
        CASE l %% 2 WHEN 1 THEN 600 ELSE 400 END, day, extract(year FROM day) * 100 + extract(month FROM day), now(),
        'normal', 'bench'
    FROM generate_series(1, %s) e CROSS JOIN generate_series(1, 4) l
    CROSS JOIN LATERAL (SELECT date '2024-01-01' + (e::bigint * 7919 %% 1096)::int AS day) d
"""
PLAIN = """
    SELECT unit_id, sum(base_qty) FROM led_posting
    WHERE kind = 'contract.amount' AND role = 'assessed' AND occurred_on BETWEEN %s AND %s GROUP BY unit_id
"""


def fill(count):
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("org_unit", "led_posting", "led_facet"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(UNITS)
        cursor.execute(
            "INSERT INTO led_facet (id, sha, sector, industry, source, zone, fund_source, mode) "
            "VALUES (1, 'x', '', '', '', '', '', '')"
        )
        cursor.execute(
            "INSERT INTO led_period SELECT y * 100 + m, y, m, 'open' "
            "FROM generate_series(2024, 2026) y, generate_series(1, 12) m"
        )
        cursor.execute(LINES, [count // 4])
        cursor.execute("ANALYZE")


def measure(name, work, floor=None):
    work()
    taken = []
    for _n in range(TIMES):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    middle = statistics.median(taken)
    ratio = f"  ×{middle / floor:5.1f} of floor" if floor else ""
    print(f"{name:44} {middle:9.1f} ms{ratio}", flush=True)
    return middle


def run(count):
    from django.db import connection

    from common.actors import System
    from ledger.selectors import Cut, Size, sums, sums_many
    from organizations.models import Unit
    from rules.shares import Credit

    fill(count)
    print(f"{count:,} lines")
    actor = System("benchmark")
    units = list(Unit.objects.unscoped(reason="benchmark"))
    cut = Cut(("contract.amount",), "assessed", occurred=(FIRST, LAST))
    large = Cut(cut.kinds, cut.role, occurred=cut.occurred, size=Size("contract.amount", 1000))

    def plain():
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, [FIRST, LAST])
            return cursor.fetchall()

    floor = measure("floor: plain SQL, by unit", plain)
    measure("by share, each unit's own lines", lambda: sums(cut, actor=actor), floor)
    measure("by share, 301 units with those below", lambda: sums(cut, units, actor=actor), floor)
    measure("one unit", lambda: sums(cut, units[5:6], actor=actor), floor)
    measure("the whole for each", lambda: sums(cut, units, actor=actor, credit=Credit.WHOLE), floor)
    measure(
        "the whole for the largest share", lambda: sums(cut, units, actor=actor, credit=Credit.LEAD), floor
    )
    measure("by share, with a size line", lambda: sums(large, units, actor=actor), floor)
    windows = {
        "month": (date(2026, 8, 1), LAST),
        "year": (FIRST, LAST),
        "year before": (date(2025, 1, 1), date(2025, 8, 31)),
    }
    cuts = {key: Cut(cut.kinds, cut.role, occurred=window) for key, window in windows.items()}
    for credit in (Credit.SHARE, Credit.LEAD):

        def singly(credit=credit):
            return [sums(each, units, actor=actor, credit=credit) for each in cuts.values()]

        def together(credit=credit):
            return sums_many(cuts, units, actor=actor, credit=credit)

        apart = measure(f"month, year, year before: three calls, {credit.value}", singly)
        measure("the same three at once (ratio to the calls)", together, apart)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000
    with database():
        run(count)


if __name__ == "__main__":
    main()
