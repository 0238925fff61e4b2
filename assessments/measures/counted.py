"""What is counted from the lines of the books: the closed list (DOMAIN §3, §4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.choices import MeasureUnit, Nature
from assessments.measures.shapes import CAPITAL, LEAD, MONEY, PROJECT, Base
from capital.choices import Basis
from ledger.choices import Kind


def _pieces(code: str, title: Any, definition: Any, kind: str, **more: Any) -> Base:
    return Base(code, title, definition, MeasureUnit.COUNT, (kind,), more.pop("allowed", PROJECT), **more)


def _capital(code: str, title: Any, definition: Any, kind: str, basis: str, **more: Any) -> Base:
    unit = more.pop("unit", MeasureUnit.YUAN)
    allowed = CAPITAL - {"zone", "currency", "outside"} if more.get("fixed") else CAPITAL
    return Base(code, title, definition, unit, (kind,), allowed, basis=basis, returns=True, **more)


_FOREIGN = {"currency": "USD", "unit": MeasureUnit.USD, "fixed": {"zone": "abroad"}}
BASES: tuple[Base, ...] = (
    _pieces(
        "signed_projects",
        _("projects signed"),
        _("Projects whose agreement was signed, on the day of signing."),
        Kind.SIGNED,
    ),
    _pieces(
        "registered_projects",
        _("projects registered"),
        _("Projects whose company was registered here."),
        Kind.REGISTERED,
    ),
    _pieces(
        "permitted_projects",
        _("projects with all permits"),
        _("Projects that have every permit they need to build."),
        Kind.PERMITTED,
    ),
    _pieces(
        "started_projects",
        _("projects started"),
        _("Projects whose construction began. A ceremony is no start."),
        Kind.STARTED,
    ),
    _pieces(
        "completed_projects", _("projects completed"), _("Projects whose building is done."), Kind.COMPLETED
    ),
    _pieces(
        "producing_projects", _("projects in production"), _("Projects that produce."), Kind.IN_PRODUCTION
    ),
    _pieces(
        "capacity_projects",
        _("projects at capacity"),
        _("Projects that reached their planned output."),
        Kind.AT_CAPACITY,
    ),
    _pieces(
        "leads_handed_in",
        _("leads handed in"),
        _("Leads registered by the unit that found them."),
        Kind.LEAD_HANDED_IN,
        allowed=LEAD,
        subject="lead",
    ),
    _pieces(
        "leads_valid",
        _("leads found valid"),
        _("Leads that the bureau found valuable, on the day of its finding."),
        Kind.LEAD_VALID,
        allowed=LEAD,
        subject="lead",
    ),
    Base(
        "contract_amount",
        _("contracted amount"),
        _(
            "Total investment agreed in agreements and their supplements, foreign money at the rate of its day."
        ),
        MeasureUnit.YUAN,
        (Kind.CONTRACT,),
        MONEY,
    ),
    Base(
        "foreign_contracted",
        _("contracted foreign capital"),
        _("Investment in US dollars agreed with investors from abroad."),
        MeasureUnit.USD,
        (Kind.CONTRACT,),
        MONEY - {"currency", "zone"},
        currency="USD",
        fixed={"zone": "abroad"},
    ),
    Base(
        "registered_capital",
        _("registered capital agreed"),
        _(
            "Registered capital of the companies to be founded, as agreed, foreign money at the rate of its day."
        ),
        MeasureUnit.YUAN,
        (Kind.REGISTERED_CAPITAL,),
        MONEY,
    ),
    Base(
        "foreign_registered",
        _("registered foreign capital"),
        _("Registered capital in US dollars agreed with investors from abroad."),
        MeasureUnit.USD,
        (Kind.REGISTERED_CAPITAL,),
        MONEY - {"currency", "zone"},
        currency="USD",
        fixed={"zone": "abroad"},
    ),
    _capital(
        "arrived_reported",
        _("capital arrived, reported"),
        _("Money paid in, as the units report it. Nobody has checked it."),
        Kind.CAPITAL_REPORTED,
        Basis.ARRIVED,
    ),
    _capital(
        "arrived_preliminary",
        _("capital arrived, preliminarily recognised"),
        _("Money paid in, at least preliminarily recognised: the last word where there is one."),
        Kind.CAPITAL_PRELIMINARY,
        Basis.ARRIVED,
    ),
    _capital(
        "arrived",
        _("capital arrived"),
        _("Money paid in and finally recognised. Never added to assets formed."),
        Kind.CAPITAL_RECOGNISED,
        Basis.ARRIVED,
    ),
    _capital(
        "formed_reported",
        _("assets formed, reported"),
        _("Equipment, plant and land, as the units report them. Nobody has checked it."),
        Kind.CAPITAL_REPORTED,
        Basis.FORMED,
    ),
    _capital(
        "formed_preliminary",
        _("assets formed, preliminarily recognised"),
        _("Equipment, plant and land, at least preliminarily recognised."),
        Kind.CAPITAL_PRELIMINARY,
        Basis.FORMED,
    ),
    _capital(
        "formed",
        _("assets formed"),
        _("Equipment, plant and land, finally recognised. Never added to money that arrived."),
        Kind.CAPITAL_RECOGNISED,
        Basis.FORMED,
    ),
    _capital(
        "foreign_used",
        _("foreign capital actually used"),
        _("US dollars paid in by investors from abroad and finally recognised."),
        Kind.CAPITAL_RECOGNISED,
        Basis.ARRIVED,
        **_FOREIGN,
    ),
    Base(
        "tax_net",
        _("tax paid less refunded"),
        _("Net tax of the projects' enterprises by half-years. For real estate it may count with a factor."),
        MeasureUnit.YUAN,
        (Kind.TAX_NET,),
        PROJECT | {"factor", "with_land"},
    ),
    Base(
        "land_granted",
        _("land granted"),
        _("Area of the parcels granted to projects, in mu, as known now."),
        MeasureUnit.MU,
        (Kind.SIGNED,),
        PROJECT,
        nature=Nature.STOCK,
        land=True,
    ),
)
