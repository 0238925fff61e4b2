"""Who would move, and why, in words: what a stored dry run says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import SchemeTrial
from assessments.reading import reason_text
from assessments.schemes.telling import number_words
from assessments.schemes.telling.conditions import every_indicator
from common.templatetags.ip import signed
from rules import scheme as rules

EMPTY = "—"


@dataclass(frozen=True, slots=True)
class Moved:
    """A unit before and after. `by`: how many places up (+) or down (−), None where it has none on one side."""

    name: str
    group: str = ""
    place_before: int | None = None
    place_after: int | None = None
    total_before: str = EMPTY
    total_after: str = EMPTY
    reasons: tuple[str, ...] = ()
    same: bool = field(default=False)

    @property
    def by(self) -> int | None:
        if self.place_before is None or self.place_after is None:
            return None
        return self.place_before - self.place_after

    @property
    def places(self) -> str:
        """How many places, without a sign."""
        return str(abs(self.by or 0))


def from_trial(trial: SchemeTrial, scheme: rules.Scheme | None) -> list[Moved]:
    """The moves of a dry run, those who move most first."""
    rows = [_moved(one, scheme, one["name"]) for one in trial.document["moves"]]
    return sorted(rows, key=lambda one: -abs(one.by or 0))


def _moved(one: Mapping[str, Any], scheme: rules.Scheme | None, name: str) -> Moved:
    titles = _titles(scheme)
    marks = sorted(one["marks"], key=lambda row: -_size(row[1], row[2]))
    return Moved(
        name,
        titles.get(one["group"], one["group"]),
        one["before"],
        one["after"],
        said(one["total_before"]),
        said(one["total_after"]),
        tuple(_reason(titles.get(code, code), old, new) for code, old, new in marks),
    )


def _titles(scheme: rules.Scheme | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in scheme.groups if scheme else ():
        found[group.code] = group.title
        found.update({row.code: row.title for row in every_indicator(group)})
    return found


def _size(old: Any, new: Any) -> Decimal:
    """How much an indicator changed."""
    return abs((_amount(new) or Decimal(0)) - (_amount(old) or Decimal(0)))


def _amount(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) else None


def _reason(title: str, old: Any, new: Any) -> str:
    one, other = _amount(old), _amount(new)
    words = {"title": title, "old": said(old), "new": said(new)}
    if old is None:
        return _("“%(title)s” is new: %(new)s") % words
    if new is None:
        return _("“%(title)s” is gone: %(old)s") % words
    if one is None or other is None:
        return _("“%(title)s” %(old)s → %(new)s") % words
    words["by"] = signed(other - one, 2)
    return _("“%(title)s” %(old)s → %(new)s (%(by)s)") % words


def said(value: Any) -> str:
    """A total or marks, two digits where it has more; the reason where there is none."""
    if value is None:
        return EMPTY
    if isinstance(value, Mapping):
        return reason_text(value["missing"])
    return number_words(round(Decimal(value), 2))
