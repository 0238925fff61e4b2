"""python -m benchmarks: every benchmark, one after the other. Each prints ratios to a floor of the same run."""

import subprocess
import sys

NAMES = (
    "benchmarks.ranking",
    "benchmarks.scoring",
    "benchmarks.export",
    "benchmarks.investors",
    "benchmarks.ledger",
    "benchmarks.closing",
    "benchmarks.year_to_date",
    "benchmarks.month_grid",
    "benchmarks.recognisers",
    "benchmarks.facts",
)

for name in NAMES:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", name], check=True)
