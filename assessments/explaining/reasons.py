"""Why there is no figure, no marks, no place: every code that a scoring gives, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REASONS: dict[str, Promise] = {
    # of a figure (rules.facts.MissingReason)
    "not_reported": _("not reported"),
    "not_in_table": _("no such figure was handed in"),
    "not_applicable": _("not applicable"),
    "no_target": _("no target"),
    "no_base": _("no figure for the same period last year"),
    "break_in_definition": _("the definition changed, so the years can't be compared"),
    "zero_base": _("the base is zero"),
    "zero_target": _("the target is zero"),
    "no_land": _("no land"),
    "zero_land": _("the land is zero"),
    "no_cohort": _("nobody in the group has this figure"),
    # of a line without a place
    "not_ranked": _("shown, not ranked"),
    "not_qualified": _("a condition for being ranked isn't met"),
    "vetoed": _("taken out of the ranking by a veto"),
    # of marks
    "gate": _("a condition isn't met, so there are no marks"),
}
DONE: dict[str, Promise] = {
    "unscored": _("Without it there is no total."),
    "zero": _("It counts as zero marks."),
    "full": _("It counts as full marks."),
    "lowest": _("It gets the lowest marks of the group."),
    "leave_out": _("The indicator is left out, and the others are scaled up."),
}
THEN: dict[str, Promise] = {
    "zero": _("the total is zero"),
    "unranked": _("no place"),
    "last": _("the last place"),
    "grade": _("the grade is held down"),
}
COMPARE: dict[str, Promise] = {
    "at_least": pgettext_lazy("condition", "at least"),
    "above": pgettext_lazy("condition", "above"),
    "at_most": pgettext_lazy("condition", "at most"),
    "below": pgettext_lazy("condition", "below"),
    "equal": pgettext_lazy("condition", "equal to"),
}


def reason_words(code: str) -> str:
    """A reason in words. KeyError for a code that has none: a page never shows a bare code."""
    return str(REASONS[code])
