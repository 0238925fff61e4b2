"""Jobs of assessments. Each calls one service."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.models import RankingTable
from assessments.selectors import has_figures
from assessments.services import rankings
from common.jobs import Progress, job
from rules.periods import Month


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
