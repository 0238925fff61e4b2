"""Running numbers without gaps: the row is locked until the caller's transaction ends."""

from __future__ import annotations

from django.db import connection, transaction

ADD = """
    INSERT INTO com_serial AS one (name, last) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET last = one.last + EXCLUDED.last RETURNING last
"""


@transaction.atomic
def next_number(name: str, count: int = 1) -> int:
    """The next number under this name, from 1; the last of `count` of them. A rolled-back caller gives its
    numbers back."""
    with connection.cursor() as cursor:
        cursor.execute(ADD, [name, count])
        return int(cursor.fetchone()[0])
