"""Figures and targets in words: each kind a noun phrase, made of those that it is made of."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rules.scheme import Scheme
from rules.scheme import figures as f
from rules.scheme.checks import unit_of
from rules.scheme.parts import OwnTarget

from .numbers import listed, number_words, rounding_words, setting_words


def figure_words(figure: Any, scheme: Scheme) -> str:
    """What a figure is: “title” of an input, or how it is made. Codes that the document doesn't know stay as they are."""
    if isinstance(figure, str):
        return input_words(figure, scheme)
    return str(KINDS[figure.kind](figure, scheme))


def input_words(code: str, scheme: Scheme) -> str:
    """The title of an input, in quotes."""
    found = scheme.inputs.get(code)
    return _("“%(title)s”") % {"title": found.title if found else code}


def unit_code(figure: Any, scheme: Scheme) -> str:
    """The unit of a figure's result; "" while the document doesn't say."""
    try:
        return unit_of(scheme, figure)
    except (KeyError, ValueError):
        return ""


def which_words(which: str) -> str:
    """Which of a unit's targets."""
    return {
        "firm": pgettext("target", "firm"),
        "stretch": pgettext("target", "stretch"),
        "county": pgettext("target", "county's"),
        "city": pgettext("target", "city's"),
    }.get(which, which)


def target_words(target: Any, scheme: Scheme, unit: str = "") -> str:
    """A target: a number for all, or the unit's own. `unit`: what a number counts in."""
    if not isinstance(target, OwnTarget):
        return setting_words(target, scheme, unit)
    said = (
        _("the part now due of the unit's own %(which)s target for %(of)s")
        if target.phased
        else _("the unit's own %(which)s target for %(of)s")
    )
    return said % {"which": which_words(target.which), "of": input_words(target.of, scheme)}


def direction_words(direction: str) -> str:
    """Which end is the better one."""
    return _("more is better") if direction == "more" else _("less is better")


def _inner(figure: Any, scheme: Scheme) -> str:
    """A figure inside another: in brackets when it is made itself."""
    said = figure_words(figure, scheme)
    return said if isinstance(figure, str) else _("(%(figure)s)") % {"figure": said}


def _scaled(figure: f.Scaled, scheme: Scheme) -> str:
    return _("%(of)s × %(factor)s") % {
        "of": _inner(figure.of, scheme),
        "factor": setting_words(figure.factor, scheme),
    }


def _completion(figure: f.Completion, scheme: Scheme) -> str:
    return _("%(of)s in per cent of %(target)s") % _against(figure, scheme)


def _points_to_schedule(figure: f.PointsToSchedule, scheme: Scheme) -> str:
    said = _("%(of)s in per cent of %(target)s, less the per cent of it that is due")
    return said % _against(figure, scheme)


def _against(figure: f.Completion | f.PointsToSchedule, scheme: Scheme) -> dict[str, str]:
    unit = unit_code(figure.of, scheme)
    return {"of": _inner(figure.of, scheme), "target": target_words(figure.target, scheme, unit)}


def _ratio(figure: f.Ratio, scheme: Scheme) -> str:
    whole = _inner(figure.whole, scheme)
    words = {"part": _inner(figure.part, scheme), "whole": whole, "times": number_words(figure.times)}
    if figure.times == 100:
        said = _("%(part)s ÷ %(whole)s in per cent") % words
    elif figure.times == 1:
        said = _("%(part)s ÷ %(whole)s") % words
    else:
        said = _("%(part)s ÷ %(whole)s × %(times)s") % words
    if figure.whole_zero == "missing":
        return said
    words = {"said": said, "whole": whole, "value": "0" if figure.whole_zero == "zero" else "100"}
    return _("%(said)s; %(value)s where %(whole)s is zero") % words


def _growth(figure: f.Growth, scheme: Scheme) -> str:
    words = {"now": _inner(figure.now, scheme), "before": _inner(figure.before, scheme)}
    return _("growth of %(now)s over %(before)s in per cent") % words


def _difference(figure: f.Difference, scheme: Scheme) -> str:
    return _("%(of)s − %(less)s") % {
        "of": _inner(figure.of, scheme),
        "less": _inner(figure.less, scheme),
    }


def _share_of_group(figure: f.ShareOfGroup, scheme: Scheme) -> str:
    return _("%(of)s in per cent of the group's sum") % {"of": _inner(figure.of, scheme)}


def _gap_to_mean(figure: f.GapToMean, scheme: Scheme) -> str:
    return _("%(of)s less the group's mean of it") % {"of": _inner(figure.of, scheme)}


def _position(figure: f.Position, scheme: Scheme) -> str:
    words = {"of": _inner(figure.of, scheme), "direction": direction_words(figure.direction)}
    return _("place in the group by %(of)s (%(direction)s)") % words


def _weighted(figure: f.Total | f.Mean, scheme: Scheme) -> str:
    return listed(
        _inner(row.figure, scheme)
        if row.weight == 1
        else _("%(of)s × %(factor)s")
        % {"of": _inner(row.figure, scheme), "factor": setting_words(row.weight, scheme)}
        for row in figure.of
    )


def _total(figure: f.Total, scheme: Scheme) -> str:
    return _("sum of %(figures)s") % {"figures": _weighted(figure, scheme)}


def _mean(figure: f.Mean, scheme: Scheme) -> str:
    said = (
        _("mean of those that there are of %(figures)s")
        if figure.missing == "leave_out"
        else _("mean of %(figures)s")
    )
    return said % {"figures": _weighted(figure, scheme)}


def _within(figure: f.Within, scheme: Scheme) -> str:
    unit = unit_code(figure.of, scheme)
    words = {
        "of": _inner(figure.of, scheme),
        "least": setting_words(figure.least, scheme, unit),
        "most": setting_words(figure.most, scheme, unit),
    }
    if figure.least is None:
        return (_("%(of)s, without limits") if figure.most is None else _("%(of)s, at most %(most)s")) % words
    if figure.most is None:
        return _("%(of)s, at least %(least)s") % words
    return _("%(of)s, at least %(least)s and at most %(most)s") % words


def _rounded(figure: f.Rounded, scheme: Scheme) -> str:
    words = {"of": _inner(figure.of, scheme), "rounding": rounding_words(figure.rounding)}
    return _("%(of)s, %(rounding)s") % words


def _composed(figure: f.Composed, scheme: Scheme) -> str:
    lines = [
        _("%(needed)s of %(of)s")
        % {
            "needed": target_words(line.needed, scheme, unit_code(line.of, scheme)),
            "of": input_words(line.of, scheme),
        }
        for line in figure.lines
    ]
    fills = [
        _("what %(of)s has over fills %(others)s")
        % {
            "of": input_words(line.of, scheme),
            "others": listed(input_words(code, scheme) for code in line.fills),
        }
        for line in figure.lines
        if line.fills
    ]
    words = {"lines": listed(lines), "fills": listed(fills)}
    if figure.fill_down and fills:
        return _("per cent met of: %(lines)s; %(fills)s") % words
    if fills:
        return _("per cent met of: %(lines)s; nothing is filled up (%(fills)s: turned off)") % words
    if figure.fill_down:
        return _("per cent met of: %(lines)s; filling up is on, but no line says which it fills") % words
    return _("per cent met of: %(lines)s") % words


KINDS: dict[str, Any] = {
    "scaled": _scaled,
    "completion": _completion,
    "points_to_schedule": _points_to_schedule,
    "ratio": _ratio,
    "growth": _growth,
    "difference": _difference,
    "share_of_group": _share_of_group,
    "gap_to_mean": _gap_to_mean,
    "position": _position,
    "total": _total,
    "mean": _mean,
    "within": _within,
    "rounded": _rounded,
    "composed": _composed,
}
