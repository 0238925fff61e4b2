"""Two rows made one, or set apart for good (DOMAIN §2: one credit)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Refused, Stale
from leads import posting
from leads.choices import PairKind
from leads.models import Merge, NotDuplicate
from leads.services import hooks
from leads.services.investors import books_follow, investor_update
from leads.services.leads import lead_update

from .relations import MODELS, carry_over

# What may be chosen from either side. Unit, officer and stage are moved by services of their own, never here.
CHOOSABLE: dict[str, tuple[str, ...]] = {
    PairKind.LEAD: (
        "name", "contact", "offer", "industry", "amount", "currency", "land_mu", "source", "introducer",
        "tip_from", "host", "next_step", "next_on", "signing_on", "visited_on", "code_name",
        "confidential_until", "note",
    ),
    PairKind.INVESTOR: (
        "name", "short_name", "credit_code", "zone", "region", "country", "industry", "honours", "note",
    ),
}  # fmt: skip
Choices = Mapping[str, str]  # field -> "keep" or "gone"; what isn't there stays as the kept row has it
# To set a pair apart one must be allowed to do this with both.
APART = {PairKind.LEAD: Action.ASSIGN, PairKind.INVESTOR: Action.CHANGE}


def merge_leads(
    *,
    actor: Actor,
    keep: int,
    gone: int,
    choices: Choices,
    reason: str,
    versions: tuple[int, int] | None = None,
) -> Merge:
    """One lead of two. Follow-ups, tasks, files, screenings, transfers and disputes come to the kept one; moves,
    handovers, certificates and the log of looks stay with the other, which is archived and points to it. What
    the other counted for in the books is taken back.

    `versions` are those of both that the actor compared. Raises NotVisible, Denied, Archived, Stale, Refused
    (the same row twice, different investors, an open transfer or dispute, a project, a relation that nobody
    declared), ValidationError (a choice that doesn't fit the kept row).
    """
    return _merge(PairKind.LEAD, actor, keep, gone, choices, reason, versions)


def merge_investors(
    *,
    actor: Actor,
    keep: int,
    gone: int,
    choices: Choices,
    reason: str,
    versions: tuple[int, int] | None = None,
) -> Merge:
    """One investor of two, with all contacts, leads and parts in projects. Raises as `merge_leads`."""
    return _merge(PairKind.INVESTOR, actor, keep, gone, choices, reason, versions)


@transaction.atomic
def not_duplicate(*, actor: Actor, kind: str, one: int, other: int, reason: str = "") -> NotDuplicate:
    """Remember that two rows are not the same: the pair isn't shown again. A second time changes nothing.

    Raises NotVisible, Denied, Refused (the same row twice).
    """
    low, high = _authorized(actor, kind, one, other)
    with changelog.acting(actor, reason=reason):
        return NotDuplicate.objects.get_or_create(
            kind=kind,
            one_id=low.pk,
            other_id=high.pk,
            defaults={"reason": reason, "actor_name": actor.actor_name},
        )[0]


@transaction.atomic
def duplicate_again(*, actor: Actor, kind: str, one: int, other: int, reason: str = "") -> None:
    """Take `not_duplicate` back: the pair is shown again. Raises NotVisible, Denied."""
    low, high = _authorized(actor, kind, one, other)
    with changelog.acting(actor, reason=reason):
        NotDuplicate.objects.filter(kind=kind, one_id=low.pk, other_id=high.pk).delete()


def _authorized(actor: Actor, kind: str, one: int, other: int) -> tuple[Any, Any]:
    if one == other:
        raise Refused(_("This is the same record twice."), code="same_record")
    rows = tuple(services.get_visible(MODELS[kind], pk, actor) for pk in sorted((one, other)))
    for row in rows:
        services.authorize(actor, APART[PairKind(kind)], row)
    return rows


@transaction.atomic
def _merge(
    kind: str,
    actor: Actor,
    keep_pk: int,
    gone_pk: int,
    choices: Choices,
    reason: str,
    versions: tuple[int, int] | None,
) -> Merge:
    keep, gone = _locked(kind, actor, keep_pk, gone_pk, versions)
    if kind == PairKind.LEAD and keep.investor_id != gone.investor_id:
        raise Refused(
            _("The two leads have different investors. Merge the investors first."), code="two_investors"
        )
    values = {name: getattr(gone, name) for name in CHOOSABLE[kind] if choices.get(name, "keep") == "gone"}
    with changelog.acting(actor, reason=reason):
        moved = carry_over(kind, keep, gone)
        gone.archived_at, gone.merged_into, gone.version = clock.now(), keep, gone.version + 1
        gone.save(update_fields=["archived_at", "merged_into", "version", "updated_at"])
        if values:
            update = lead_update if kind == PairKind.LEAD else investor_update
            update(actor=actor, pk=keep.pk, version=None, **values)
        _books(kind, actor, keep, gone)
    return Merge._base_manager.create(
        kind=kind,
        kept_id=keep.pk,
        gone_id=gone.pk,
        moved=moved,
        reason=reason,
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
    )


def _locked(
    kind: str, actor: Actor, keep_pk: int, gone_pk: int, versions: tuple[int, int] | None
) -> tuple[Any, Any]:
    """Both rows, locked in the order of their ids, so that two merges of one pair wait and don't deadlock."""
    if keep_pk == gone_pk:
        raise Refused(_("This is the same record twice."), code="same_record")
    rows = {pk: services.get_visible(MODELS[kind], pk, actor, lock=True) for pk in sorted((keep_pk, gone_pk))}
    keep, gone = rows[keep_pk], rows[gone_pk]
    for row in (keep, gone):
        services.authorize(actor, Action.MERGE, row)
        if row.archived_at is not None:
            raise Archived
    for row, seen in zip((keep, gone), versions or (), strict=False):
        if row.version != seen:
            raise Stale(row)
    return keep, gone


def _books(kind: str, actor: Actor, keep: Any, gone: Any) -> None:
    """A lead that goes counts no longer, the kept one does. Leads and projects of an investor that goes now carry
    the kept one's zone in the books."""
    if kind == PairKind.LEAD:
        posting.withdrawn(actor=actor, lead=gone)
        hooks.call(hooks.archived, actor=actor, lead=gone)
        return
    books_follow(actor=actor, investor=keep)


def merged_rows(kept: Any) -> list[Any]:
    """The rows that went into this lead or investor, oldest first: their moves, handovers and certificates are
    its own past. A later merge lets all of them point to the row that stays."""
    return list(type(kept)._base_manager.filter(merged_into=kept).order_by("pk"))
