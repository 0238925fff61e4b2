"""Rules in words: how a figure becomes marks, and what an indicator adds to that."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from assessments.reading import reason_text
from rules.scheme import Scheme
from rules.scheme import marking as m
from rules.scheme.document import IfMissing, Indicator

from .conditions import condition_words
from .figures import direction_words, figure_words, input_words, target_words, unit_code
from .labels import choice_words
from .numbers import amount_words, listed, number_words, rounding_words, setting_words


def rule_words(row: Indicator, scheme: Scheme) -> tuple[str, ...]:
    """How an indicator's figure becomes marks, in sentences."""
    said: list[str] = RULES[row.rule.kind](row, row.rule, scheme)
    return tuple(said)


def indicator_words(row: Indicator, scheme: Scheme, otherwise: str = "unscored") -> tuple[str, ...]:
    """Everything that an indicator says, in sentences: figure, rule, gates, coefficient, limits, missing figures.
    `otherwise`: what a missing figure does where the indicator doesn't say ("zero" for bonuses and deductions)."""
    said = []
    if row.types:
        said.append(
            _("For %(types)s only.") % {"types": listed(scheme.types.get(code, code) for code in row.types)}
        )
    if row.value is not None:
        said.append(_("Figure: %(figure)s.") % {"figure": figure_words(row.value, scheme)})
    said += rule_words(row, scheme)
    if row.gates:
        gates = {"conditions": listed(condition_words(one, scheme) for one in row.gates)}
        said.append(_("No marks at all unless %(conditions)s.") % gates)
    if row.coefficient is not None:
        said.append(_coefficient(row, scheme))
    if row.least is not None:
        said.append(_("At least %(marks)s.") % {"marks": setting_words(row.least, scheme, "marks")})
    if row.most is not None:
        said.append(_("At most %(marks)s.") % {"marks": setting_words(row.most, scheme, "marks")})
    if row.rounding is not None:
        said.append(_("The marks are %(rounding)s.") % {"rounding": rounding_words(row.rounding)})
    if row.weight != 1:
        said.append(
            _("Enters the sum with weight %(weight)s.") % {"weight": setting_words(row.weight, scheme)}
        )
    return (*said, *missing_words(row.missing, otherwise))


def missing_words(missing: IfMissing, otherwise: str = "unscored") -> tuple[str, ...]:
    """What a missing figure does, in sentences."""
    said = [
        _("Without a figure: %(does)s.") % {"does": choice_words("missing", missing.otherwise or otherwise)}
    ]
    for reason, does in missing.reasons.items():
        words = {"reason": reason_text(reason), "does": choice_words("missing", does)}
        said.append(_("If the reason is “%(reason)s”: %(does)s.") % words)
    return tuple(said)


def _coefficient(row: Indicator, scheme: Scheme) -> str:
    assert row.coefficient is not None
    factor = setting_words(row.coefficient.factor, scheme)
    if row.coefficient.figure is not None:
        figure = figure_words(row.coefficient.figure, scheme)
        factor = (
            figure
            if row.coefficient.factor == 1
            else _("%(factor)s × (%(figure)s)") % {"factor": factor, "figure": figure}
        )
    said = (
        _("The marks times %(factor)s, before their limits.")
        if row.coefficient.when == "before_limit"
        else _("The marks times %(factor)s, after their limits.")
    )
    return said % {"factor": factor}


def _proportional(row: Indicator, rule: m.Proportional, scheme: Scheme) -> list[str]:
    unit = unit_code(row.value, scheme) if row.value is not None else ""
    words = {"at": setting_words(rule.at, scheme, unit), "most": setting_words(rule.most, scheme, "percent")}
    said = [_("Marks in proportion to the figure: full marks at %(at)s.") % words]
    said.append(
        _("More than full marks are possible, without limit.")
        if rule.most is None
        else _("Never more than full marks.")
        if rule.most == 100
        else _("Never more than %(most)s of full marks.") % words
    )
    if rule.least_value is not None:
        line = {"line": setting_words(rule.least_value, scheme, unit)}
        said.append(_("No marks below %(line)s.") % line)
    return said


def _at_target(row: Indicator, rule: m.AtTarget, scheme: Scheme) -> list[str]:
    unit = unit_code(row.value, scheme) if row.value is not None else ""
    at = setting_words(rule.at, scheme, unit)
    base = _("full marks") if rule.base is None else setting_words(rule.base, scheme, "marks")
    said = [_("%(base)s at %(at)s.") % {"base": base, "at": at}]
    if rule.over is not None:
        said.append(_("Above it: %(step)s.") % {"step": _step(rule.over, scheme, unit, up=True)})
    if rule.below == "nothing":
        said.append(_("Below it no marks."))
    elif rule.below == "proportional":
        said.append(_("Below it in proportion."))
    if rule.short is not None:
        said.append(_("Below it: %(step)s.") % {"step": _step(rule.short, scheme, unit, up=False)})
    if rule.size is not None:
        said.append(
            _("The size that the points of a step depend on: %(target)s.")
            % {"target": target_words(rule.size, scheme)}
        )
    return said


def _step(step: m.Step, scheme: Scheme, unit: str, *, up: bool) -> str:
    sign = "+" if up else "\u2212"
    words = {
        "step": setting_words(step.step, scheme, unit),
        "points": sign + setting_words(step.points, scheme, "marks"),
    }
    if step.by_target:
        sizes = [
            _("%(points)s from a target of %(size)s on")
            % {"points": sign + amount_words(one.points, "marks"), "size": number_words(one.from_target)}
            for one in step.by_target
        ]
        words["points"] = listed(sizes)
    said = (
        _("for every full %(step)s %(points)s")
        if step.whole
        else _("for every %(step)s, pro rata, %(points)s")
    ) % words
    if step.most is None:
        return said
    return _("%(said)s, at most %(most)s") % {
        "said": said,
        "most": setting_words(step.most, scheme, "marks"),
    }


def _bands(row: Indicator, rule: m.Bands, scheme: Scheme) -> list[str]:
    unit = unit_code(row.value, scheme) if row.value is not None else ""
    bands = [
        _("from %(limit)s on %(marks)s")
        % {"limit": amount_words(band.from_value, unit), "marks": setting_words(band.points, scheme, "marks")}
        for band in rule.bands
    ]
    return [
        _("Marks by band: %(bands)s; below that %(below)s.")
        % {"bands": listed(bands), "below": setting_words(rule.below, scheme, "marks")}
    ]


def _min_max(row: Indicator, rule: m.MinMax, scheme: Scheme) -> list[str]:
    words = {
        "low": number_words(rule.low),
        "high": number_words(rule.high),
        "direction": direction_words(rule.direction),
        "equal": choice_words("end", rule.equal),
        "single": choice_words("end", rule.single),
    }
    return [
        _(
            "The group's worst gets %(low)s%% of full marks, its best %(high)s%%, the others in between by "
            "their figure (%(direction)s)."
        )
        % words,
        _("If all have the same: %(equal)s; alone in the group: %(single)s.") % words,
    ]


def _share_of_best(_row: Indicator, rule: m.ShareOfBest, _scheme: Scheme) -> list[str]:
    return [
        _("Full marks for the group's best, the others in proportion to it (%(direction)s).")
        % {"direction": direction_words(rule.direction)}
    ]


def _by_position(_row: Indicator, rule: m.ByPosition, _scheme: Scheme) -> list[str]:
    words = {
        "marks": listed(number_words(points) for points in rule.points),
        "after": number_words(rule.after),
        "direction": direction_words(rule.direction),
    }
    if rule.given:
        return [
            _("Marks by the place that the figure gives, from the first: %(marks)s; then %(after)s.") % words
        ]
    return [
        _("Marks by place in the group, from the first: %(marks)s; then %(after)s (%(direction)s).") % words
    ]


def _per_item(row: Indicator, rule: m.PerItem, scheme: Scheme) -> list[str]:
    unit = unit_code(row.value, scheme) if row.value is not None else ""
    words = {
        "each": setting_words(rule.each, scheme, "marks"),
        "free": target_words(rule.free, scheme, unit),
        "most": setting_words(rule.most, scheme, "marks"),
    }
    said = [
        _("%(each)s for each.") % words if rule.free == 0 else _("%(each)s for each above %(free)s.") % words
    ]
    if not rule.whole:
        said.append(_("Parts of one count in proportion."))
    if rule.most is not None:
        said.append(_("At most %(most)s altogether.") % words)
    return said


def _classes(_row: Indicator, rule: m.Classes, scheme: Scheme) -> list[str]:
    lines = [
        _("%(of)s: %(each)s each")
        % {"of": input_words(line.of, scheme), "each": setting_words(line.each, scheme, "marks")}
        for line in rule.classes
    ]
    said = [_("Each item counts once, in its highest class: %(classes)s.") % {"classes": listed(lines)}]
    if rule.nested:
        said.append(_("Each of these figures also holds the items of the classes above it."))
    if rule.most is not None:
        said.append(_("At most %(most)s altogether.") % {"most": setting_words(rule.most, scheme, "marks")})
    return said


def _counts(_row: Indicator, rule: m.Counts, scheme: Scheme) -> list[str]:
    lines = [
        _("%(of)s must reach %(needed)s, each one missing \u2212%(each)s")
        % {
            "of": figure_words(line.of, scheme),
            "needed": target_words(line.needed, scheme, unit_code(line.of, scheme)),
            "each": setting_words(line.each, scheme, "marks"),
        }
        for line in rule.lines
    ]
    return [_("Full marks less what is missing: %(lines)s.") % {"lines": listed(lines)}]


def _given(_row: Indicator, rule: m.Given, scheme: Scheme) -> list[str]:
    words = {
        "out_of": setting_words(rule.out_of, scheme),
        "most": setting_words(rule.most, scheme, "percent"),
    }
    said = [_("Marks given by people, out of %(out_of)s.") % words]
    if rule.most is None:
        said.append(_("More than full marks are possible, without limit."))
    elif rule.most != 100:
        said.append(_("Never more than %(most)s of full marks.") % words)
    return said


def _parts(_row: Indicator, rule: m.Parts, scheme: Scheme) -> list[str]:
    titles = [
        _("“%(title)s” (%(marks)s)")
        % {"title": part.title, "marks": setting_words(part.full, scheme, "marks")}
        for part in rule.parts
    ]
    return [_("The sum of its parts: %(parts)s.") % {"parts": listed(titles)}]


RULES: dict[str, Any] = {
    "proportional": _proportional,
    "at_target": _at_target,
    "bands": _bands,
    "min_max": _min_max,
    "share_of_best": _share_of_best,
    "by_position": _by_position,
    "per_item": _per_item,
    "classes": _classes,
    "counts": _counts,
    "given": _given,
    "parts": _parts,
}
