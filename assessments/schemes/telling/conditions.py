"""Conditions and what follows from them in words: vetoes, qualification, grades, jumps, boards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from rules.scheme import Scheme
from rules.scheme.document import Board, Grades, Group, Indicator, Jump, Points, Qualify, Ranking, Veto
from rules.scheme.figures import Condition

from .figures import direction_words, figure_words, target_words, unit_code
from .numbers import amount_words, listed, number_words, rounding_words, sentences


def condition_words(condition: Condition, scheme: Scheme) -> str:
    """A condition as a clause: "“…” is at least 3"."""
    unit = unit_code(condition.figure, scheme)
    words = {
        "figure": figure_words(condition.figure, scheme),
        "than": target_words(condition.than, scheme, unit),
    }
    said = {
        "at_least": _("%(figure)s is at least %(than)s"),
        "above": _("%(figure)s is above %(than)s"),
        "at_most": _("%(figure)s is at most %(than)s"),
        "below": _("%(figure)s is below %(than)s"),
        "equal": _("%(figure)s is exactly %(than)s"),
    }[condition.compare] % words
    if condition.unknown == "holds":
        return _("%(condition)s (or isn't known)") % {"condition": said}
    return said


def _all(conditions: tuple[Condition, ...], scheme: Scheme) -> str:
    said = (condition_words(one, scheme) for one in conditions)
    return pgettext("between conditions that must all hold", " and ").join(said)


def veto_words(veto: Veto, scheme: Scheme, group: Group) -> str:
    """When a veto holds, and what it does."""
    words = {"when": _all(veto.when, scheme), "grade": grade_title(veto.grade or "", group)}
    return {
        "zero": _("If %(when)s: a total of zero."),
        "unranked": _("If %(when)s: no place."),
        "last": _("If %(when)s: the last place."),
        "grade": _("If %(when)s: no better grade than “%(grade)s”."),
    }[veto.then] % words


def qualify_words(qualify: Qualify, scheme: Scheme) -> str:
    """What must hold to be ranked."""
    return _("Ranked only if %(when)s.") % {"when": _all(qualify.when, scheme)}


def grade_title(code: str, group: Group) -> str:
    """The title of a grade; its code while there is none."""
    rows = group.grades.rows if group.grades else ()
    return next((row.title for row in rows if row.code == code), code)


def grade_words(grades: Grades) -> str:
    """All grades from the best down, with their limits."""
    parts = []
    for row in grades.rows:
        if row.limit is None:
            said = _("“%(title)s” for everyone else")
        else:
            said = {
                "total": _("“%(title)s” from %(limit)s marks on"),
                "place": _("“%(title)s” up to place %(limit)s"),
                "share": _("“%(title)s” for the first %(limit)s%% of those ranked"),
            }[grades.by]
        parts.append(said % {"title": row.title, "limit": number_words(row.limit or Decimal(0))})
    said = {
        "total": _("Grades by total: %(grades)s."),
        "place": _("Grades by place: %(grades)s."),
        "share": _("Grades by share: %(grades)s."),
    }[grades.by]
    return said % {"grades": listed(parts)}


def jump_words(jump: Jump, scheme: Scheme) -> str:
    """How many grades a unit goes up or down, and when."""
    said = (
        ngettext("If %(when)s: %(n)d grade up.", "If %(when)s: %(n)d grades up.", jump.by)
        if jump.by >= 0
        else ngettext("If %(when)s: %(n)d grade down.", "If %(when)s: %(n)d grades down.", -jump.by)
    )
    return said % {"when": _all(jump.when, scheme), "n": abs(jump.by)}


def board_words(board: Board, group: Group) -> str:
    """Who comes on a red or black board."""
    titles = {row.code: row.title for row in every_indicator(group)}
    said = (
        _("Units among the first %(places)d in at least %(times)d of: %(of)s.")
        if board.end == "first"
        else _("Units among the last %(places)d in at least %(times)d of: %(of)s.")
    )
    of = listed(_("“%(title)s”") % {"title": titles.get(code, code)} for code in board.of)
    return said % {"places": board.places, "times": board.times, "of": of}


def every_indicator(group: Group) -> list[Indicator]:
    """Indicators, bonuses and deductions of a group with their parts."""

    def with_parts(rows: Iterable[Indicator]) -> Iterator[Indicator]:
        for row in rows:
            yield row
            yield from with_parts(getattr(row.rule, "parts", ()))

    return list(with_parts((*group.indicators, *group.bonuses, *group.deductions)))


def order_words(ranking: Ranking, scheme: Scheme, group: Group) -> str:
    """By what units are ranked, and what breaks ties."""
    titles = {row.code: row.title for row in every_indicator(group)}
    keys = []
    for order in ranking.order:
        if order.by == "total":
            name = pgettext("of a scheme", "total")
        elif isinstance(order.by, str) and order.by in titles:
            name = _("the marks of “%(title)s”") % {"title": titles[order.by]}
        else:
            name = figure_words(order.by, scheme)
        keys.append(
            name
            if order.direction == "more"
            else _("%(name)s (%(direction)s)") % {"name": name, "direction": direction_words(order.direction)}
        )
    said = [_("Ranked by %(keys)s.") % {"keys": pgettext("between keys of a ranking", ", then ").join(keys)}]
    said.append(
        _("Totals are compared as printed.") if ranking.rounded else _("Totals are compared unrounded.")
    )
    return sentences(said)


def points_words(points: Points, group: Group) -> str:
    """What a result is worth in a larger assessment."""
    if points.by == "total":
        said = _("In a larger assessment: %(worth)s points for a total of %(out_of)s, in proportion.") % {
            "worth": number_words(points.worth),
            "out_of": number_words(points.out_of),
        }
    elif points.by == "grade":
        grades = [
            _("“%(title)s” %(points)s") % {"title": grade_title(code, group), "points": number_words(one)}
            for code, one in points.grades.items()
        ]
        said = _("In a larger assessment, points by grade: %(grades)s.") % {"grades": listed(grades)}
    else:
        said = _("In a larger assessment, points by place, from the first: %(places)s; then %(after)s.") % {
            "places": listed(number_words(one) for one in points.places),
            "after": amount_words(points.after, ""),
        }
    if points.rounding is None:
        return said
    rounded = _("The points are %(rounding)s.") % {"rounding": rounding_words(points.rounding)}
    return sentences((said, rounded))
