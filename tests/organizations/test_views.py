"""The pages of organizations, by the inherited suite; and what is special about each."""

import pytest

from organizations.choices import Role
from organizations.models import CompetitionGroup, Officer, Post, RoleGrant, Unit, User
from tests.support.factories import (
    GroupFactory,
    OfficerFactory,
    PostFactory,
    RoleGrantFactory,
    UnitFactory,
    UserFactory,
)
from tests.support.ui import DetailSuite, RowSuite

pytestmark = pytest.mark.django_db


class TestUnit(RowSuite):
    model, factory, prefix = Unit, UnitFactory, "unit"
    outsider = (Role.SERVICE_CLIENT, "other_county")  # everybody else reads the whole directory
    filters = ("kind=town", "below={tree.county.pk}")
    misses = ("kind=park", "below={tree.other_county.pk}")

    def place(self, tree):
        return {"parent": tree.county}

    def elsewhere(self, tree):
        return {"parent": tree.other_county}

    def form(self, tree):
        return {"parent": tree.county.pk, "name": "标记甲", "code": "new-town", "kind": "town", "sort": "3"}


class TestGroup(RowSuite):
    model, factory, prefix = CompetitionGroup, GroupFactory, "group"

    def place(self, tree):
        return {"owner": tree.county}

    def elsewhere(self, tree):
        return {"owner": tree.other_county}

    def form(self, tree):
        return {"owner": tree.county.pk, "name": "标记甲", "code": "first", "sort": "1"}


class TestPost(RowSuite):
    model, factory, prefix = Post, PostFactory, "post"
    filters = ("is_head=false",)
    misses = ("is_head=true",)

    def form(self, tree):
        return {"unit": tree.town.pk, "name": "标记甲", "sort": "1"}


class TestOfficer(RowSuite):
    model, factory, prefix = Officer, OfficerFactory, "officer"
    filters = ("unit={tree.town.pk}",)
    misses = ("unit={tree.second_town.pk}",)

    def form(self, tree):
        return {"unit": tree.town.pk, "name": "标记甲", "phone": "13812341234"}


class TestUser(RowSuite):
    model, factory, prefix = User, UserFactory, "user"
    keeper, reader, nobody = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, None
    outsider = (Role.SYSTEM_ADMIN, "other_county")
    filters = ("unit={tree.town.pk}", "is_active=true")
    misses = ("unit={tree.second_town.pk}", "is_active=false")

    def form(self, tree):
        return {
            "username": "jia",
            "name": "标记甲",
            "unit": tree.town.pk,
            "is_active": "on",
            "password": "First-password-2026",
        }


class TestRoleGrant(DetailSuite):
    model, factory, prefix = RoleGrant, RoleGrantFactory, "role"
    keeper, reader, nobody = Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, None
    outsider = (Role.SECURITY_ADMIN, "other_county")
    sort = column = "user"
    filters = ("role=officer", "unit={tree.town.pk}")
    misses = ("role=finance", "unit={tree.second_town.pk}")

    def make(self, where, text=None):
        values = {"username": text, "name": text} if text else {}
        return RoleGrantFactory(user=UserFactory(unit=where["unit"], **values))
