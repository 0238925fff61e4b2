"""Changes to units, aliases and groups."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from common import changelog, services
from common.actors import Actor
from common.errors import Refused
from common.models import ImportBatch, ImportMapping
from organizations.models import CompetitionGroup, GroupMembership, Unit, UnitAlias
from organizations.selectors import normal_name
from reference.pinyin import pinyin_key


def _path(parent: Unit | None, pk: int) -> str:
    return f"{parent.path if parent else ''}{pk:06d}."


@transaction.atomic
def unit_create(*, actor: Actor, parent: Unit | None, name: str, **values: Any) -> Unit:
    """A unit under `parent`. Only the system makes a root. Raises Denied, ValidationError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('org_unit', 'id'))")
        pk = cursor.fetchone()[0]
    values |= {
        "id": pk,
        "parent": parent,
        "name": name,
        "path": _path(parent, pk),
        "pinyin": pinyin_key(name),
    }
    return services.create(Unit, actor=actor, values=values)


@transaction.atomic
def unit_update(*, actor: Actor, pk: int, version: int | None, reason: str = "", **values: Any) -> Unit:
    """Change a unit. A new parent moves everything below it along. Raises Refused for a circle."""
    if "name" in values:
        values["pinyin"] = pinyin_key(values["name"])
    if "parent" not in values:
        return services.update(Unit, actor=actor, pk=pk, version=version, values=values, reason=reason)
    # One move at a time: paths of a whole subtree change together.
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE org_unit IN SHARE ROW EXCLUSIVE MODE")
    old = services.get_visible(Unit, pk, actor).path
    parent = values["parent"]
    if parent and parent.path.startswith(old):
        raise Refused(
            _("A unit can't belong to itself or to a unit below it."), code="circle", fields={"parent": ""}
        )
    new = _path(parent, pk)
    unit = services.update(
        Unit, actor=actor, pk=pk, version=version, values={**values, "path": new}, reason=reason
    )
    if new != old:
        with changelog.acting(actor, reason=reason):
            below = (
                Unit.objects.unscoped(reason="a move takes everything below along").below(old).exclude(pk=pk)
            )
            below.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
            for rows in (
                ImportBatch.objects.unscoped(reason="follow the moved unit"),
                ImportMapping.objects.all(),
            ):
                rows.filter(scope_path__startswith=old).update(
                    scope_path=Concat(Value(new), Substr("scope_path", len(old) + 1))
                )
    return unit


@transaction.atomic
def unit_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Unit:
    """Close a unit. Refused while live units stand below it."""
    path = services.get_visible(Unit, pk, actor).path
    below = (
        Unit.objects.unscoped(reason="anything alive below")
        .below(path)
        .filter(archived_at=None)
        .exclude(pk=pk)
    )
    if below.exists():
        raise Refused(
            _("%(n)s units still belong to this one. Move or archive them first.") % {"n": below.count()}
        )
    return services.archive(Unit, actor=actor, pk=pk, version=version, reason=reason)


@transaction.atomic
def alias_add(*, actor: Actor, unit: Unit, name: str) -> UnitAlias:
    """Remember another name of a unit. The same name again is no error."""
    services.authorize_change(actor, unit)
    with changelog.acting(actor):
        alias, _new = UnitAlias.objects.get_or_create(
            unit=unit, normalized=normal_name(name), defaults={"name": name.strip()[:100]}
        )
    return alias


@transaction.atomic
def alias_remove(*, actor: Actor, pk: int) -> None:
    """Forget another name."""
    alias = UnitAlias.objects.select_related("unit").get(pk=pk)
    services.authorize_change(actor, alias.unit)
    with changelog.acting(actor):
        alias.delete()


def group_create(*, actor: Actor, **values: Any) -> CompetitionGroup:
    return services.create(CompetitionGroup, actor=actor, values=values)


def group_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> CompetitionGroup:
    return services.update(CompetitionGroup, actor=actor, pk=pk, version=version, values=values)


def group_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> CompetitionGroup:
    return services.archive(CompetitionGroup, actor=actor, pk=pk, version=version, reason=reason)


@transaction.atomic
def membership_add(
    *,
    actor: Actor,
    group: CompetitionGroup,
    unit: Unit,
    begins: date,
    ends: date | None = None,
    ranked: bool = True,
    in_total: bool = True,
    sort: int = 0,
    unit_type: str = "",
    counts_in: Unit | None = None,
) -> GroupMembership:
    """Put a unit into a group from `begins` to `ends` (both days included), as a type of unit that schemes name, or as
    a part of a composite. Raises ValidationError when it is in it."""
    services.authorize_change(actor, group)
    valid = DateRange(begins, ends + timedelta(days=1) if ends else None, "[)")
    member = GroupMembership(
        group=group, unit=unit, valid=valid, ranked=ranked, in_total=in_total, sort=sort,
        unit_type=unit_type, counts_in=counts_in,
    )  # fmt: skip
    with changelog.acting(actor):
        member.full_clean()
        member.save()
    return member


@transaction.atomic
def membership_update(*, actor: Actor, pk: int, **values: Any) -> GroupMembership:
    """Change `ends` (its last day, None: open), `ranked`, `in_total`, `sort`, `unit_type` or `counts_in` of a membership;
    what isn't given stays. Raises ValidationError when it would overlap with another one of the unit, Refused as membership_end."""
    member = GroupMembership.objects.select_for_update(of=("self",)).select_related("group").get(pk=pk)
    services.authorize_change(actor, member.group)
    if "ends" in values:
        ends, begins = values.pop("ends"), member.valid.lower
        if ends and begins and ends < begins:
            raise Refused(
                _("The unit joined on %(day)s. Choose a later day.") % {"day": begins}, code="dates"
            )
        member.valid = DateRange(begins, ends + timedelta(days=1) if ends else None, "[)")
    for name in values:
        if name not in ("ranked", "in_total", "sort", "unit_type", "counts_in"):
            raise TypeError(f"membership_update() can't change {name!r}")
        setattr(member, name, values[name])
    member.version += 1
    with changelog.acting(actor):
        member.full_clean()
        member.save()
    return member


@transaction.atomic
def membership_end(*, actor: Actor, pk: int, last_day: date) -> GroupMembership:
    """The unit's last day in the group. Raises Refused when it lies before its first."""
    member = GroupMembership.objects.select_for_update(of=("self",)).select_related("group").get(pk=pk)
    services.authorize_change(actor, member.group)
    begins = member.valid.lower
    if begins and last_day < begins:
        raise Refused(_("The unit joined on %(day)s. Choose a later day.") % {"day": begins}, code="dates")
    member.valid = DateRange(begins, last_day + timedelta(days=1), "[)")
    member.version += 1
    with changelog.acting(actor):
        member.save()
    return member
