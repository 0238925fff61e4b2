"""Transactions that really overlap: all have begun and wait for one row before any of them may go on."""

from threading import Thread

from django.db import connection, connections, transaction

# Of the locks, for the list of sessions is read once in a transaction and then kept.
WAITING = """
    WITH RECURSIVE waiting AS (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted),
    behind AS (
        SELECT pid FROM waiting WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))
        UNION
        SELECT w.pid FROM waiting w JOIN behind b ON b.pid = ANY (pg_blocking_pids(w.pid))
    )
    SELECT count(*) FROM behind
"""  # those who wait for us, and those who queue behind them


def at_once(held, *calls):
    """What each call gave or raised, in their order; each in a thread with a connection of its own.

    `held` are rows (a queryset) that every call locks sooner or later. They are locked here until the database says
    that all calls wait for them. Needs real commits (the mark `commits`).
    """
    found = [None] * len(calls)

    def run(number, call):
        try:
            found[number] = call()
        except Exception as problem:
            found[number] = problem
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=one) for one in enumerate(calls)]
    try:
        with transaction.atomic():
            assert list(held.select_for_update(of=("self",))), "no row is held, so nobody would wait"
            for thread in threads:
                thread.start()
            wait_for(len(calls), threads)
    finally:
        for thread in threads:
            if thread.ident is not None:
                thread.join(timeout=60)
    return found


def wait_for(count, threads):
    """Until so many sessions wait for this one. Fails when a call has ended before: it didn't need the row."""
    for _turn in range(3000):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0] == count:
                return
            assert all(thread.is_alive() for thread in threads), "a call went on without the row"
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError(f"{count} calls did not come to wait for the row")
