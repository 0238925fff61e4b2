"""Entries of capital in place: drawn up, changed, reported, withdrawn (docs/algorithms/capital.md, DOMAIN §3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from capital import posting
from capital.choices import Basis, EntryState, ReturnState
from capital.models import CapitalEntry, MonthlyReturn
from capital.models.entries import BUILT, PAID_IN
from capital.services.overrides import overrides_drop
from capital.services.queries import queries_drop
from capital.services.rows import (
    OPEN_STATES,
    hold_vouchers,
    locked,
    locked_many,
    month_for,
    months_for,
    must_know,
)
from capital.terms import fix_rates
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, Refused
from common.scope import may_on
from common.serials import next_number
from leads.models import Investor
from ledger.choices import FundSource
from organizations.models import Unit
from projects.models import AttributionShare, Project, ProjectInvestor
from reference.models import Currency

CHANGEABLE = frozenset(
    {"kind", "basis", "occurred_on", "amount", "currency", "funder", "zone", "fund_source", "mode", "note"}
)


def basis_of(kind: str, given: str = "") -> str:
    """Money paid in has arrived; equipment, plant and land are formed. Only "other" must be told which
    (Refused, code basis)."""
    if kind in PAID_IN:
        return Basis.ARRIVED
    if kind in BUILT:
        return Basis.FORMED
    if given not in Basis.values:
        raise Refused(
            _("Say whether this is money that arrived or assets that were formed: they are never added."),
            code="basis",
            fields={"basis": [""]},
        )
    return given


def number_of(year: int, number: int) -> str:
    return f"C{year}-{number:06d}"


def next_numbers(count: int) -> list[str]:
    """As many numbers of entries as wanted, without gaps."""
    year = clock.today().year
    last = next_number(f"capital:{year}", count)
    return [number_of(year, number) for number in range(last - count + 1, last + 1)]


def main_investor(project: Project) -> Investor | None:
    """The investor with the largest part; None when nobody entered the parts."""
    row = ProjectInvestor.objects.filter(project=project, archived_at=None).select_related("investor").first()
    return row.investor if row else None


def reporting_units(project: Project) -> set[int]:
    """Who may report for a project: who brought it, who hosts it, who has a share in it now."""
    shares = AttributionShare.objects.filter(version__project=project, version__superseded_by=None)
    return {project.unit_id, project.host_id, *shares.values_list("unit", flat=True)}


@transaction.atomic
def entry_create(
    *,
    actor: Actor,
    project: Project,
    kind: str,
    occurred_on: date,
    amount: Decimal,
    unit: Unit | None = None,
    currency: Currency | str = "",
    basis: str = "",
    funder: Investor | None = None,
    zone: str = "",
    fund_source: str = FundSource.OWN,
    mode: str = "",
    note: str = "",
    replaces: CapitalEntry | None = None,
    request_key: str | None = None,
) -> CapitalEntry:
    """A draft: `amount` of one kind on one day, in the currency's own unit (yuan, dollars), above 0. Left out:
    the unit that brought the project, its currency and mode, its main investor's zone, the basis of the kind.

    The same `request_key` again gives the entry that is there. Raises Denied (also who may not know a
    confidential project), NotVisible, Archived, ValidationError, Refused: in_future, basis, unit (it has
    nothing to do with the project), funder (none of the project's investors), replaces, key_taken.
    """
    must_be_visible(actor, project)
    if there := _same_request(actor, request_key, project, amount):
        return there
    row = CapitalEntry(
        project=project,
        unit=unit or project.unit,
        period_id=month_for(occurred_on),
        kind=kind,
        basis=basis_of(kind, basis),
        occurred_on=occurred_on,
        amount=amount,
        currency_id=str(getattr(currency, "code", currency) or project.currency_id),
        funder=funder,
        zone=zone or zone_of(project, funder),
        fund_source=fund_source or FundSource.OWN,
        mode=mode or project.mode,
        note=note,
        replaces=replaces,
        request_key=request_key,
        entered_by_id=actor.pk,
        entered_name=actor.actor_name,
    )
    _fits(actor, row)
    if not may_on(actor, Action.CREATE, row):
        raise Denied
    row.number = next_numbers(1)[0]
    with changelog.acting(actor):
        row.full_clean()
        row.save(force_insert=True)
    return row


@transaction.atomic
def entry_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> CapitalEntry:
    """Change a draft. Another day may put it into another month. Raises NotVisible, Denied, Stale, Archived,
    ValidationError, Refused (as `entry_create`, and not_draft: what was reported is withdrawn, not edited)."""
    if strange := set(values) - CHANGEABLE:
        raise TypeError(f"entry_update changes no {', '.join(sorted(strange))}")
    entry = locked(actor, pk, version)
    must_be_draft(entry)
    kind = values.get("kind", entry.kind)
    values["basis"] = basis_of(kind, values.get("basis", entry.basis))
    if values.get("zone") == "":
        values["zone"] = zone_of(entry.project, values.get("funder", entry.funder))
    values["period_id"] = month_for(values.get("occurred_on", entry.occurred_on))
    if all(getattr(entry, name) == value for name, value in values.items()):
        return entry
    for name, value in values.items():
        setattr(entry, name, value)
    _fits(actor, entry)
    entry.version += 1
    with changelog.acting(actor):
        entry.full_clean()
        entry.save()
    return entry


@transaction.atomic
def entries_report(*, actor: Actor, pks: Collection[int]) -> list[CapitalEntry]:
    """Drafts become reported: month and rate are fixed, and the books say it (`capital.reported`). All or none.
    A return that said "nothing to report" for the month becomes a filed one.

    Raises NotVisible, Denied, Archived, RateMissing, Refused (not_draft, in_future, project_closed).
    """
    entries = locked_many(actor, pks)
    for one in entries:
        must_be_draft(one)
    return report_locked(actor, entries)


def report_locked(actor: Actor, entries: list[CapitalEntry]) -> list[CapitalEntry]:
    """`entries_report` for drafts that the caller has authorised and locked."""
    if not entries:
        return []
    projects = _held(entries)
    months = months_for({one.occurred_on for one in entries})
    fix_rates(entries)
    for one in entries:
        one.state = EntryState.REPORTED
        one.period_id = months[one.occurred_on]
        one.reported_at, one.reported_by_id = clock.now(), actor.pk
        one.version += 1
        one.updated_at = clock.now()
    with changelog.acting(actor):
        CapitalEntry._base_manager.bulk_update(
            entries,
            [
                "state", "period", "rate", "rate_note", "reported_at", "reported_by", "version", "updated_at",
            ],
        )  # fmt: skip
        _no_longer_nil({(one.unit_id, one.period_id) for one in entries})
    posting.post_reported(actor=actor, entries=entries, projects=projects)
    return entries


@transaction.atomic
def entry_withdraw(*, actor: Actor, pk: int, version: int | None, reason: str) -> CapitalEntry:
    """Take an entry back: a draft is put away, a reported one counts no longer. Its vouchers are free again; an
    open question and a request for more fall away. It can be entered again, in place of this one.

    Raises NotVisible, Denied, Stale, Archived, Refused (decided: something was said about it already; it is
    corrected by a recognition).
    """
    hold_vouchers(pk)
    entry = locked(actor, pk, version)
    if entry.state == EntryState.DRAFT:
        entry.archived_at = clock.now()
    else:
        if entry.state not in OPEN_STATES or entry.recognitions.unscoped(reason="decided or not").exists():
            raise Refused(
                _(
                    "Entry %(number)s was decided on. It stays; what is wrong is corrected by a recognition: ask the bureau."
                )
                % {"number": entry.number},
                code="decided",
            )
        entry.state = EntryState.WITHDRAWN
        posting.withdraw(actor=actor, entry=entry)
        queries_drop(actor=actor, entry=entry)
        overrides_drop(actor=actor, entry=entry)
    entry.version += 1
    with changelog.acting(actor, reason=reason):
        entry.save(update_fields=["state", "archived_at", "version", "updated_at"])
        entry.allocations.filter(archived_at=None).update(  # the vouchers are free again
            archived_at=clock.now(), version=F("version") + 1, updated_at=clock.now()
        )
    return entry


def must_be_visible(actor: Actor, project: Project) -> None:
    """The project is in the actor's scope, its facts are told to him, and it goes on. Raises NotVisible, Denied,
    Archived."""
    found = services.get_visible(Project, project.pk, actor)
    must_know(actor, [found.pk])
    if found.archived_at is not None or found.merged_into_id is not None:
        raise Archived


def must_be_draft(entry: CapitalEntry) -> None:
    if entry.is_opening:
        raise Refused(
            _("%(number)s is an opening balance. It is confirmed by the committee, or imported anew.")
            % {"number": entry.number},
            code="opening",
        )
    if entry.state != EntryState.DRAFT:
        raise Refused(
            _("Entry %(number)s was reported and stays as it is. Withdraw it and enter it again.")
            % {"number": entry.number},
            code="not_draft",
        )


def _held(entries: Iterable[CapitalEntry]) -> dict[int, Project]:
    """Their projects, held. Raises Refused when one was closed as a mistake since the draft."""
    held = posting.hold_projects({one.project_id for one in entries})
    for one in entries:
        if held[one.project_id].archived_at is not None:
            raise Refused(
                _("The project of %(number)s was closed. Discard this draft.") % {"number": one.number},
                code="project_closed",
            )
    return held


def _fits(actor: Actor, row: CapitalEntry) -> None:
    """What no constraint can say: unit and funder belong to the project; what is replaced was withdrawn."""
    if row.unit_id not in reporting_units(row.project):
        raise Refused(
            _(
                "%(unit)s neither brought nor hosts this project and has no share in it: it can't report for it."
            )
            % {"unit": row.unit},
            code="unit",
            fields={"unit": [""]},
        )
    investors = ProjectInvestor.objects.filter(project=row.project_id, archived_at=None)
    if row.funder_id and not investors.filter(investor=row.funder_id).exists():
        raise Refused(
            _("The funder is none of the project's investors. Enter him there first."),
            code="funder",
            fields={"funder": [""]},
        )
    old = row.replaces
    if old is None:
        return
    services.get_visible(CapitalEntry, old.pk, actor)
    if old.state != EntryState.WITHDRAWN or old.project_id != row.project_id:
        raise Refused(
            _("Only a withdrawn entry of the same project is entered again in its place."), code="replaces"
        )


def zone_of(project: Project, funder: Investor | None = None) -> str:
    """Where the money comes from when nobody says it: the funder's home, else the main investor's."""
    return str((funder or main_investor(project) or project.lead.investor).zone)


def _same_request(actor: Actor, key: str | None, project: Project, amount: Decimal) -> CapitalEntry | None:
    """The entry that this request made before. Raises Refused when the key was used for something else."""
    if not key:
        return None
    there = CapitalEntry.objects.unscoped(reason="keys are unique everywhere").filter(request_key=key).first()
    if there is None:
        return None
    same = (there.project_id, there.amount, there.entered_by_id) == (project.pk, amount, actor.pk)
    if not same:
        raise Refused(_("This request key was used for another entry."), code="key_taken")
    return there


def _no_longer_nil(pairs: Iterable[tuple[int, int]]) -> None:
    """Returns of "nothing to report" that are no longer true."""
    among = Q(pk__in=())
    for unit, period in pairs:
        among |= Q(unit=unit, period=period)
    MonthlyReturn._base_manager.filter(among, state=ReturnState.NIL).update(
        state=ReturnState.FILED, version=F("version") + 1, updated_at=clock.now()
    )
