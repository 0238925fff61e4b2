"""The real units that a worked example may take: members of the bound competition group, with their latest facts."""

from __future__ import annotations

from typing import Any

from assessments.models import SchemeGroup, SchemeRun, SchemeVersion
from common import clock
from common.actors import Actor
from organizations.models import GroupMembership, Unit

from .example import Known
from .places import Document, Place, get


def known_of(row: SchemeVersion, document: Document, place: Place, actor: Actor) -> Known:
    """What the actor may see of the group that the part belongs to; empty when it isn't bound. At most four queries."""
    group = get(document, ("groups", place.group or 0))
    code = group.get("code") if isinstance(group, dict) else None
    bound = (
        SchemeGroup.objects.filter(scheme=row.scheme_id, code=code, archived_at=None).first()
        if code
        else None
    )
    if bound is None:
        return Known()
    members = GroupMembership.objects.filter(
        group=bound.group_id, valid__contains=clock.today(), unit__in=Unit.objects.visible_to(actor)
    )
    units = tuple(
        (one.unit.code, one.unit.name, one.unit_type or one.unit.kind)
        for one in members.select_related("unit").order_by("unit__path")
    )
    run: Any = (
        SchemeRun.objects.visible_to(actor)
        .filter(version__scheme=row.scheme_id, month__lte=12)
        .order_by("-year", "-month", "-id")
        .first()
    )
    if run is None:
        return Known(units)
    return Known(units, run.facts, f"{run.year}-{run.month:02d}")
