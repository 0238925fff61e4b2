"""Reported against recognised by unit: the gap is itself a figure that a unit is shown by (DOMAIN §3)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital.charting import gap_chart, gaps
from capital.choices import Basis
from capital.models import CapitalEntry
from capital.views.signals import CAPITAL, OfYear
from common.views import Crumbs
from ledger import clocks
from ledger.models import Closing
from organizations.choices import UnitKind
from organizations.models import Unit

KINDS = (UnitKind.CITY, UnitKind.COUNTY, UnitKind.PARK, UnitKind.TOWN)


class GapPage(OfYear):
    """One table and one chart for each basis: the two are never in one."""

    kind = CapitalEntry.Scope.kind
    template_name = "capital/gaps.html"
    title = _("Reported and recognised")
    sub = _("By unit with those below it, ten thousand yuan")
    crumbs: Crumbs = (CAPITAL,)

    @cached_property
    def closing(self) -> Closing | None:
        """The closing whose figures are asked for by `?as=2026-06`; None: as known now."""
        wanted = self.request.GET.get("as", "")
        return next((one for one in self.closings if str(one.period) == wanted), None)

    @cached_property
    def closings(self) -> list[Closing]:
        """The latest closing of each period of the year, the latest period first."""
        latest: dict[int, Closing] = {}
        for one in clocks.closings():
            if one.period_id // 100 == self.year:
                latest.setdefault(one.period_id, one)
        return [latest[code] for code in sorted(latest, reverse=True)]

    def clocks(self) -> list[dict[str, Any]]:
        """As known now, and as published with each month of the year."""
        here = f"{self.request.path}?year={self.year}"
        found = [{"label": _now("as known now"), "url": here, "active": self.closing is None}]
        for one in self.closings:
            label = _now("as published %(period)s") % {"period": one.period}
            active = one == self.closing
            found.append({"label": label, "url": f"{here}&as={one.period}", "active": active})
        return found if self.closings else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        clock = clocks.published(self.closing) if self.closing else clocks.known_now()
        units = list(Unit.objects.visible_to(self.actor).filter(archived_at=None, kind__in=KINDS))
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        parts = []
        for basis in Basis:
            rows = gaps(units, basis, first, last, actor=self.actor, clocks=clock)
            label = _now("%(basis)s in %(year)s: reported and recognised by unit") % {
                "basis": basis.label,
                "year": self.year,
            }
            # A unit above others holds their sum; beside them it would dwarf the columns.
            own = [one for one in rows if one.unit.kind != UnitKind.CITY]
            parts.append({"title": basis.label, "rows": rows, "chart": gap_chart(label, own)})
        return super().get_context_data(tabs=self.years(), parts=parts, clocks=self.clocks(), **kwargs)
