"""python -m benchmarks.scoring: the kernel of schemes, with its trace, against a bare loop of the same Decimal arithmetic.

3,000 units in one group, 40 indicators: half in proportion to a target that is due in part, a quarter by steps over and short
of it, a quarter between the least and the most of the group. No database. The floor keeps nothing but each total.
"""

import random
import resource
import statistics
import sys
import time
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

from rules import scheme as schemes

LIMIT = Decimal("2.5")
WORK = Context(prec=40)
SETTLED = Context(prec=30)
WIDE = Context(prec=200)
HUNDRED = Decimal(100)
TIMES = 3


def scheme_of(count):
    indicators = []
    for number in range(count):
        code = f"i{number}"
        value = {"kind": "completion", "of": code, "target": {"of": code, "phased": True}}
        rule = {"kind": "proportional"}
        if number % 4 == 2:
            rule = {
                "kind": "at_target",
                "below": "steps",
                "over": {"step": 10, "points": "0.1", "most": 1},
                "short": {"step": 5, "points": "0.1"},
            }
        if number % 4 == 3:
            value, rule = code, {"kind": "min_max", "low": 50}
        indicators.append({"code": f"x{number}", "title": code, "full": "2.5", "value": value, "rule": rule})
    document = {
        "schema": 1,
        "code": "bench",
        "title": "bench",
        "period": "month",
        "full": None,
        "inputs": {f"i{number}": {"title": "i", "unit": "yuan"} for number in range(count)},
        "groups": [{"code": "g", "title": "g", "indicators": indicators}],
    }
    scheme, problems = schemes.read(document)
    assert not problems, problems
    return scheme


def facts_of(scheme, units, count):
    chance = random.Random(7)
    rows = []
    for unit in range(units):
        figures = {f"i{number}": Decimal(chance.randrange(1, 10**9)) / 100 for number in range(count)}
        targets = {code: {"firm": Decimal(chance.randrange(1, 10**9)) / 100} for code in figures}
        rows.append({"code": f"u{unit}", "group": "g", "facts": figures, "targets": targets})
    facts, problems = schemes.read_facts({"schema": 1, "month": "2026-07", "units": rows}, scheme)
    assert not problems, problems[:3]
    return facts


def bare(rows, count):
    """The same operations in the same precision, on plain dictionaries."""
    due = WORK.divide(Decimal(700), Decimal(12))
    full, zero, one = Decimal("2.5"), Decimal(0), Decimal(1)
    ends = {}
    for number in range(3, count, 4):
        column = [SETTLED.plus(figures[number]) for figures, _targets in rows]
        ends[number] = min(column), max(column)
    totals = []
    for figures, targets in rows:
        marks = []
        for number in range(count):
            done = figures[number]
            if number % 4 == 3:
                least, most = ends[number]
                share = WORK.divide(WIDE.subtract(SETTLED.plus(done), least), WIDE.subtract(most, least))
                percent = WIDE.add(Decimal(50), WIDE.multiply(Decimal(50), share))
                mark = WORK.divide(WIDE.multiply(full, percent), HUNDRED)
            else:
                target = WORK.divide(WIDE.multiply(targets[number], due), HUNDRED)
                rate = WORK.divide(WIDE.multiply(done, HUNDRED), target)
                if number % 4 < 2:
                    mark = WIDE.multiply(full, max(min(WORK.divide(rate, HUNDRED), one), zero))
                elif SETTLED.plus(rate) < HUNDRED:
                    steps = SETTLED.plus(WORK.divide(WIDE.subtract(HUNDRED, rate), Decimal(5)))
                    cost = WIDE.multiply(steps.to_integral_value(ROUND_DOWN), Decimal("0.1"))
                    mark = max(WIDE.subtract(full, cost), zero)
                else:
                    steps = SETTLED.plus(WORK.divide(WIDE.subtract(rate, HUNDRED), Decimal(10)))
                    more = WIDE.multiply(steps.to_integral_value(ROUND_DOWN), Decimal("0.1"))
                    mark = WIDE.add(full, min(more, one))
            marks.append(SETTLED.plus(mark))
        total = zero
        for mark in marks:
            total = WIDE.add(total, mark)
        totals.append(SETTLED.plus(total).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP, context=WIDE))
    return totals


def main():
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    scheme = scheme_of(count)
    facts = facts_of(scheme, units, count)
    rows = [
        (
            [unit.facts[f"i{number}"] for number in range(count)],
            [unit.targets[f"i{number}"]["firm"] for number in range(count)],
        )
        for unit in facts.units
    ]
    floor, kernel = [], []
    for _turn in range(TIMES):
        start = time.process_time()
        totals = bare(rows, count)
        floor.append(time.process_time() - start)
        start = time.process_time()
        result = schemes.score(scheme, facts)
        kernel.append(time.process_time() - start)
        lines = {line.unit: line.total.amount for line in result.groups[0].lines}
        assert [lines[unit.code] for unit in facts.units] == totals
    one, two = statistics.median(floor), statistics.median(kernel)
    print(f"{units:,} units, {count} indicators")
    print(f"{'floor: bare loop':32} {one * 1000:9.0f} ms of processor")
    print(f"{'kernel with trace':32} {two * 1000:9.0f} ms  ×{two / one:5.2f} of floor (at most {LIMIT})")
    print(f"{'memory at its highest':32} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MB")


if __name__ == "__main__":
    main()
