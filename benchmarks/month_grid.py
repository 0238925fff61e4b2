"""Saving the month grid of a unit: queries and time for 2, 20 and 200 projects, beside a floor of the same run.

Run: python -m benchmarks.month_grid. Uses DATABASE_URL (a server on which databases may be made) or the embedded server.
Each project gets two values; then half of them are changed and half emptied. The floor is one INSERT of as many rows into a
table with the same columns and no triggers. The goal is at most 15 queries, the same for 200 projects as for 2. Names are
invented.
"""

import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal

from benchmarks.scratch import database

SIZES = (2, 20, 200)
GOAL = 15
PERIOD, DAY = 202610, date(2026, 10, 15)


def town(county, count):
    """A new town with projects, past the services."""
    from tests.projects.support import ProjectFactory
    from tests.support.factories import UnitFactory

    unit = UnitFactory(parent=county)
    return unit, [ProjectFactory(unit=unit) for _one in range(count)]


def saved(unit, projects, values, seen):
    """Queries and seconds of one saving by an officer of the unit."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from capital.services.grid import grid_save
    from organizations.models import User
    from tests.support.clients import user_with

    actor = user_with("officer", unit)
    actor = User._base_manager.select_related("unit").get(pk=actor.pk)
    cells = {(one.pk, kind): amount for one in projects for kind, amount in values.items()}
    with CaptureQueriesContext(connection) as asked:
        start = time.perf_counter()
        grid_save(actor=actor, unit=unit, period=PERIOD, occurred_on=DAY, cells=cells, seen=seen)
        spent = time.perf_counter() - start
    return len(asked), spent


def floor(count):
    """Seconds of one INSERT of as many rows without triggers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE grid_floor (LIKE cap_entry INCLUDING DEFAULTS)")
        cursor.execute(
            "CREATE TEMP TABLE grid_rows AS SELECT * FROM cap_entry ORDER BY id DESC LIMIT %s", [count]
        )
        start = time.perf_counter()
        cursor.execute("INSERT INTO grid_floor SELECT * FROM grid_rows")
        spent = time.perf_counter() - start
        cursor.execute("DROP TABLE grid_floor, grid_rows")
    return spent


def measure():
    from capital.models import CapitalEntry
    from common import clock
    from tests.support.factories import Tree
    from tests.support.pipeline import ship

    ship()
    county = Tree().county
    print(f"{'projects':>9} {'queries':>8} {'ms':>8} {'floor ms':>9} {'ratio':>6}   changing: queries, ms")
    worst = 0
    with clock.at(datetime(2026, 10, 20, 4, tzinfo=UTC)):
        for count in SIZES:
            unit, projects = town(county, count)
            asked, spent = saved(
                unit, projects, {"registered": Decimal(125_000), "plant": Decimal(80_000)}, {}
            )
            least = floor(2 * count)
            seen = dict(CapitalEntry._base_manager.filter(unit=unit).values_list("pk", "version"))
            again, more = saved(unit, projects, {"registered": Decimal(130_000), "plant": None}, seen)
            worst = max(worst, asked, again)
            print(
                f"{count:>9} {asked:>8} {spent * 1000:>8.1f} {least * 1000:>9.2f} {spent / least:>6.1f}"
                f"   {again}, {more * 1000:.1f}"
            )
    print(f"most queries: {worst} (goal {GOAL})")
    return worst <= GOAL


def main():
    with database():
        good = measure()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
