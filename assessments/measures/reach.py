"""How far the data of the books reach: their last month with lines, and the last closed one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ledger.choices import PeriodState
from ledger.models import Closing, Period, Posting
from rules.periods import Month

WHY = "the last month of the books says nothing about a unit"


def last_month() -> Month | None:
    """The latest month in which anything was posted; a year's final account is its December. One query."""
    code = (
        Posting.objects.unscoped(reason=WHY)
        .order_by("-posted_in_id")
        .values_list("posted_in_id", flat=True)
        .first()
    )
    return None if code is None else Month(code // 100, min(code % 100, 12))


def reach_rows() -> list[tuple[str, Any]]:
    """Rows of a page: data through, and the last month that is closed with its last line."""
    month = last_month()
    closed = Period.objects.filter(state=PeriodState.CLOSED).order_by("-code").first()
    closing = Closing.objects.unscoped(reason=WHY).filter(period=closed).first() if closed else None
    return [
        (_("data through"), str(month) if month else _("nothing is posted yet")),
        (_("last closed period"), closed.label if closed else ""),
        (_("closed up to line"), closing.watermark if closing else ""),
    ]
