"""Which rows a service holds, and in what order: two that take them in two orders wait for each other in a circle."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

HELD = re.compile(r"FOR (NO KEY )?(UPDATE|SHARE)")
TABLES = {"cap_voucher": "voucher", "cap_entry": "entry", "led_period": "period"}


def held_by(work):
    """The tables of which `work` holds rows, each at its first time. What is locked by a trigger isn't seen."""
    with CaptureQueriesContext(connection) as seen:
        work()
    found = []
    for one in seen:
        if HELD.search(one["sql"]):
            table = re.search(r'FROM "?(\w+)', one["sql"])
            name = TABLES.get(table[1]) if table else None
            if name and name not in found:
                found.append(name)
    return found
