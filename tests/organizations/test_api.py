"""The API of organizations, by the inherited suite; and what is special about each."""

import pytest

from organizations.choices import Role
from organizations.models import CompetitionGroup, Officer, Unit
from tests.support.api import WriteSuite, assert_problem
from tests.support.clients import session_api
from tests.support.factories import GroupFactory, MembershipFactory, OfficerFactory, PostFactory, UnitFactory

pytestmark = pytest.mark.django_db


class TestUnit(WriteSuite):
    model, factory, base = Unit, UnitFactory, "units"
    outsider = (Role.SERVICE_CLIENT, "other_county")
    hidden_key = ""  # every unit is readable inside: see test_a_unit_is_not_moved_out_of_scope

    def place(self, tree):
        return {"parent": tree.county}

    def elsewhere(self, tree):
        return {"parent": tree.other_county}

    def payload(self, tree):
        return {"parent": tree.county.pk, "code": "new-town", "name": "标记甲", "kind": "town"}

    def test_a_unit_is_not_moved_out_of_scope(self, tree):
        sent = {"version": tree.town.version, "parent": tree.other_county.pk}
        response = self.keeper_api(tree).patch(self.url(tree.town.pk), sent, format="json")
        assert_problem(response, 403, "denied")
        assert Unit._base_manager.get(pk=tree.town.pk).parent_id == tree.county.pk

    def test_a_unit_belongs_to_one(self, tree):
        """Only the city doesn't; its own answer says so with a null."""
        body = self.keeper_api(tree).post(self.url(), {**self.payload(tree), "parent": None}, format="json")
        assert "parent" in assert_problem(body, 400, "invalid")["fields"]
        city = session_api(Role.BUREAU_STAFF, tree.city)
        assert city.get(self.url(tree.city.pk)).json()["parent"] is None

    def test_an_archived_unit_is_no_choice(self, tree):
        Unit._base_manager.filter(pk=tree.second_town.pk).update(archived_at="2026-01-01T00:00:00Z")
        sent = {"version": tree.town.version, "successor": tree.second_town.pk}
        response = self.keeper_api(tree).patch(self.url(tree.town.pk), sent, format="json")
        assert "successor" in assert_problem(response, 400, "invalid")["fields"]

    def test_a_taken_code_is_told_without_showing_whose(self, tree):
        sent = {**self.payload(tree), "code": tree.other_town.code}
        body = assert_problem(self.keeper_api(tree).post(self.url(), sent, format="json"), 400, "invalid")
        assert set(body["fields"]) == {"code"}
        assert tree.other_town.name not in str(body)


class TestGroup(WriteSuite):
    model, factory, base = CompetitionGroup, GroupFactory, "groups"

    def place(self, tree):
        return {"owner": tree.county}

    def elsewhere(self, tree):
        return {"owner": tree.other_county}

    def payload(self, tree):
        return {"owner": tree.county.pk, "code": "first", "name": "标记甲"}

    def test_a_group_is_listed_once_for_a_unit_with_many_members(self, tree):
        group = GroupFactory(owner=tree.city)
        for unit in (tree.county, tree.town, tree.second_town):
            MembershipFactory(group=group, unit=unit)
        client = session_api(Role.UNIT_HEAD, tree.county)
        assert self.ids(client) == [group.pk]
        assert client.get(self.url(group.pk)).status_code == 200


class TestOfficer(WriteSuite):
    model, factory, base, ordering = Officer, OfficerFactory, "officers", "pinyin"
    hidden_key = "post"

    def hidden(self, tree):
        return PostFactory(unit=tree.other_town, name="别处的岗位")

    def payload(self, tree):
        return {"unit": tree.town.pk, "name": "标记甲", "phone": "13812341234"}

    def test_the_telephone_leaves_masked_and_can_be_set(self, tree):
        client, row = self.keeper_api(tree), self.row(tree)
        sent = {"version": row.version, "phone": "13900005678"}
        assert client.patch(self.url(row.pk), sent, format="json").json()["phone"] == "139****5678"
        assert client.get(self.url(row.pk)).json()["phone"] == "139****5678"
        assert "139****5678" in client.get(self.url()).content.decode()
        assert Officer._base_manager.get(pk=row.pk).phone == "13900005678"
