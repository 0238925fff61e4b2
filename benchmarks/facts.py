"""Facts of 40 measures for all units of a country over three million lines, as a ratio to one bare pass.

Run: python -m benchmarks.facts [lines [units [projects]]]. Uses DATABASE_URL (a server on which databases may be made)
or the embedded server. Three years of signings, contracts, stages, capital and tax; a third of the events is shared by
two units; two dimensions. The floor is one statement with the same 40 FILTER clauses over the same tables, written by
hand, grouped by unit: nothing is rolled up, no measure is read, nobody has handed in a return.
"""

import resource
import statistics
import sys
import time

from benchmarks.scratch import database

TIMES = 3
UNITS = """
    INSERT INTO org_unit (id, version, created_at, updated_at, path, code, name, short_name, pinyin, kind, sort, parent_id)
    SELECT n, 1, now(), now(), CASE WHEN n = 1 THEN '000001.' WHEN n <= county THEN '000001.' || lpad(n::text, 6, '0') || '.'
            ELSE '000001.' || lpad((2 + n %% (county - 1))::text, 6, '0') || '.' || lpad(n::text, 6, '0') || '.' END,
        'u' || n, 'U' || n, '', '', CASE WHEN n = 1 THEN 'city' WHEN n <= county THEN 'county' ELSE 'town' END, 0,
        CASE WHEN n = 1 THEN NULL WHEN n <= county THEN 1 ELSE 2 + n %% (county - 1) END
    FROM generate_series(1, %(units)s) n CROSS JOIN (SELECT greatest(2, %(units)s / 30) AS county) c
"""
FACETS = """
    INSERT INTO led_facet (id, sha, sector, industry, source, zone, fund_source, mode)
    SELECT n, 'x' || n, (ARRAY['primary', 'secondary', 'tertiary'])[1 + n %% 3], lpad((1 + n * 7 %% 97)::text, 2, '0') || '10',
        (ARRAY['investor', 'agent', 'outpost'])[1 + n / 3 %% 3],
        (ARRAY['abroad', 'outside_province', 'outside_city', 'inside_city'])[1 + n %% 4],
        (ARRAY['own', 'loan', 'partner'])[1 + n / 2 %% 3], (ARRAY['new', 'increase', 'merger'])[1 + n / 5 %% 3]
    FROM generate_series(1, 2000) n
"""
KINDS = (
    "project.signed", "contract.amount", "project.registered", "project.started", "capital.reported",
    "capital.preliminary", "capital.recognised", "capital.recognised", "tax.net", "capital.recognised",
)  # fmt: skip
LINES = """
    INSERT INTO led_posting (event, line, subject_type, subject_id, source_type, source_id, kind, basis, role, unit_id,
        holder, facet_id, share, qty, whole, currency, rate, base_qty, occurred_on, posted_in_id, posted_at, cause, actor_name)
    SELECT 'bench:' || e, l, 'project', p, 'bench', e, kind,
        CASE WHEN kind LIKE 'capital.%%' THEN (ARRAY['arrived', 'formed'])[1 + e %% 2] ELSE '' END,
        CASE WHEN l < 3 THEN 'assessed' ELSE 'place' END, 1 + (p + l %% 2 * 7) %% %(units)s, '', 1 + p %% 2000,
        CASE l %% 2 WHEN 1 THEN 0.6 ELSE 0.4 END, whole * CASE l %% 2 WHEN 1 THEN 0.6 ELSE 0.4 END, whole,
        CASE WHEN money THEN 'CNY' ELSE '' END, CASE WHEN money THEN 1 END, whole * CASE l %% 2 WHEN 1 THEN 0.6 ELSE 0.4 END,
        day, extract(year FROM day) * 100 + extract(month FROM day), now(), 'normal', 'bench'
    FROM generate_series(1, %(events)s) e CROSS JOIN generate_series(1, 4) l
    CROSS JOIN LATERAL (SELECT (%(kinds)s::text[])[1 + e %% 10] AS kind, 1 + e / 10 %% %(projects)s AS p,
        date '2024-01-01' + ((e - 1) * 1096::bigint / %(events)s)::int AS day) d
    CROSS JOIN LATERAL (SELECT kind NOT LIKE 'project.%%' AS money,
        CASE WHEN kind LIKE 'project.%%' THEN 1 ELSE (1 + p %% 40) * 10000000 END AS whole) w
"""
YI = "100000000"
# base, filters of 20 measures; each is read for the year and for the year before.
MEASURES = (
    ("signed_projects", {}),
    ("signed_projects", {"size_from": YI}),
    ("signed_projects", {"size_from": "300000000"}),
    ("signed_projects", {"industries": ["C"]}),
    ("signed_projects", {"sector": ["secondary"], "size_from": YI}),
    ("contract_amount", {}),
    ("contract_amount", {"size_from": YI}),
    ("contract_amount", {"zone": ["abroad"]}),
    ("registered_projects", {}),
    ("started_projects", {}),
    ("started_projects", {"size_from": YI}),
    ("signed_projects", {"stages": ["started"]}),
    ("arrived", {}),
    ("arrived", {"zone": ["outside_province", "outside_city"]}),
    ("arrived", {"fund_source": ["own"], "size_from": YI}),
    ("formed", {}),
    ("formed", {"sector": ["secondary"]}),
    ("arrived_reported", {}),
    ("tax_net", {}),
    ("tax_net", {"industries": ["70"], "factor": "10"}),
)
WINDOWS = (("year_to_date", 2026), ("year_before", 2025))
PLAIN = {
    "signed_projects": "kind = 'project.signed'",
    "registered_projects": "kind = 'project.registered'",
    "started_projects": "kind = 'project.started'",
    "contract_amount": "kind = 'contract.amount'",
    "arrived": "kind = 'capital.recognised' AND basis = 'arrived'",
    "formed": "kind = 'capital.recognised' AND basis = 'formed'",
    "arrived_reported": "kind = 'capital.reported' AND basis = 'arrived'",
    "tax_net": "kind = 'tax.net'",
}


def bare():
    """The floor: the clauses by hand."""
    columns = []
    for base, filters in MEASURES:
        for n, (_window, year) in enumerate(WINDOWS):
            rule = [
                PLAIN[base],
                "role = 'assessed'",
                f"occurred_on >= '{year}-01-01'",
                f"posted_in_id <= {year}10",
            ]
            for name, value in filters.items():
                if name == "size_from":
                    rule.append(f"amount{n} >= {value}")
                elif name == "stages":
                    rule.append(f"started{n}")
                elif name == "industries":
                    first, last = ("13", "43") if value == ["C"] else ("70", "70")
                    rule.append(f"left(industry, 2) BETWEEN '{first}' AND '{last}'")
                elif name != "factor":
                    rule.append(f"{name} IN ({', '.join(repr(one) for one in value)})")
            columns.append(f"sum(base_qty) FILTER (WHERE {' AND '.join(rule)})")
    return f"""
        WITH day AS (
            SELECT role AS r, subject_id AS s, kind, occurred_on, sum(base_qty) FILTER (WHERE posted_in_id <= 202610) AS b0,
                sum(base_qty) FILTER (WHERE posted_in_id <= 202510) AS b1
            FROM led_posting WHERE kind IN ('contract.amount', 'project.started') AND role = 'assessed'
            GROUP BY role, subject_id, kind, occurred_on
        ),
        subject AS (
            SELECT r, s, sum(b0) FILTER (WHERE kind = 'contract.amount') AS amount0,
                sum(b1) FILTER (WHERE kind = 'contract.amount') AS amount1,
                bool_or(kind = 'project.started' AND b0 > 0) AS started0,
                bool_or(kind = 'project.started' AND b1 > 0) AS started1
            FROM day GROUP BY r, s
        )
        SELECT unit_id, {", ".join(columns)} FROM led_posting p JOIN led_facet f ON f.id = p.facet_id
        LEFT JOIN subject ON s = p.subject_id AND r = p.role
        WHERE p.role = 'assessed' AND p.occurred_on >= '2025-01-01' AND p.posted_in_id <= 202610 GROUP BY unit_id
    """  # noqa: S608


def fill(lines, units, projects):
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("org_unit", "led_posting", "led_facet"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(UNITS, {"units": units})
        cursor.execute(FACETS, {})
        cursor.execute(
            "INSERT INTO led_period (code, year, number, state) SELECT y * 100 + m, y, m, 'open' "
            "FROM generate_series(2024, 2026) y, generate_series(1, 12) m"
        )
        given = {"events": lines // 4, "units": units, "projects": projects, "kinds": list(KINDS)}
        cursor.execute(LINES, given)
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


def run(lines, units, projects):
    from django.db import connection

    from assessments.measures import REGISTRY, Asked, FactKey, cells, facts
    from assessments.models import Measure
    from organizations.models import Unit
    from rules.periods import Month

    fill(lines, units, projects)
    for n, (base, filters) in enumerate(MEASURES):
        what = REGISTRY[base]
        about = {"unit": what.unit, "nature": what.nature, "source": "counted", "role": "assessed"}
        Measure._base_manager.create(code=f"m{n}", name=f"M{n}", base=base, filters=filters, **about)
    every = list(Unit.objects.unscoped(reason="benchmark"))
    keys = [FactKey(f"m{n}", (), window) for n in range(len(MEASURES)) for window, _year in WINDOWS]
    asked = Asked.month(Month(2026, 10))
    statement = bare()

    def floor():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    print(f"{lines:,} lines, {units:,} units, {projects:,} projects, {len(keys)} keys", flush=True)
    found = cells(keys, every[:1], asked)  # the city is the sum of all
    whole = [sum(row[1 + n] or 0 for row in floor()) for n in range(len(keys))]
    for n, key in enumerate(keys):
        factor = 10 if "factor" in MEASURES[n // 2][1] else 1
        fact = found[every[0].pk, key]
        assert getattr(fact, "amount", 0) == whole[n] * factor, (key, fact, whole[n])
    low, ours, all_ = turns(floor, lambda: cells(keys, every, asked), lambda: facts(keys, every, asked))
    print(f"{'floor: one bare pass with 40 FILTER clauses':48} {low:9.1f} ms")
    print(f"{'cells: read, rolled up, zero or missing':48} {ours:9.1f} ms  x{ours / low:5.2f} of floor")
    print(f"{'facts: with imported and given figures':48} {all_:9.1f} ms  x{all_ / low:5.2f} of floor")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory of the worker':48} {peak:9.1f} MB", flush=True)


def main():
    given = [int(one) for one in sys.argv[1:]]
    lines, units, projects = (*given, *(3_000_000, 3_000, 300_000)[len(given) :])
    with database():
        run(lines, units, projects)


if __name__ == "__main__":
    main()
