"""Filling the reference tables from their sources. Loading twice changes nothing the second time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from common import changelog, clock
from common.actors import Actor
from common.errors import Denied
from reference import sectors, sources
from reference.models import CalendarYear, Currency, Holiday, Industry, Region
from reference.pinyin import pinyin_key

REASON = "the loader compares all rows"
CALENDAR_SOURCE = "国务院办公厅节假日安排通知（chinesecalendar）"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rows of one table: `created`, `updated`, `unchanged`. Rows that are not in the source stay as they are."""

    table: str
    created: int
    updated: int
    unchanged: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load(*, actor: Actor, only: Iterable[str] = ()) -> list[Loaded]:
    """Fill the named tables, or all of LOADERS, in one transaction. For the system only: raises Denied."""
    if not actor.is_system:
        raise Denied
    wanted = list(only) or list(LOADERS)
    with transaction.atomic(), changelog.acting(actor, reason="reference load"):
        return [LOADERS[name]() for name in wanted]


def load_industries() -> Loaded:
    """GB/T 4754-2017 with the sector of each code."""
    edition = sources.about()["industries"]["edition"]

    def values(row: sources.TreeRow) -> dict[str, Any]:
        sector = "" if row.code in sectors.MIXED else sectors.sector_of(row.code)
        return {"level": row.level, "name": row.name, "pinyin": pinyin_key(row.name), "sector": sector}

    return _load_tree("industries", Industry, {"edition": edition}, sources.industries(), values)


def load_regions() -> Loaded:
    """The newest list of regions that is shipped. Lists of other years stay."""
    year = sources.about()["regions"]["year"]

    def values(row: sources.TreeRow) -> dict[str, Any]:
        return {"level": row.level, "name": row.name, "pinyin": pinyin_key(row.name)}

    return _load_tree("regions", Region, {"year": year}, sources.regions(), values)


def load_currencies() -> Loaded:
    """Currencies in use today."""
    rows = {
        row.code: {
            "name_zh": row.name,
            "name_en": row.name_en,
            "minor_units": row.minor_units,
            "pinyin": pinyin_key(row.name),
        }
        for row in sources.currencies(clock.today())
    }
    return _upsert("currencies", Currency, {}, rows)


def load_holidays() -> Loaded:
    """Years that nobody has entered yet. A year that is there belongs to the bureau and is left alone."""
    there = set(CalendarYear.objects.unscoped(reason=REASON).values_list("year", flat=True))
    taken = set(
        Holiday.objects.unscoped(reason=REASON).filter(archived_at=None).values_list("date", flat=True)
    )
    days, years, unchanged = [], [], 0
    for year, rows in sources.holidays().items():
        if year in there:
            unchanged += len(rows)
            continue
        years.append(CalendarYear(year=year, source=CALENDAR_SOURCE))
        days += [
            Holiday(date=r.day, kind=r.kind, name=r.name, source=CALENDAR_SOURCE)
            for r in rows
            if r.day not in taken
        ]
    Holiday.objects.bulk_create(days)
    CalendarYear.objects.bulk_create(years)
    return Loaded("holidays", len(days), 0, unchanged)


def _load_tree(
    table: str,
    model: Any,
    fixed: dict[str, Any],
    rows: list[sources.TreeRow],
    values: Callable[[sources.TreeRow], dict[str, Any]],
) -> Loaded:
    """One level after the other, because a row needs the key of its parent."""
    created = updated = unchanged = 0
    for level in dict.fromkeys(row.level for row in rows):
        parents = dict(model.objects.unscoped(reason=REASON).filter(**fixed).values_list("code", "pk"))
        wanted = {
            r.code: {**values(r), "parent_id": parents[r.parent] if r.parent else None}
            for r in rows
            if r.level == level
        }
        done = _upsert(table, model, fixed, wanted)
        created, updated, unchanged = (
            created + done.created,
            updated + done.updated,
            unchanged + done.unchanged,
        )
    return Loaded(table, created, updated, unchanged)


def _upsert(table: str, model: Any, fixed: dict[str, Any], wanted: dict[str, dict[str, Any]]) -> Loaded:
    """Create what is missing, update what differs. `wanted`: fields by code."""
    there = {row.code: row for row in model.objects.unscoped(reason=REASON).filter(**fixed, code__in=wanted)}
    new = [model(**fixed, code=code, **fields) for code, fields in wanted.items() if code not in there]
    changed, names = [], set()
    for code, row in there.items():
        differing = {n: v for n, v in wanted[code].items() if getattr(row, n) != v}
        if differing:
            for name, value in {**differing, "version": row.version + 1, "updated_at": clock.now()}.items():
                setattr(row, name, value)
                names.add(name)
            changed.append(row)
    model.objects.bulk_create(new)
    if changed:
        model.objects.unscoped(reason=REASON).bulk_update(changed, sorted(names))
    return Loaded(table, len(new), len(changed), len(there) - len(changed))


LOADERS: dict[str, Callable[[], Loaded]] = {
    "industries": load_industries,
    "regions": load_regions,
    "currencies": load_currencies,
    "holidays": load_holidays,
}
