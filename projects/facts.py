"""Facts of projects that a stage can ask for (DOMAIN §2: entry rules)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.choices import Pipeline
from leads.facts import register_fact, supplied_at
from ledger.choices import Role
from projects.choices import AgreementKind
from projects.models import (
    Agreement,
    AttributionVersion,
    HalfYear,
    LandParcel,
    Obligation,
    PlannedPayment,
    ProjectInvestor,
)

WHOLE = Decimal(100)
# The page on which a fact is entered that is no field of the project.
PLACES = {
    "agreement": "project_agreement_add",
    "investors": "project_investors",
    "attribution": "project_attribution",
    "plan": "project_plan",
    "obligations": "project_obligation_add",
    "parcels": "project_parcel_add",
    "half_year": "project_half_year",
}


def _parts(model: Any, *conditions: Any, **values: Any) -> Any:
    """Something that hangs on the project and is not archived."""
    return Exists(model._base_manager.filter(*conditions, archived_at=None, project=OuterRef("pk"), **values))


def _given(name: str) -> Callable[[Any], bool]:
    return lambda row: getattr(row, name) not in (None, "")


def _whole() -> Any:
    """The investors' parts add up to 100 %."""
    parts = ProjectInvestor._base_manager.filter(archived_at=None, project=OuterRef("pk")).order_by()
    return Exists(
        parts.values("project").annotate(whole=Sum("percent")).filter(whole=WHOLE).values("project")
    )


def _attributed() -> Any:
    """Somebody is credited with it in the assessed dimension."""
    return Exists(
        AttributionVersion._base_manager.filter(
            project=OuterRef("pk"), superseded_by=None, role=Role.ASSESSED
        )
    )


def _planned_in_full() -> Any:
    """The months of the payment plan add up to the contract amount."""
    plan = PlannedPayment._base_manager.filter(archived_at=None, project=OuterRef("pk")).order_by()
    return Exists(
        plan.values("project")
        .annotate(whole=Coalesce(Sum("amount"), Value(Decimal(0))))
        .filter(whole=F("project__contract_amount"))
        .values("project")
    )


def register() -> None:
    """Called once, when the app is ready."""

    def fact(code: str, label: Any, present: Any = None, field: str = "", **options: Any) -> None:
        register_fact(Pipeline.PROJECT, code, label, present, field, **options)

    fact("agreement", _("investment agreement"), reads=lambda: _parts(Agreement, kind=AgreementKind.MAIN))
    fact("investors", _("investors with parts of 100 % together"), reads=_whole)
    fact("attribution", _("attribution to a unit that is assessed"), reads=_attributed)
    fact("plan", _("payment plan over the whole contract amount"), reads=_planned_in_full)
    fact("obligations", _("obligations of the investor"), reads=lambda: _parts(Obligation))
    fact("registered_name", _("registered enterprise"), _given("registered_name"), "registered_name")
    fact("registered_code", _("its credit code"), _given("registered_code"), "registered_code")
    fact("registered_capital", _("registered capital"), _given("registered_capital"), "registered_capital")
    fact("national_code", _("investment project code"), _given("national_code"), "national_code")
    fact("fixed_assets", _("planned fixed assets"), _given("fixed_assets"), "fixed_assets")
    fact("leader", _("liaison leader"), _given("leader_id"), "leader")
    fact("land", _("land in mu (0 when none is needed)"), _given("land_mu"), "land_mu")
    fact(
        "parcels",
        _("land parcel (none is asked for when 0 mu are needed)"),
        lambda row: row.land_mu == 0,
        reads=lambda: _parts(LandParcel, Q(granted_on__isnull=False)),
    )
    for name, label in (
        ("start_due", _("start planned")),
        ("completion_due", _("completion planned")),
        ("production_due", _("production planned")),
        ("capacity_due", _("full capacity planned")),
    ):
        fact(name, label, _given(name), name)
    fact("half_year", _("tax and output of a half-year"), reads=lambda: _parts(HalfYear))
    for code, page in PLACES.items():
        supplied_at(Pipeline.PROJECT, code, _page(page))


def _page(name: str) -> Callable[[Any], str]:
    return lambda project: reverse(name, args=[project.pk])
