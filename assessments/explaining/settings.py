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

_l = gettext_lazy
LABELS: dict[str, Promise] = {
    "at": _l("full marks or base at"),
    "base": _l("base"),
    "band": _l("band from"),
    "below": _l("short of the target"),
    "bonus_most": _l("bonuses, at most"),
    "coefficient.factor": _l("coefficient"),
    "coefficient.when": _l("coefficient, when"),
    "deduction_most": _l("deductions, at most"),
    "direction": _l("better is"),
    "each": _l("points for each"),
    "fill_down": _l("surplus fills lines below"),
    "high": _l("upper end of the band"),
    "holds": _l("holds"),
    "items": _l("items that count"),
    "lacking": _l("items missing"),
    "least": _l("never below"),
    "least_value": _l("no marks below"),
    "low": _l("lower end of the band"),
    "met": _l("met"),
    "missing": _l("without a figure"),
    "most": _l("at most"),
    "most_marks": _l("marks, at most"),
    "out_of": _l("scale up to"),
    "place": _l("place"),
    "points": _l("points for a step"),
    "rounding": _l("rounding"),
    "schedule": _l("falls due"),
    "step": _l("width of a step"),
    "steps": _l("steps"),
    "target": _l("which target"),
    "then": _l("when it holds"),
    "through": _l("data through"),
    "times": _l("times"),
    "weight": _l("weight"),
    "whole_zero": _l("a whole of zero gives"),
}
WORDS: dict[str, dict[str, Promise]] = {
    "below": {
        "nothing": _l("no marks"),
        "proportional": _l("in proportion"),
        "steps": _l("by steps"),
    },
    "band": {"below": _l("below all bands")},
    "missing": DONE,
    "then": THEN,
    "direction": {"more": pgettext_lazy("better", "more"), "less": pgettext_lazy("better", "less")},
    "whole_zero": {"missing": _l("no figure"), "zero": _l("zero"), "hundred": _l("100 per cent")},
    "coefficient.when": {
        "before_limit": _l("before the limit"),
        "after_limit": _l("after the limit"),
    },
    "fill_down": {"yes": _l("yes"), "no": _l("no")},
    "holds": {"yes": _l("yes"), "no": _l("no")},
    "target": {
        "firm": _l("firm target"),
        "stretch": _l("stretch target"),
        "city": _l("the city's target"),
        "county": _l("the county's target"),
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
