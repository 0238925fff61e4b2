"""`leads/shipped/stages.yaml` into rows: what is missing is created, what is there belongs to the bureau."""

from __future__ import annotations

from typing import Any

from leads import shipping
from leads.models.stages import Stage, StageReason

from .ladders import SHARED

STEP = 10  # between the places of two stages


def load(document: dict[str, list[dict[str, Any]]]) -> shipping.Loaded:
    """Stages and reasons by their code; one that was archived counts as there. An existing stage gets no new
    reasons but those that nobody has seen yet."""
    there = {(row.pipeline, row.code): row for row in Stage.objects.unscoped(reason=SHARED)}
    new = []
    for pipeline, steps in document.items():
        for place, step in enumerate(steps, 1):
            if (pipeline, step["code"]) not in there:
                new.append(_stage(pipeline, place * STEP, step))
    for row in Stage.objects.unscoped(reason=SHARED).bulk_create(new):
        there[row.pipeline, row.code] = row
    known = set(StageReason.objects.unscoped(reason=SHARED).values_list("stage_id", "code"))
    reasons, kept = [], len(there) - len(new)
    for pipeline, steps in document.items():
        for step in steps:
            stage = there[pipeline, step["code"]]
            for place, reason in enumerate(step.get("reasons", ()), 1):
                if (stage.pk, reason["code"]) in known:
                    kept += 1
                else:
                    reasons.append(StageReason(stage=stage, sort=place * STEP, **reason))
    StageReason.objects.unscoped(reason=SHARED).bulk_create(reasons)
    return shipping.Loaded("stages", len(new) + len(reasons), kept)


def _stage(pipeline: str, sort: int, step: dict[str, Any]) -> Stage:
    values = {name: value for name, value in step.items() if name != "reasons"}
    return Stage(pipeline=pipeline, sort=sort, **values)


def count() -> int:
    return Stage.objects.unscoped(reason=SHARED).filter(archived_at=None).count()
