"""What is worked out of other figures: the closed list (DOMAIN §4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.choices import Direction, MeasureUnit, Nature
from assessments.measures.shapes import CAPITAL, LEAD, PROJECT, Derived, Operand


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
