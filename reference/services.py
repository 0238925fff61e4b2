"""Every change of the calendar and the rates, and the loading of all reference tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from common import services
from common.actors import Actor
from common.errors import Refused
from reference.loading import LOADERS, Loaded, load
from reference.models import CalendarYear, ExchangeRate, Holiday

__all__ = [
    "LOADERS",
    "Loaded",
    "calendaryear_archive",
    "calendaryear_create",
    "calendaryear_update",
    "exchangerate_archive",
    "exchangerate_create",
    "exchangerate_update",
    "holiday_archive",
    "holiday_create",
    "holiday_update",
    "load",
]


def holiday_create(*, actor: Actor, reason: str = "", **values: Any) -> Holiday:
    """A day off or a working weekend day: date, kind, name, source. Raises Denied, ValidationError."""
    return services.create(Holiday, actor=actor, values=values, reason=reason)


def holiday_update(*, actor: Actor, pk: Any, version: int | None, reason: str = "", **values: Any) -> Holiday:
    """Raises as `common.services.update`."""
    return services.update(Holiday, actor=actor, pk=pk, version=version, values=values, reason=reason)


def holiday_archive(*, actor: Actor, pk: Any, version: int | None, reason: str) -> Holiday:
    """The day counts as an ordinary one again."""
    return services.archive(Holiday, actor=actor, pk=pk, version=version, reason=reason)


@transaction.atomic
def calendaryear_create(
    *, actor: Actor, year: int, source: str, days: Iterable[Mapping[str, Any]] = (), reason: str = ""
) -> CalendarYear:
    """State that the holidays of `year` are all in: from now on its working days can be counted.

    `days` are holidays to enter with it: date, kind, name; they get the same source. All or nothing.
    Raises Denied, Refused for a day that is already there or wrong, ValidationError.
    """
    made = services.create(CalendarYear, actor=actor, values={"year": year, "source": source}, reason=reason)
    for day in days:
        try:
            services.create(Holiday, actor=actor, values={**day, "source": source}, reason=reason)
        except ValidationError as wrong:
            raise Refused(
                f"{day['date']:%Y-%m-%d}: {' '.join(wrong.messages)}", code="holiday_wrong"
            ) from wrong
    return made


def calendaryear_update(
    *, actor: Actor, pk: Any, version: int | None, reason: str = "", **values: Any
) -> CalendarYear:
    """Raises as `common.services.update`."""
    return services.update(CalendarYear, actor=actor, pk=pk, version=version, values=values, reason=reason)


def calendaryear_archive(*, actor: Actor, pk: Any, version: int | None, reason: str) -> CalendarYear:
    """Take the statement back: counting with the year is refused again."""
    return services.archive(CalendarYear, actor=actor, pk=pk, version=version, reason=reason)


def exchangerate_create(*, actor: Actor, reason: str = "", **values: Any) -> ExchangeRate:
    """Yuan for one unit: currency, kind, date, rate, source. Raises Denied, ValidationError."""
    return services.create(ExchangeRate, actor=actor, values=values, reason=reason)


def exchangerate_update(
    *, actor: Actor, pk: Any, version: int | None, reason: str = "", **values: Any
) -> ExchangeRate:
    """Correct a rate. What was already converted keeps the rate it was converted at. Raises as `common.services.update`."""
    return services.update(ExchangeRate, actor=actor, pk=pk, version=version, values=values, reason=reason)


def exchangerate_archive(*, actor: Actor, pk: Any, version: int | None, reason: str) -> ExchangeRate:
    """The rate is no longer used; it stays readable."""
    return services.archive(ExchangeRate, actor=actor, pk=pk, version=version, reason=reason)
