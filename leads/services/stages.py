"""What the bureau changes about the ladders: what a stage asks for, and the reasons to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import services
from common.actors import Actor
from leads import facts
from leads.choices import Evidence, StageKind
from leads.models import Stage, StageReason
from organizations.choices import ENTERING

CHANGEABLE = frozenset({"name", "name_en", "facts", "evidence", "movers", "due_days", "stale_days"})
WITH_REASONS = (StageKind.HELD, StageKind.ENDED)


def stage_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Stage:
    """Change what a stage asks for, who moves into it, and its days. Its code, kind and place stay: the books
    and the rules know it by them. Records that stand in it keep their place; their due day follows at night.

    Raises NotVisible, Denied, Stale, Archived, ValidationError (unknown facts, evidence or movers).
    """
    if strange := sorted(set(values) - CHANGEABLE):
        raise ValidationError({name: [_("This is not changed here.")] for name in strange})
    stage = services.get_visible(Stage, pk, actor)
    known: dict[str, Iterable[str]] = {
        "facts": facts.catalogue(stage.pipeline),
        "evidence": Evidence.values,
        "movers": ENTERING,
    }
    wrong = {
        name: [_("Unknown: %(codes)s.") % {"codes": ", ".join(sorted(set(values[name]) - set(codes)))}]
        for name, codes in known.items()
        if name in values and set(values[name]) - set(codes)
    }
    if wrong:
        raise ValidationError(wrong)
    return services.update(Stage, actor=actor, pk=pk, version=version, values=values)


@transaction.atomic
def reason_add(*, actor: Actor, stage: Stage, **values: Any) -> StageReason:
    """A new reason for a stage that asks for one. Raises NotVisible, Denied, Archived, ValidationError."""
    stage = services.get_visible(Stage, stage.pk, actor)
    services.authorize_change(actor, stage)
    if stage.kind not in WITH_REASONS:
        raise ValidationError(_("Only suspended and ended stages have a list of reasons."))
    return services.create(StageReason, actor=actor, values={**values, "stage": stage})


def reason_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> StageReason:
    """Its code stays: closed records carry it. Raises as `common.services.update`."""
    values.pop("code", None)
    return services.update(StageReason, actor=actor, pk=pk, version=version, values=values)


def reason_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> StageReason:
    """No longer offered; records that have it keep it. Raises as `common.services.archive`."""
    return services.archive(StageReason, actor=actor, pk=pk, version=version, reason=reason)
