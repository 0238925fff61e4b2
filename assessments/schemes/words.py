"""What the codes of `rules.scheme` say to people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.measures import words as measures
from rules.scheme import Problem, Unfit
from rules.scheme.limits import DEEP, MANY

PROBLEMS: dict[str, Promise] = {
    "above_100": _("More than 100 per cent isn't possible here."),
    "after_month": _("The data can't reach further than the month, nor lie in another year."),
    "below_least": _("The upper limit is below the lower one."),
    "made_of_made": _("%(value)s is made of other units itself; name those."),
    "marks_not_full": _("The full marks add up to %(value)s and not to the scheme's full marks."),
    "mixed_units": _("Figures in different units can't be added or compared: %(value)s."),
    "needed": _("Enter this."),
    "never_reached": _("The line above it fits everyone, so this one is never used."),
    "not_100": _("The quarters add up to %(value)s per cent and not to 100."),
    "not_a_code": _("“%(value)s” is no code: small letters, digits and _, beginning with a letter."),
    "not_a_later_line": _("Surplus fills later lines of the same target only; %(value)s is none."),
    "not_a_list": _("A list is needed here."),
    "not_a_number": _("“%(value)s” is no exact number, such as 12 or 0.5."),
    "not_a_whole_number": _("“%(value)s” is no whole number."),
    "not_above_low": _("The upper end of the band must be above the lower one."),
    "not_above_zero": _("This must be above zero."),
    "not_allowed": _("“%(value)s” can't be chosen here."),
    "not_an_object": _("Fields with names are needed here."),
    "not_falling": _("The limits must fall from the best grade down."),
    "not_rising": _("The limits must rise."),
    "not_the_grades": _("Name the points of each grade, and of no other."),
    "not_used": _("This isn't used with the other settings; take it out."),
    "phased_twice": _(
        "Points to schedule hold the year's target against time already; don't phase it as well."
    ),
    "reserved": _("“total” stands for the sum; give the indicator another code."),
    "too_large": _("%(value)s is too large."),
    "too_long": _("This text is too long."),
    "too_small": _("%(value)s is too small."),
    "twice": _("“%(value)s” stands here twice."),
    "unknown": _("“%(value)s” isn't known here; check the spelling."),
    "unknown_grade": _("There is no grade “%(value)s”."),
    "unknown_group": _("The scheme has no group “%(value)s”."),
    "unknown_indicator": _("The group has no indicator “%(value)s”."),
    "unknown_input": _("“%(value)s” isn't declared under inputs."),
    "unknown_key": _("“%(value)s” is no indicator, no input and not “total”."),
    "unknown_reason": _("“%(value)s” is no reason for a missing figure."),
    "unknown_type": _("“%(value)s” isn't declared under types."),
    "unknown_unit": _("There is no other unit “%(value)s” in the file."),
}

UNFIT: dict[str, Promise] = {
    "alias": _("Aliases (* and &) aren't taken. Write each part out."),
    "deep": _("There are more than %(deep)s levels inside each other."),
    "kind": _("Only texts, numbers, lists and objects are taken."),
    "many": _("There are more than %(many)s values."),
    "number": _("A number is too large or too long, or is none."),
    "tag": _("Tags (!) aren't taken."),
    "text": _("A text holds characters that can't be kept."),
}


def unfit_text(problem: Unfit) -> str:
    """Why a document isn't taken at all."""
    return str(UNFIT[problem.code]) % {"deep": DEEP, "many": MANY}


def problem_text(problem: Problem) -> str:
    """A problem in a sentence that says what to do."""
    of_filter = ".filters" in problem.path and problem.code in measures.PROBLEMS
    if of_filter or (problem.code not in PROBLEMS and problem.code in measures.PROBLEMS):
        return measures.problem_text(measures.Problem(problem.path, problem.code, problem.value))
    said = PROBLEMS.get(problem.code, _("This can't be read: %(value)s"))
    return str(said) % {"value": problem.value}
