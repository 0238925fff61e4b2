"""Plan, reported and recognised by month on a project's page; reported against recognised by unit.

Arrived and formed are never in one chart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import ExtractMonth
from django.utils.translation import gettext as _

from capital.choices import Basis
from capital.opening import unrewarded
from common import charts, clock
from common.actors import Actor
from common.templatetags.ip import amount
from ledger.asked import said
from ledger.choices import Kind, Role
from ledger.clocks import published_q
from ledger.models import Posting
from ledger.selectors import Cut, sums_many
from organizations.models import Unit
from projects.sections import NUM, Reading, num, row, section
from reference.models import HOME_CURRENCY
from rules.money import ratio, subtract, to_display

MONTHS = range(1, 13)
SHOWN = (Kind.CAPITAL_REPORTED, Kind.CAPITAL_PRELIMINARY, Kind.CAPITAL_RECOGNISED)
WHOLE = "a project's page shows the whole of it to whoever may read the project"


def arrived(reading: Reading) -> dict[str, Any]:
    """Section of a project's page: the plan beside what arrived, this year."""
    return _by_month(reading, Basis.ARRIVED, _("Capital arrived by month"))


def formed(reading: Reading) -> dict[str, Any]:
    return _by_month(reading, Basis.FORMED, _("Fixed assets formed by month"))


def _by_month(reading: Reading, basis: Basis, title: str) -> dict[str, Any]:
    year = clock.today().year
    lines = _lines(reading, basis, year)
    got = _moved(lines)
    counted = lines.filter(kind=Kind.CAPITAL_RECOGNISED)
    opening = counted.filter(unrewarded(counted)).aggregate(total=Sum("base_qty"))["total"]
    plan = _plan(reading, year) if basis == Basis.ARRIVED else {}
    note = _("%(year)s, by the day on which it happened, ten thousand yuan, %(clock)s") % {
        "year": year,
        "clock": said(reading.closing),
    }
    heads = [(_("month"), ""), (_("reported"), NUM), (_("first check"), NUM), (_("recognised"), NUM)]
    if plan:
        heads.insert(1, (_("planned"), NUM))
    filled = [month for month in MONTHS if month in plan or any(month in got[kind] for kind in SHOWN)]
    rows = [
        row(
            f"{year}-{month:02d}",
            *([num(_wan(plan.get(month)))] if plan else []),
            *(num(_wan(got[kind].get(month))) for kind in SHOWN),
        )
        for month in filled
    ]
    found = section(title, heads, rows, note=note, empty=_("Nothing was reported in this year."))
    if opening:
        said_of = _(
            "Of what is recognised, %(amount)s are opening balances: they count and are not rewardable."
        )
        found["text"] = said_of % {"amount": _wan(opening)}
    if filled:
        series = [
            charts.Series(_("reported"), _values(got[Kind.CAPITAL_REPORTED]), "s2"),
            charts.Series(_("recognised"), _values(got[Kind.CAPITAL_RECOGNISED]), "s1"),
        ]
        if plan:
            series.insert(0, charts.Series(_("planned"), _values(plan)))
        found["chart"] = charts.columns(f"{title}: {note}", [str(month) for month in MONTHS], series)
    return found


def _lines(reading: Reading, basis: str, year: int) -> Any:
    """The project's lines of a year, in the dimension of assessed units, where shares add up to the whole."""
    rows = Posting.objects.unscoped(reason=WHOLE).filter(
        subject_type="project",
        subject_id=reading.project.pk,
        kind__in=SHOWN,
        basis=basis,
        role=Role.ASSESSED,
        occurred_on__year=year,
    )
    if reading.closing is not None:
        rows = rows.filter(published_q(reading.closing))
    return rows


def _moved(rows: Any) -> dict[str, dict[int, Decimal]]:
    """{kind: {month: yuan}} of lines."""
    found: dict[str, dict[int, Decimal]] = defaultdict(dict)
    sums = rows.order_by().values("kind", month=ExtractMonth("occurred_on")).annotate(total=Sum("base_qty"))
    for line in sums:
        found[line["kind"]][line["month"]] = line["total"]
    return found


def _plan(reading: Reading, year: int) -> dict[int, Decimal]:
    """The plan of the year by month, when it is in yuan; a plan in other money has no place beside yuan."""
    if str(reading.project.currency_id) != HOME_CURRENCY:
        return {}
    months = reading.project.plan.filter(archived_at=None, month__year=year)
    return {one.month.month: one.amount for one in months}


def _values(by_month: dict[int, Decimal]) -> list[Decimal | None]:
    return [to_display(by_month[month], "wan") if month in by_month else None for month in MONTHS]


def _wan(value: Decimal | None) -> str:
    return "" if value is None else amount(to_display(value, "wan"))


# ---------------------------------------------------------------- reported against recognised, by unit


@dataclass(frozen=True, slots=True)
class Gap:
    """Yuan of a unit and those below it. `rate`: recognised in per cent of reported; None when nothing was."""

    unit: Unit
    reported: Decimal
    preliminary: Decimal
    recognised: Decimal
    gap: Decimal
    rate: Decimal | None


def gaps(
    units: Iterable[Unit],
    basis: str,
    first: date,
    last: date,
    *,
    actor: Actor,
    clocks: dict[str, Any] | None = None,
) -> list[Gap]:
    """Reported against recognised of what happened from a day to a day, the largest gap first; units without a line
    are left out. Projects that are confidential to the actor are in no sum: alone in its unit, one would be told
    by it. `clocks`: fields of a Cut (ledger.clocks), as known now without. One query."""
    units = list(units)
    cuts = {
        kind: Cut((kind,), Role.ASSESSED, occurred=(first, last), basis=basis, **(clocks or {}))
        for kind in SHOWN
    }
    found = sums_many(cuts, units, actor=actor, told=True)
    rows = []
    for unit in units:
        said, first_check, got = (found.get((unit.pk, kind)) for kind in SHOWN)
        if said is None and got is None and first_check is None:
            continue
        said, got = said or Decimal(0), got or Decimal(0)
        rate = ratio(got, said, Decimal(100)) if said else None
        rows.append(Gap(unit, said, first_check or Decimal(0), got, subtract(said, got), rate))
    return sorted(rows, key=lambda one: (-one.gap, one.unit.path))


def gap_chart(label: str, rows: Sequence[Gap]) -> charts.Chart | None:
    """The largest gaps as columns, in ten thousand yuan."""
    some = rows[:12]
    if not some:
        return None
    return charts.columns(
        label,
        [one.unit.label for one in some],
        [
            charts.Series(_("reported"), [to_display(one.reported, "wan") for one in some], "s2"),
            charts.Series(_("recognised"), [to_display(one.recognised, "wan") for one in some], "s1"),
        ],
    )
