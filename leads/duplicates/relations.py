"""What hangs on a lead or an investor, and what becomes of it when two rows are made one.

Every foreign key to the two tables is declared: here for this app, in `projects.merging` for that one. A key that
isn't declared stops a merge as soon as it has rows, so that nothing is ever left behind silently.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pghistory.models
from django.apps import apps
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refused
from leads.choices import DisputeState, PairKind, TransferState
from leads.models import Attachment, Dispute, Investor, Lead, LeadTransfer, Screening

Carry = Callable[[Any, Any], int]  # (keep, gone) -> rows carried over; raises Refused

MODELS: dict[str, Any] = {PairKind.LEAD: Lead, PairKind.INVESTOR: Investor}
_declared: dict[str, dict[str, Carry]] = {kind: {} for kind in MODELS}


def declare(kind: str, key: str, how: Carry) -> None:
    """Say what a merge does with the rows of a foreign key "app.Model.field" to a lead or an investor.

    ValueError when it is declared twice.
    """
    if key in _declared[kind]:
        raise ValueError(f"{key} is declared twice.")
    _declared[kind][key] = how


def declared(kind: str) -> dict[str, Carry]:
    return dict(_declared[kind])


def existing(kind: str) -> dict[str, Any]:
    """Every foreign key to the kind's table, hidden ones too: {"leads.FollowUp.lead": its field}. The change
    log's copies aren't among them: history stays with the row it is about."""
    found = {}
    for relation in MODELS[kind]._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        field = relation.field
        if not issubclass(field.model, pghistory.models.Event):
            found[f"{field.model._meta.label}.{field.name}"] = field
    return found


def carry_over(kind: str, keep: Any, gone: Any) -> dict[str, int]:
    """Hand everything of `gone` to `keep`; {"leads.FollowUp.lead": rows}. Raises Refused, also for a foreign
    key with rows that nobody declared."""
    unknown = [
        key
        for key, field in existing(kind).items()
        if key not in _declared[kind] and field.model._base_manager.filter(**{field.name: gone}).exists()
    ]
    if unknown:
        raise Refused(
            _("These records hang on it, and nobody said what becomes of them: %(keys)s. Nothing was merged.")
            % {"keys": ", ".join(sorted(unknown))},
            code="unknown_relation",
        )
    counted = {key: how(keep, gone) for key, how in _declared[kind].items()}
    return {key: count for key, count in counted.items() if count}


def carried(key: str) -> Carry:
    """The rows point to the kept row from now on; their versions go up, so an open form notices."""
    label, _dot, name = key.rpartition(".")

    def carry(keep: Any, gone: Any) -> int:
        model = apps.get_model(label)
        change: dict[str, Any] = {name: keep}
        if any(field.name == "version" for field in model._meta.fields):
            change |= {"version": F("version") + 1, "updated_at": clock.now()}
        return model._base_manager.filter(**{name: gone}).update(**change)

    return carry


def stays(keep: Any, gone: Any) -> int:
    """Written once: the rows stay with the row that went and are found through its `merged_into`."""
    return 0


def settled(model: Any, name: str, open_states: tuple[str, ...], message: Any) -> Carry:
    """As `carried`, but refused while one of the rows is still open."""
    carry = carried(f"{model._meta.label}.{name}")

    def check(keep: Any, gone: Any) -> int:
        if model._base_manager.filter(**{name: gone}, state__in=open_states).exists():
            raise Refused(message, code="still_open")
        return carry(keep, gone)

    return check


def _files(keep: Any, gone: Any) -> int:
    """A file that both have for the same purpose is archived on the row that goes: it can stand there once."""
    both = Attachment._base_manager.filter(lead=keep, archived_at=None).values_list("stored_id", "kind")
    for row in Attachment._base_manager.filter(lead=gone, archived_at=None):
        if (row.stored_id, row.kind) in set(both):
            row.archived_at, row.version = clock.now(), row.version + 1
            row.save()
    return carried("leads.Attachment.lead")(keep, gone)


def _screenings(keep: Any, gone: Any) -> int:
    """One screening is open at a time: that of the kept lead; the other one is archived and comes along."""
    if Screening._base_manager.filter(lead=keep, archived_at=None).exists():
        Screening._base_manager.filter(lead=gone, archived_at=None).update(
            archived_at=clock.now(), version=F("version") + 1
        )
    return carried("leads.Screening.lead")(keep, gone)


DISPUTED = _("There is an open dispute about the record that would go. Decide it first.")
OPEN_DISPUTE = (DisputeState.OPEN, DisputeState.HEARD)

for key in ("leads.FollowUp.lead", "leads.Task.lead", "leads.Lead.merged_into"):
    declare(PairKind.LEAD, key, carried(key))
for key in ("leads.LeadMove.lead", "leads.Handover.lead", "leads.FirstContact.lead", "leads.Look.lead"):
    declare(PairKind.LEAD, key, stays)
declare(PairKind.LEAD, "leads.Attachment.lead", _files)
declare(PairKind.LEAD, "leads.Screening.lead", _screenings)
declare(PairKind.LEAD, "leads.Dispute.lead", settled(Dispute, "lead", OPEN_DISPUTE, DISPUTED))
declare(
    PairKind.LEAD, "leads.Dispute.claimant_lead", settled(Dispute, "claimant_lead", OPEN_DISPUTE, DISPUTED)
)
declare(
    PairKind.LEAD,
    "leads.LeadTransfer.lead",
    settled(
        LeadTransfer,
        "lead",
        (TransferState.PROPOSED,),
        _("The record that would go is offered to another unit. Withdraw the transfer first."),
    ),
)
for key in ("leads.Contact.investor", "leads.Lead.investor", "leads.Investor.merged_into"):
    declare(PairKind.INVESTOR, key, carried(key))
