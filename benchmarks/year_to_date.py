"""The year to date of 3,000 units over three million lines, as a ratio to the bare SQL.

Run: python -m benchmarks.year_to_date [lines [units]]. Uses DATABASE_URL (a server on which databases may be made) or
the embedded server. Capital arrived, recognised, two units share each event in two dimensions, three years. The floor
adds up the same window by unit: nothing is rolled up, nobody asks who reads.
"""

import statistics
import sys
import time
from datetime import date

from benchmarks.scratch import database
from benchmarks.steal import steal

TIMES = 7
UNITS = """
    INSERT INTO org_unit (id, version, created_at, updated_at, path, code, name, short_name, pinyin, kind, sort, parent_id)
    SELECT n, 1, now(), now(), CASE WHEN n = 1 THEN '000001.' WHEN n <= county THEN '000001.' || lpad(n::text, 6, '0') || '.'
            ELSE '000001.' || lpad((2 + n %% (county - 1))::text, 6, '0') || '.' || lpad(n::text, 6, '0') || '.' END,
        'u' || n, 'U' || n, '', '', CASE WHEN n = 1 THEN 'city' WHEN n <= county THEN 'county' ELSE 'town' END, 0,
        CASE WHEN n = 1 THEN NULL WHEN n <= county THEN 1 ELSE 2 + n %% (county - 1) END
    FROM generate_series(1, %(units)s) n CROSS JOIN (SELECT greatest(2, %(units)s / 30) AS county) c
"""
LINES = """
    INSERT INTO led_posting (event, line, subject_type, subject_id, source_type, source_id, kind, basis, role, unit_id,
        holder, facet_id, share, qty, whole, currency, rate, base_qty, occurred_on, posted_in_id, posted_at, cause, actor_name)
    SELECT 'capital:' || e || ':r1', l, 'project', e %% 30000, 'recognition', e, 'capital.recognised', 'arrived',
        CASE WHEN l < 3 THEN 'assessed' ELSE 'place' END, 1 + (e + l %% 2 * 7) %% %(units)s, '', 1,
        CASE l %% 2 WHEN 1 THEN 0.6 ELSE 0.4 END, CASE l %% 2 WHEN 1 THEN 600 ELSE 400 END, 1000, 'CNY', 1,
        CASE l %% 2 WHEN 1 THEN 600 ELSE 400 END, day, extract(year FROM day) * 100 + extract(month FROM day), now(),
        'normal', 'bench'
    FROM generate_series(1, %(events)s) e CROSS JOIN generate_series(1, 4) l
    CROSS JOIN LATERAL (SELECT date '2024-01-01' + ((e - 1) * 1096::bigint / %(events)s)::int AS day) d
"""
BARE = """
    SELECT unit_id, sum(base_qty) FROM led_posting
    WHERE kind = 'capital.recognised' AND basis = 'arrived' AND role = 'assessed'
        AND occurred_on BETWEEN '2026-01-01' AND '2026-10-31' {clock} GROUP BY unit_id
"""


def fill(count, units):
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("org_unit", "led_posting", "led_facet"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(UNITS, {"units": units})
        cursor.execute(
            "INSERT INTO led_facet (id, sha, sector, industry, source, zone, fund_source, mode) "
            "VALUES (1, 'x', '', '', '', '', '', '')"
        )
        cursor.execute(
            "INSERT INTO led_period (code, year, number, state) SELECT y * 100 + m, y, m, 'open' "
            "FROM generate_series(2024, 2026) y, generate_series(1, 12) m"
        )
        cursor.execute(LINES, {"events": count // 4, "units": units})
        cursor.execute("VACUUM ANALYZE")


def turns(*works):
    """The median of each in milliseconds, taken in turns, so that a busy machine slows all of them."""
    taken = [[] for _work in works]
    for _n in range(TIMES + 1):
        for times, work in zip(taken, works, strict=True):
            start = time.perf_counter()
            work()
            times.append((time.perf_counter() - start) * 1000)
    return [statistics.median(times[1:]) for times in taken]


def run(count, number):
    from dataclasses import replace

    from django.db import connection

    from common.actors import System
    from ledger import clocks
    from ledger.models import Closing
    from ledger.selectors import Cut, sums
    from organizations.models import Unit

    fill(count, number)
    print(f"{count:,} lines, {number:,} units, January to October of the third of three years")
    actor = System("benchmark")
    units = list(Unit.objects.unscoped(reason="benchmark"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(seq) FROM led_posting WHERE posted_in_id <= 202610")
        (watermark,) = cursor.fetchone()
    october = Closing(period_id=202610, watermark=watermark)
    known = Cut(
        ("capital.recognised",), "assessed", basis="arrived", occurred=(date(2026, 1, 1), date(2026, 10, 31))
    )
    published = replace(known, **clocks.published(october))

    def bare(clock=""):
        with connection.cursor() as cursor:
            cursor.execute(BARE.format(clock=clock))
            return dict(cursor.fetchall())

    then = f"AND posted_in_id <= 202610 AND seq <= {watermark}"
    assert {unit: total for (unit, _kind), total in sums(known, actor=actor).items()} == bare()
    whole = sums(known, units, actor=actor)[1, "capital.recognised"]
    assert whole == sum(bare().values())  # the city takes in all of them
    with steal() as stolen:
        floor, own, below, floor_then, own_then = turns(
            bare,
            lambda: sums(known, actor=actor),
            lambda: sums(known, units, actor=actor),
            lambda: bare(then),
            lambda: sums(published, actor=actor),
        )
    print(f"{'floor: bare SQL, by unit':44} {floor:9.1f} ms")
    print(f"{'as known now, each unit':44} {own:9.1f} ms  ×{own / floor:5.2f} of floor (at most 1.3)")
    print(f"{'as known now, each unit with those below':44} {below:9.1f} ms  ×{below / floor:5.2f} of floor")
    print(f"{'floor: bare SQL, as published':44} {floor_then:9.1f} ms")
    print(
        f"{'as published in October, each unit':44} {own_then:9.1f} ms  ×{own_then / floor_then:5.2f} of floor (at most 1.3)"
    )
    print(f"steal {stolen.percent:.0f} %")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 3_000
    with database():
        run(count, number)


if __name__ == "__main__":
    main()
