"""What differs between two versions of a scheme, in sentences: "Indicator “…”: full marks: 20 → 25"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.schemes.telling import (
    amount_words,
    choice_words,
    condition_words,
    field_words,
    figure_words,
    rounding_words,
    rule_words,
    setting_words,
    target_words,
)
from assessments.schemes.telling.numbers import listed, number_words, sentences
from rules.scheme import Scheme
from rules.scheme import figures as f
from rules.scheme import marking as m
from rules.scheme.document import Grade, Group, Indicator, Input, Order
from rules.scheme.parts import OwnTarget, Part, PerType, Rounding

# What is told as a whole, not piece by piece.
WHOLE = (*f.KINDS, f.Condition, OwnTarget, PerType, Rounding, Order)
FIGURES = {"value", "figure", "of", "part", "whole", "now", "before", "less", "by"}
TARGETS = {"target", "than", "needed", "free", "size"}
INPUTS = {"of", "fills"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. `where`: the titles that lead to it; `what`: what was done to it."""

    where: tuple[str, ...]
    what: str

    def __str__(self) -> str:
        where = pgettext("between the steps of a place", " › ").join(self.where)
        return _("%(where)s: %(what)s") % {"where": where, "what": self.what} if where else self.what


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two documents, for the titles of what they name."""

    old: Scheme
    new: Scheme


def differences(old: Scheme, new: Scheme) -> tuple[Change, ...]:
    """Everything that differs from an older document to a newer one, in the order of the newer."""
    return tuple(_part(old, new, (), _Pair(old, new)))


def _part(old: Part, new: Part, where: tuple[str, ...], pair: _Pair) -> Iterator[Change]:
    for name in type(new).model_fields:
        one, other = getattr(old, name), getattr(new, name)
        if one != other:
            yield from _value(name, one, other, where, pair, type(new).__name__)


def _value(name: str, old: Any, new: Any, where: tuple[str, ...], pair: _Pair, of: str) -> Iterator[Change]:
    label = field_words(name, of)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mapping(name, old, new, (*where, *_heading(name, of)), pair)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield from _rows(name, old, new, (*where, *_heading(name, of)), pair)
    elif _same_shape(old, new):
        yield from _part(old, new, (*where, *_heading(name, of)), pair)
    elif isinstance(new, f.Completion | f.PointsToSchedule) and type(old) is type(new) and old.of == new.of:
        yield from _part(old, new, where, pair)
    else:
        yield Change((*where, label), _from_to(name, old, new, pair))


def _heading(name: str, of: str) -> tuple[str, ...]:
    """Lists of things with titles need no heading of their own."""
    return () if name in ("groups", "indicators", "rule", "inputs") else (field_words(name, of),)


def _same_shape(old: Any, new: Any) -> bool:
    return isinstance(new, Part) and type(old) is type(new) and not isinstance(new, WHOLE)


def _from_to(name: str, old: Any, new: Any, pair: _Pair) -> str:
    one, other = words(name, old, pair.old), words(name, new, pair.new)
    if one == other:  # two things of the same title
        one, other = f"{one} ({old})", f"{other} ({new})"
    return _("%(old)s → %(new)s") % {"old": one, "new": other}


def _mapping(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any], where: tuple[str, ...], pair: _Pair
) -> Iterator[Change]:
    for key in [*new, *(key for key in old if key not in new)]:
        title = _key_words(name, key, pair)
        if key not in old:
            yield Change(where, _added(_told(name, new[key], pair.new), title))
        elif key not in new:
            yield Change(where, _removed(_told(name, old[key], pair.old), title))
        elif old[key] == new[key]:
            continue
        elif isinstance(new[key], Input):
            yield from _part(old[key], new[key], (*where, title), pair)
        else:
            yield Change((*where, title), _from_to(name, old[key], new[key], pair))


def _key_words(name: str, key: str, pair: _Pair) -> str:
    if name == "inputs":
        row = pair.new.inputs.get(key) or pair.old.inputs[key]
        return _("input “%(title)s”") % {"title": row.title}
    if name == "types":
        return pair.new.types.get(key) or pair.old.types.get(key, key)
    return key


def _rows(
    name: str, old: tuple[Any, ...], new: tuple[Any, ...], where: tuple[str, ...], pair: _Pair
) -> Iterator[Change]:
    """Rows with a code are matched by it, others by their number."""
    if not all(isinstance(row, Part) for row in (*old, *new)):
        yield Change(where, _from_to(name, old, new, pair))
        return
    olds, news = _keyed(old), _keyed(new)
    for key, row in news.items():
        if key not in olds:
            yield Change(where, _added(_row_words(name, row, pair.new), _title(name, key, row, pair.new)))
        elif olds[key] != row:
            here = (*where, _title(name, key, row, pair.new))
            if type(olds[key]) is type(row) and not isinstance(row, WHOLE):
                yield from _part(olds[key], row, here, pair)
            else:
                yield Change(here, _from_to(name, olds[key], row, pair))
    for key, row in olds.items():
        if key not in news:
            yield Change(where, _removed(_row_words(name, row, pair.old), _title(name, key, row, pair.old)))
    both = [key for key in news if key in olds]
    if both != [key for key in olds if key in news]:
        yield Change(where, _("in another order"))


def _keyed(rows: tuple[Part, ...]) -> dict[str, Part]:
    """Rows by code, by the input they are of, or by number; twins get a number as well."""
    found: dict[str, Part] = {}
    for number, row in enumerate(rows, 1):
        of = getattr(row, "of", None)
        key = getattr(row, "code", None) or (of if isinstance(of, str) else None) or f"#{number}"
        found[key if key not in found else f"{key}#{number}"] = row
    return found


def _title(name: str, key: str, row: Any, scheme: Scheme) -> str:
    title = getattr(row, "title", None)
    if isinstance(row, Indicator):
        return _("indicator “%(title)s”") % {"title": title}
    if isinstance(row, Group):
        return _("group “%(title)s”") % {"title": title}
    if title:
        return _("“%(title)s”") % {"title": title}
    if key.startswith("#"):
        return _("line %(n)s") % {"n": key[1:]}
    return figure_words(key, scheme)


def _added(said: str, title: str) -> str:
    if said in ("", title):
        return _("%(title)s added") % {"title": title}
    return _("%(title)s added (%(said)s)") % {"title": title, "said": said}


def _removed(said: str, title: str) -> str:
    if said in ("", title):
        return _("%(title)s taken out") % {"title": title}
    return _("%(title)s taken out (%(said)s)") % {"title": title, "said": said}


def _told(name: str, value: Any, scheme: Scheme) -> str:
    return "" if isinstance(value, Input) else words(name, value, scheme)


def _row_words(name: str, row: Any, scheme: Scheme) -> str:
    """A row that came or went, in brackets behind its title."""
    if isinstance(row, Indicator):
        return setting_words(row.full, scheme, "marks") if row.full != 0 else ""
    if isinstance(row, Group):
        return ""
    return words(name, row, scheme)


def words(name: str, value: Any, scheme: Scheme) -> str:
    """A value of a field in words."""
    if value is None:
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, f.Condition):
        return condition_words(value, scheme)
    if isinstance(value, Rounding):
        return rounding_words(value)
    if isinstance(value, OwnTarget) or name in TARGETS:
        return target_words(value, scheme)
    if isinstance(value, f.KINDS) and not isinstance(value, f.Weighted | f.Needed):
        return figure_words(value, scheme)
    if isinstance(value, Decimal | PerType):
        return setting_words(value, scheme)
    if isinstance(value, Part):
        return _part_words(value, scheme)
    if isinstance(value, int):
        return number_words(Decimal(value))
    if isinstance(value, Mapping):
        return listed(f"{key} {words(name, one, scheme)}" for key, one in value.items())
    if isinstance(value, tuple):
        return listed(words(name, one, scheme) for one in value) or _("none")
    return _text(name, str(value), scheme)


def _text(name: str, value: str, scheme: Scheme) -> str:
    if value in scheme.inputs and name in FIGURES | INPUTS:
        return figure_words(value, scheme)
    if name == "types":
        return scheme.types.get(value, value)
    return choice_words(name, value) or _("none")


def _part_words(value: Part, scheme: Scheme) -> str:
    """A part that is told in one go: where it came, went or was replaced."""
    if isinstance(value, m.Band):
        words_of = {
            "limit": number_words(value.from_value),
            "marks": setting_words(value.points, scheme, "marks"),
        }
        return _("from %(limit)s on %(marks)s") % words_of
    if isinstance(value, m.Size):
        words_of = {"points": amount_words(value.points, "marks"), "size": number_words(value.from_target)}
        return _("%(points)s from a target of %(size)s on") % words_of
    if isinstance(value, Grade):
        return _("none") if value.limit is None else number_words(value.limit)
    if isinstance(value, Order):
        return f"{words('by', value.by, scheme)} ({choice_words('direction', value.direction)})"
    if getattr(value, "kind", "") in _RULES:
        row = Indicator.model_construct(
            code="x", title="x", full=Decimal(0), value=None, rule=value, weight=Decimal(1)
        )
        return sentences(rule_words(row, scheme))
    said = []
    for name in type(value).model_fields:
        one = getattr(value, name)
        if one not in (None, (), {}) and name not in ("code", "title"):
            said.append(f"{field_words(name, type(value).__name__)} {words(name, one, scheme)}")
    return listed(said)


_RULES = {
    "proportional", "at_target", "bands", "min_max", "share_of_best", "by_position", "per_item", "classes", "counts",
    "given", "parts",
}  # fmt: skip
