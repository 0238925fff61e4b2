"""Choices in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

COMPARES = {
    "at_least": _("at least"),
    "above": _("above"),
    "at_most": _("at most"),
    "below": _("below"),
    "equal": _("equal to"),
}
MISSING = {
    "unscored": _("no total and no place, with the reason"),
    "zero": _("no marks"),
    "full": _("full marks"),
    "lowest": _("the lowest marks of the group"),
    "leave_out": _("it is left out and the others count for more"),
}
ENDS = {"high": _("the highest marks"), "low": _("the lowest marks"), "middle": _("the middle")}
ADDED = {"sum": _("added up"), "mean": _("the mean is taken")}
WORDS: dict[str, dict[str, Any]] = {
    "Scheme.period": {
        "month": _("month"),
        "quarter": _("quarter"),
        "half": _("half-year"),
        "year": _("year"),
    },
    "Input.window": {
        "": _("as the measure says"),
        "month": _("the month alone"),
        "period": _("the period"),
        "year_to_date": _("from January on"),
        "year_before": _("the same period last year"),
        "cumulative": _("since the beginning"),
    },
    "Input.combine": ADDED,
    "Group.composites": {
        "sum": _("its units' figures are added up and scored once"),
        "mean": _("the mean of its units' totals"),
    },
    "Group.changes": {"latest": _("by its last type"), "by_months": _("by each type, averaged by months")},
    "IfMissing.otherwise": {"": _("as usual"), **MISSING},
    "IfMissing.reasons": {"": _("as above"), **MISSING},
    "Coefficient.when": {
        "before_limit": _("before the limit is applied"),
        "after_limit": _("after the limit was applied"),
    },
    "Veto.then": {
        "zero": _("the total is zero"),
        "unranked": _("no place"),
        "last": _("the last place"),
        "grade": _("a grade at most"),
    },
    "Grades.by": {"total": _("total"), "place": _("place"), "share": _("per cent of the ranked units")},
    "Board.end": {"first": _("among the first"), "last": _("among the last")},
    "Points.by": {"total": _("total"), "grade": _("grade"), "place": _("place")},
    "Condition.compare": COMPARES,
    "Condition.unknown": {
        "fails": _("the condition doesn't hold"),
        "holds": _("the condition holds"),
    },
    "Ratio.whole_zero": {
        "missing": _("there is no figure"),
        "zero": pgettext_lazy("figure", "zero"),
        "hundred": _("one hundred"),
    },
    "Mean.missing": {
        "missing": _("there is no mean either"),
        "leave_out": _("the mean of the others"),
    },
    "AtTarget.below": {
        "proportional": _("in proportion"),
        "nothing": _("no marks"),
        "steps": _("less by steps"),
    },
    "MinMax.equal": ENDS,
    "MinMax.single": ENDS,
    "Rounding.mode": {"half_up": _("half up"), "truncate": _("cut off")},
    "direction": {"more": _("more is better"), "less": _("less is better")},
}


def choice_word(key: str, value: str) -> Any:
    """The word of a choice; `key` is the field's "Owner.name"."""
    return (WORDS.get(key) or WORDS.get(key.partition(".")[2]) or {}).get(value, value)
