"""How a scheme's result is made: gather the facts, score, store (docs/algorithms/scoring.md)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.booked import last_day
from assessments.choices import VersionState
from assessments.models import Scheme, SchemeRun, SchemeVersion
from assessments.schemes.gather import gather
from assessments.schemes.periods import period_of, through_of
from assessments.schemes.rulebook import needed_on, read_version
from assessments.services.schemeruns import schemerun_store, schemeversion_lock
from assessments.services.schemes import must_hold_groups
from common import clock, jobs, services
from common.access import Action
from common.actors import Actor
from common.errors import Refused
from common.models import JobRun
from rules.periods import Month

JOB = "assessments.scheme"


@transaction.atomic
def schemerun_compute(
    *,
    actor: Actor,
    scheme: Scheme,
    year: int,
    month: int,
    data_through: int | None = None,
    version: SchemeVersion | None = None,
    restates: SchemeRun | None = None,
    reason: str = "",
) -> SchemeRun:
    """Score the units of a scheme for the period that ends in a month (13: the year with its final account), by the version
    in force on its last day. The same facts again give the run that is there.

    Raises NotVisible, Denied, and Refused: no_version, not_published, strange_group, wrong_month, and as
    `assessments.schemes.gather.gather`.
    """
    row = version or needed_on(scheme, _last_day(year, month))
    if row.state != VersionState.PUBLISHED:
        raise Refused(
            _("A result is computed by a published version only. Make a dry run of a draft."),
            code="not_published",
        )
    services.authorize(actor, Action.RUN, SchemeRun(version=row))
    must_hold_groups(actor, row.scheme)
    schemeversion_lock(row)  # before the figures are read: who comes later shall see later ones
    document = read_version(row)
    period = period_of(document, year, month)
    found = gather(row.scheme, document, period, data_through)
    return schemerun_store(
        actor=actor,
        version=row,
        year=year,
        month=month,
        facts=found.facts,
        watermark=found.watermark,
        restates=restates,
        reason=reason,
    )


@transaction.atomic
def schemerun_restate(*, actor: Actor, pk: int, reason: str) -> SchemeRun:
    """Compute a published result anew, because its facts or its method turned out wrong. The old one stays as it was told;
    the new one points at it and is told by itself.

    Raises NotVisible, Denied, Refused (no_reason, not_told, same: nothing changed since), and as `schemerun_compute`.
    """
    old = services.get_visible(SchemeRun, pk, actor)
    services.authorize(actor, Action.RUN, old)
    if not reason.strip():
        raise Refused(_("Say why the result is computed anew."), code="no_reason", fields={"reason": [""]})
    if not old.publications.exists():
        raise Refused(_("This result isn't published; simply compute again."), code="not_told")
    through = old.data_through if old.data_through < min(old.month, 12) else None
    new = schemerun_compute(
        actor=actor,
        scheme=old.version.scheme,
        year=old.year,
        month=old.month,
        data_through=through,
        restates=old,
        reason=reason.strip(),
    )
    if new.restates_id != old.pk:
        raise Refused(_("Nothing that enters the result has changed since."), code="same")
    return new


@transaction.atomic
def schemerun_request(
    *, actor: Actor, scheme: Scheme, year: int, month: int, data_through: int | None = None
) -> JobRun:
    """Ask a worker to compute a result. Asking twice in the same second is one job. Raises as `schemerun_compute`."""
    row = needed_on(scheme, _last_day(year, month))
    services.authorize(actor, Action.RUN, SchemeRun(version=row))
    must_hold_groups(actor, scheme)
    document = read_version(row)
    through_of(document, period_of(document, year, month), data_through)
    params: dict[str, Any] = {"period": f"{year}-{month:02d}", "schemes": [scheme.pk]}
    if data_through:
        params["data_through"] = data_through
    stamp = clock.now().strftime("%Y%m%d%H%M%S")
    return jobs.enqueue(
        JOB, params=params, key=f"{JOB}:{scheme.code}:{params['period']}:{stamp}", actor=actor
    )


def _last_day(year: int, month: int) -> date:
    return last_day(Month(year, min(month, 12)))
