"""Reads across a project's tables, and figures of projects from the books (docs/algorithms/ledger.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Min, Sum

from common.access import Action
from common.actors import Actor
from common.scope import visible_q
from ledger.choices import Kind, Role
from ledger.models import Posting
from ledger.selectors import Cut, Size, lines
from organizations.models import Unit
from projects.choices import Finding, ObligationKind
from projects.models import HalfYear, LandParcel, Obligation, PlannedPayment, Project
from rules import cohort
from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import Rounding
from rules.perland import MU, land_figures
from rules.ranking import Cell

TYPE = "project"
PRINTED = Rounding(2)
RATES = {"start_rate": Kind.STARTED, "completion_rate": Kind.COMPLETED, "production_rate": Kind.IN_PRODUCTION}
# The stage by whose day an obligation of dates is checked.
STEPS = {
    ObligationKind.START: Kind.STARTED,
    ObligationKind.COMPLETION: Kind.COMPLETED,
    ObligationKind.PRODUCTION: Kind.IN_PRODUCTION,
}
PER_MU = {ObligationKind.TAX_PER_MU: "tax_per_mu", ObligationKind.OUTPUT_PER_MU: "output_per_mu"}


# Land (DOMAIN §2 admission gate, §4)


def land_of(project: Project) -> Fact:
    """The area of the project's parcels in mu; Missing without a parcel."""
    area = LandParcel.objects.filter(project=project, archived_at=None).aggregate(area=Sum("area_mu"))["area"]
    return Missing(MissingReason.NO_LAND) if area is None else Value(area, MU)


def per_mu(
    project: Project, year: int, *, rounding: Rounding = PRINTED, unit: str = "wan"
) -> dict[str, Cell]:
    """`tax_per_mu` (paid less refunded) and `output_per_mu` of a year, `investment_per_mu` as planned, in
    `unit` of yuan for each mu granted. A year counts when both halves are entered; a part of it is no year.

    Foreign planned investment is Missing here: it has no one rate. The caller has authorised.
    """
    halves = list(HalfYear.objects.filter(project=project, year=year, archived_at=None))
    known = {row.half for row in halves} == {"1", "2"}
    gap: Fact = Missing(MissingReason.NOT_REPORTED)
    planned = project.fixed_assets if project.currency_id == "CNY" else None
    amounts: dict[str, Fact] = {
        "tax_per_mu": Value(sum((x.tax_paid - x.tax_refunded for x in halves), Decimal(0)), "yuan")
        if known
        else gap,
        "output_per_mu": Value(sum((x.output for x in halves), Decimal(0)), "yuan") if known else gap,
        "investment_per_mu": gap if planned is None else Value(planned, "yuan"),
    }
    return land_figures(amounts, land_of(project), rounding, unit=unit)


# Payment plan


@dataclass(frozen=True, slots=True)
class PlanMonth:
    """A month's planned capital and the sum up to it, in the project's currency."""

    month: date
    amount: Decimal
    so_far: Decimal


def plan_of(project: Project) -> tuple[PlanMonth, ...]:
    """The payment plan by month. What came in stands beside it once capital is recorded."""
    found, so_far = [], Decimal(0)
    rows = PlannedPayment.objects.filter(project=project, archived_at=None).order_by("month")
    for month, amount in rows.values_list("month", "amount"):
        so_far += amount
        found.append(PlanMonth(month, amount, so_far))
    return tuple(found)


# Rates (DOMAIN §4, §11 "start rate")


def reached_on(pks: Collection[int], kind: str) -> dict[int, date]:
    """The day on which each project reached a stage, as the books have it now. Nothing for the others."""
    rows = Posting.objects.unscoped(reason="days of projects that the caller has chosen").filter(
        subject_type=TYPE, subject_id__in=pks, kind=kind, reverses=None, reversed_by=None
    )
    days = rows.order_by().values("subject_id").annotate(day=Min("occurred_on"))
    return dict(days.values_list("subject_id", "day"))


def rate(
    key: str,
    unit: Unit,
    window: cohort.Window,
    *,
    actor: Actor,
    basis: cohort.Basis = cohort.Basis.COHORT,
    role: str = Role.ASSESSED,
    size: Size | None = None,
    rounding: Rounding = PRINTED,
) -> Cell:
    """`start_rate`, `completion_rate` or `production_rate` of the projects of a unit and those below, in per
    cent: of those signed in the window, how many got there by its `as_of`. Every project weighs one,
    whoever shares it; lines that the actor may not read stay out."""
    signed = _days(Kind.SIGNED, unit, actor, role, size, window.as_of)
    reached = _days(RATES[key], unit, actor, role, size, window.as_of)
    members = [
        cohort.Member(pk, signed.get(pk, date.min), reached.get(pk))
        for pk in sorted(signed.keys() | reached.keys())
    ]
    return cohort.rate(key, members, window, basis, rounding)


def _days(kind: str, unit: Unit, actor: Actor, role: str, size: Size | None, as_of: date) -> dict[int, date]:
    """{project: the day that counts}, of what stands in the books for a unit and those below."""
    cut = Cut((kind,), role, occurred=(None, as_of), size=size)
    rows = lines(cut).filter(
        visible_q(Posting, actor, Action.VIEW),
        subject_type=TYPE,
        unit__path__startswith=unit.path,
        reverses=None,
        reversed_by=None,
    )
    return dict(
        rows.order_by().values("subject_id").annotate(day=Min("occurred_on")).values_list("subject_id", "day")
    )


# Obligations (DOMAIN §6: checked when due)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the figures say of an obligation: a finding, and what was reached (yuan per mu; None for a day,
    which is `on`). A person decides."""

    finding: str
    actual: Decimal | None = None
    on: date | None = None


def proposal(obligation: Obligation, today: date) -> Proposal | None:
    """What to propose on a day, or None when nothing comparable is known yet or the kind is not comparable.

    Steps by a day: met when the books have it by then, missed when the day has passed without it. Tax and
    output per mu: of the last year that ended by the due day, against the target in yuan per mu and year.
    Investment per mu is planned, not measured, so nothing is proposed for it.
    """
    project, kind = obligation.project, ObligationKind(obligation.kind)
    if kind in STEPS:
        day = reached_on([project.pk], STEPS[kind]).get(project.pk)
        if day is not None and day <= obligation.due_on:
            return Proposal(Finding.MET, on=day)
        return Proposal(Finding.MISSED, on=day) if today > obligation.due_on else None
    if kind in PER_MU and obligation.target is not None:
        due = obligation.due_on
        year = due.year if (due.month, due.day) == (12, 31) else due.year - 1
        exact = per_mu(project, year, unit="yuan")[PER_MU[kind]].exact
        if isinstance(exact, Value):
            met = exact.amount >= obligation.target
            return Proposal(Finding.MET if met else Finding.MISSED, PRINTED.apply(exact.amount))
    return None


def due(obligations: Iterable[Obligation], today: date) -> list[Obligation]:
    """Those without a finding whose day has come."""
    return [one for one in obligations if one.finding == Finding.OPEN and one.due_on <= today]
