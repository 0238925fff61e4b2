"""Runs of schemes: stored, replayed to the same bytes (DOMAIN §4)."""

import pytest

from assessments.models import SchemeRun
from assessments.schemes.replay import digest, result_of
from tests.support.factories import RoleGrantFactory, UserFactory
from tests.support.schemes import document, published_version, stored_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(tree):
    user = UserFactory()
    RoleGrantFactory(user=user, unit=tree.city, role="bureau_staff")
    return user


def test_a_run_keeps_what_the_guide_reckons_and_replays(tree, staff):
    version = published_version(staff, tree.city)
    run = stored_run(staff, version, tree.county)
    lines = {line.unit.code: line for line in run.lines.select_related("unit")}
    # docs/schemes.md works these out by hand.
    assert [(code, line.place) for code, line in lines.items()] == [
        ("new-materials", 1), ("equipment", 2), ("food", None),
    ]  # fmt: skip
    assert lines["food"].reason == "not_reported"
    again = SchemeRun.objects.unscoped(reason="test").get(pk=run.pk)
    assert digest(result_of(again)) == again.result_hash


def test_the_same_facts_give_the_same_run(tree, staff):
    version = published_version(staff, tree.city)
    first = stored_run(staff, version, tree.county)
    assert stored_run(staff, version, tree.county).pk == first.pk
    other = document("specialist-teams-2026-09")
    other["units"][0]["facts"]["visits"] = 1
    assert stored_run(staff, version, tree.county, other).number == 2
