"""A whole document in words: sections with headings, items with their sentences and their place in the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from assessments.measures.words import filter_words
from rules.scheme import Scheme
from rules.scheme.checks import walk
from rules.scheme.document import Group, Indicator, Input

from .conditions import (
    board_words,
    grade_words,
    jump_words,
    order_words,
    points_words,
    qualify_words,
    veto_words,
)
from .labels import choice_words
from .numbers import listed, number_words, rounding_words, setting_words, unit_words
from .rules import indicator_words


@dataclass(frozen=True, slots=True)
class Item:
    """Something with a title and sentences. `path`: its place in the document ("groups.0.indicators.2")."""

    path: str
    title: str
    aside: str = ""  # full marks, a unit of measure
    sentences: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its items."""

    title: str
    items: tuple[Item, ...] = field(default=())


def tell(scheme: Scheme, names: Mapping[str, str] | None = None) -> tuple[Section, ...]:
    """Everything that a document says, in its order: the method as a whole, its figures, then each group. `names`: what
    measures are called, by code."""
    sections = [
        Section(_("The method"), (_whole(scheme),)),
        Section(_("What is read of each unit"), _inputs(scheme, names or {})),
    ]
    for number, group in enumerate(scheme.groups):
        sections += _group(scheme, group, f"groups.{number}")
    return tuple(section for section in sections if section.items)


def _whole(scheme: Scheme) -> Item:
    said = [_("Assessed by %(period)s.") % {"period": choice_words("period", scheme.period)}]
    if scheme.full is None:
        said.append(_("What the full marks add up to isn't fixed."))
    else:
        said.append(_("The full marks of a group add up to %(full)s.") % {"full": number_words(scheme.full)})
    said.append(schedule_words(scheme.schedule))
    if scheme.types:
        said.append(_("Types of unit: %(types)s.") % {"types": listed(scheme.types.values())})
    if scheme.source:
        said.append(_("Source: %(source)s.") % {"source": scheme.source})
    return Item("", scheme.title, sentences=tuple(said))


def schedule_words(schedule: Any) -> str:
    """How a year's target falls due."""
    if schedule == "linear":
        return _("Targets fall due month by month, a twelfth each, unless they say otherwise.")
    shares = {"shares": listed(f"{number_words(one)}%" for one in schedule)}
    return _("Targets fall due by quarters (%(shares)s), unless they say otherwise.") % shares


def _inputs(scheme: Scheme, names: Mapping[str, str]) -> tuple[Item, ...]:
    return tuple(
        Item(f"inputs.{code}", row.title, unit_words(row.unit), tuple(_input(row, names)))
        for code, row in ((code, scheme.inputs[code]) for code in _by_use(scheme))
    )


def _by_use(scheme: Scheme) -> Iterable[str]:
    """Inputs in the order in which the groups first name them: a stored document doesn't keep the order of its keys."""
    named = (value for _path, part in walk(scheme.groups) for value in vars(part).values())
    used = [value for value in named if isinstance(value, str) and value in scheme.inputs]
    return dict.fromkeys([*used, *scheme.inputs])


def _input(row: Input, names: Mapping[str, str]) -> Iterable[str]:
    if row.measure:
        yield _("Measure: %(name)s.") % {"name": names.get(row.measure, row.measure)}
    else:
        yield _("Entered by hand.")
    told = filter_words(row.filters)
    if len(told) < len(row.filters):  # some can't be read: as they were written
        told = [(name, one if isinstance(one, str) else listed(one)) for name, one in row.filters.items()]
    for name, said in told:
        yield _("Only %(filter)s: %(value)s.") % {"filter": name, "value": said}
    if row.window:
        yield _("Window: %(window)s.") % {"window": choice_words("window", row.window)}
    if row.combine == "mean":
        yield _("Of a unit made of several: their mean.")


def _group(scheme: Scheme, group: Group, path: str) -> list[Section]:
    named = {"group": group.title}
    return [
        Section(_("%(group)s: indicators") % named, _rows(scheme, group.indicators, f"{path}.indicators")),
        Section(_("%(group)s: bonuses") % named, _rows(scheme, group.bonuses, f"{path}.bonuses", "zero")),
        Section(
            _("%(group)s: deductions") % named, _rows(scheme, group.deductions, f"{path}.deductions", "zero")
        ),
        Section(_("%(group)s: total, places, grades") % named, _outcome(scheme, group, path)),
    ]


def _rows(
    scheme: Scheme, rows: Iterable[Indicator], path: str, otherwise: str = "unscored"
) -> tuple[Item, ...]:
    return tuple(
        Item(
            f"{path}.{number}",
            row.title,
            setting_words(row.full, scheme, "marks") if row.full != 0 else "",
            indicator_words(row, scheme, otherwise),
            _rows(scheme, getattr(row.rule, "parts", ()), f"{path}.{number}.rule.parts"),
        )
        for number, row in enumerate(rows)
    )


def _outcome(scheme: Scheme, group: Group, path: str) -> tuple[Item, ...]:
    items = [Item(path, _("Total"), sentences=tuple(_limits(scheme, group)))]
    items += [
        Item(
            f"{path}.vetoes.{number}",
            _("Veto “%(title)s”") % {"title": veto.title},
            sentences=(veto_words(veto, scheme, group),),
        )
        for number, veto in enumerate(group.vetoes)
    ]
    items += [
        Item(
            f"{path}.qualify.{number}",
            _("Condition “%(title)s”") % {"title": one.title},
            sentences=(qualify_words(one, scheme),),
        )
        for number, one in enumerate(group.qualify)
    ]
    items.append(Item(f"{path}.ranking", _("Places"), sentences=(order_words(group.ranking, scheme, group),)))
    if group.grades is not None:
        jumps = tuple(
            Item(
                f"{path}.grades.jumps.{number}",
                _("Grade jump “%(title)s”") % {"title": jump.title},
                sentences=(jump_words(jump, scheme),),
            )
            for number, jump in enumerate(group.grades.jumps)
        )
        items.append(Item(f"{path}.grades", _("Grades"), sentences=(grade_words(group.grades),), items=jumps))
    items += [
        Item(
            f"{path}.boards.{number}",
            _("Board “%(title)s”") % {"title": board.title},
            sentences=(board_words(board, group),),
        )
        for number, board in enumerate(group.boards)
    ]
    if group.points is not None:
        items.append(Item(f"{path}.points", _("Points"), sentences=(points_words(group.points, group),)))
    return tuple(items)


def _limits(scheme: Scheme, group: Group) -> Iterable[str]:
    if group.bonus_most is not None:
        yield _("Bonuses at most %(most)s.") % {"most": setting_words(group.bonus_most, scheme, "marks")}
    if group.deduction_most is not None:
        yield _("Deductions at most %(most)s.") % {
            "most": setting_words(group.deduction_most, scheme, "marks")
        }
    if group.least is None:
        yield _("The total may fall below zero.")
    else:
        yield _("The total is at least %(least)s.") % {"least": setting_words(group.least, scheme, "marks")}
    if group.most is not None:
        yield _("The total is at most %(most)s.") % {"most": setting_words(group.most, scheme, "marks")}
    yield _("The total is %(rounding)s.") % {"rounding": rounding_words(group.rounding)}
    yield (
        _("Of a unit made of several the figures are added up.")
        if group.composites == "sum"
        else _("A unit made of several has the mean of their totals.")
    )
    yield (
        _("A unit that changed its type in the period is scored by the last one.")
        if group.changes == "latest"
        else _("A unit that changed its type in the period is scored by each and averaged by months.")
    )
