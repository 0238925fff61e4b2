"""A ranking of 3,000 units with all traces and comparisons, as a ratio to sorting the same decimals.

Run: python -m benchmarks.ranking [units]. The floor divides, rounds and sorts in plain Python; the ratio is what
exact rules, three ranks, traces and the stored document cost on top.
"""

import os
import sys
import time
from decimal import ROUND_HALF_UP, Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investpro.settings.test")
django.setup()

from assessments.rankings import compute  # noqa: E402
from rules.trace import canonical_json  # noqa: E402


def inputs(units):
    lines = []
    for n in range(units):
        done, target = Decimal(10_000 * (n * 7919 % 9973 + 1)), Decimal(10_000 * 10_000)
        facts = {
            "done": {"amount": str(done), "unit": "yuan", "ref": f"figure:{n}"},
            "target": {"amount": str(target), "unit": "yuan", "ref": f"target:{n}"},
        }
        lines.append(
            {
                "unit": f"unit-{n:05d}",
                "group": "all",
                "name": f"Unit {n}",
                "ranked": True,
                "in_total": True,
                "comparable": True,
                "state": "filed",
                "facts": facts,
                "published": {
                    "rate": {"value": str((done * 100 / target).quantize(Decimal("0.01"))), "ref": "D3"}
                },
                "quanta": {"done": "10000", "target": "10000"},
            }
        )
    rule = {
        "month": "2023-06",
        "data_through": "2023-06",
        "schedule": "linear",
        "order": [["completion", "desc"]],
        "rounded": False,
        "done_direction": "desc",
        "roundings": {name: [2, "half_up"] for name in ("completion", "points", "growth", "done")},
        "points_from_rounded": False,
        "version": "benchmark/1",
    }
    return {"schema": 1, "rule": rule, "lines": lines, "reported": None}


def floor(document):
    rates = []
    for line in document["lines"]:
        done, target = (Decimal(line["facts"][key]["amount"]) for key in ("done", "target"))
        rates.append(((done * 100 / target).quantize(Decimal("0.01"), ROUND_HALF_UP), line["unit"]))
    return sorted(rates, reverse=True)


def main():
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    document = inputs(units)
    base = None
    print(f"{units:,} units")
    for name, work in (
        ("floor: divide and sort", lambda: floor(document)),
        ("compute", lambda: compute(document)),
        ("compute and store", lambda: canonical_json(compute(document).to_document())),
    ):
        start = time.perf_counter()
        work()
        seconds = time.perf_counter() - start
        base = base or seconds
        print(f"{name:24} {seconds * 1000:9.1f} ms  ×{seconds / base:6.1f} of floor")


if __name__ == "__main__":
    main()
