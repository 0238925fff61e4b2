"""The common course of every change: see, authorise, lock, compare versions, validate, save.

App services call these and add their own rules. The browser, the API, imports and commands all come
through the same functions, so they can't differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from common import changelog, clock
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, NotVisible, Stale
from common.models import ExportLog
from common.scope import may_on

M = TypeVar("M", bound=models.Model)


def authorize(actor: Actor, action: Action, obj: Any) -> None:
    """Raises NotVisible when the actor can't see the row, Denied when he sees it but may not do this."""
    if may_on(actor, action, obj):
        return
    if obj.pk and not may_on(actor, Action.VIEW, obj):
        raise NotVisible
    raise Denied


def authorize_change(actor: Actor, obj: Any) -> None:
    """For what hangs on a row (names, members, records): as `authorize`, and Archived for a closed row."""
    authorize(actor, Action.CHANGE, obj)
    if obj.archived_at is not None:
        raise Archived


def get_visible(model: type[M], pk: Any, actor: Actor, *, lock: bool = False) -> M:
    """One row in the actor's scope, locked for change on request. Raises NotVisible."""
    rows = model.objects.visible_to(actor)  # type: ignore[attr-defined]
    if lock:
        rows = model._base_manager.select_for_update(of=("self",)).filter(
            pk__in=rows.filter(pk=pk).values("pk")
        )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def locked(model: type[M], pk: Any, actor: Actor, action: Action, version: int | None = None) -> M:
    """One row locked for a change, after the questions that every change asks. `version` is the one the actor saw;
    None where the caller holds the lock already or asks for none.

    Raises NotVisible, Denied, Archived, Stale.
    """
    row: Any = get_visible(model, pk, actor, lock=True)
    authorize(actor, action, row)
    if row.archived_at is not None:
        raise Archived
    if version is not None and row.version != version:
        raise Stale(row)
    return row


@transaction.atomic
def create(model: type[M], *, actor: Actor, values: Mapping[str, Any], reason: str = "") -> M:
    """A new row. Raises Denied, ValidationError (per field)."""
    obj = model(**values)
    with changelog.acting(actor, reason=reason):
        obj.clean_fields(exclude=[])
        if not may_on(actor, Action.CREATE, obj):
            raise Denied
        obj.full_clean()
        obj.save(force_insert=True)
    return obj


@transaction.atomic
def update(
    model: type[M],
    *,
    actor: Actor,
    pk: Any,
    version: int | None,
    values: Mapping[str, Any],
    reason: str = "",
    only_touched: bool = False,
) -> M:
    """Change a row. `version` is the one the actor saw; None only for jobs and imports that hold the lock.

    Raises NotVisible, Denied (before and after the change, so nothing can be moved out of scope), Stale,
    Archived, ValidationError. Fields that are not in `values` stay as they are; with `only_touched` they are
    not validated either, nor are those whose value stays (a rule that came later stops nobody's other work).
    """
    obj: Any = locked(model, pk, actor, Action.CHANGE, version)
    touched = {name: value for name, value in values.items() if getattr(obj, name) != value}
    if not touched:
        return obj
    for name, value in touched.items():
        setattr(obj, name, value)
    with changelog.acting(actor, reason=reason):
        authorize(actor, Action.CHANGE, obj)
        if only_touched:
            obj.full_clean(
                exclude={f.name for f in obj._meta.fields} - set(touched), validate_constraints=False
            )
            obj.validate_constraints()
        else:
            obj.full_clean()
        obj.version += 1
        obj.save()
    return obj


@transaction.atomic
def archive(
    model: type[M],
    *,
    actor: Actor,
    pk: Any,
    version: int | None,
    reason: str,
    needs: Action = Action.ARCHIVE,
) -> M:
    """Close a row: it stays readable and refuses edits. `needs`: undoing what one entered may take another right than
    closing rows by hand. Raises as `update`."""
    obj: Any = locked(model, pk, actor, needs, version)
    obj.archived_at = clock.now()
    obj.version += 1
    with changelog.acting(actor, reason=reason):
        obj.save(update_fields=["archived_at", "version", "updated_at"])
    return obj


def personal_shown(*, actor: Actor, row: Any) -> None:
    """Log that somebody reads a row's personal data (telephone, mail) in full. Raises NotVisible, Denied."""
    authorize(actor, Action.UNMASK, row)
    ExportLog.objects.create(
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
        kind=f"unmask:{row.Scope.kind}",
        query=f"id={row.pk}",
        rows=1,
    )
