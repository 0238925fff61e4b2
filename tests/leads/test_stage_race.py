"""A lead is moved twice at the same moment, or registered while it lapses: exactly one wins (real commits)."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connections, transaction

from common import clock
from common.errors import Refused, Stale
from leads.models import Lead, LeadMove
from leads.services.leads import lead_register
from leads.services.moves import lead_move
from leads.services.protection import lapse
from tests.support.clients import user_with
from tests.support.factories import TESTS, Tree
from tests.support.overlap import at_once, wait_for
from tests.support.pipeline import a_lead, ask, ship

pytestmark = pytest.mark.commits


def test_of_two_moves_at_once_one_wins_and_the_other_hears_of_it():
    ship()
    tree = Tree()
    ask("lead", "screened")
    ask("lead", "negotiating")
    lead = a_lead(tree.town)
    people = [user_with("unit_head", tree.town) for _number in range(2)]

    def move(actor, target):
        return lambda: lead_move(actor=actor, pk=lead.pk, version=lead.version, target=target)

    targets = ("screened", "negotiating")
    found = at_once(Lead._base_manager.filter(pk=lead.pk), *map(move, people, targets))
    (won,) = [target for target, one in zip(targets, found, strict=True) if not isinstance(one, Exception)]
    assert sum(isinstance(one, Stale) for one in found) == 1, found
    now = Lead._base_manager.get(pk=lead.pk)
    assert (now.stage.code, now.version) == (won, lead.version + 1)
    assert LeadMove._base_manager.filter(lead=lead).count() == 1


def test_a_lead_that_lapses_at_this_moment_is_not_registered_again():
    ship()
    tree = Tree()
    yesterday = clock.today() - timedelta(days=1)
    lead = a_lead(tree.town, name="示例轴承项目", protected_from=yesterday, protected_until=yesterday)
    again = {"unit": tree.town, "name": lead.name, "source": "approach", "investor": lead.investor}
    refused = []

    def register():
        try:
            lead_register(actor=user_with("unit_head", tree.town), **again)
        except Refused as problem:
            refused.append(problem.code)
        finally:
            connections.close_all()

    thread = Thread(target=register)
    try:
        with transaction.atomic():
            held = Lead._base_manager.select_for_update(of=("self",)).get(pk=lead.pk)
            assert lapse(held, clock.today(), actor=TESTS)
            thread.start()
            wait_for(1, [thread])
    finally:
        thread.join(timeout=60)
    assert refused == ["in_pool"]
    assert Lead._base_manager.count() == 1
