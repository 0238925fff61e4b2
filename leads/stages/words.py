"""What a stage asks for, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.changelog import tell
from leads import facts
from leads.choices import Evidence, Pipeline
from leads.models.stages import Stage
from organizations.choices import Role


def register() -> None:
    """The change log calls codes by these names. It sees a code alone; one code means the same in both pipelines."""
    tell(Stage, "facts", _fact)
    tell(Stage, "evidence", lambda code: Evidence(code).label)
    tell(Stage, "movers", lambda code: Role(code).label)


def _fact(code: str) -> Any:
    found = (facts.catalogue(pipeline).get(code) for pipeline in Pipeline.values)
    return next((fact.label for fact in found if fact is not None), code)


def facts_of(stage: Stage) -> str:
    known = facts.catalogue(stage.pipeline)
    return _listed(stage.facts, {code: known[code].label for code in stage.facts if code in known})


def evidence_of(stage: Stage) -> str:
    return _listed(stage.evidence, dict(Evidence.choices))


def movers_of(stage: Stage) -> str:
    return _listed(stage.movers, dict(Role.choices)) or _("everybody who may change the record")


def _listed(codes: Iterable[str], labels: Mapping[Any, Any]) -> str:
    return _(", ").join(str(labels.get(code, code)) for code in codes)
