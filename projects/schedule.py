"""The planned course of a project: start, completion, production, full capacity, in this order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PLANNED = ("start_due", "completion_due", "production_due", "capacity_due")
TOO_EARLY = _("This is planned before the step that comes first.")


def too_early(days: Mapping[str, date | None]) -> Iterator[str]:
    """Names of the planned days that lie before an earlier step's; steps without a day are passed over."""
    last: date | None = None
    for name in PLANNED:
        day = days.get(name)
        if day and last and day < last:
            yield name
        last = day or last


def in_order(days: Mapping[str, date | None]) -> None:
    """Raises ValidationError, by field, when a step is planned before the one that comes first."""
    if wrong := {name: [TOO_EARLY] for name in too_early(days)}:
        raise ValidationError(wrong)
