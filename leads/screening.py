"""The admission gate of a lead: which one is in force, what the lead's own figures say, and the outcome
(docs/algorithms/admission.md; DOMAIN §2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refused
from leads.choices import Comparison
from leads.models import Gate, GateCheck, Lead, Screening, ScreeningCheck
from leads.terms import SHARED
from reference.selectors import RateMissing, rate_on
from rules import admission as rules
from rules.facts import Value
from rules.money import UNITS

PLACES = Decimal("0.0001")
WAN = UNITS["wan"]
MEASURES = {"wan_per_mu": _("10,000 yuan per mu"), "ratio": ""}


def measured(unit: str) -> str:
    """A check's unit in words; what the bureau wrote itself stays as it is."""
    return str(MEASURES.get(unit, unit))


def gate_for(lead: Lead, day: date | None = None) -> Gate:
    """The gate in force on a day (today) where the lead is to settle: the one of the nearest unit, or the one that
    holds everywhere; of several the latest. Raises Refused when there is none."""
    today = day or clock.today()
    place = (lead.host or lead.unit).path
    rows = Gate.objects.unscoped(reason=SHARED).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today), archived_at=None, valid_from__lte=today
    )
    here = [g for g in rows.select_related("unit") if g.unit is None or place.startswith(g.unit.path)]
    if not here:
        raise Refused(
            _("No admission gate is in force here. Enter one under Administration, Admission gates."),
            code="no_gate",
        )
    return max(here, key=lambda g: (len(g.unit.path) if g.unit else 0, g.valid_from, g.pk))


def proposed(lead: Lead, check: GateCheck) -> Decimal | None:
    """What the lead's figures say about a check, cut to four decimals so that rounding never lets it pass; None
    when they say nothing."""
    find = PROPOSALS.get(check.code)
    exact = find(lead) if find else None
    if exact is None:
        return None
    way = ROUND_CEILING if check.comparison == Comparison.AT_MOST else ROUND_FLOOR
    return exact.quantize(PLACES, rounding=way)


def investment_per_mu(lead: Lead) -> Decimal | None:
    """Planned investment in 10,000 yuan by the land wanted in mu, at today's rate; None without either."""
    if not lead.amount or not lead.land_mu:
        return None
    try:
        rate = rate_on(lead.currency.code, clock.today()).rate
    except RateMissing:
        return None
    return lead.amount * rate / WAN / lead.land_mu


PROPOSALS: dict[str, Callable[[Lead], Decimal | None]] = {"investment_per_mu": investment_per_mu}


def limit_of(check: ScreeningCheck) -> rules.Limit:
    """A check as the rule takes it: a number against the limit that held when the screening began, or an answer."""
    about = check.check_def
    common: dict[str, Any] = {
        "code": about.code,
        "label_key": f"gate.{about.code}",
        "required": about.required,
    }
    if about.comparison in (Comparison.YES, Comparison.NO):
        wanted = frozenset({str(about.comparison)})
        return rules.Limit(comparison=rules.Comparison.EQ, value=wanted, **common)
    if check.limit is None:
        raise ValueError(f"the check {about.code} has lost its limit")
    return rules.Limit(
        comparison=rules.Comparison(about.comparison), value=check.limit, unit=about.measured_in, **common
    )


def finding_of(check: ScreeningCheck) -> rules.Finding:
    """What somebody found; a proposed value that nobody has checked is no finding."""
    about = check.check_def
    found: Any = None
    if check.checked_by and about.comparison in (Comparison.YES, Comparison.NO):
        if check.answer is not None:
            found = frozenset({"yes" if check.answer else "no"})
    elif check.checked_by and check.value is not None:
        found = Value(check.value, about.measured_in)
    return rules.Finding(about.code, found)


def admission(screening: Screening, checks: Iterable[ScreeningCheck]) -> rules.Admission:
    """The gate's outcome over the checks as they stand, with its trace."""
    rows = list(checks)
    return rules.admit(
        [limit_of(row) for row in rows],
        [finding_of(row) for row in rows],
        version=f"{screening.gate.code}@{screening.gate.valid_from}",
    )


def screening_of(lead: Lead) -> Screening | None:
    """The screening that counts. The caller has authorised the reading of the lead."""
    rows = Screening._base_manager.filter(lead=lead, archived_at=None)
    return rows.select_related("gate", "lead__unit").first()


def was_checked(checks: Iterable[ScreeningCheck]) -> bool:
    """Has anybody entered anything? Before that there is nothing to decide on."""
    return any(check.checked_by for check in checks)


def checks_of(screening: Screening) -> list[ScreeningCheck]:
    rows = ScreeningCheck._base_manager.filter(screening=screening, archived_at=None)
    return list(rows.select_related("check_def").order_by("check_def__sort", "pk"))
