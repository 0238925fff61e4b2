"""Which target holds for a unit in a month (DOMAIN §4). Rankings and scheme runs read targets here and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Q

from assessments.booked import last_day
from assessments.choices import QuartersIn
from assessments.models import Measure, Target
from assessments.models.targets import SPLIT
from organizations.models import GroupMembership, Unit
from organizations.selectors import taken_over
from rules.money import add, ratio, subtract
from rules.periods import Month
from rules.scheme.facts import TargetGiven

from . import composed as made

WHY = "targets of assessed units; their pages go through their own scope"
HUNDRED = Decimal(100)
SHARE = Decimal("1E-10")  # as exact as a scheme's facts file keeps a share
Schedule = tuple[Decimal, Decimal, Decimal, Decimal]
Key = tuple[int, str, str]  # unit, code of the measure, which (firm, stretch, city, county)
Cell = tuple[int, str]  # measure, which


class Origin(StrEnum):
    """Why a target holds for a unit."""

    OWN = "own"
    LINE = "line"  # a line of its composed target
    CARRIED = "carried"  # of the units whose successor it is
    GROUP = "group"  # it has none: that of its competition group
    REST = "rest"  # it has none: that of all others below a unit


@dataclass(frozen=True, slots=True)
class Held:
    """A target as it holds. `value` in yuan, dollars or pieces; `schedule`: its own shares by quarter in per cent (100 for
    the whole), or None where the scheme's or the table's holds; `ref` "target:<id>", several with commas; `whose`: the group
    or the units it is taken from; `quantum`: one unit of the last printed digit."""

    value: Decimal
    schedule: Schedule | None
    ref: str
    holds_from: int
    origin: Origin = Origin.OWN
    whose: str = ""
    implied: bool = False
    quantum: Decimal = Decimal(0)
    composed: made.Composed | None = None

    @property
    def residual(self) -> bool:
        """Whether the unit has no target of its own."""
        return self.origin in (Origin.GROUP, Origin.REST)

    def given(self) -> TargetGiven:
        """As a scheme's facts hold it."""
        return TargetGiven(value=self.value, schedule=self.schedule, ref=self.ref)

    @property
    def lines(self) -> tuple[made.Line, ...]:
        """What a composed target is made of; () for a plain one."""
        return self.composed.lines if self.composed else ()


def schedule_of(value: Decimal, quarters_in: str, quarters: tuple[Any, ...]) -> Schedule | None:
    """Shares by quarter in per cent that add up to 100 exactly; the last takes what rounding leaves. Amounts of a target
    of nought have no shares."""
    if not quarters_in or (quarters_in == QuartersIn.AMOUNT and value == 0):
        return None
    first = [
        one if quarters_in == QuartersIn.PERCENT else ratio(one, value, HUNDRED).quantize(SHARE)
        for one in quarters[:3]
    ]
    return first[0], first[1], first[2], subtract(HUNDRED, add(first))


def targets(
    units: Iterable[Unit],
    measures: Iterable[Measure],
    year: int,
    month: int,
    which: Collection[str] | None = None,
) -> dict[Key, Held]:
    """The targets that hold in a month of the year (1..12; of the year's final account: 12), by unit, measure and kind;
    those that are not there have none. `which`: only these kinds. Three queries, however many units and measures.

    A unit's own target goes before that of the units it took over (summed), that before the one of its competition group
    (the first in the order of groups), that before the one for all others below a unit (the nearest). A line of a composed
    target is the target of its measure where the unit has no plain one.
    """
    units, codes = list(units), {one.pk: one.code for one in measures}
    last = last_day(Month(year, month))
    before = _replaced(last)
    places = _Places(_rows(units, before, codes, year, month, which))
    groups: dict[int, list[int]] = defaultdict(list)
    rows = GroupMembership.objects.filter(unit__in=units, valid__contains=last, archived_at=None)
    for unit_id, group_id in rows.order_by("group__sort", "group__code").values_list("unit", "group"):
        groups[unit_id].append(group_id)
    found: dict[Key, Held] = {}
    for unit in units:
        held = places.below(unit)
        for group_id in reversed(groups[unit.pk]):
            held.update(places.of_group.get(group_id, {}))
        held.update(_carried([places.own.get(pk, {}) for pk in before.get(unit.pk, ())]))
        held.update(places.own.get(unit.pk, {}))
        found.update({(unit.pk, codes[m], kind): one for (m, kind), one in held.items() if m in codes})
        for (_measure, kind), one in held.items():
            for line in one.lines:
                plain = found.get((unit.pk, line.of, kind))
                if plain is None or (plain.residual and not one.residual):
                    found[unit.pk, line.of, kind] = replace(
                        one, value=line.needed, schedule=None, origin=Origin.LINE, composed=None
                    )
    wanted = set(codes.values())
    return {key: one for key, one in found.items() if key[1] in wanted}


class _Places:
    """Rows in force, by where they hold."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self.own: dict[int, dict[Cell, Held]] = defaultdict(dict)
        self.of_group: dict[int, dict[Cell, Held]] = defaultdict(dict)
        self.rest: dict[int, dict[Cell, Held]] = defaultdict(dict)
        for row in rows:  # in the order of their months: the last one holds
            cell = row["measure_id"], row["kind"]
            if not row["residual"]:
                self.own[row["unit_id"]][cell] = _held(row, Origin.OWN, "")
            elif row["group_id"] is not None:
                self.of_group[row["group_id"]][cell] = _held(row, Origin.GROUP, row["group__name"])
            else:
                whose = row["unit__short_name"] or row["unit__name"]
                self.rest[row["unit_id"]][cell] = _held(row, Origin.REST, whose)

    def below(self, unit: Unit) -> dict[Cell, Held]:
        """What holds for all others below the units above it; the nearest one wins."""
        found: dict[Cell, Held] = {}
        for above in ancestors(unit):
            found.update(self.rest.get(above, {}))
        return found


def ancestors(unit: Unit) -> list[int]:
    """The ids of the units above one, from the root down."""
    return [int(part) for part in unit.path.split(".")[:-2]]


def _rows(
    units: list[Unit],
    before: dict[int, list[int]],
    codes: dict[int, str],
    year: int,
    month: int,
    which: Collection[str] | None,
) -> Any:
    ids = {one.pk for one in units}
    above = {pk for one in units for pk in ancestors(one)}
    gone = {pk for successor in ids for pk in before.get(successor, ())}
    of_unit = Q(residual=False, post=None, officer=None, unit__in=ids | gone)
    rows = Target.objects.unscoped(reason=WHY).filter(
        of_unit | Q(residual=True, group__isnull=False) | Q(residual=True, group=None, unit__in=above),
        Q(measure__in=list(codes)) | Q(composed__isnull=False),
        year=year,
        holds_from__lte=month,
        superseded_at=None,
    )
    if which is not None:
        rows = rows.filter(kind__in=list(which))
    return rows.order_by("holds_from").values(
        "pk", "unit_id", "group_id", "residual", "measure_id", "kind", "value", "holds_from", "implied", "quantum", "composed",
        "quarters_in", *SPLIT, "group__name", "unit__name", "unit__short_name",
    )  # fmt: skip


def _held(row: dict[str, Any], origin: Origin, whose: str) -> Held:
    return Held(
        row["value"],
        schedule_of(row["value"], row["quarters_in"], tuple(row[name] for name in SPLIT)),
        f"target:{row['pk']}",
        row["holds_from"],
        origin,
        whose,
        row["implied"],
        row["quantum"],
        made.read(row["composed"]),
    )


def _replaced(day: Any) -> dict[int, list[int]]:
    """Unit → the units that it took over by a day, also over several steps."""
    direct: dict[int, list[int]] = defaultdict(list)
    for pk, unit in taken_over(day).items():
        direct[unit.successor_id or 0].append(pk)
    return {unit: _all_before(unit, direct) for unit in list(direct)}


def _all_before(unit: int, direct: dict[int, list[int]]) -> list[int]:
    found: list[int] = []
    waiting = list(direct.get(unit, ()))
    while waiting:
        one = waiting.pop(0)
        if one not in found and one != unit:
            found.append(one)
            waiting += direct.get(one, ())
    return found


def _carried(parts: list[dict[Cell, Held]]) -> dict[Cell, Held]:
    """The plain targets of units that are gone, added up. A schedule stays where all have the same one."""
    found: dict[Cell, Held] = {}
    for cell in dict.fromkeys(cell for one in parts for cell in one):
        held = [one[cell] for one in parts if cell in one]
        if len(held) > 1 and any(one.composed for one in held):
            continue  # two lists of conditions have no sum
        found[cell] = replace(
            held[0],
            value=add(one.value for one in held),
            schedule=held[0].schedule if len({one.schedule for one in held}) == 1 else None,
            ref=",".join(one.ref for one in held),
            holds_from=max(one.holds_from for one in held),
            origin=Origin.CARRIED,
            implied=any(one.implied for one in held),
            quantum=add(one.quantum for one in held),
        )
    return found
