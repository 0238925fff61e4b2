"""Filters, definitions and problems in words, for pages and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.measures.base import REGISTRY
from assessments.measures.filters import AMOUNT, SPECS, Problem, read
from assessments.models import Measure
from rules.money import to_display

PROBLEMS = {
    "unknown": gettext_lazy("There is no such filter: %(value)s."),
    "not_for_this_measure": gettext_lazy("This can't be asked of what is counted: %(value)s."),
    "needed": gettext_lazy("Nothing is said here."),
    "not_a_choice": gettext_lazy("There is no “%(value)s” to choose."),
    "malformed": gettext_lazy("“%(value)s” is not written as it should be."),
    "one_only": gettext_lazy("Only one is possible here: %(value)s."),
    "needs_other": gettext_lazy("This needs “%(value)s” as well."),
    "not_together": gettext_lazy("This can't be said together with “%(value)s”."),
    "nothing_left": gettext_lazy("No size lies between the two lines."),
    "four_of_hundred": gettext_lazy("A schedule has four quarters that add up to 100."),
    "base_unknown": gettext_lazy("The registry doesn't know “%(value)s”."),
    "of_needed": gettext_lazy("Say of which measure."),
    "of_without": gettext_lazy("It is not about another measure."),
    "not_a_flow": gettext_lazy("Points to schedule exist for flows of the year only."),
    "measure_unknown": gettext_lazy("There is no measure “%(value)s”."),
    "measure_archived": gettext_lazy("The measure “%(value)s” is archived."),
    "already_set": gettext_lazy("The measure itself says this already: %(value)s."),
    "other_unit": gettext_lazy("The measure counts in another unit: %(value)s."),
    "window_for_booked": gettext_lazy("Nothing is counted over several years by a counting rule."),
    "window_for_target": gettext_lazy("Targets are of this year: choose the year to date."),
}


def problem_text(problem: Problem) -> str:
    """What is wrong, in a sentence."""
    name = SPECS[problem.value].title if problem.value in SPECS else problem.value
    return str(PROBLEMS[problem.code]) % {"value": name}


def filter_words(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A measure's filters as (name, what it says); what can't be read is left out."""
    read_, _problems = read(given)
    found = []
    for name, spec in SPECS.items():
        value = getattr(read_, name)
        if not value:
            continue
        if name.startswith("size_"):
            text = _amount(value, dollars=name.endswith("usd"))
        elif spec.words is not None:
            texts = value if isinstance(value, tuple) else (("yes",) if value is True else (value,))
            text = ", ".join(str(spec.words[one]) for one in texts)
        elif isinstance(value, tuple):
            text = ", ".join(str(one) for one in value)
        else:
            text = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
        found.append((str(spec.title), text))
    return found


def _amount(value: Decimal, *, dollars: bool) -> str:
    """In 100 millions or 10 thousands, whichever is whole."""
    yi = to_display(value, "yi")
    number, unit = (yi, _("100 million")) if yi >= 1 else (to_display(value, "wan"), _("10 thousand"))
    return f"{number.normalize():f} {unit} {_('US dollars') if dollars else _('yuan')}"


def definition_words(measure: Measure) -> list[tuple[str, str]]:
    """What a measure that is counted counts, as rows of a page."""
    base = REGISTRY[measure.base]
    rows = [(_("counts"), str(base.title)), (_("which is"), str(base.definition))]
    rows += filter_words(measure.filters)
    if measure.of_measure:
        rows.append((_("of the measure"), str(measure.of_measure)))
    rows.append((_("a shared project counts"), measure.get_credit_display()))
    rows.append((_("dimension of attribution"), measure.get_role_display()))
    return rows


def choices(name: str) -> Sequence[tuple[str, Any]]:
    """What a form offers for a filter with choices."""
    return list((SPECS[name].words or {}).items())


def is_amount(name: str) -> bool:
    return SPECS[name].pattern is AMOUNT and SPECS[name].words is None
