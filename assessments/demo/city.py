"""A part of the demo: the ranking of the invented city. Its capital in place is counted from the books; beside it stand a
figure that a confirmer sent and a measure that is only imported. Needs the parts "pipeline" and "capital"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml
from django.db import transaction

from assessments.booked import Booked
from assessments.demo import loading
from assessments.models import Measure, RankingRun
from common.errors import Refused
from leads.demo.cast import BUREAU, CITY
from ledger.choices import PeriodState
from ledger.models import FINAL_ACCOUNT, Period
from organizations import demo
from organizations.models import CompetitionGroup, Unit
from rules.money import Rounding, to_display
from rules.periods import Month

EVERY = {"reason": "demo data"}


def is_loaded() -> bool:
    return CompetitionGroup.objects.unscoped(**EVERY).filter(owner__code=CITY).exists()


@transaction.atomic
def load() -> dict[str, int]:
    """Targets, figures and published runs of the latest closed month. Raises Refused when no month is closed."""
    rows = Period.objects.filter(state=PeriodState.CLOSED).exclude(number=FINAL_ACCOUNT)
    code = rows.order_by("-code").values_list("code", flat=True).first()
    if code is None:
        raise Refused("The city's ranking counts what its books say: load pipeline and capital first.")
    month, bureau = Month(*divmod(code, 100)), demo.user(BUREAU)
    text = (loading.FOLDER / "city.yaml").read_text(encoding="utf-8")
    place: dict[str, Any] = yaml.safe_load(
        text.replace("YEAR", str(month.year)).replace("MONTH", str(month.number))
    )
    loading.make_measures(place)
    loading.make_groups(place)
    loading.make_tables(place)
    for file in place["files"]:
        for sheet in file["sheets"]:
            if confirmed := sheet.pop("of_books", None):
                sheet["rows"] = _confirmed(month, **confirmed)
        loading.import_file(file, bureau)
    loading.publish_runs({"months": {code: [month] for code in place["ranked"]}}, bureau)
    runs = RankingRun.objects.unscoped(**EVERY).filter(table__group__owner__code=CITY)
    return {
        "figures": sum(len(sheet["rows"]) for file in place["files"] for sheet in file["sheets"]),
        "runs": runs.count(),
    }


def _confirmed(month: Month, measure: str, shares: dict[str, str]) -> list[list[Any]]:
    """Rows of a confirmer's sheet: a part of what the books count for each unit up to a month, in 万元."""
    counted = Measure.objects.unscoped(**EVERY).get(code=measure)
    units = list(Unit.objects.unscoped(**EVERY).filter(name__in=shares))
    booked, rows = Booked.read(units, [counted], month), []
    for one in units:
        got = booked.sums[one.pk, counted.pk, month].own * Decimal(shares[one.name])
        rows.append([one.name, Rounding(2).apply(to_display(got, "wan"))])
    return rows


def register() -> None:
    """Called once, when the app is ready."""
    demo.register(demo.Part("ranking", 40, is_loaded, load))
