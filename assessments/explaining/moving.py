"""Who moved between two results, and why, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.schemes.compare import Differs
from common.templatetags.ip import signed
from rules import scheme as rules
from rules.facts import Fact, Missing
from rules.scheme.document import Input

from .numbers import figure, marks
from .reasons import reason_words


def move_words(move: rules.Move, titles: dict[str, str]) -> list[str]:
    """Why a unit moved: the marks that changed, the largest change first. `titles`: indicators by code; others are left
    out, for they belong to a sum that is told."""
    if move.before is None and move.total_before is None:
        return [_("new in this result")]
    if move.after is None and move.total_after is None:
        return [_("no longer in this result")]
    found = [
        (_change(before, after), _said(titles[code], before, after))
        for code, before, after in move.marks
        if code in titles
    ]
    found.sort(key=lambda one: -abs(one[0]))
    return [said for _amount, said in found] or [_("Its own marks are the same; others changed.")]


def differs_words(one: Differs, given: Input) -> str:
    """A figure or a target that isn't the same in two runs: "arrived 30.00 → 35.00 million yuan"."""
    name = given.title if not one.which else _("target: %(name)s") % {"name": given.title}
    before, after = _amount_words(one.before, given.unit), _amount_words(one.after, given.unit)
    return _("%(name)s %(before)s → %(after)s") % {"name": name, "before": before, "after": after}


def _amount_words(said: Any, unit: str) -> str:
    if said is None:
        return "—"
    return reason_words(said["missing"]) if isinstance(said, dict) else figure(Decimal(said), unit)


def _change(before: Fact | None, after: Fact | None) -> Decimal:
    return _amount(after) - _amount(before)


def _amount(fact: Fact | None) -> Decimal:
    return Decimal(0) if fact is None or isinstance(fact, Missing) else fact.amount


def _said(title: str, before: Fact | None, after: Fact | None) -> str:
    return _("%(name)s %(before)s → %(after)s (%(change)s)") % {
        "name": title,
        "before": fact_words(before),
        "after": fact_words(after),
        "change": signed(_change(before, after)),
    }


def fact_words(fact: Fact | None) -> str:
    """Marks, or why there are none."""
    if fact is None:
        return "—"
    return reason_words(str(fact.reason)) if isinstance(fact, Missing) else marks(fact.amount)
