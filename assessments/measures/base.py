"""What can be counted from the books: the closed list of definitions, and what is worked out from them (DOMAIN §3, §4).

A `Base` is a sum over lines of the books. A `Derived` is worked out from other figures by one of a few formulas; it has
no lines of its own and drills to its operands. A measure names one of them and narrows it by filters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.choices import Direction, MeasureUnit, Nature
from capital.choices import Basis
from ledger.choices import Kind

LOOK = frozenset({"sector", "industries", "zone", "mode", "park", "source"})
WHOLE = frozenset({"size_from", "size_from_usd", "size_below", "size_below_usd"})
COURSE = frozenset({"stages", "years", "course", "course_stage"})
PROJECT = LOOK | WHOLE | COURSE
MONEY = PROJECT | {"currency", "factor"}
CAPITAL = MONEY | {"fund_source", "outside", "cohort"}
LEAD = frozenset({"sector", "industries", "zone", "park", "source", "stages"})


@dataclass(frozen=True, slots=True)
class Base:
    """A sum over lines. `kinds` are the posting kinds that it adds up, `basis` the one basis of capital; `currency`: only
    lines in it, summed in it ("" is yuan, or pieces). `fixed`: filters that belong to the definition. `returns`: a
    unit that handed in nothing and has no line isn't at zero but missing. `land`: each line is weighed with the
    area of its project's parcels, in mu."""

    code: str
    title: Any
    definition: Any
    unit: str
    kinds: tuple[str, ...]
    allowed: frozenset[str]
    nature: str = Nature.FLOW
    direction: str = Direction.MORE
    basis: str = ""
    currency: str = ""
    fixed: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    subject: str = "project"
    returns: bool = False
    land: bool = False

    @property
    def per(self) -> str:
        """What is looked at before it counts for a unit: its lines, or the whole project or lead."""
        return "unit" if self.returns else "subject"


@dataclass(frozen=True, slots=True)
class Operand:
    """A base with further filters. `passes`: which of the measure's filters it takes over (None: all that it knows).
    `window`: "" is that of the question."""

    base: str
    filters: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    passes: frozenset[str] | None = None
    window: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure worked out from others. `formula` is one of FORMULAS; `operands` are bases, or none where it is about
    another measure (`of_measure`). `instead`: the operands when the measure counts whatever happened (`whose` is
    any) and not only what became of those who entered."""

    code: str
    title: Any
    definition: Any
    unit: str
    formula: str
    allowed: frozenset[str]
    operands: tuple[Operand, ...] = ()
    instead: tuple[Operand, ...] = ()
    nature: str = Nature.RATIO
    direction: str = Direction.MORE
    of_measure: bool = False


FORMULAS = ("percent", "quotient", "difference", "growth", "completion", "points")


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


def _rate(code: str, title: Any, definition: Any, stage: str, base: str) -> Derived:
    """Of the projects signed in the window, how many reached a stage."""
    signed = Operand("signed_projects")
    return Derived(
        code,
        title,
        definition,
        MeasureUnit.PERCENT,
        "percent",
        (PROJECT | {"whose"}),
        (Operand("signed_projects", {"stages": stage}), signed),
        (Operand(base), signed),
    )


DERIVED: tuple[Derived, ...] = (
    _rate(
        "fulfilment_rate",
        _("fulfilment rate"),
        _(
            "Of the projects signed in the window, those whose company is registered. `stages` may say otherwise."
        ),
        "registered",
        "registered_projects",
    ),
    _rate(
        "start_rate",
        _("start rate"),
        _("Of the projects signed in the window, those that have started."),
        "started",
        "started_projects",
    ),
    _rate(
        "completion_rate",
        _("completion rate"),
        _("Of the projects signed in the window, those that are completed."),
        "completed",
        "completed_projects",
    ),
    _rate(
        "production_rate",
        _("production rate"),
        _("Of the projects signed in the window, those that are in production."),
        "in_production",
        "producing_projects",
    ),
    Derived(
        "success_rate",
        _("success rate"),
        _("Of the leads handed in in the window, those that became a signed project."),
        MeasureUnit.PERCENT,
        "percent",
        LEAD - {"stages"} | {"whose"},
        (Operand("leads_handed_in", {"stages": "signed"}), Operand("leads_handed_in")),
        (Operand("signed_projects"), Operand("leads_handed_in")),
    ),
    Derived(
        "in_place_rate",
        _("capital-in-place rate"),
        _("Capital that arrived for the projects signed in the window, by their contracted amount."),
        MeasureUnit.PERCENT,
        "percent",
        PROJECT - {"stages"} | {"whose"},
        (Operand("arrived", {"cohort": "yes"}), Operand("contract_amount", {"cohort": "yes"})),
        (Operand("arrived"), Operand("contract_amount")),
    ),
    Derived(
        "share_of_projects",
        _("share of projects"),
        _(
            "Of the projects signed, the per cent that fit the industries or sectors named: manufacturing, or core ones."
        ),
        MeasureUnit.PERCENT,
        "percent",
        PROJECT,
        (Operand("signed_projects"), Operand("signed_projects", passes=PROJECT - {"sector", "industries"})),
    ),
    Derived(
        "share_of_amount",
        _("share of the contracted amount"),
        _("Of the contracted amount, the per cent of projects that fit the industries or sectors named."),
        MeasureUnit.PERCENT,
        "percent",
        PROJECT,
        (Operand("contract_amount"), Operand("contract_amount", passes=PROJECT - {"sector", "industries"})),
    ),
    Derived(
        "arrived_gap",
        _("arrived: reported less recognised"),
        _("Capital arrived as reported, less what was finally recognised of it."),
        MeasureUnit.YUAN,
        "difference",
        CAPITAL - {"factor", "cohort"},
        (Operand("arrived_reported"), Operand("arrived")),
        nature=Nature.FLOW,
        direction=Direction.LESS,
    ),
    Derived(
        "formed_gap",
        _("formed: reported less recognised"),
        _("Assets formed as reported, less what was finally recognised of them."),
        MeasureUnit.YUAN,
        "difference",
        CAPITAL - {"factor", "cohort"},
        (Operand("formed_reported"), Operand("formed")),
        nature=Nature.FLOW,
        direction=Direction.LESS,
    ),
    Derived(
        "tax_per_mu",
        _("tax per mu"),
        _("Net tax of projects that have land, by the area of their parcels."),
        MeasureUnit.PER_MU,
        "quotient",
        PROJECT,
        (Operand("tax_net", {"with_land": "yes"}), Operand("land_granted", window="cumulative")),
    ),
    Derived(
        "investment_per_mu",
        _("investment per mu"),
        _(
            "Assets formed, finally recognised up to now, of projects that have land, by the area of their parcels."
        ),
        MeasureUnit.PER_MU,
        "quotient",
        PROJECT,
        (
            Operand("formed", {"with_land": "yes"}, window="cumulative"),
            Operand("land_granted", window="cumulative"),
        ),
    ),
    Derived(
        "growth",
        _("growth on the same period last year"),
        _("Per cent above the same period of the last year; none over a change of definition."),
        MeasureUnit.PERCENT,
        "growth",
        frozenset(),
        of_measure=True,
    ),
    Derived(
        "completion",
        _("completion of the target"),
        _("Per cent of the year's firm target that is done."),
        MeasureUnit.PERCENT,
        "completion",
        frozenset(),
        of_measure=True,
    ),
    Derived(
        "points_to_schedule",
        _("points to schedule"),
        _(
            "Completion less the per cent of the target that is due by the last month of the data. Flows only."
        ),
        MeasureUnit.POINTS,
        "points",
        frozenset({"schedule"}),
        of_measure=True,
    ),
)

REGISTRY: Mapping[str, Base | Derived] = {
    **{base.code: base for base in BASES},
    **{derived.code: derived for derived in DERIVED},
}


def base_of(code: str) -> Base | Derived:
    """KeyError for a code that isn't in the registry."""
    return REGISTRY[code]
