"""What a stage asks for, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from leads import facts
from leads.choices import Evidence
from leads.models.stages import Stage
from organizations.choices import Role


def facts_of(stage: Stage) -> str:
    known = facts.catalogue(stage.pipeline)
    return _listed(stage.facts, {code: known[code].label for code in stage.facts if code in known})


def evidence_of(stage: Stage) -> str:
    return _listed(stage.evidence, dict(Evidence.choices))


def movers_of(stage: Stage) -> str:
    return _listed(stage.movers, dict(Role.choices)) or _("everybody who may change the record")


def _listed(codes: Iterable[str], labels: Mapping[Any, Any]) -> str:
    return _(", ").join(str(labels.get(code, code)) for code in codes)
