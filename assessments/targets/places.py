"""Where a target stands, what it is to be, and which rows hold now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from assessments.choices import QuartersIn
from assessments.models import Target
from assessments.models.targets import SPLIT
from assessments.targets import composed as made
from organizations.models import CompetitionGroup, Officer, Post, Unit
from rules.money import add

YEARS = range(1990, 2200)
WHY = "targets of holders that the caller checks the actor for"


class Holder(NamedTuple):
    """Whose target: `sort` is unit, post, officer, group (its units without one of their own) or rest (all others below
    that unit); `pk` of the row that it names."""

    sort: str
    pk: int


class Place(NamedTuple):
    """One target of a year."""

    holder: Holder
    measure: int
    kind: str

    @property
    def name(self) -> str:
        """The name of its box on a page."""
        return f"t-{self.holder.sort}-{self.holder.pk}-{self.measure}-{self.kind}"


@dataclass(frozen=True, slots=True)
class Given:
    """What a target is to be. `value` in yuan, dollars or pieces (None: what its lines or its quarters add up to); `quarters`
    in per cent of the year or as amounts."""

    value: Decimal | None = None
    quarters: tuple[Decimal, ...] | None = None
    quarters_in: str = ""
    composed: made.Composed | None = None

    def fields(self) -> dict[str, Any]:
        """As the row keeps it."""
        value = self.value
        if self.composed is not None:
            value = self.composed.total
        elif value is None and self.quarters and self.quarters_in == QuartersIn.AMOUNT:
            value = add(self.quarters)
        split: tuple[Any, ...] = self.quarters or (None,) * 4
        return {
            "value": value,
            "quarters_in": self.quarters_in if self.quarters else "",
            **dict(zip(SPLIT, split, strict=True)),
            "composed": made.document(self.composed) if self.composed else None,
        }


MODELS: dict[str, Any] = {
    "unit": Unit, "post": Post, "officer": Officer, "group": CompetitionGroup, "rest": Unit,
}  # fmt: skip


def holder_of(row: Target) -> Holder:
    if row.residual:
        return Holder("group", row.group_id) if row.group_id else Holder("rest", row.unit_id)
    if row.post_id:
        return Holder("post", row.post_id)
    return Holder("officer", row.officer_id) if row.officer_id else Holder("unit", row.unit_id)


def place_of(row: Target) -> Place:
    return Place(holder_of(row), row.measure_id, row.kind)


def in_force(places: Iterable[Place], year: int, month: int, *, lock: bool = False) -> dict[Place, Target]:
    """The rows that hold in a month for these places; one query."""
    places = set(places)
    rows = Target.objects.unscoped(reason=WHY).filter(
        year=year,
        holds_from__lte=month,
        superseded_at=None,
        measure__in={one.measure for one in places},
        kind__in={one.kind for one in places},
    )
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = {place_of(row): row for row in rows.order_by("holds_from", "pk")}  # the last one holds
    return {place: row for place, row in found.items() if place in places}
