"""Recording talks with the investor, and what follows from them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import changelog, clock
from common.actors import Actor
from common.errors import Denied
from leads import dossier
from leads.choices import Custody
from leads.models import FollowUp, Lead

from .protection import protection_refresh
from .tasks import task_make

MOST_POINTS = 20


@transaction.atomic
def follow_up_add(
    *,
    actor: Actor,
    lead: int,
    kind: str,
    on: date,
    text: str,
    people: str = "",
    points: str = "",
    points_due: date | None = None,
    next_step: str | None = None,
    next_on: date | None = None,
) -> FollowUp:
    """Record a talk. Each line of `points` becomes a task of the author, due on `points_due`; `next_step`
    replaces the lead's own when it is given. It is a sign of life of the lead.

    Raises NotVisible, Denied, Archived, ValidationError (a date in the future, no text).
    """
    found = dossier.keep(actor, lead, lock=True)
    if found.custody == Custody.POOL:
        raise Denied(_("This lead lies in the pool. Claim it first."))
    _not_later(on)
    row = FollowUp(
        lead=found,
        unit=unit_of(actor, found),
        kind=kind,
        on=on,
        people=people,
        text=text.strip(),
        author_id=actor.pk,
    )
    with changelog.acting(actor):
        row.full_clean()
        row.save()
        for title in lines(points):
            task_make(lead=found, follow_up=row, title=title, assignee_id=actor.pk, due_on=points_due)
        _alive(found, row.on, next_step, next_on)
        protection_refresh(found)
    return row


@transaction.atomic
def follow_up_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> FollowUp:
    """Correct a record. Raises as `follow_up_add`, and Stale."""
    found = dossier.part(FollowUp, actor, pk, version)
    if "on" in values:
        _not_later(values["on"])
    for name, value in values.items():
        setattr(found, name, value)
    with changelog.acting(actor):
        found.full_clean()
        found.version += 1
        found.save()
        protection_refresh(Lead._base_manager.select_for_update().get(pk=found.lead_id))
    return found


def _not_later(on: date) -> None:
    if on > clock.today():
        raise ValidationError({"on": _("This day is still to come. Plan it as the next step or a task.")})


def _alive(lead: Lead, on: date, next_step: str | None, next_on: date | None) -> None:
    """The lead shows a sign of life; its next step is replaced when one was given."""
    changed = ["last_sign_on", "stale_on", "updated_at"]
    lead.last_sign_on = max(on, lead.last_sign_on or on)
    lead.stale_on = None
    if next_step is not None and (next_step, next_on) != (lead.next_step, lead.next_on):
        lead.next_step, lead.next_on = next_step, next_on
        lead.version += 1
        changed += ["next_step", "next_on", "version"]
    lead.save(update_fields=changed)


def lines(points: str) -> list[str]:
    """Points to follow, one a line, without bullets and blank lines. Raises ValidationError for too many."""
    found = [line.strip().lstrip("-*•·").strip()[:200] for line in points.splitlines()]
    found = [line for line in found if line]
    if len(found) > MOST_POINTS:
        raise ValidationError({"points": _("At most %(most)s points at once.") % {"most": MOST_POINTS}})
    return found


def unit_of(actor: Actor, lead: Lead) -> Any:
    """The unit in whose name an actor writes: his own when he has one, else the lead's."""
    return getattr(actor, "unit", None) or lead.unit
