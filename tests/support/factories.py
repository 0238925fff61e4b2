"""Rows to test with: a small city's tree, people in it, and what they keep.

    city 云川市 ─ bureau 市投资促进局
      ├ county 丹凤县 ─ towns 龙驹寨镇, 棣花镇
      ├ county 青石县 ─ town 河口镇
      └ park 高新区

Rows are written past the services (as a migration would), so a test's own service call is the only one.
"""

import factory
from django.db import connection
from django.utils import timezone

from common.actors import System
from common.changelog import acting
from organizations.choices import Role, ServiceKind, UnitKind
from organizations.models import (
    CompetitionGroup,
    GroupMembership,
    Officer,
    Post,
    RoleGrant,
    ServiceRecord,
    Unit,
    UnitAlias,
    User,
)
from organizations.selectors import normal_name
from reference.pinyin import pinyin_key

TESTS = System("tests")
PASSWORD = "Yunchuan-2026-y"


class RowFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @classmethod
    def _get_manager(cls, model_class):
        return model_class._base_manager

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with acting(TESTS):
            return super()._create(model_class, *args, **kwargs)


def next_ids(model, number=1):
    """Keys from the model's sequence, for rows that need theirs before they are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, number],
        )
        return [pk for (pk,) in cursor.fetchall()]


class UnitFactory(RowFactory):
    class Meta:
        model = Unit
        skip_postgeneration_save = True

    parent = None
    code = factory.Sequence(lambda n: f"unit-{n}")
    name = factory.Sequence(lambda n: f"第{n}镇")
    kind = UnitKind.TOWN
    pinyin = factory.LazyAttribute(lambda unit: pinyin_key(unit.name))
    id = factory.LazyFunction(lambda: next_ids(Unit)[0])
    path = factory.LazyAttribute(lambda unit: f"{unit.parent.path if unit.parent else ''}{unit.id:06d}.")


class Tree:
    """The city's units by name, made at once: in one statement, since nearly every test begins with it."""

    def __init__(self):
        self._ids, self._units = iter(next_ids(Unit, 8)), []
        self.city = self._unit(None, "云川市", "yunchuan", UnitKind.CITY)
        self.bureau = self._unit(self.city, "市投资促进局", "bureau", UnitKind.BUREAU)
        self.county = self._unit(self.city, "丹凤县", "danfeng", UnitKind.COUNTY)
        self.other_county = self._unit(self.city, "青石县", "qingshi", UnitKind.COUNTY)
        self.park = self._unit(self.city, "高新区", "park", UnitKind.PARK)
        self.town = self._unit(self.county, "龙驹寨镇", "longjuzhai", UnitKind.TOWN)
        self.second_town = self._unit(self.county, "棣花镇", "dihua", UnitKind.TOWN)
        self.other_town = self._unit(self.other_county, "河口镇", "hekou", UnitKind.TOWN)
        with acting(TESTS):
            Unit._base_manager.bulk_create(self._units)

    def _unit(self, parent, name, code, kind):
        made = UnitFactory.build(id=next(self._ids), parent=parent, name=name, code=code, kind=kind)
        self._units.append(made)
        return made


class UserFactory(RowFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"人员{n}")
    unit = factory.SubFactory(UnitFactory)
    phone = "13912345678"
    password = "!"  # nobody signs in with it
    password_set_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def secret(user, create, extracted, **kwargs):  # noqa: N805
        if extracted:
            user.set_password(extracted)
            User._base_manager.filter(pk=user.pk).update(password=user.password)


class RoleGrantFactory(RowFactory):
    class Meta:
        model = RoleGrant
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    role = Role.OFFICER
    unit = factory.SelfAttribute("user.unit")
    valid_from = factory.LazyFunction(lambda: timezone.localdate().replace(month=1, day=1))


class PostFactory(RowFactory):
    class Meta:
        model = Post
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"第{n}科科长")


class OfficerFactory(RowFactory):
    class Meta:
        model = Officer
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"专员{n}")
    pinyin = factory.LazyAttribute(lambda officer: pinyin_key(officer.name)[:200])
    phone = "13812341234"


class ServiceRecordFactory(RowFactory):
    class Meta:
        model = ServiceRecord
        skip_postgeneration_save = True

    officer = factory.SubFactory(OfficerFactory)
    kind = ServiceKind.FRONT_LINE
    begins = factory.LazyFunction(timezone.localdate)


class UnitAliasFactory(RowFactory):
    class Meta:
        model = UnitAlias
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"别名{n}")
    normalized = factory.LazyAttribute(lambda alias: normal_name(alias.name))


class GroupFactory(RowFactory):
    class Meta:
        model = CompetitionGroup
        skip_postgeneration_save = True

    owner = factory.SubFactory(UnitFactory)
    code = factory.Sequence(lambda n: f"group-{n}")
    name = factory.Sequence(lambda n: f"第{n}组")


class MembershipFactory(RowFactory):
    class Meta:
        model = GroupMembership
        skip_postgeneration_save = True

    group = factory.SubFactory(GroupFactory)
    unit = factory.SubFactory(UnitFactory)
    valid = factory.LazyFunction(lambda: (timezone.localdate().replace(month=1, day=1), None))
