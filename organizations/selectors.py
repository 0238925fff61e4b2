"""Reads across the tables of organizations."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from datetime import date

from django.db.models import QuerySet

from organizations.models import CompetitionGroup, GroupMembership, Unit, UnitAlias


def normal_name(name: str) -> str:
    """Unit names compared: width folded, blanks and punctuation dropped."""
    return re.sub(r"[\s,，.。、()（）“”\"'·:：]+", "", unicodedata.normalize("NFKC", name)).lower()[:100]


def units_by_name(path: str) -> dict[str, list[Unit]]:
    """Every name, short name and alias below a unit → the units that carry it, for imports."""
    found: dict[str, dict[int, Unit]] = defaultdict(dict)
    units = {
        u.pk: u
        for u in Unit.objects.unscoped(reason="names of an import's own scope")
        .below(path)
        .filter(archived_at=None)
    }
    for unit in units.values():
        for name in (unit.name, unit.short_name, unit.code):
            if name:
                found[normal_name(name)][unit.pk] = unit
    for alias in UnitAlias.objects.filter(unit_id__in=units, archived_at=None):
        found[alias.normalized][alias.unit_id] = units[alias.unit_id]
    return {name: list(some.values()) for name, some in found.items()}


def members_on(group: CompetitionGroup, day: date) -> QuerySet[GroupMembership]:
    """A group's members on a day, in their order."""
    return GroupMembership.objects.filter(group=group, valid__contains=day, archived_at=None).select_related(
        "unit"
    )


def taken_over(day: date) -> dict[int, Unit]:
    """Units that are gone on a day and have a successor, by id: the day on which they are valid last is still theirs, and
    a unit without a last day isn't gone."""
    rows = Unit.objects.unscoped(reason="whose figures and targets follow the successor").filter(
        successor__isnull=False, valid_to__lt=day
    )
    return {unit.pk: unit for unit in rows.order_by("pk")}
