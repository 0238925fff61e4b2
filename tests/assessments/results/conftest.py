"""The guide's scheme with two quarters scored: June told and final, September a draft. Nothing is shared but reading."""

from copy import deepcopy
from datetime import date

import pytest

from assessments import services
from organizations.models import Unit
from tests.support.clients import user_with
from tests.support.factories import GroupFactory, MembershipFactory, Tree
from tests.support.factories_tables import CalendarYearFactory
from tests.support.kept import kept_for_several_tests
from tests.support.schemes import document, published_version, stored_run

FACTS = "specialist-teams-2026-09"


def june():
    """The half-year before: equipment was first."""
    found = deepcopy(document(FACTS))
    found["month"] = "2026-06"
    new, equipment, _food = found["units"]
    new["facts"] |= {"new_projects": 0, "led_projects": 0, "arrived": 0, "big": 0}
    equipment["facts"] |= {"new_projects": 3, "led_projects": 3}
    return found


class Told:
    def __init__(self):
        self.tree = tree = Tree()
        CalendarYearFactory(year=2026)
        self.staff = user_with("bureau_staff", tree.city)
        self.committee = user_with("committee", tree.city)
        self.version = published_version(self.staff, tree.city)
        self.before = stored_run(self.staff, self.version, tree.county, june())
        self.run = stored_run(self.staff, self.version, tree.county)
        self.units = {
            unit.code: unit
            for unit in Unit.objects.unscoped(reason="test").filter(
                code__in=["new-materials", "equipment", "food"]
            )
        }
        group = GroupFactory(owner=tree.city, name="专班组", code="teams-group")
        for unit in self.units.values():
            MembershipFactory(group=group, unit=unit, valid=(date(2020, 1, 1), None))
        scheme = self.version.scheme
        services.scheme_bind(actor=self.staff, scheme=scheme, code="teams", group=group)
        self.head = user_with("unit_head", self.units["equipment"])
        self.other_head = user_with("unit_head", self.units["food"])


@pytest.fixture(scope="module")
def told_rows(django_db_setup, django_db_blocker):
    with kept_for_several_tests(django_db_blocker, Told) as made:
        yield made


@pytest.fixture
def told(told_rows, db):
    return told_rows
