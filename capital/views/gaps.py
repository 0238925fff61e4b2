"""Reported against recognised by unit: the gap is itself a figure that a unit is shown by (DOMAIN §3)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital.charting import gap_chart, gaps
from capital.choices import Basis
from capital.models import CapitalEntry
from capital.views.signals import CAPITAL, OfYear
from common.views import Crumbs
from ledger.asked import asked
from organizations.choices import UnitKind
from organizations.models import Unit

# Whoever may have capital of his own; units without a line are left out.
KINDS = tuple(kind for kind in UnitKind if kind not in (UnitKind.REGION, UnitKind.LINE))


class GapPage(OfYear):
    """One table and one chart for each basis: the two are never in one."""

    kind = CapitalEntry.Scope.kind
    template_name = "capital/gaps.html"
    title = _("Reported and recognised")
    sub = _("By unit with those below it, ten thousand yuan")
    crumbs: Crumbs = (CAPITAL,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        clock = asked(self.request.GET, self.year)
        units = list(Unit.objects.visible_to(self.actor).filter(archived_at=None, kind__in=KINDS))
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        parts = []
        for basis in Basis:
            rows = gaps(units, basis, first, last, actor=self.actor, clocks=clock.fields)
            label = _now("%(basis)s in %(year)s: reported and recognised by unit") % {
                "basis": basis.label,
                "year": self.year,
            }
            # A unit above others holds their sum; beside them it would dwarf the columns.
            own = [one for one in rows if one.unit.kind != UnitKind.CITY]
            parts.append({"title": basis.label, "rows": rows, "chart": gap_chart(label, own)})
        return super().get_context_data(tabs=self.years(), parts=parts, clock=clock, **kwargs)
