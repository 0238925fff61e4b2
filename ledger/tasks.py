"""Jobs of the books."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import memo
from common.actors import Actor
from common.jobs import Progress, job
from ledger import terms
from ledger.choices import PeriodState
from ledger.closings import period_cut_off
from ledger.models import Period

CUT_OFF = "ledger.cut_off"


@job(CUT_OFF, _("Cut off the months that are due"), nightly=1)
def cut_off(progress: Progress, *, day: str) -> dict[str, Any]:
    """The months, and final accounts, whose last day by the calendar lies before a day "YYYY-MM-DD"."""
    return {"periods": cut_off_due(actor=progress.actor, day=date.fromisoformat(day))}


def cut_off_due(*, actor: Actor, day: date) -> list[int]:
    """Codes of what was cut off, in the order of time. The calendar may say that people do it."""
    rows = Period.objects.filter(state=PeriodState.OPEN, code__lte=day.year * 100 + day.month)
    with memo.block(only_reads=True):
        codes = [
            code
            for code in rows.order_by("code").values_list("code", flat=True)
            if terms.due(code) < day and terms.terms_on(terms.last_day(code)).by_itself
        ]
    return [period_cut_off(actor=actor, code=code).code for code in codes]
