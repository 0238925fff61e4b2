"""Leads of other units about the same investor: what a unit may be told of them, and dispute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from leads.choices import Custody, StageKind
from leads.models import Lead
from organizations.models import Unit
from rules.similarity import normal


@dataclass(frozen=True, slots=True)
class Contested:
    """Unit, stage and date of another unit's lead: no more may be shown (DOMAIN §2)."""

    pk: int
    unit: str
    stage: str
    registered_on: date

    def __str__(self) -> str:
        return f"{self.unit} · {self.stage} · {self.registered_on:%Y-%m-%d}"


def rivals(claimant: Unit, *, investor_name: str = "", own: Lead | None = None) -> list[Contested]:
    """Leads under way that other units hold with this investor: the same row as the claimant's own lead, or the
    same normal name. Oldest first; none for a blank name."""
    same = Q(pk__in=())
    if own is not None:
        same |= Q(investor=own.investor_id)
        investor_name = investor_name or own.investor.name
        if own.investor.credit_code:
            same |= Q(investor__credit_code=own.investor.credit_code)
    if plain := normal(investor_name):
        same |= Q(investor__normal=plain)
    rows = Lead.objects.unscoped(reason="who else talks to this investor: unit, stage and date are shown")
    rows = rows.filter(same, custody=Custody.HELD, archived_at=None, merged_into=None)
    rows = rows.exclude(unit=claimant).exclude(stage__kind=StageKind.ENDED)
    return [
        Contested(row.pk, row.unit.label, row.stage.label, timezone.localdate(row.registered_at))
        for row in rows.select_related("unit", "stage").order_by("registered_at", "pk")[:20]
    ]
