"""The unit tree, names, groups, roles and tokens."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from common import clock
from common.errors import Archived, Denied, Refused
from common.models import ImportMapping
from organizations import services as org
from organizations.choices import Role
from organizations.models import GroupMembership, RoleGrant, Unit, UnitAlias, User
from tests.support.clients import user_with
from tests.support.factories import (
    TESTS,
    GroupFactory,
    MembershipFactory,
    OfficerFactory,
    RoleGrantFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

CLOSED = "2026-01-01T00:00:00Z"


def path_of(unit):
    return Unit._base_manager.get(pk=unit.pk).path


# the tree


def test_a_new_unit_stands_below_its_parent(tree):
    clerk = user_with(Role.BUREAU_STAFF, tree.county)
    unit = org.unit_create(actor=clerk, parent=tree.town, name="东街村", code="dongjie", kind="town")
    assert path_of(unit) == f"{tree.town.path}{unit.pk:06d}."
    assert unit.pinyin == "dongjiecun djc"


def test_only_the_system_makes_a_root(tree):
    with pytest.raises(Denied):
        org.unit_create(
            actor=user_with(Role.BUREAU_STAFF, tree.city), parent=None, name="新根", code="root", kind="city"
        )
    assert org.unit_create(actor=TESTS, parent=None, name="新根", code="root", kind="city").pk


def test_a_move_takes_everything_below_along(tree):
    below = UnitFactory(parent=tree.town, name="东街村")
    ImportMapping.objects.create(importer="x", scope_path=tree.town.path, header="单位", field="unit")
    clerk = user_with(Role.BUREAU_STAFF, tree.city)
    org.unit_update(actor=clerk, pk=tree.town.pk, version=1, parent=tree.other_county, reason="区划调整")
    assert path_of(tree.town) == f"{tree.other_county.path}{tree.town.pk:06d}."
    assert path_of(below) == f"{path_of(tree.town)}{below.pk:06d}."
    assert path_of(tree.second_town) == tree.second_town.path
    assert ImportMapping.objects.get().scope_path == path_of(tree.town)


@pytest.mark.parametrize("into", ["county", "town", "below"])
def test_a_unit_never_belongs_to_itself(tree, into):
    tree.below = UnitFactory(parent=tree.town)
    before = list(Unit._base_manager.order_by("pk").values_list("pk", "path"))
    with pytest.raises(Refused) as refused:
        org.unit_update(
            actor=user_with(Role.BUREAU_STAFF, tree.city),
            pk=tree.county.pk,
            version=1,
            parent=getattr(tree, into),
        )
    assert refused.value.code == "circle"
    assert list(Unit._base_manager.order_by("pk").values_list("pk", "path")) == before


@pytest.mark.parametrize(
    ("role", "place", "target"),
    [("bureau_staff", "county", "other_county"), ("bureau_staff", "other_county", "other_county")],
)
def test_nobody_moves_a_unit_into_or_out_of_another_scope(tree, role, place, target):
    with pytest.raises(Denied):
        org.unit_update(
            actor=user_with(role, getattr(tree, place)),
            pk=tree.town.pk,
            version=1,
            parent=getattr(tree, target),
        )
    assert path_of(tree.town) == tree.town.path


def test_a_unit_with_live_units_below_is_not_archived(tree):
    clerk = user_with(Role.BUREAU_STAFF, tree.city)
    with pytest.raises(Refused, match="2"):
        org.unit_archive(actor=clerk, pk=tree.county.pk, version=1, reason="撤并")
    Unit._base_manager.filter(parent=tree.county).update(archived_at=CLOSED)
    assert org.unit_archive(actor=clerk, pk=tree.county.pk, version=1, reason="撤并").archived_at


def test_dates_and_successor_are_checked(tree):
    clerk = user_with(Role.BUREAU_STAFF, tree.city)
    with pytest.raises(ValidationError):
        org.unit_update(
            actor=clerk, pk=tree.town.pk, version=1, valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1)
        )
    with pytest.raises(ValidationError):
        org.unit_update(actor=clerk, pk=tree.town.pk, version=1, successor=tree.town)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit._base_manager.filter(pk=tree.town.pk).update(successor=tree.town)


def test_units_that_exist_on_a_day(tree):
    Unit._base_manager.filter(pk=tree.town.pk).update(
        valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31)
    )
    rows = Unit.objects.unscoped(reason="tests")
    for day, found in (
        (date(2019, 12, 31), False),
        (date(2020, 1, 1), True),
        (date(2020, 12, 31), True),
        (date(2021, 1, 1), False),
    ):
        assert rows.alive_on(day).filter(pk=tree.town.pk).exists() is found


# names


def test_another_name_is_learned_once(tree):
    clerk = user_with(Role.BUREAU_STAFF, tree.county)
    first = org.alias_add(actor=clerk, unit=tree.town, name="龙驹寨（镇）")
    assert org.alias_add(actor=clerk, unit=tree.town, name="龙驹寨 (镇)").pk == first.pk
    org.alias_remove(actor=clerk, pk=first.pk)
    assert not UnitAlias.objects.exists()


def test_names_need_the_right_to_change_the_unit(tree):
    with pytest.raises(Denied):
        org.alias_add(actor=user_with(Role.LEADER, tree.county), unit=tree.town, name="别名")
    assert not UnitAlias.objects.exists()


# groups


@pytest.fixture
def clerk(tree):
    return user_with(Role.BUREAU_STAFF, tree.county)


def test_a_unit_is_in_a_group_once_at_a_time(tree, clerk):
    group = GroupFactory(owner=tree.county)
    org.membership_add(
        actor=clerk, group=group, unit=tree.town, begins=date(2026, 1, 1), ends=date(2026, 6, 30)
    )
    for begins, ends in (
        (date(2026, 6, 30), None),
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 1), date(2026, 3, 1)),
    ):
        with pytest.raises(ValidationError):
            org.membership_add(actor=clerk, group=group, unit=tree.town, begins=begins, ends=ends)
    org.membership_add(actor=clerk, group=group, unit=tree.town, begins=date(2026, 7, 1))  # the day after
    org.membership_add(
        actor=clerk, group=GroupFactory(owner=tree.county), unit=tree.town, begins=date(2026, 1, 1)
    )
    assert GroupMembership.objects.count() == 3


def test_the_database_refuses_a_double_membership_by_itself(tree):
    group = GroupFactory(owner=tree.county)
    for expected in (True, False):
        try:
            with transaction.atomic():
                MembershipFactory(group=group, unit=tree.town)
            made = True
        except IntegrityError as refused:
            assert "org_member_once" in str(refused)  # noqa: PT017
            made = False
        assert made is expected


def test_a_membership_ends_on_a_day(tree, clerk):
    group = GroupFactory(owner=tree.county)
    member = org.membership_add(actor=clerk, group=group, unit=tree.town, begins=date(2026, 1, 1))
    with pytest.raises(Refused) as refused:
        org.membership_end(actor=clerk, pk=member.pk, last_day=date(2025, 12, 31))
    assert refused.value.code == "dates"
    org.membership_end(actor=clerk, pk=member.pk, last_day=date(2026, 6, 30))
    member.refresh_from_db()
    assert (member.valid.lower, member.valid.upper, member.version) == (date(2026, 1, 1), date(2026, 7, 1), 2)


def test_nothing_is_hung_on_an_archived_row(tree, clerk):
    """Names, members and service records of a closed row stay as they are."""
    group, officer = GroupFactory(owner=tree.county), OfficerFactory(unit=tree.town)
    member = MembershipFactory(group=group, unit=tree.town)
    alias = org.alias_add(actor=clerk, unit=tree.town, name="别名")
    for row in (group, officer, tree.town):
        type(row)._base_manager.filter(pk=row.pk).update(archived_at=CLOSED)
        row.refresh_from_db()
    for attempt in (
        lambda: org.alias_add(actor=clerk, unit=tree.town, name="又一名"),
        lambda: org.alias_remove(actor=clerk, pk=alias.pk),
        lambda: org.membership_add(actor=clerk, group=group, unit=tree.second_town, begins=date(2026, 1, 1)),
        lambda: org.membership_end(actor=clerk, pk=member.pk, last_day=date(2026, 12, 31)),
        lambda: org.service_record_add(
            actor=clerk, officer=officer, kind="training", begins=date(2026, 1, 1)
        ),
    ):
        with pytest.raises(Archived):
            attempt()
    assert (UnitAlias.objects.count(), GroupMembership.objects.count(), officer.service.count()) == (1, 1, 0)


# roles


@pytest.fixture
def guard(tree):
    return user_with(Role.SECURITY_ADMIN, tree.city)


def test_nobody_gives_himself_a_role(tree, guard):
    with pytest.raises(Denied):
        org.role_grant(actor=guard, user=guard, role=Role.OFFICER, unit=tree.county)
    assert RoleGrant._base_manager.filter(user=guard).count() == 1


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("bureau_staff", "committee"),
        ("finance", "officer"),
        ("officer", "audit_admin"),
        ("system_admin", "security_admin"),
        ("leader", "service_client"),
    ],
)
def test_roles_that_exclude_each_other_are_not_held_together(tree, guard, held, wanted):
    user = user_with(held, tree.county)
    with pytest.raises(Refused) as refused:
        org.role_grant(actor=guard, user=user, role=wanted, unit=tree.county)
    assert refused.value.code == "exclusive_roles"
    assert RoleGrant._base_manager.filter(user=user).count() == 1


def test_a_role_may_follow_one_that_ended(tree, guard):
    user = UserFactory(unit=tree.county)
    RoleGrantFactory(
        user=user, role=Role.BUREAU_STAFF, valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31)
    )
    with pytest.raises(Refused):
        org.role_grant(
            actor=guard, user=user, role=Role.COMMITTEE, unit=tree.county, valid_from=date(2025, 12, 31)
        )
    assert org.role_grant(
        actor=guard, user=user, role=Role.COMMITTEE, unit=tree.county, valid_from=date(2026, 1, 1)
    ).pk


def test_a_small_office_combines_roles_of_entering(tree, guard):
    user = user_with(Role.OFFICER, tree.county)
    org.role_grant(actor=guard, user=user, role=Role.BUREAU_STAFF, unit=tree.county)
    with pytest.raises(ValidationError):
        org.role_grant(actor=guard, user=user, role=Role.BUREAU_STAFF, unit=tree.county)
    assert {g.role for g in User._base_manager.get(pk=user.pk).grants()} == {"officer", "bureau_staff"}


@pytest.mark.parametrize(
    ("role", "place"),
    [("system_admin", "city"), ("security_admin", "other_county"), ("bureau_staff", "city")],
)
def test_only_the_security_administrator_of_the_tree_gives_roles(tree, role, place):
    user = UserFactory(unit=tree.town)
    with pytest.raises(Denied):
        org.role_grant(
            actor=user_with(role, getattr(tree, place)), user=user, role=Role.OFFICER, unit=tree.town
        )
    assert not RoleGrant._base_manager.filter(user=user).exists()


def test_ending_a_role_takes_effect_at_once(tree, guard):
    grant = RoleGrantFactory(user=UserFactory(unit=tree.town), valid_from=clock.today() - timedelta(days=9))
    ended = org.role_end(actor=guard, pk=grant.pk, version=1, reason="调离")
    assert ended.valid_to == clock.today() - timedelta(days=1)
    assert User._base_manager.get(pk=grant.user_id).grants() == ()
    today = RoleGrantFactory(user=UserFactory(unit=tree.town), valid_from=clock.today())
    assert org.role_end(actor=guard, pk=today.pk, version=1, reason="误授").archived_at
    assert User._base_manager.get(pk=today.user_id).grants() == ()
