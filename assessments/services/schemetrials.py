"""The dry run of a draft: who would move against the version in force, and why."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import SchemeRun, SchemeTrial, SchemeVersion
from assessments.schemes.gather import gather
from assessments.schemes.periods import period_of
from assessments.schemes.rulebook import read_version, version_on
from assessments.schemes.words import problem_text
from assessments.services.schemes import must_hold_groups, problems_of
from common import clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Refused
from organizations.models import Unit
from rules import scheme as rules
from rules.facts import Fact
from rules.scheme.kernel.results import shown


@transaction.atomic
def schemeversion_try(
    *, actor: Actor, pk: int, year: int, month: int, data_through: int | None = None
) -> SchemeTrial:
    """Score a draft and the version in force on the same facts of a month, and keep who would move. Nothing else changes.

    Raises NotVisible, Denied, Refused (strange_group, problems, wrong_month, and as `assessments.schemes.gather.gather`).
    """
    row = services.locked(SchemeVersion, pk, actor, Action.CHANGE)
    services.authorize(actor, Action.RUN, SchemeRun(version=row))
    must_hold_groups(actor, row.scheme)
    if problems := problems_of(row):
        said = _("%(n)s things have to be mended first: %(first)s")
        raise Refused(said % {"n": len(problems), "first": problem_text(problems[0])}, code="problems")
    new = read_version(row)
    period = period_of(new, year, month)
    against = version_on(row.scheme, period.day) or version_on(row.scheme, row.since)
    facts = gather(row.scheme, new, period, data_through)
    after = rules.score(new, facts.facts, row.key)
    if against is None or against.pk == row.pk:
        against, before = None, rules.Result(groups=())
    else:
        old = read_version(against)
        given = gather(row.scheme, old, period, data_through, facts.watermark)
        before = rules.score(old, given.facts, against.key)
    codes = [line.unit for result in (before, after) for group in result.groups for line in group.lines]
    names = {
        unit.code: unit.label
        for unit in Unit.objects.unscoped(reason="names of a dry run").filter(code__in=codes)
    }
    return SchemeTrial.objects.create(
        version=row,
        against=against,
        sha256=row.sha256,
        year=year,
        month=month,
        document={
            "facts": rules.sha256(facts.facts),
            "units": [_line(line, names) for group in after.groups for line in group.lines],
            "moves": [_move(move, names) for move in rules.moves(before, after)],
        },
        at=clock.now(),
        actor_name=actor.actor_name,
    )


def _line(line: rules.Line, names: dict[str, str]) -> dict[str, Any]:
    return {
        "unit": line.unit,
        "name": names.get(line.unit, line.unit),
        "group": line.group,
        "place": line.place,
        "total": shown(line.total),
        "reason": line.reason,
    }


def _move(move: rules.Move, names: dict[str, str]) -> dict[str, Any]:
    return {
        "unit": move.unit,
        "name": names.get(move.unit, move.unit),
        "group": move.group,
        "before": move.before,
        "after": move.after,
        "total_before": _shown(move.total_before),
        "total_after": _shown(move.total_after),
        "marks": [[code, _shown(one), _shown(other)] for code, one, other in move.marks],
    }


def _shown(fact: Fact | None) -> Any:
    return None if fact is None else shown(fact)
