"""By which clock a page shows figures: as known now, or as published with one of its months (`?as=2026-06`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from ledger import clocks
from ledger.models import Closing


@dataclass(frozen=True, slots=True)
class Clock:
    """`closing`: the one that speaks, None for now; `choices` for templates/parts/clock.html, none while nothing of
    the year was published; `kept`: what else the address says."""

    closing: Closing | None
    choices: list[dict[str, Any]]
    kept: list[tuple[str, str]]

    @property
    def fields(self) -> dict[str, Any]:
        """Of a `ledger.selectors.Cut`."""
        return clocks.published(self.closing) if self.closing else clocks.known_now()

    @property
    def q(self) -> Q:
        """The same over postings."""
        return clocks.published_q(self.closing) if self.closing else Q()

    @property
    def words(self) -> str:
        """For the line above figures."""
        return said(self.closing)


def said(closing: Closing | None) -> str:
    if closing is None:
        return _("as known now")
    return _("as published %(period)s") % {"period": closing.period}


def asked(given: QueryDict, *years: int, since: int = 0) -> Clock:
    """What the address asks for; a month that isn't published is as known now. `since`: only what was published with
    this period or a later one. One query."""
    latest: dict[int, Closing] = {}
    for one in clocks.closings():
        if one.period_id // 100 in years and one.period_id >= since:
            latest.setdefault(one.period_id, one)
    known = [latest[code] for code in sorted(latest, reverse=True)]
    closing = next((one for one in known if str(one.period) == given.get("as")), None)
    choices = [{"value": "", "label": said(None), "selected": closing is None}]
    choices += [{"value": str(one.period), "label": said(one), "selected": one == closing} for one in known]
    names = [name for name in given if name not in ("as", "page")]
    kept = [(name, str(value)) for name in names for value in given.getlist(name)]
    return Clock(closing, choices if known else [], kept)
