"""Changes to measures and ranking tables."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments.choices import FigureSource
from assessments.measures.base import REGISTRY
from assessments.measures.catalogue import measure_problems
from assessments.measures.used import MEANING, naming_version, resting_on, told_run
from assessments.measures.words import problem_text
from assessments.models import Measure, RankingTable
from capital.rulebook import NoRule, read_rule, rule_on
from common import clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Refused
from ledger.choices import Role

COUNTS = {"source", "base", "filters", "of_measure", "unit", "nature"}


def measure_create(*, actor: Actor, **values: Any) -> Measure:
    """A measure from the books counts by the assessed unit unless it names another dimension. Raises Denied,
    ValidationError (also for a counting rule that isn't there or has the other basis)."""
    _rule_fits(values.get("rule_code", ""), values.get("basis", ""))
    _base_fits(Measure(**values))
    if values.get("source") == FigureSource.LEDGER:
        values.setdefault("role", Role.ASSESSED)
    return services.create(Measure, actor=actor, values=values)


@transaction.atomic
def measure_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Measure:
    """Raises as `measure_create`, NotVisible, Stale, Archived, Refused (published: what it counts can't change any more)."""
    held = services.locked(Measure, pk, actor, Action.CHANGE, version)
    _meaning_stays(held, {name for name in MEANING if name in values and getattr(held, name) != values[name]})
    if {"rule_code", "basis"} & set(values):
        now = services.get_visible(Measure, pk, actor, lock=True)
        _rule_fits(values.get("rule_code", now.rule_code), values.get("basis", now.basis))
    if COUNTS & set(values):
        now = services.get_visible(Measure, pk, actor, lock=True)
        for name, value in values.items():
            setattr(now, name, value)
        _base_fits(now)
    return services.update(Measure, actor=actor, pk=pk, version=version, values=values)


@transaction.atomic
def measure_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Measure:
    """Raises NotVisible, Denied, Stale, Archived, Refused (in_force: a published method reads it)."""
    row = services.locked(Measure, pk, actor, Action.ARCHIVE, version)
    named = naming_version(resting_on(row), clock.today())
    if named is not None:
        said = _now(
            "The published method “%(name)s” reads this measure. It can be archived when no version does."
        )
        raise Refused(said % {"name": named}, code="in_force")
    return services.archive(Measure, actor=actor, pk=pk, version=version, reason=reason)


def rankingtable_create(*, actor: Actor, **values: Any) -> RankingTable:
    return services.create(RankingTable, actor=actor, values=values)


def rankingtable_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> RankingTable:
    return services.update(RankingTable, actor=actor, pk=pk, version=version, values=values)


def rankingtable_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> RankingTable:
    return services.archive(RankingTable, actor=actor, pk=pk, version=version, reason=reason)


def _meaning_stays(measure: Measure, changed: set[str]) -> None:
    """What a published result was counted by stays; its name, words and order may change. Raises Refused: published."""
    if not changed:
        return
    codes = resting_on(measure)
    named = naming_version(codes) or told_run(codes)
    if named is not None:
        said = _now("“%(name)s” is published by this measure, so what it counts stays. Make a new measure.")
        stays = [_now("This can't change any more.")]
        fields = dict.fromkeys(sorted(changed), stays)
        raise Refused(said % {"name": named}, code="published", fields=fields)


def _base_fits(measure: Measure) -> None:
    """A measure that is counted: its base exists, counts in this unit, and its filters fit. Raises ValidationError."""
    if measure.source != FigureSource.COUNTED:
        if measure.filters:
            raise ValidationError(
                {"filters": _("Only what is counted from the books is narrowed by filters.")}
            )
        return
    problems = measure_problems(measure.base, measure.filters, measure.of_measure)
    if problems:
        said = [problem_text(problem) for problem in problems]
        raise ValidationError({problems[0].path.partition(".")[0]: said})
    base = REGISTRY[measure.base]
    if (measure.unit, measure.nature) != (str(base.unit), str(base.nature)):
        raise ValidationError({"unit": _("What is counted has another unit or nature.")})
    of = measure.of_measure
    while of is not None:
        if of.pk == measure.pk:
            raise ValidationError({"of_measure": _("A measure can't be about itself.")})
        of = of.of_measure


def _rule_fits(code: str, basis: str) -> None:
    """A counting rule that is published, and of the basis that the measure counts."""
    if not code:
        return
    try:
        rule = read_rule(rule_on(code, clock.today()))
    except NoRule as missing:
        raise ValidationError({"rule_code": str(missing)}) from missing
    if rule.basis and rule.basis != basis:
        said = _("The rule “%(code)s” counts the other basis; arrived and formed are never added.")
        raise ValidationError({"basis": said % {"code": code}})
