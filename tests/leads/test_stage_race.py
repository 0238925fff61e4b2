"""Two people move one lead at the same moment: exactly one wins (real commits)."""

import pytest

from common.errors import Stale
from leads.models import Lead, LeadMove
from leads.services.moves import lead_move
from tests.support.clients import user_with
from tests.support.factories import Tree
from tests.support.overlap import at_once
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
