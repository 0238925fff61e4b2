"""How recognition works, as dated rows that the bureau edits."""

from __future__ import annotations

from typing import Any

from capital.models import RecognitionTerms
from common import services
from common.actors import Actor


def recognitionterms_create(*, actor: Actor, **values: Any) -> RecognitionTerms:
    """Terms that hold from a day on. Raises Denied, ValidationError."""
    return services.create(RecognitionTerms, actor=actor, values=values)


def recognitionterms_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> RecognitionTerms:
    """Correct terms; what was decided stays. Raises NotVisible, Denied, Stale, Archived, ValidationError."""
    return services.update(RecognitionTerms, actor=actor, pk=pk, version=version, values=values)


def recognitionterms_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> RecognitionTerms:
    """Raises as `common.services.archive`."""
    return services.archive(RecognitionTerms, actor=actor, pk=pk, version=version, reason=reason)
