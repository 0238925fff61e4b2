"""The names of the document's fields and of what can be chosen in them; places of a document in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

FIELDS: dict[str, str | Promise] = {
    "after": _("after the last of these"),
    "at": _("full marks at"),
    "bands": _("bands"),
    "base": _("marks at the target"),
    "before": _("figure of last year"),
    "below": _("below it"),
    "boards": _("boards"),
    "bonus_most": _("bonuses at most"),
    "bonuses": _("bonuses"),
    "by": _("by"),
    "by_target": _("points by size of target"),
    "changes": _("change of type within the period"),
    "classes": _("classes"),
    "code": _("code"),
    "coefficient": _("coefficient"),
    "combine": _("of a unit made of several"),
    "compare": _("comparison"),
    "composites": _("units made of several"),
    "deduction_most": _("deductions at most"),
    "deductions": _("deductions"),
    "default": _("for the other types"),
    "digits": _("digits"),
    "direction": _("direction"),
    "each": _("for each"),
    "end": _("which end"),
    "equal": _("if all have the same"),
    "factor": _("factor"),
    "figure": _("figure"),
    "fill_down": _("surplus fills other lines"),
    "fills": _("fills"),
    "filters": _("filters"),
    "free": _("free of marks"),
    "from_target": _("from a target of"),
    "from_value": _("from"),
    "full": _("full marks"),
    "gates": _("gates"),
    "given": _("the figure is a place"),
    "grade": _("best grade left"),
    "grades": _("grades"),
    "groups": _("groups"),
    "high": _("upper end of the band"),
    "indicators": _("indicators"),
    "inputs": _("inputs"),
    "jumps": _("grade jumps"),
    "kind": _("kind"),
    "least": _("at least"),
    "least_value": _("no marks below"),
    "less": _("less"),
    "limit": _("limit"),
    "lines": _("lines"),
    "low": _("lower end of the band"),
    "measure": _("measure"),
    "missing": _("without a figure"),
    "mode": _("rounding"),
    "most": _("at most"),
    "needed": _("needed"),
    "nested": _("holds the classes above"),
    "now": _("figure of this year"),
    "of": _("of"),
    "order": _("order"),
    "otherwise": _("in general"),
    "out_of": _("out of"),
    "over": _("above it"),
    "part": _("part"),
    "parts": _("parts"),
    "period": _("period"),
    "phased": _("only what is due"),
    "places": _("places"),
    "points": _("marks"),
    "qualify": _("conditions for a place"),
    "ranking": _("ranking"),
    "reasons": _("by reason"),
    "rounded": _("totals compared as printed"),
    "rounding": _("rounding"),
    "rows": _("grades"),
    "rule": _("rule"),
    "schedule": _("schedule"),
    "schema": _("format"),
    "short": _("below it"),
    "single": _("alone in the group"),
    "size": _("size"),
    "source": _("source"),
    "step": _("step"),
    "target": _("target"),
    "than": _("compared with"),
    "then": _("consequence"),
    "times": _("times"),
    "title": _("title"),
    "types": _("types of unit"),
    "unit": _("unit of measure"),
    "unknown": _("if it isn't known"),
    "value": _("figure"),
    "vetoes": _("vetoes"),
    "weight": _("weight"),
    "when": _("conditions"),
    "which": _("which target"),
    "whole": _("full steps only"),
    "whole_zero": _("if the whole is zero"),
    "window": _("window"),
    "worth": _("worth"),
}
# The same name with another meaning: (class of the part, field).
SPECIAL: dict[tuple[str, str], str | Promise] = {
    ("Coefficient", "when"): _("before or after the limit"),
    ("Group", "points"): _("points in a larger assessment"),
    ("Points", "grades"): _("points by grade"),
    ("Points", "places"): _("points by place"),
    ("ByPosition", "points"): _("marks by place"),
    ("Ratio", "whole"): _("whole"),
    ("PerItem", "whole"): _("full ones only"),
    ("Jump", "by"): _("grades up or down"),
    ("PerType", "types"): _("by type"),
    ("Mean", "missing"): _("if a part is missing"),
    ("Needed", "of"): _("input"),
}
CHOICES: dict[tuple[str, str], str | Promise] = {
    ("missing", "unscored"): _("no total and no place"),
    ("missing", "zero"): _("no marks"),
    ("missing", "full"): _("full marks"),
    ("missing", "leave_out"): _("it doesn't count, the others are scaled up"),
    ("missing", "lowest"): _("the lowest marks of the group"),
    ("missing", "missing"): _("missing as well"),
    ("end", "high"): _("the upper end"),
    ("end", "low"): _("the lower end"),
    ("end", "middle"): _("the middle"),
    ("end", "first"): _("the first"),
    ("end", "last"): _("the last"),
    ("below", "nothing"): _("no marks"),
    ("below", "proportional"): _("in proportion"),
    ("below", "steps"): _("by steps"),
    ("combine", "sum"): _("sum"),
    ("combine", "mean"): _("mean"),
    ("composites", "sum"): _("their figures are added up"),
    ("composites", "mean"): _("the mean of their totals"),
    ("changes", "latest"): _("scored by the last type"),
    ("changes", "by_months"): _("scored by each type and averaged by months"),
    ("when", "before_limit"): _("before the limit"),
    ("when", "after_limit"): _("after the limit"),
    ("then", "zero"): _("a total of zero"),
    ("then", "unranked"): _("no place"),
    ("then", "last"): _("the last place"),
    ("then", "grade"): _("no better grade than"),
    ("by", "total"): _("total"),
    ("by", "place"): _("place"),
    ("by", "share"): _("share of those ranked"),
    ("by", "grade"): _("grade"),
    ("unknown", "fails"): _("it fails"),
    ("unknown", "holds"): _("it holds"),
    ("compare", "at_least"): _("at least"),
    ("compare", "above"): _("above"),
    ("compare", "at_most"): _("at most"),
    ("compare", "below"): _("below"),
    ("compare", "equal"): _("exactly"),
    ("direction", "more"): _("more is better"),
    ("direction", "less"): _("less is better"),
    ("whole_zero", "missing"): _("missing"),
    ("whole_zero", "zero"): "0",
    ("whole_zero", "hundred"): "100",
    ("mode", "half_up"): _("half up"),
    ("mode", "truncate"): _("cut off"),
    ("window", ""): _("the measure's own"),
    ("window", "month"): _("the month"),
    ("window", "period"): _("the period"),
    ("window", "year_to_date"): _("year to date"),
    ("window", "year_before"): _("the same months of last year"),
    ("window", "cumulative"): _("all years"),
    ("period", "month"): pgettext_lazy("period", "month"),
    ("period", "quarter"): pgettext_lazy("period", "quarter"),
    ("period", "half"): pgettext_lazy("period", "half-year"),
    ("period", "year"): pgettext_lazy("period", "year"),
    ("schedule", "linear"): _("linear: month ÷ 12"),
    ("kind", "scaled"): _("times a factor"),
    ("kind", "completion"): _("completion of a target"),
    ("kind", "points_to_schedule"): _("points to schedule"),
    ("kind", "ratio"): _("ratio"),
    ("kind", "growth"): _("growth"),
    ("kind", "difference"): _("difference"),
    ("kind", "share_of_group"): _("share of the group"),
    ("kind", "gap_to_mean"): _("gap to the group's mean"),
    ("kind", "position"): _("place in the group"),
    ("kind", "total"): _("weighted sum"),
    ("kind", "mean"): _("weighted mean"),
    ("kind", "within"): _("within limits"),
    ("kind", "rounded"): _("rounded"),
    ("kind", "composed"): _("composed target"),
    ("kind", "proportional"): _("in proportion"),
    ("kind", "at_target"): _("marks at the target, steps over and short of it"),
    ("kind", "bands"): _("bands"),
    ("kind", "min_max"): _("min–max within the group"),
    ("kind", "share_of_best"): _("share of the group's best"),
    ("kind", "by_position"): _("by place"),
    ("kind", "per_item"): _("for each item"),
    ("kind", "classes"): _("items by class"),
    ("kind", "counts"): _("deduction for each one missing"),
    ("kind", "given"): _("marks given by people"),
    ("kind", "parts"): _("sum of parts"),
}


def field_words(name: str, of: str = "") -> str:
    """The name of a field. `of`: the class of the part it belongs to, where the name has several meanings."""
    return str(SPECIAL.get((of, name)) or FIELDS.get(name, name))


def choice_words(field: str, value: str) -> str:
    """What a choice of a field says; the code itself where none is known."""
    if field in ("equal", "single"):
        field = "end"
    if field in ("otherwise", "reasons"):
        field = "missing"
    return str(CHOICES.get((field, value), value))


def place_words(path: str, document: Any) -> str:
    """A place such as "groups.0.indicators.2.full" in words, by the titles of the document as it was written."""
    said, here = [], document
    for step in path.split(".") if path else []:
        if isinstance(here, Mapping):
            here = here.get(step)
            if not (isinstance(here, (Mapping, list, tuple)) and step in ("groups", "inputs", "types")):
                said.append(_titled(here) or field_words(step))
        elif isinstance(here, (list, tuple)) and step.isdigit():
            number = int(step)
            here = here[number] if number < len(here) else None
            said.append(_titled(here) or _now("line %(n)d") % {"n": number + 1})
    return pgettext("between the steps of a place", " › ").join(said)


def _titled(value: Any) -> str:
    title = value.get("title") if isinstance(value, Mapping) else None
    return _now("“%(title)s”") % {"title": title} if isinstance(title, str) and title else ""
