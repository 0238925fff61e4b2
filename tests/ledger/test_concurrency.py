"""Writers and closings at once, with real commits, on connections of their own (docs/algorithms/closing.md)."""

from contextlib import contextmanager
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, connections, transaction

from common.errors import Refused
from ledger import closings, integrity, periods
from ledger.closings import period_close, period_cut_off, reopening_ask, reopening_sign
from ledger.models import Closing, Period, Posting, Reopening
from organizations.choices import Role as Job
from tests.ledger.support import arrived, noon
from tests.support.clients import user_with
from tests.support.factories import TESTS, Tree

pytestmark = pytest.mark.commits
PATIENCE = 60  # seconds until a thread that hangs fails the test


class Doing(Thread):
    """A call in a thread of its own; `result` is what it gave or raised."""

    def __init__(self, call):
        super().__init__()
        self.call, self.result = call, None
        self.pid = None
        self.begun = Event()
        self.start()

    def run(self):
        try:
            with noon(2026, 12, 5), connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (self.pid,) = cursor.fetchone()
                self.begun.set()
                self.result = self.call()
        except Exception as problem:
            self.result = problem
        finally:
            self.begun.set()
            connections.close_all()

    def ended(self):
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.result

    def waits(self):
        """Until its statement waits for a lock of somebody else."""
        self.begun.wait(PATIENCE)
        with connection.cursor() as cursor:
            while self.is_alive():
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [self.pid])
                if cursor.fetchone()[0]:
                    return
        raise AssertionError(f"it went through: {self.result!r}")


def at_once(*calls):
    start = Barrier(len(calls))

    def after_the_others(call):
        def run():
            start.wait(PATIENCE)
            return call()

        return run

    return [one.ended() for one in [Doing(after_the_others(call)) for call in calls]]


@contextmanager
def a_paused_writer(unit, wan, on):
    """Somebody has written his lines and not committed yet; he does when the block ends."""
    written, go_on = Event(), Event()

    def write():
        with transaction.atomic():
            lines = arrived(unit, wan, on, accept=periods.OPEN_OR_CUT_OFF)
            written.set()
            assert go_on.wait(PATIENCE)
            return lines

    writer = Doing(write)
    assert written.wait(PATIENCE), writer.ended()
    try:
        yield writer
    finally:
        go_on.set()
        writer.ended()


def test_writers_closings_and_reopenings_at_once(monkeypatch):
    for name, value in (("_checks", {}), ("_before_cut_off", []), ("_before_closing", [])):
        monkeypatch.setattr(closings, name, value)
    tree = Tree()
    with noon(2026, 12, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        for code in (202610, 202611):
            period_cut_off(actor=TESTS, code=code)

    # A writer paused before his commit: closing waits, and his line is in.
    with a_paused_writer(tree.town, 7, (2026, 10, 21)) as writer:
        closer = Doing(lambda: period_close(actor=TESTS, code=202610))
        closer.waits()
        assert not Closing._base_manager.exists()
    closing = closer.ended()
    (line,) = writer.ended()
    assert (closing.lines, closing.watermark, line.posted_in_id) == (2, line.seq, 202610)

    # A writer who comes while it is being closed: he waits, finds it closed and counts in the next open month.
    holding, go_on = Event(), Event()

    def slow(period):
        holding.set()
        assert go_on.wait(PATIENCE)
        return []

    closings.check("slow", "", slow)
    closer = Doing(lambda: period_close(actor=TESTS, code=202611))
    assert holding.wait(PATIENCE)
    late = Doing(lambda: arrived(tree.town, 3, (2026, 11, 21), accept=periods.OPEN_OR_CUT_OFF))
    late.waits()
    go_on.set()
    closing, (line,) = closer.ended(), late.ended()
    assert (closing.lines, line.posted_in_id) == (0, 202612)
    assert line.seq > closing.watermark
    closings._checks.clear()

    # Two open it again at once: one signs, the other is told; and two close it again at once.
    staff = user_with(Job.BUREAU_STAFF, tree.bureau)
    leaders = [user_with(Job.LEADER, tree.city) for _n in range(2)]
    asked = reopening_ask(actor=staff, code=202611, reason="补记")
    found = at_once(*(lambda who=who: reopening_sign(actor=who, pk=asked.pk) for who in leaders))
    (refused,) = [one for one in found if isinstance(one, Refused)]
    assert (refused.code, Reopening._base_manager.count()) == ("answered_already", 1)
    with noon(2026, 12, 5):
        period_cut_off(actor=TESTS, code=202611)
    found = at_once(*[lambda: period_close(actor=TESTS, code=202611)] * 3)
    (closing,) = [one for one in found if isinstance(one, Closing)]
    assert closing.revision == 2
    assert [one.code for one in found if isinstance(one, Refused)] == ["not_cut_off", "not_cut_off"]

    # October is opened again while November is closed a third time: one comes first, and the chain has no fork.
    for code in (202610, 202611):
        again = reopening_ask(actor=staff, code=code, reason="补记")
        if code == 202611:
            reopening_sign(actor=leaders[0], pk=again.pk)
        else:
            october = again
    with noon(2026, 12, 5):
        period_cut_off(actor=TESTS, code=202611)
    opened, closed = at_once(
        lambda: reopening_sign(actor=leaders[0], pk=october.pk),
        lambda: period_close(actor=TESTS, code=202611),
    )
    assert isinstance(opened, Reopening)
    assert isinstance(closed, Closing) or closed.code == "earlier_open"
    assert Period.objects.get(code=202610).state == "open"

    # The same event by several at once is one event, and everybody gets its lines.
    found = at_once(
        *[lambda: arrived(tree.town, 9, (2026, 12, 1), event="capital:99:r1", source=("recognition", 99))] * 4
    )
    assert len({line.pk for (line,) in found}) == 1
    assert Posting._base_manager.filter(event="capital:99:r1").count() == 1

    monkeypatch.setattr(integrity, "_checks", {})
    integrity.ship()
    assert [one for result in integrity.run() for one in result.findings] == []
