"""`assessments/shipped/measures.yaml` into rows, by `manage.py pipeline load`: what is missing is created, what is there
belongs to the bureau."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assessments.choices import FigureSource
from assessments.measures.base import REGISTRY
from assessments.measures.catalogue import measure_problems
from assessments.models import Measure
from leads import shipping
from ledger.choices import Role

FOLDER = Path(__file__).parent / "shipped"
NAME = "measures"
WHY = "the catalogue of measures is the same for everybody"


def load(document: list[dict[str, Any]]) -> shipping.Loaded:
    """Measures by their code; archived ones count as there. ValueError for a file that asks what can't be counted."""
    rows = {row.code: row for row in Measure.objects.unscoped(reason=WHY)}
    missing = [one for one in document if one["code"] not in rows]
    for first in (True, False):  # those that are about another one come after it
        fresh = [_row(one, rows) for one in missing if ("of" not in one) is first]
        Measure.objects.unscoped(reason=WHY).bulk_create(fresh)
        rows |= {row.code: row for row in fresh}
    return shipping.Loaded(NAME, len(missing), len(document) - len(missing))


def _row(one: dict[str, Any], rows: dict[str, Measure]) -> Measure:
    if "base" not in one:
        return Measure(**one)
    base, filters = REGISTRY[one["base"]], one.get("filters", {})
    of = rows[one["of"]] if "of" in one else None
    if problems := measure_problems(base.code, filters, of):
        raise ValueError(f"{one['code']}: {problems[0]}")
    return Measure(
        code=one["code"],
        name=one["name"],
        sort=one["sort"],
        source=FigureSource.COUNTED,
        base=base.code,
        filters=filters,
        credit=one.get("credit", "share"),
        role=one.get("role", Role.ASSESSED),
        of_measure=of,
        unit=base.unit,
        nature=base.nature,
        direction=base.direction,
    )


def count() -> int:
    return Measure.objects.unscoped(reason=WHY).filter(archived_at=None).count()


def register() -> None:
    """At start-up."""
    shipping.ships(NAME, load, count, folder=FOLDER)
