"""Vouchers, what they prove, and other papers of an entry (docs/algorithms/capital.md, DOMAIN §3)."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from capital.choices import EntryState
from capital.models import Allocation, CapitalEntry, EntryFile, Voucher
from capital.readable import kept_from
from capital.services.rows import OPEN_STATES, must_know
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from common.files import clean_name
from common.models import StoredFile
from common.scope import may_on
from organizations.models import Unit
from reference.amounts import exact
from reference.models import HOME_CURRENCY, Currency

EVERYWHERE = "a voucher proves once, in whatever unit it is; what is told of it is decided here"
CHANGEABLE = frozenset(
    {
        "type", "issuer", "number", "dated", "amount", "currency", "payer", "payee", "note", "stored", "file_name",
    }
)  # fmt: skip


def key_of(text: str) -> str:
    """How issuers and numbers are compared: full-width as half-width, small letters, nothing but letters and
    digits ("No. 00123" is "no00123")."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


@transaction.atomic
def voucher_create(
    *,
    actor: Actor,
    unit: Unit,
    type: str,
    issuer: str,
    number: str,
    dated: date,
    amount: Decimal,
    currency: Currency | str = HOME_CURRENCY,
    payer: str = "",
    payee: str = "",
    note: str = "",
    stored: StoredFile | None = None,
    file_name: str = "",
) -> Voucher:
    """Record a voucher: `amount` in its currency's own unit; `stored` is its file (`common.files.store`).

    Raises Denied, ValidationError, Refused: voucher_taken and file_taken name where the same slip or file is
    recorded, as far as the actor may know; in_future, number (no letter and no digit in it).
    """
    row = Voucher(
        unit=unit,
        type=type,
        issuer=issuer,
        number=number,
        dated=dated,
        amount=amount,
        currency_id=str(getattr(currency, "code", currency)),
        payer=payer,
        payee=payee,
        note=note,
        stored=stored,
        file_name=clean_name(file_name)[:200],
        entered_name=actor.actor_name,
    )
    if not may_on(actor, Action.CREATE, row):
        raise Denied
    return _saved(actor, row)


@transaction.atomic
def voucher_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Voucher:
    """Change a voucher, as long as nothing that it proves was decided on; a missing file may be added at any
    time. Raises as `voucher_create`, and NotVisible, Stale, Archived, Refused (decided, within)."""
    if strange := set(values) - CHANGEABLE:
        raise TypeError(f"voucher_update changes no {', '.join(sorted(strange))}")
    row = voucher_locked(actor, pk, version)
    touched = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not touched:
        return row
    adds_file = set(touched) <= {"stored", "file_name", "note"} and row.stored_id is None
    if not adds_file and _decided(row):
        raise Refused(_("What this voucher proves was decided on, so it stays as it is."), code="decided")
    for name, value in touched.items():
        setattr(row, name, value)
    used = used_of(row)
    if used > row.amount or ("currency" in touched and used):
        raise Refused(
            _("%(used)s of this voucher is used already. Take that back first.")
            % {"used": exact(used, row.currency_id)},
            code="within",
            fields={"amount": [""]},
        )
    row.version += 1
    return _saved(actor, row)


@transaction.atomic
def voucher_archive(
    *, actor: Actor, pk: int, version: int | None, reason: str, needs: Action = Action.ARCHIVE
) -> Voucher:
    """Put away a voucher that proves nothing (any longer). `needs`: undoing an import takes no more than entering.
    Raises NotVisible, Denied, Stale, Archived, Refused."""
    row = voucher_locked(actor, pk, version, needs)
    if used_of(row):
        raise Refused(_("This voucher still proves an entry. Take that back first."), code="used")
    return services.archive(Voucher, actor=actor, pk=pk, version=version, reason=reason, needs=needs)


@transaction.atomic
def allocation_set(
    *,
    actor: Actor,
    voucher: int,
    entry: int,
    amount: Decimal,
    split: StoredFile | None = None,
    split_name: str = "",
) -> Allocation | None:
    """Let `amount` of a voucher prove an entry (in the voucher's currency, which is the entry's); 0 takes it
    back and gives None. Another unit's entry needs the written split (到位资金分割证明) on file.

    Raises NotVisible, Denied, Archived, Refused: currency, split, decided (nothing that was decided on loses
    its proof), withdrawn, within (a voucher is never used beyond its amount, whichever unit uses it).
    """
    proof = voucher_locked(actor, voucher, None)
    row = services.get_visible(CapitalEntry, entry, actor, lock=True)
    must_know(actor, [row.project_id])
    there = Allocation._base_manager.filter(voucher=proof, entry=row, archived_at=None).first()
    before = there.amount if there else Decimal(0)
    split = split or (there.split_file if there else None)
    _may_prove(proof, row, amount, before, split)
    if amount and amount != before or split and there and split.pk != there.split_file_id:
        return _allocated(actor, proof, row, amount, there, split, split_name)
    if not amount and there:
        there.archived_at = clock.now()
        there.version += 1
        with changelog.acting(actor):
            there.save(update_fields=["archived_at", "version", "updated_at"])
        return None
    return there


def _may_prove(
    proof: Voucher, row: CapitalEntry, amount: Decimal, before: Decimal, split: StoredFile | None
) -> None:
    """Raises Refused or Archived."""
    if row.archived_at is not None:
        raise Archived
    if amount < 0:
        raise Refused(_("An amount isn't negative."), code="within", fields={"amount": [""]})
    if row.state not in OPEN_STATES and amount < before:
        raise Refused(
            _("Entry %(number)s was decided on: it loses no proof.") % {"number": row.number}, code="decided"
        )
    if amount and row.state == EntryState.WITHDRAWN:
        raise Refused(
            _("Entry %(number)s was withdrawn: there is nothing to prove.") % {"number": row.number},
            code="withdrawn",
        )
    if amount and row.is_opening:
        raise Refused(_("An opening balance has no vouchers."), code="opening")
    if amount and proof.currency_id != row.currency_id:
        raise Refused(
            _("The voucher is in %(voucher)s, the entry in %(entry)s: one can't prove the other.")
            % {"voucher": proof.currency_id, "entry": row.currency_id},
            code="currency",
        )
    if amount and row.unit_id != proof.unit_id and split is None:
        raise Refused(
            _("Two units share this voucher: the written split of the money must be on file. Attach it."),
            code="split",
            fields={"split": [""]},
        )


def _allocated(
    actor: Actor,
    proof: Voucher,
    row: CapitalEntry,
    amount: Decimal,
    there: Allocation | None,
    split: StoredFile | None,
    split_name: str,
) -> Allocation:
    used = used_of(proof) - (there.amount if there else 0)
    if used + amount > proof.amount:
        currency = proof.currency_id
        raise Refused(
            _("The voucher is about %(amount)s, %(used)s of it is used elsewhere: %(left)s is left.")
            % {
                "amount": exact(proof.amount, currency),
                "used": exact(used, currency),
                "left": exact(proof.amount - used, currency),
            },
            code="within",
            fields={"amount": [""]},
        )
    found = there or Allocation(voucher=proof, entry=row)
    found.amount = amount
    if split is not None and found.split_file_id != split.pk:
        found.split_file, found.split_name = split, clean_name(split_name)[:200]
    found.version += 1 if there else 0
    with changelog.acting(actor):
        found.full_clean()
        found.save()
    return found


@transaction.atomic
def entry_file_add(*, actor: Actor, entry: int, stored: StoredFile, name: str, note: str = "") -> EntryFile:
    """Add a paper that supports an entry and isn't money itself. The same file may support several entries of
    one project, never those of another. Raises NotVisible, Denied, Archived, ValidationError, Refused
    (file_taken)."""
    row = services.locked(CapitalEntry, entry, actor, Action.CHANGE)
    must_know(actor, [row.project_id])
    _hold_file(stored.pk)
    other = Voucher.objects.unscoped(reason=EVERYWHERE).filter(stored=stored, archived_at=None).first()
    if other:
        raise file_taken(actor, other)
    _no_paper_elsewhere(actor, stored.pk, project=row.project_id)
    found = EntryFile(
        entry=row,
        stored=stored,
        name=clean_name(name)[:200],
        note=note,
        entered_name=actor.actor_name,
    )
    with changelog.acting(actor):
        found.full_clean()
        found.save()
    return found


@transaction.atomic
def entry_file_archive(*, actor: Actor, pk: int, reason: str) -> EntryFile:
    """Take a paper out while nothing was decided; it stays stored. Raises NotVisible, Denied, Archived, Refused."""
    row = EntryFile._base_manager.filter(pk=pk).first()
    if row is None:
        raise NotVisible
    entry = services.locked(CapitalEntry, row.entry_id, actor, Action.CHANGE)
    must_know(actor, [entry.project_id])
    if row.archived_at is not None:
        raise Archived
    if entry.state not in OPEN_STATES:
        raise Refused(
            _("Entry %(number)s was decided on: it loses no proof.") % {"number": entry.number},
            code="decided",
        )
    row.archived_at = clock.now()
    row.version += 1
    with changelog.acting(actor, reason=reason):
        row.save(update_fields=["archived_at", "version", "updated_at"])
    return row


def voucher_locked(actor: Actor, pk: int, version: int | None, action: Action = Action.CHANGE) -> Voucher:
    """The voucher, locked. Raises NotVisible, Denied (also when it is about a project kept from the actor),
    Archived, Stale."""
    row = services.locked(Voucher, pk, actor, action)
    must_know(actor, projects_of(row))  # before its version: what is stale is shown
    if version is not None and row.version != version:
        raise Stale(row)
    return row


def projects_of(voucher: Voucher) -> set[int]:
    """The projects that a voucher says something about."""
    rows = Allocation._base_manager.filter(voucher=voucher, archived_at=None)
    return set(rows.values_list("entry__project", flat=True))


def used_of(voucher: Voucher) -> Decimal:
    """What of it is allocated, in its own currency."""
    rows = Allocation._base_manager.filter(voucher=voucher, archived_at=None)
    return Decimal(rows.aggregate(total=Sum("amount"))["total"] or 0)


def same_slip(voucher: Voucher) -> Voucher | None:
    """A current voucher with the same type, issuer, number and date, in whatever unit."""
    return (
        Voucher.objects.unscoped(reason=EVERYWHERE)
        .filter(
            type=voucher.type,
            issuer_key=voucher.issuer_key,
            number_key=voucher.number_key,
            dated=voucher.dated,
            archived_at=None,
        )
        .exclude(pk=voucher.pk)
        .select_related("unit")
        .first()
    )


def file_taken(actor: Actor, other: Voucher) -> Refused:
    return Refused(
        _("The same file is already the proof of another voucher: %(where)s.")
        % {"where": where_is(actor, other)},
        code="file_taken",
        fields={"file": [""]},
    )


def where_is(actor: Actor, voucher: Voucher) -> str:
    """What the actor may know of a voucher that is somewhere: unit and date; its name too when he may see it."""
    return _where(actor, voucher, str(voucher), voucher.dated)


def _saved(actor: Actor, row: Voucher) -> Voucher:
    row.issuer_key, row.number_key = key_of(row.issuer)[:120], key_of(row.number)[:60]
    if not row.number_key:
        raise Refused(
            _("A voucher's number has at least a letter or a digit."), code="number", fields={"number": [""]}
        )
    if row.dated and row.dated > clock.today():
        raise Refused(_("The voucher's date is in the future."), code="in_future", fields={"dated": [""]})
    _not_elsewhere(actor, row)
    try:
        with transaction.atomic(), changelog.acting(actor):
            row.full_clean(validate_constraints=False)
            row.save()
    except IntegrityError:  # somebody recorded the same at this moment
        _not_elsewhere(actor, row)
        raise
    return row


def _not_elsewhere(actor: Actor, row: Voucher) -> None:
    """Raises Refused when the slip or the file is recorded already."""
    if other := same_slip(row):
        raise Refused(
            _("This voucher is already recorded: %(where)s. Use that one.")
            % {"where": where_is(actor, other)},
            code="voucher_taken",
            fields={"number": [""]},
        )
    if row.stored_id is None:
        return
    _hold_file(row.stored_id)
    same = Voucher.objects.unscoped(reason=EVERYWHERE).filter(stored=row.stored_id, archived_at=None)
    if other := same.exclude(pk=row.pk).select_related("unit").first():
        raise file_taken(actor, other)
    _no_paper_elsewhere(actor, row.stored_id)


def _no_paper_elsewhere(actor: Actor, stored: int, *, project: int | None = None) -> None:
    """Raises Refused when a file is a paper of an entry; those of `project` may share it."""
    papers = EntryFile._base_manager.filter(stored=stored, archived_at=None).exclude(entry__project=project)
    if paper := papers.select_related("entry__unit", "entry__project__unit").first():
        day = timezone.localdate(paper.created_at)
        raise Refused(
            _("The same file is already with an entry: %(where)s.")
            % {"where": _where(actor, paper.entry, paper.entry.number, day)},
            code="file_taken",
            fields={"file": [""]},
        )


def _hold_file(pk: int) -> None:
    """A file is a voucher's, or one project's paper: no constraint spans the two tables, so who wants it for
    either waits for the other. Its row is append-only and can't be locked. After vouchers and entries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"capital.file:{pk}"])


def _where(actor: Actor, row: Any, name: str, day: date) -> str:
    about = {"unit": row.unit.name, "date": day.isoformat(), "name": name}
    told = may_on(actor, Action.VIEW, row) and not (
        kept_from(actor, projects_of(row) if isinstance(row, Voucher) else [row.project_id])
    )
    if told:
        return _("%(unit)s, %(date)s, %(name)s") % about
    return _("%(unit)s, %(date)s") % about


def _decided(row: Voucher) -> bool:
    """Was anything that it proves decided on? Its entries are held, so nobody decides meanwhile."""
    used = Allocation._base_manager.filter(voucher=row, archived_at=None).values("entry")
    rows = CapitalEntry._base_manager.select_for_update().filter(pk__in=used).order_by("pk")
    return any(state not in OPEN_STATES for state in rows.values_list("state", flat=True))
