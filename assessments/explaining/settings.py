"""The settings that a step read, in words: every path that a trace may name."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rules.trace import Parameter

from .nodes import Setting
from .numbers import month, plain, rounding
from .reasons import DONE, THEN

LABELS: dict[str, Promise] = {
    "at": gettext_lazy("full marks or base at"),
    "base": gettext_lazy("base"),
    "band": gettext_lazy("band from"),
    "below": gettext_lazy("short of the target"),
    "bonus_most": gettext_lazy("bonuses, at most"),
    "coefficient.factor": gettext_lazy("coefficient"),
    "coefficient.when": gettext_lazy("coefficient, when"),
    "deduction_most": gettext_lazy("deductions, at most"),
    "direction": gettext_lazy("better is"),
    "each": gettext_lazy("points for each"),
    "fill_down": gettext_lazy("surplus fills lines below"),
    "high": gettext_lazy("upper end of the band"),
    "holds": gettext_lazy("holds"),
    "items": gettext_lazy("items that count"),
    "lacking": gettext_lazy("items missing"),
    "least": gettext_lazy("never below"),
    "least_value": gettext_lazy("no marks below"),
    "low": gettext_lazy("lower end of the band"),
    "met": gettext_lazy("met"),
    "missing": gettext_lazy("without a figure"),
    "most": gettext_lazy("at most"),
    "most_marks": gettext_lazy("marks, at most"),
    "out_of": gettext_lazy("scale up to"),
    "place": gettext_lazy("place"),
    "points": gettext_lazy("points for a step"),
    "rounding": gettext_lazy("rounding"),
    "schedule": gettext_lazy("falls due"),
    "step": gettext_lazy("width of a step"),
    "steps": gettext_lazy("steps"),
    "target": gettext_lazy("which target"),
    "then": gettext_lazy("when it holds"),
    "through": gettext_lazy("data through"),
    "times": gettext_lazy("times"),
    "weight": gettext_lazy("weight"),
    "whole_zero": gettext_lazy("a whole of zero gives"),
}
WORDS: dict[str, dict[str, Promise]] = {
    "below": {
        "nothing": gettext_lazy("no marks"),
        "proportional": gettext_lazy("in proportion"),
        "steps": gettext_lazy("by steps"),
    },
    "band": {"below": gettext_lazy("below all bands")},
    "missing": DONE,
    "then": THEN,
    "direction": {"more": pgettext_lazy("better", "more"), "less": pgettext_lazy("better", "less")},
    "whole_zero": {
        "missing": gettext_lazy("no figure"),
        "zero": gettext_lazy("zero"),
        "hundred": gettext_lazy("100 per cent"),
    },
    "coefficient.when": {
        "before_limit": gettext_lazy("before the limit"),
        "after_limit": gettext_lazy("after the limit"),
    },
    "fill_down": {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")},
    "holds": {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")},
    "target": {
        "firm": gettext_lazy("firm target"),
        "stretch": gettext_lazy("stretch target"),
        "city": gettext_lazy("the city's target"),
        "county": gettext_lazy("the county's target"),
    },
}
VALUES: dict[str, Callable[[str], str]] = {"rounding": rounding, "through": month}
_NUMBERED = re.compile(r"^line\.\d+\.")


class NoWords(LookupError):
    """A trace names a setting for which there are no words."""


def setting_words(parameter: Parameter) -> Setting:
    """A setting in words. Raises NoWords."""
    key = _key(parameter.path)
    return Setting(str(LABELS[key]), _value(key, parameter.value), parameter.path, parameter.version)


def which_target(which: str) -> str:
    """Firm, stretch …; a document's own code for a target reads as the target."""
    return str(WORDS["target"].get(which, _("target")))


def _key(path: str) -> str:
    """The path without the codes that a document chose: "arrived.at" → "at"."""
    if path.startswith(("weight.", "met.")):
        return path.partition(".")[0]
    for key in sorted(LABELS, key=len, reverse=True):
        if path == key or path.endswith(f".{key}"):
            return key
    raise NoWords(path)


def _value(key: str, text: str) -> str:
    if key in VALUES:
        return VALUES[key](text)
    if key == "schedule":
        return _("evenly over the year") if text == "linear" else _quarters(text)
    if found := WORDS.get(key, {}).get(text):
        return str(found)
    try:
        return plain(Decimal(text), 0)
    except InvalidOperation:
        if key == "target":
            return which_target(text)
        raise NoWords(f"{key}: {text}") from None


def _quarters(text: str) -> str:
    return _("by quarters: %(shares)s per cent") % {"shares": ", ".join(text.split(","))}
