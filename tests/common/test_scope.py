"""The gate of scoped models: nothing is read before somebody said for whom."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Subquery

from common.scope import ScopeMissing
from organizations import services as org
from organizations.choices import Role
from organizations.models import Officer, Post, Unit
from tests.support.clients import user_with
from tests.support.factories import GroupFactory, MembershipFactory, OfficerFactory, PostFactory

pytestmark = pytest.mark.django_db

READS = {
    "list": lambda rows: list(rows),
    "filter": lambda rows: list(rows.filter(name="x")),
    "exclude": lambda rows: list(rows.exclude(name="x")),
    "get": lambda rows: rows.get(pk=1),
    "first": lambda rows: rows.first(),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "len": lambda rows: len(rows),
    "aggregate": lambda rows: rows.aggregate(Max("id")),
    "annotate": lambda rows: list(rows.annotate(n=Count("id"))),
    "values": lambda rows: list(rows.values("id")),
    "values_list": lambda rows: list(rows.values_list("id", flat=True)),
    "iterator": lambda rows: list(rows.iterator()),
    "in_bulk": lambda rows: rows.in_bulk(),
    "slice": lambda rows: list(rows[:1]),
    "dates": lambda rows: list(rows.dates("created_at", "year")),
    "distinct": lambda rows: list(rows.distinct()),
    "union": lambda rows: list(rows.union(Post._base_manager.all())),
    "union on the right": lambda rows: list(Post.objects.unscoped(reason="tests").union(rows)),
    "or": lambda rows: list(rows | rows.filter(name="x")),
    "update": lambda rows: rows.update(sort=1),
    "update by expression": lambda rows: rows.update(sort=F("sort") + 1),
    "delete": lambda rows: rows.delete(),
    "raw delete": lambda rows: rows._raw_delete("default"),
    "select_for_update": lambda rows: list(rows.select_for_update()),
    "explain": lambda rows: rows.explain(),
    "get_or_create": lambda rows: rows.get_or_create(name="x", defaults={"unit_id": 1}),
    "update_or_create": lambda rows: rows.update_or_create(name="x", defaults={"unit_id": 1}),
}
NESTED = {
    "in": lambda rows: list(Unit.objects.unscoped(reason="tests").filter(posts__in=rows)),
    "values in": lambda rows: list(Unit._base_manager.filter(pk__in=rows.values("unit_id"))),
    "subquery": lambda rows: list(Unit._base_manager.annotate(x=Subquery(rows.values("name")[:1]))),
    "exists": lambda rows: list(Unit._base_manager.filter(Exists(rows.filter(unit=OuterRef("pk"))))),
    "update to": lambda rows: Unit._base_manager.update(sort=Subquery(rows.values("sort")[:1])),
    "prefetch": lambda rows: list(Unit._base_manager.prefetch_related(Prefetch("posts", queryset=rows))),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_reading_without_a_scope_raises(tree, read):
    PostFactory(unit=tree.town)
    with pytest.raises(ScopeMissing, match="Post"):
        read(Post.objects.all())
    assert Post._base_manager.count() == 1


@pytest.mark.parametrize("read", NESTED.values(), ids=NESTED.keys())
def test_a_nested_query_without_a_scope_raises(tree, read):
    PostFactory(unit=tree.town)
    with pytest.raises(ScopeMissing, match="Post"):
        read(Post.objects.all())


def test_building_a_query_reads_nothing():
    assert Post.objects.filter(name="x").query.model is Post


@pytest.mark.parametrize("reason", ["", "  "])
def test_opening_the_gate_needs_a_reason(reason):
    with pytest.raises(ValueError, match="reason"):
        Post.objects.unscoped(reason=reason)


def names(rows):
    return sorted(row.name for row in rows)


@pytest.fixture
def posts(tree):
    return [
        PostFactory(unit=unit, name=unit.name)
        for unit in (tree.city, tree.county, tree.town, tree.other_town)
    ]


def test_a_scope_reaches_the_unit_and_everything_below(tree, posts):
    head = user_with(Role.UNIT_HEAD, tree.county)
    rows = Post.objects.visible_to(head)
    assert names(rows) == ["丹凤县", "龙驹寨镇"]
    assert rows.count() == 2
    assert rows.aggregate(n=Count("id"))["n"] == 2
    assert {r.name for r in rows.iterator()} == {"丹凤县", "龙驹寨镇"}
    assert rows.filter(name="河口镇").exists() is False
    assert names(Post.objects.visible_to(head).union(rows)) == ["丹凤县", "龙驹寨镇"]
    assert Unit._base_manager.filter(posts__in=rows).count() == 2


def test_a_scope_narrows_updates_and_deletes(tree, posts):
    head = user_with(Role.UNIT_HEAD, tree.county)
    assert Post.objects.visible_to(head).update(sort=7) == 2
    assert set(Post._base_manager.filter(sort=7).values_list("name", flat=True)) == {"丹凤县", "龙驹寨镇"}
    assert Post.objects.visible_to(head).delete()[0] == 2
    assert names(Post._base_manager.all()) == ["云川市", "河口镇"]


def test_a_path_is_not_a_prefix_of_a_longer_number(tree):
    """Unit 000012. must not reach unit 0000123.: the dot ends every number."""
    Unit._base_manager.filter(pk=tree.other_county.pk).update(path=tree.county.path[:-1] + "9.")
    PostFactory(unit=tree.other_county, name="别处")
    assert names(Post.objects.visible_to(user_with(Role.UNIT_HEAD, tree.county))) == []


def test_roles_add_up(tree, posts):
    from tests.support.factories import RoleGrantFactory

    user = user_with(Role.UNIT_HEAD, tree.county)
    RoleGrantFactory(user=user, role=Role.UNIT_HEAD, unit=tree.other_county)
    user = type(user)._base_manager.get(pk=user.pk)
    assert names(Post.objects.visible_to(user)) == ["丹凤县", "河口镇", "龙驹寨镇"]


def test_without_roles_nothing_is_visible(tree, posts):
    assert list(Post.objects.visible_to(user_with(None, tree.city))) == []


@pytest.mark.parametrize("change", ["ended", "not begun", "archived", "inactive"])
def test_a_role_counts_only_while_it_holds(tree, posts, change):
    from datetime import date

    from organizations.models import RoleGrant, User

    user = user_with(Role.UNIT_HEAD, tree.county)
    grants = RoleGrant._base_manager.filter(user=user)
    if change == "ended":
        grants.update(valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31))
    elif change == "not begun":
        grants.update(valid_from=date(2999, 1, 1))
    elif change == "archived":
        grants.update(archived_at="2026-01-01T00:00:00Z")
    else:
        User._base_manager.filter(pk=user.pk).update(is_active=False)
    assert list(Post.objects.visible_to(User._base_manager.get(pk=user.pk))) == []


def test_allowed_to_is_narrower_than_visible_to(tree, posts):
    from common.access import Action

    leader = user_with(Role.LEADER, tree.county)
    assert names(Post.objects.visible_to(leader)) == ["丹凤县", "龙驹寨镇"]
    assert list(Post.objects.allowed_to(leader, Action.CHANGE)) == []


def test_own_record_is_visible_outside_the_tree(tree):
    user = user_with(Role.OFFICER, tree.town)
    mine = OfficerFactory(unit=tree.other_town, user=user, name="本人")
    OfficerFactory(unit=tree.other_town, name="别人")
    assert list(Officer.objects.visible_to(user)) == [mine]


def test_a_member_sees_the_group_once(tree):
    from organizations.models import CompetitionGroup

    group = GroupFactory(owner=tree.city)
    for unit in (tree.county, tree.town, tree.second_town):
        MembershipFactory(group=group, unit=unit)
    assert list(CompetitionGroup.objects.visible_to(user_with(Role.UNIT_HEAD, tree.county))) == [group]
    assert list(CompetitionGroup.objects.visible_to(user_with(Role.UNIT_HEAD, tree.other_county))) == []


def test_prefetch_stays_in_scope(tree, posts):
    head = user_with(Role.UNIT_HEAD, tree.county)
    rows = Unit._base_manager.prefetch_related(Prefetch("posts", queryset=Post.objects.visible_to(head)))
    assert {u.name for u in rows if list(u.posts.all())} == {"丹凤县", "龙驹寨镇"}


def test_uniqueness_knows_hidden_rows_and_names_none(tree):
    """A code taken at another unit is refused, and the answer says nothing about who has it."""
    client = user_with(Role.BUREAU_STAFF, tree.county)
    with pytest.raises(ValidationError) as refused:
        org.group_create(
            actor=client,
            owner=tree.county,
            code=GroupFactory(owner=tree.other_county, name="密").code,
            name="新组",
        )
    assert set(refused.value.message_dict) == {"code"}
    assert "密" not in str(refused.value)
    assert "青石" not in str(refused.value)


def test_the_gate_is_closed_again_after_a_uniqueness_check(tree):
    post = PostFactory.build(unit=tree.town, name="科长")
    post.full_clean()
    with pytest.raises(ScopeMissing):
        Post.objects.count()
