"""Export 100,000 rows × 20 columns; each writer as a ratio to the plain csv module in the same run.

Run: python -m benchmarks.export [rows]. Peak memory is that of a child process of its own.
"""

import csv
import io
import resource
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal

HEADERS = [f"column {n}" for n in range(20)]


def table(rows):
    amount, day = Decimal("12345.67"), date(2026, 6, 30)
    for n in range(rows):
        yield [n, f"unit {n % 300}", day, *[amount + n] * 10, *["text"] * 7]


def floor(rows):
    writer = csv.writer(io.StringIO(newline=""))
    writer.writerow(HEADERS)
    writer.writerows(table(rows))


def our_csv(rows):
    from common.exports import stream_csv

    for _chunk in stream_csv(HEADERS, table(rows)):
        pass


def our_xlsx(rows):
    from common.exports import write_xlsx

    formats = dict.fromkeys(HEADERS[3:13], "#,##0.00")
    write_xlsx(HEADERS, table(rows), title="bench", number_formats=formats)


def rival_xlsxwriter(rows):
    import xlsxwriter

    with xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("bench")
        money, day = (
            book.add_format({"num_format": "#,##0.00"}),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )
        sheet.write_row(0, 0, HEADERS)
        for r, row in enumerate(table(rows), start=1):
            for c, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif isinstance(value, date):
                    sheet.write_datetime(r, c, value, day)
                else:
                    sheet.write_number(r, c, value, money if isinstance(value, Decimal) else None)


WRITERS = [floor, our_csv, our_xlsx, rival_xlsxwriter]


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if len(sys.argv) > 2:
        run = next(writer for writer in WRITERS if writer.__name__ == sys.argv[2])
        start = time.perf_counter()
        run(rows)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(time.perf_counter() - start, peak)
        return
    print(f"{rows:,} rows × {len(HEADERS)} columns")
    base = None
    for writer in WRITERS:
        command = [sys.executable, "-m", "benchmarks.export", str(rows), writer.__name__]
        seconds, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        base = base or float(seconds)
        print(
            f"{writer.__name__:18} {float(seconds):7.2f} s  ×{float(seconds) / base:5.1f} of floor  {peak:>5} MB"
        )


if __name__ == "__main__":
    main()
