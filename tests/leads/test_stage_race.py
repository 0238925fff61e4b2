"""Two people move one lead at the same moment: exactly one wins (real commits)."""

import threading

import pytest
from django.db import connection, connections, transaction

from common.errors import Stale
from leads.models import Lead, LeadMove
from leads.services.moves import lead_move
from tests.support.clients import user_with
from tests.support.factories import Tree
from tests.support.pipeline import a_lead, ask, ship

pytestmark = pytest.mark.commits


def test_of_two_moves_at_once_one_wins_and_the_other_hears_of_it():
    ship()
    tree = Tree()
    ask("lead", "screened")
    ask("lead", "negotiating")
    lead = a_lead(tree.town)
    people = [user_with("unit_head", tree.town) for _number in range(2)]
    started = threading.Barrier(2)
    outcome = []

    def go(actor, target):
        try:
            started.wait(timeout=30)
            with transaction.atomic():
                lead_move(actor=actor, pk=lead.pk, version=lead.version, target=target)
            outcome.append(target)
        except Stale:
            outcome.append("stale")
        finally:
            connections.close_all()

    with transaction.atomic():  # both wait for this row, so both have begun before either may go on
        Lead._base_manager.select_for_update().get(pk=lead.pk)
        threads = [
            threading.Thread(target=go, args=(actor, target))
            for actor, target in zip(people, ("screened", "negotiating"), strict=True)
        ]
        for thread in threads:
            thread.start()
        wait_until_both_wait()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(one == "stale" for one in outcome) == [False, True]
    now = Lead._base_manager.get(pk=lead.pk)
    (won,) = [one for one in outcome if one != "stale"]
    assert (now.stage.code, now.version) == (won, lead.version + 1)
    assert LeadMove._base_manager.filter(lead=lead).count() == 1


WAITING = """
    WITH waiting AS (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted),
    first AS (SELECT pid FROM waiting WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))
    SELECT count(*) FROM waiting
    WHERE pid IN (SELECT pid FROM first) OR pg_blocking_pids(pid) && ARRAY(SELECT pid FROM first)
"""  # the one that waits for us, and the one that queues behind it


def wait_until_both_wait():
    """The database itself says that two sessions wait for the row."""
    for _turn in range(3000):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0] == 2:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("the two moves did not wait for the row")
