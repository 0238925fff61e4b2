"""Reminders: sent by services and jobs that stand for their own authority, read by the one they are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models, transaction

from common import clock, services
from common.access import Action
from common.actors import Actor
from organizations import reminders
from organizations.models import Reminder, User


def remind(
    *,
    users: Iterable[User | int],
    kind: str,
    key: str,
    params: Mapping[str, Any] | None = None,
    url: str = "",
    subject: models.Model | None = None,
    due_on: date | None = None,
) -> None:
    """Send a message to accounts (or their ids) that are in use. The same key again to the same account is no
    second message, whether it was read or not.

    `kind` is registered in `organizations/reminders.py`; `params` (JSON) fills in its words; `url` is a path of
    this site. Runs in the caller's transaction. Raises ValueError for an unknown kind or a foreign address,
    KeyError for a parameter that the words lack.
    """
    params = dict(params or {})
    reminders.words(kind, params)
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError(f"A reminder leads to a page of this site, not to {url!r}.")
    ids = {user if isinstance(user, int) else user.pk for user in users} - {None}
    if not ids:
        return
    alive = User.objects.unscoped(reason="who is reminded").filter(
        pk__in=ids, is_active=True, archived_at=None
    )
    about = {"subject_type": subject._meta.label_lower, "subject_id": subject.pk} if subject else {}
    rows = [
        Reminder(user_id=pk, kind=kind, params=params, url=url, due_on=due_on, key=key, **about)
        for pk in sorted(alive.values_list("pk", flat=True))
    ]
    Reminder.objects.unscoped(reason="writing reminders").bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def reminder_read(*, actor: Actor, pk: int) -> Reminder:
    """Note that the actor has seen a reminder of his. Again is no error. Raises NotVisible, Denied."""
    row = services.get_visible(Reminder, pk, actor, lock=True)
    services.authorize(actor, Action.CHANGE, row)
    if row.read_at is None:
        row.read_at = clock.now()
        row.save(update_fields=["read_at"])
    return row


def reminders_read_all(*, actor: Actor) -> int:
    """Note that the actor has seen all that he has. Returns how many were new."""
    return Reminder.objects.allowed_to(actor, Action.CHANGE).filter(read_at=None).update(read_at=clock.now())


def reminders_settle(*, subject: models.Model, kinds: Iterable[str] = ()) -> int:
    """The matter is done: nobody needs to be reminded of it any more. Its reminders (of these kinds, or all) count
    as read. Runs in the caller's transaction; returns how many were open."""
    rows = Reminder.objects.unscoped(reason="the matter is settled for everybody").filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk, read_at=None
    )
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    return rows.update(read_at=clock.now())


def reminders_purge(*, before: date) -> int:
    """Remove what was sent before a day, read or not. Returns how many."""
    rows = Reminder.objects.unscoped(reason="old reminders of everybody").filter(created_at__date__lt=before)
    return rows.delete()[0]
