"""Counting rules as rows: which one holds on a day, what it says to the arithmetic, its problems in words
(docs/algorithms/counting.md)."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from capital.choices import RuleState
from capital.models import CountingRule, Excluded
from common import clock
from common.errors import Refused
from rules.counting import Problem, Rule, read
from rules.trace import canonical_json

SHARED = "the counting rules are the same for everybody"


class NoRule(Refused):
    """No published version of a rule holds on that day."""

    def __init__(self, code: str, day: date) -> None:
        said = _(
            "No published version of the counting rule “%(code)s” holds on %(date)s. "
            "Publish one under Administration, Counting rules."
        )
        super().__init__(said % {"code": code, "date": day.isoformat()}, code="no_rule")


def rule_on(code: str, day: date) -> CountingRule:
    """The published version in force on a day. Raises NoRule."""
    rows = CountingRule.objects.unscoped(reason=SHARED).filter(
        Q(until=None) | Q(until__gte=day),
        code=code,
        state=RuleState.PUBLISHED,
        since__lte=day,
        archived_at=None,
    )
    found = rows.first()
    if found is None:
        raise NoRule(code, day)
    return found


def version_of(version: str) -> CountingRule:
    """The row of a version named "code/number". Raises NoRule."""
    code, _slash, number = version.partition("/")
    rows = CountingRule.objects.unscoped(reason=SHARED).filter(code=code, state=RuleState.PUBLISHED)
    found = rows.filter(number=int(number)).first() if number.isdigit() else None
    if found is None:
        raise NoRule(version, clock.today())
    return found


def read_rule(row: CountingRule) -> Rule:
    """What a published version says. ValueError for one whose document doesn't read: it can't be published."""
    rule, problems = read(row.document, f"{row.code}/{row.number}")
    if problems:
        raise ValueError(f"{row.code}/{row.number}: {problems[0].path} {problems[0].code}")
    return rule


def digest(document: dict[str, Any]) -> str:
    return hashlib.sha256(canonical_json(document)).hexdigest()


def excluded(code: str) -> dict[int, date]:
    """Projects that a family of schemes leaves out, each with the day from which it does."""
    rows = Excluded.objects.filter(code=code, archived_at=None)
    return dict(rows.values_list("project_id", "since"))


def codes() -> list[tuple[str, str]]:
    """(code, name) of the rules that have a published version in force or to come, for choices."""
    today = clock.today()
    rows = CountingRule.objects.unscoped(reason=SHARED).filter(
        Q(until=None) | Q(until__gte=today),
        state=RuleState.PUBLISHED,
        since__lte=today,
        archived_at=None,
    )
    return list(dict(rows.order_by("code", "since").values_list("code", "name")).items())


def problem_text(problem: Problem) -> str:
    """A problem in a sentence that says what to do."""
    value = problem.value
    said = {
        "needed": _("Enter this, or switch the condition off."),
        "not_a_number": _("“%(value)s” is no number that can stand here."),
        "not_allowed": _("“%(value)s” can't be chosen here."),
        "not_an_industry": _("“%(value)s” is no code of GB/T 4754 with 2 to 4 digits, such as 70 or 3911."),
        "not_a_currency": _("“%(value)s” is no currency code of three capital letters, such as USD."),
        "other_basis": _("This kind belongs to the other basis; the two are never added."),
        "contradicts": _("Industry %(value)s is named as counting and as never counting."),
        "nothing_counts": _("Nothing would count at this level: choose something, or leave the level out."),
        "never_reached": _("The line above it fits every project, so this one is never used."),
        "above_100": _("More than 100 per cent of the tax can't stay here."),
        "too_large": _("More than 1,000 per cent is surely a slip."),
        "twice": _("The same thing is chosen twice."),
        "unknown_schema": _("This document was written for another version of the program."),
    }.get(problem.code, _("This can't be read: %(value)s"))
    return said % {"value": value}
