"""Opening balances: entered by the bureau, confirmed in bulk by somebody else (docs/algorithms/capital.md)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from capital import posting
from capital.choices import Basis, EntryKind, EntryState, Level, Verdict
from capital.models import CapitalEntry
from capital.services.deciding import hold, must, right
from capital.services.entries import must_be_visible, next_numbers, zone_of
from capital.services.recognition import Decision, write_many
from capital.services.rows import month_for, months_for
from capital.terms import fix_rates
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from common.scope import may_on
from projects.models import Project
from reference.models import Currency

OPENING = "one opening balance of a project, basis and year"
NOTE = 500


@transaction.atomic
def opening_create(
    *,
    actor: Actor,
    project: Project,
    basis: str,
    amount: Decimal,
    as_of: date,
    currency: Currency | str = "",
    note: str = "",
) -> CapitalEntry:
    """What a running project had in one basis on a day, in the currency's own unit. One for each project, basis and
    year: that of earlier years as of their last day, this year's as of the day before the bureau began. It waits
    to be confirmed; until then it counts nowhere.

    Raises NotVisible, Denied, Archived, ValidationError, Refused: there, in_future.
    """
    must_be_visible(actor, project)
    Project._base_manager.select_for_update(no_key=True).get(pk=project.pk)  # two at once: the second is told
    if there := _there(project, basis, as_of.year):
        raise Refused(
            _("%(project)s has an opening balance of %(year)s already: %(number)s.")
            % {"project": project.number, "year": as_of.year, "number": there.number},
            code="there",
        )
    row = CapitalEntry(
        project=project,
        unit=project.unit,
        period_id=month_for(as_of),
        kind=EntryKind.OTHER,
        basis=Basis(basis),
        occurred_on=as_of,
        amount=amount,
        currency_id=str(getattr(currency, "code", currency) or project.currency_id),
        zone=zone_of(project),
        mode=project.mode,
        note=note[:NOTE],
        is_opening=True,
        entered_by_id=actor.pk,
        entered_name=actor.actor_name,
    )
    if not may_on(actor, Action.IMPORT, row):
        raise Denied
    row.number = next_numbers(1)[0]
    with changelog.acting(actor):
        row.full_clean()
        row.save(force_insert=True)
    return row


@transaction.atomic
def opening_update(
    *, actor: Actor, pk: int, version: int | None, amount: Decimal | None = None, note: str | None = None
) -> CapitalEntry:
    """Correct one that is not confirmed yet; who corrects it has entered it. Raises NotVisible, Denied, Archived,
    Stale, ValidationError, Refused (confirmed)."""
    row = _unconfirmed(actor, pk, version, Action.IMPORT)
    row.amount = row.amount if amount is None else amount
    row.note = row.note if note is None else note[:NOTE]
    row.entered_by_id, row.entered_name = actor.pk, actor.actor_name
    row.version += 1
    with changelog.acting(actor):
        row.full_clean()
        row.save()
    return row


@transaction.atomic
def opening_remove(*, actor: Actor, pk: int, version: int | None, reason: str) -> CapitalEntry:
    """Take one back that is not confirmed. Raises as `opening_update`."""
    row = _unconfirmed(actor, pk, version, Action.IMPORT)
    row.archived_at = clock.now()
    row.version += 1
    with changelog.acting(actor, reason=reason):
        row.save(update_fields=["archived_at", "version", "updated_at"])
    return row


@transaction.atomic
def openings_confirm(*, actor: Actor, pks: Collection[int]) -> list[CapitalEntry]:
    """Confirm opening balances, all or none: they are reported and finally recognised at once, without vouchers,
    and the books say that they are openings. By somebody with the last word who entered none of them. The
    queries don't grow with their number.

    Raises NotVisible, Denied, Archived, RateMissing, Refused: own_entry, own_unit, not_opening, confirmed.
    """
    if not pks:
        return []
    cases = hold(actor, set(pks))
    for case in cases:
        _may_confirm(case.entry)
        must(right(actor, Level.FINAL, case))
    months = months_for({case.entry.occurred_on for case in cases})
    entries = [case.entry for case in cases]
    fix_rates(entries)
    now = clock.now()
    for one in entries:
        one.state, one.period_id = EntryState.REPORTED, months[one.occurred_on]
        one.reported_at, one.reported_by_id = now, one.entered_by_id
        one.version += 1
        one.updated_at = now
    with changelog.acting(actor):
        CapitalEntry._base_manager.bulk_update(
            entries,
            ["state", "period", "rate", "rate_note", "reported_at", "reported_by", "version", "updated_at"],
        )
        posting.post_reported(actor=actor, entries=entries)
        write_many(
            actor,
            [
                Decision(case, Level.FINAL, Verdict.FULL, case.entry.amount, EntryState.FINAL)
                for case in cases
            ],
        )
    return entries


def _may_confirm(entry: CapitalEntry) -> None:
    about = {"number": entry.number}
    if entry.archived_at is not None:
        raise Archived
    if not entry.is_opening:
        raise Refused(_("%(number)s is no opening balance.") % about, code="not_opening")
    if entry.state != EntryState.DRAFT:
        raise Refused(_("%(number)s is confirmed already.") % about, code="confirmed")


def _unconfirmed(actor: Actor, pk: int, version: int | None, wanted: Action) -> CapitalEntry:
    row = services.get_visible(CapitalEntry, pk, actor, lock=True)
    services.authorize(actor, wanted, row)
    if not row.is_opening:
        raise NotVisible
    _may_confirm(row)
    if version is not None and row.version != version:
        raise Stale(row)
    return row


def _there(project: Project, basis: str, year: int) -> CapitalEntry | None:
    rows = CapitalEntry.objects.unscoped(reason=OPENING)
    return rows.filter(
        project=project, basis=basis, is_opening=True, occurred_on__year=year, archived_at=None
    ).first()
