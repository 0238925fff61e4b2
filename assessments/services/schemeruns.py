"""Runs of schemes: computed, told, contested, made final (DOMAIN §4)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max

from assessments.models import SchemeLine, SchemeRun, SchemeVersion
from assessments.schemes.replay import digest
from assessments.schemes.rulebook import SHARED, read_version
from common import clock, services
from common.access import Action
from common.actors import Actor
from organizations.models import Unit
from rules import scheme as rules
from rules.facts import Value


@transaction.atomic
def schemerun_store(
    *,
    actor: Actor,
    version: SchemeVersion,
    year: int,
    month: int,
    facts: rules.Facts,
    watermark: int = 0,
    restates: SchemeRun | None = None,
    reason: str = "",
) -> SchemeRun:
    """Score facts by a version and keep run and lines. `month`: the last month of the period, 13 for the year's final
    account. The same figures and targets as in the latest run give that run, whatever else was booked; those of an
    earlier one a new run, so the latest is the one to publish. Raises NotVisible, Denied."""
    services.authorize(actor, Action.RUN, SchemeRun(version=version))
    SchemeVersion.objects.unscoped(reason=SHARED).select_for_update().get(pk=version.pk)
    every = SchemeRun.objects.unscoped(reason=SHARED).filter(version=version, year=year, month=month)
    key = rules.sha256(without_refs(facts))
    found = every.order_by("-number").first()
    linked = found is not None and (restates is None or restates.pk in (found.pk, found.restates_id))
    if found is not None and linked and found.input_hash == key:
        return found
    scheme = read_version(version)
    result = rules.score(scheme, facts, version.key)
    run = SchemeRun.objects.create(
        version=version,
        year=year,
        month=month,
        data_through=int((facts.data_through or facts.month)[-2:]),
        number=(every.aggregate(last=Max("number"))["last"] or 0) + 1,
        watermark=watermark,
        input_hash=key,
        facts=rules.write(facts),
        result_hash=digest(result),
        restates=restates,
        reason=reason,
        computed_at=clock.now(),
        actor_name=actor.actor_name,
    )
    SchemeLine.objects.bulk_create(_lines(run, result, facts))
    return run


def without_refs(facts: rules.Facts) -> rules.Facts:
    """The facts without where they come from: a reference to the books carries their last line, which moves with every
    posting, also one that changes no figure."""
    units = tuple(
        one.model_copy(
            update={
                "facts": {code: _bare(fact) for code, fact in one.facts.items()},
                "targets": {
                    code: {which: _bare(target) for which, target in some.items()}
                    for code, some in one.targets.items()
                },
            }
        )
        for one in facts.units
    )
    return facts.model_copy(update={"units": units})


def _bare(given: Any) -> Any:
    return given.model_copy(update={"ref": None}) if hasattr(given, "ref") else given


def _lines(run: SchemeRun, result: rules.Result, facts: rules.Facts) -> list[SchemeLine]:
    codes = [one.code for one in facts.units]
    units = {unit.code: unit for unit in Unit.objects.unscoped(reason=SHARED).filter(code__in=codes)}
    return [
        SchemeLine(
            run=run,
            unit=units[line.unit],
            unit_name=units[line.unit].label,
            group=group.code,
            position=position,
            place=line.place,
            tied=line.tied,
            total=line.total.amount if isinstance(line.total, Value) else None,
            reason=line.reason or "",
            grade=line.grade or "",
            points=line.points,
            document=_document(line),
        )
        for group in result.groups
        for position, line in enumerate(group.lines, 1)
    ]


def _document(line: rules.Line) -> dict[str, Any]:
    """What the columns of a line don't hold; its calculation is replayed when it is asked for."""
    document = line.to_document()
    return {key: document[key] for key in ("marks", "decided_by", "vetoes", "unqualified", "boards")}
