"""Jobs of assessments. Each calls one service."""

from __future__ import annotations

from typing import Any

import structlog
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments.models import RankingTable, Scheme
from assessments.schemes.due import due_in
from assessments.selectors import has_figures
from assessments.services import rankings, schemecompute
from common.errors import Refused
from common.jobs import Progress, job
from rules.periods import Month

log = structlog.get_logger(__name__)
BROKEN = (ValueError, KeyError)  # a document that can't be read (any more)


@job(rankings.JOB, _("Compute rankings"))
def rank(progress: Progress, *, month: str, groups: list[int] | None = None) -> dict[str, Any]:
    """All tables of the groups (None: of every group) for a month "YYYY-MM"."""
    tables = RankingTable.objects.unscoped(reason="the job's groups").filter(
        archived_at=None, group__archived_at=None
    )
    if groups is not None:
        tables = tables.filter(group_id__in=groups)
    rows, new = list(tables.select_related("group", "measure", "tie_measure").order_by("pk")), 0
    if groups is None:  # a regular run leaves out groups for which nothing was filed yet
        rows = [table for table in rows if has_figures(table, Month.parse(month))]
    for number, table in enumerate(rows, start=1):
        _run, created = rankings.run_compute(actor=progress.actor, table=table, month=Month.parse(month))
        new += created
        progress.step(number, len(rows))
    first = f"&group={rows[0].group.code}" if groups and rows else ""
    return {"tables": len(rows), "new": new, "url": f"{reverse('ranking')}?period={month}{first}"}


@job(schemecompute.JOB, _("Compute results of schemes"))
def score(
    progress: Progress,
    *,
    period: str = "",
    month: str = "",
    schemes: list[int] | None = None,
    data_through: int | None = None,
) -> dict[str, Any]:
    """Schemes for the `period` "YYYY-MM" (13: the final account); a regular run gives the `month` that ended, and
    whatever is due then is computed. What can't be computed is named and doesn't stop the others."""
    rows = Scheme.objects.unscoped(reason="the job's schemes").filter(archived_at=None).order_by("pk")
    if schemes is not None:
        rows = rows.filter(pk__in=schemes)
    year, number = (int(part) for part in (period or month).split("-"))
    runs: list[int] = []
    refused: list[str] = []
    due: list[tuple[Scheme, int, int]] = []
    for row in rows:
        try:
            due += [(row, year, number)] if period else due_in([row], year, number)
        except BROKEN as error:
            refused.append(_broken(row, error))
    for at, (row, of_year, of_month) in enumerate(due, start=1):
        try:
            run = schemecompute.schemerun_compute(
                actor=progress.actor, scheme=row, year=of_year, month=of_month, data_through=data_through
            )
            runs.append(run.pk)
        except Refused as error:
            if period:  # asked for by somebody, who shall hear it
                raise
            refused.append(f"{row.name}: {error}")
        except BROKEN as error:
            if period:
                raise
            refused.append(_broken(row, error))
        progress.step(at, len(due))
    url = reverse("scheme_detail", args=[due[0][0].pk]) if len(due) == 1 else ""
    return {"runs": runs, "refused": refused, "url": url}


def _broken(row: Scheme, error: Exception) -> str:
    """Log what is wrong with a scheme; for people its name and a sentence."""
    log.error("scheme_broken", scheme=row.code, exc_info=error)
    return f"{row.name}: " + _now("it can't be computed: %(why)s") % {"why": error}
