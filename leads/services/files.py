"""Files of a lead or its project, and what they prove."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from common import changelog, clock
from common.actors import Actor
from common.files import clean_name
from common.models import StoredFile
from leads import dossier
from leads.choices import Evidence
from leads.models import Attachment, Lead


@transaction.atomic
def attachment_add(
    *,
    actor: Actor,
    lead: int,
    stored: StoredFile,
    name: str,
    kind: str = Evidence.OTHER,
    on: date | None = None,
    note: str = "",
) -> Attachment:
    """Put a stored file (see `common/files.py`) into the dossier as evidence of `kind`.

    Raises NotVisible, Denied, Archived, ValidationError (the same file as the same evidence is there).
    """
    row = Attachment(
        lead=dossier.keep(actor, lead),
        stored=stored,
        name=clean_name(name) or str(stored),
        kind=kind,
        on=on,
        note=note,
        author_name=actor.actor_name,
    )
    with changelog.acting(actor):
        row.full_clean()
        row.save()
    return row


@transaction.atomic
def attachment_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Attachment:
    """Change what a file is called or said to prove. Raises as `attachment_add`, and Stale."""
    row = dossier.part(Attachment, actor, pk, version)
    for field, value in values.items():
        setattr(row, field, value)
    with changelog.acting(actor):
        row.full_clean()
        row.version += 1
        row.save()
    return row


@transaction.atomic
def attachment_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Attachment:
    """Take a file out of the dossier; it stays stored. Raises NotVisible, Denied, Archived, Stale."""
    row = dossier.part(Attachment, actor, pk, version)
    row.archived_at = clock.now()
    row.version += 1
    with changelog.acting(actor, reason=reason):
        row.save(update_fields=["archived_at", "version", "updated_at"])
    return row


def evidence_of(lead: Lead) -> QuerySet[Attachment]:
    """Files that count now, newest first. The caller has authorised."""
    return (
        Attachment._base_manager.filter(lead=lead, archived_at=None).select_related("stored").order_by("-id")
    )
