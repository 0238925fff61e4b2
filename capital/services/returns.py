"""Who has to report, and the month's return of a unit (docs/algorithms/capital.md, DOMAIN §3)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from capital.choices import EntryState, ReturnState
from capital.models import CapitalEntry, MonthlyReturn, ReportingDuty
from capital.returns import COUNTED, days_of, of_month
from capital.services.entries import report_locked
from capital.services.rows import must_know
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Denied, Refused, Stale
from common.files import clean_name
from common.models import StoredFile
from common.scope import may_on
from ledger import periods
from ledger.models import Period
from organizations.models import Unit


@transaction.atomic
def return_file(
    *,
    actor: Actor,
    unit: Unit,
    period: int,
    preparer: str,
    checker: str = "",
    responsible: str = "",
    nil: bool = False,
    version: int | None = None,
) -> MonthlyReturn:
    """File a unit's return of a month (`period`: year × 100 + month): its drafts of the month are reported with
    it. `nil`: nothing was to report. It may be filed again while the month is open, and late after that.

    Raises NotVisible, Denied, Stale, ValidationError, RateMissing, Refused: future_month, not_nil (there is
    something), nothing (there is nothing: that is a nil return), drafts (the month no longer takes them).
    """
    unit = services.get_visible(Unit, unit.pk, actor)
    today = clock.today()
    if period > periods.code_of(today) or period // 100 == today.year and period % 100 > periods.DECEMBER:
        raise Refused(_("This month has not begun."), code="future_month")
    row = _return_of(actor, unit, period, version)
    entries = _drafts(actor, unit, period)  # held before the month is, as cutting it off does
    is_open = periods.open_from(period) == period
    if entries and not is_open:
        raise Refused(
            _("The month is cut off. Its %(count)s drafts go on in the open month: report them there.")
            % {"count": len(entries)},
            code="drafts",
        )
    reported = _reported(unit, period)
    if nil and (entries or reported):
        raise Refused(
            _("There are %(count)s entries of this month, so the return isn't nil.")
            % {"count": len(entries) + reported},
            code="not_nil",
            fields={"nil": [""]},
        )
    if not nil and not entries and not reported:
        raise Refused(
            _("Nothing is entered for this month. Enter it, or file that there is nothing to report."),
            code="nothing",
        )
    row.state = ReturnState.NIL if nil else ReturnState.FILED
    row.preparer, row.checker, row.responsible = preparer, checker, responsible
    row.filed_at, row.filed_name = clock.now(), actor.actor_name
    row.late = row.late if row.pk else not is_open
    row.version += 1 if row.pk else 0
    with changelog.acting(actor):
        row.full_clean()
        row.save()
    report_locked(actor, entries)
    return row


@transaction.atomic
def return_scan(
    *, actor: Actor, pk: int, version: int | None, stored: StoredFile, name: str
) -> MonthlyReturn:
    """Attach the signed paper to its return. Raises NotVisible, Denied, Archived, Stale, Refused (scan_taken)."""
    same = MonthlyReturn.objects.unscoped(reason="a signed paper belongs to one return").filter(scan=stored)
    if other := same.exclude(pk=pk).select_related("unit", "period").first():
        raise Refused(
            _("The same scan is attached to the return of %(unit)s, %(month)s.")
            % {"unit": other.unit.name, "month": other.period},
            code="scan_taken",
            fields={"scan": [""]},
        )
    values = {"scan": stored, "scan_name": clean_name(name)[:200]}
    return services.update(MonthlyReturn, actor=actor, pk=pk, version=version, values=values)


def duty_create(*, actor: Actor, **values: Any) -> ReportingDuty:
    """From the month of `since` on, the unit files a return every month. Raises Denied, ValidationError,
    Refused (duty_there: it has the duty in one of these months already)."""
    row = ReportingDuty(**values)
    if not may_on(actor, Action.CREATE, row):
        raise Denied
    with transaction.atomic():
        _only_duty(row)
        return services.create(ReportingDuty, actor=actor, values=values)


def duty_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> ReportingDuty:
    """Raises as `common.services.update`, and Refused (duty_there)."""
    with transaction.atomic():
        row = services.update(ReportingDuty, actor=actor, pk=pk, version=version, values=values)
        _only_duty(row)
    return row


def duty_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> ReportingDuty:
    """The duty was entered by mistake; one that ends gets its last month instead."""
    return services.archive(ReportingDuty, actor=actor, pk=pk, version=version, reason=reason)


def _only_duty(row: ReportingDuty) -> None:
    """Raises Refused when the unit has the duty in a month of `row` by another one: it would stand in the month
    twice. The unit is held, so two at once are told too."""
    Unit._base_manager.select_for_update(no_key=True).get(pk=row.unit_id)
    others = ReportingDuty.objects.unscoped(reason="one duty of a unit in a month").filter(
        Q(until=None) | Q(until__gte=row.since.replace(day=1)), unit=row.unit_id, archived_at=None
    )
    if row.until is not None:
        others = others.filter(since__lte=days_of(periods.code_of(row.until))[1])
    if there := others.exclude(pk=row.pk).first():
        raise Refused(
            _("This unit has had the duty since %(month)s. End that one first.")
            % {"month": f"{there.since:%Y-%m}"},
            code="duty_there",
            fields={"unit": [""]},
        )


def _return_of(actor: Actor, unit: Unit, period: int, version: int | None) -> MonthlyReturn:
    """The return that is there, locked, or a new one. Raises Denied, Stale."""
    there: Any = (
        MonthlyReturn._base_manager.select_for_update(of=("self",))
        .filter(unit=unit, period=period)
        .select_related("unit")
        .first()
    )
    row = there or MonthlyReturn(unit=unit, period=_period(period))
    if not may_on(actor, Action.CHANGE if there else Action.CREATE, row):
        raise Denied
    if there and version is not None and there.version != version:
        raise Stale(there)
    return row


def _period(code: int) -> Period:
    """A month's row; one that was never used is made."""
    Period.objects.bulk_create([periods.row(code)], ignore_conflicts=True)
    return Period.objects.get(pk=code)


def _drafts(actor: Actor, unit: Unit, period: int) -> list[CapitalEntry]:
    """The unit's drafts of the month, locked. Raises Denied when the facts of one are kept from the actor."""
    found = list(
        CapitalEntry._base_manager.select_for_update(of=("self",))
        .filter(unit=unit, period=period, state=EntryState.DRAFT, is_opening=False, archived_at=None)
        .select_related("project", "unit")
        .order_by("pk")
    )
    must_know(actor, {one.project_id for one in found})
    return found


def _reported(unit: Unit, period: int) -> int:
    """How many entries of the unit were reported in the month and not withdrawn."""
    return of_month(period).filter(COUNTED, unit=unit).count()
