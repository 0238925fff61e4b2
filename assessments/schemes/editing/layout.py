"""How the fields of a part are put together on the page, and what stays behind a fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from rules.scheme import document as d
from rules.scheme import figures as f
from rules.scheme import marking as m
from rules.scheme.facts import REASONS

from .shapes import fields_of

Block = tuple[Any, tuple[str, ...], bool | None, Any]  # title, fields, folded, hint

BLOCKS: dict[type[BaseModel], tuple[Block, ...]] = {
    d.Scheme: (
        ("", ("title", "period", "full", "source"), None, ""),
        (_("When a year's target falls due"), ("schedule",), None, ""),
        (
            _("Types of unit"),
            ("types",),
            True,
            _("Only if marks or limits differ by type, such as park and township."),
        ),
        (_("Code"), ("code",), True, ""),
    ),
    d.Group: (
        ("", ("title",), None, _("Units are ranked inside their group.")),
        (_("Limits"), ("bonus_most", "deduction_most", "least", "most"), None, ""),
        (_("Rounding of the total"), ("rounding",), True, ""),
        (_("Units made of several, units that changed"), ("composites", "changes"), True, ""),
        (_("Code"), ("code",), True, ""),
    ),
    d.Indicator: (
        ("", ("title", "full"), None, ""),
        (_("What is looked at"), ("value",), None, ""),
        (_("How it becomes marks"), ("rule",), None, ""),
        (_("Conditions for any marks at all"), ("gates",), True, ""),
        (_("Factor on the marks"), ("coefficient",), True, ""),
        (_("Limits, weight, rounding"), ("least", "most", "weight", "rounding"), True, ""),
        (_("If the figure is missing"), ("missing",), True, ""),
        (_("Types of unit"), ("types",), True, ""),
        (_("Code"), ("code",), True, ""),
    ),
    d.Input: (
        ("", ("title", "measure", "unit", "window"), None, ""),
        (_("Only those that fit"), ("filters",), None, _("Nothing chosen: all.")),
        (_("Units made of several"), ("combine",), True, ""),
    ),
    d.Points: (
        ("", ("by",), None, _("What the result is worth in a larger assessment.")),
        (_("By total"), ("out_of", "worth"), None, ""),
        (_("By grade"), ("grades",), None, ""),
        (_("By place"), ("places", "after"), None, ""),
        (_("Rounding"), ("rounding",), True, ""),
    ),
}
CODE = "code"
NO_VALUE = {"classes", "counts", "parts"}  # these name their own figures
NO_FULL = {"per_item", "classes", "by_position", "bands", "parts"}  # these say the marks themselves
IN_LINE = (
    f.Weighted,
    f.Condition,
    m.Band,
    m.Klass,
    m.Size,
    m.Count,
    d.Grade,
    d.Order,
)  # rows short enough for one line

MISSING_WORDS = {
    "not_reported": _("not reported"),
    "not_in_table": _("not in the table"),
    "not_applicable": _("not applicable"),
    "no_target": _("without target"),
    "zero_target": _("with a target of zero"),
    "no_base": _("without an earlier figure"),
    "zero_base": _("with an earlier figure of zero"),
    "break_in_definition": _("across a change of definition"),
    "no_cohort": _("without anything that entered"),
    "no_land": _("without land"),
    "zero_land": _("with land of zero"),
}
MISSING_REASONS = {code: MISSING_WORDS[code] for code in REASONS}


def groups_of(model: type[BaseModel], value: Any = None, extra: bool = False) -> tuple[Block, ...]:
    """The blocks of a part's form: as set above, else all in one and the code behind a fold. What an indicator's rule
    doesn't use stays away; a bonus's full marks as well, unless its rule takes them."""
    if model is d.Indicator:
        return _indicator(value if isinstance(value, Mapping) else {}, extra)
    if model in BLOCKS:
        return BLOCKS[model]
    names = tuple(one.name for one in fields_of(model) if one.name != CODE)
    return (("", names, None, ""), (_("Code"), (CODE,), True, ""))


def _indicator(value: Mapping[str, Any], extra: bool) -> tuple[Block, ...]:
    rule = value.get("rule")
    kind = rule.get("kind") if isinstance(rule, Mapping) else ""
    found = []
    for title, names, folded, hint in BLOCKS[d.Indicator]:
        if names == ("value",) and kind in NO_VALUE and value.get("value") is None:
            continue
        if extra and kind in NO_FULL and value.get("full") in (None, "", "0"):
            names = tuple(one for one in names if one != "full")
            names = ("full", *names) if "weight" in names else names
        found.append((title, names, folded, hint))
    return tuple(found)


def rows_in_line(model: type[BaseModel]) -> bool:
    return model in IN_LINE
