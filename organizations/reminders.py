"""The words of reminders, and how they look in a list.

The app that reminds registers its kinds when it is ready:

    register_kind("lead_lapses", _("Protection lapses"), _("The protection of “%(lead)s” lapses in %(days)s days."))

and calls `organizations.services.remind` with the parameters. Words are made when they are read, so everybody
reads them in his language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.actors import Actor
from organizations.models import Reminder

Template = Any  # a (lazy) text with %(name)s, or a function of the parameters
SOON = timedelta(days=3)
MOST = 100  # unread ones that the home page looks through


class Kind(NamedTuple):
    label: Any
    template: Template | Callable[[Mapping[str, Any]], str]


_kinds: dict[str, Kind] = {}


def register_kind(kind: str, label: Any, template: Template | Callable[[Mapping[str, Any]], str]) -> None:
    """Declare a kind of reminder: its name for people and its words. Raises ValueError for a kind that is there."""
    if kind in _kinds:
        raise ValueError(f"The kind of reminder {kind!r} is registered twice.")
    _kinds[kind] = Kind(label, template)


def label(kind: str) -> str:
    """A kind in words; the code itself when its app is gone."""
    return str(_kinds[kind].label) if kind in _kinds else kind


def words(kind: str, params: Mapping[str, Any]) -> str:
    """The text of a reminder in the active language. Raises ValueError for an unknown kind, KeyError for a
    parameter that lacks."""
    if kind not in _kinds:
        raise ValueError(f"There is no kind of reminder {kind!r}.")
    template = _kinds[kind].template
    return template(params) if callable(template) else str(template) % params


def unread(actor: Actor) -> Any:
    """What the actor has not read, the most urgent first."""
    rows = Reminder.objects.visible_to(actor).filter(read_at=None)
    return rows.order_by(F("due_on").asc(nulls_last=True), "-id")


def line(row: Reminder, today: date) -> dict[str, Any]:
    """One reminder as a list draws it: state, title, note, url, due, late; and where it leads (`about`), its kind
    (`matter`) and day (`on`), by which the home page knows what else says the same."""
    late = row.due_on is not None and row.due_on < today
    if row.read_at is not None:
        state = "done"
    elif late:
        state = "overdue"
    elif row.due_on is not None and row.due_on <= today + SOON:
        state = "soon"
    else:
        state = "todo"
    return {
        "pk": row.pk,
        "state": state,
        "unread": row.read_at is None,
        "title": words(row.kind, row.params) if row.kind in _kinds else row.kind,
        "note": label(row.kind),
        "url": reverse("reminder_open", args=[row.pk]),
        "due": _due(row.due_on, today),
        "late": late and row.read_at is None,
        "about": row.url,
        "matter": row.kind,
        "on": row.due_on,
        "when": row.created_at,
    }


def _due(day: date | None, today: date) -> str:
    if day is None:
        return ""
    left = (day - today).days
    if left < 0:
        return ngettext("overdue by %(n)s day", "overdue by %(n)s days", -left) % {"n": -left}
    if left == 0:
        return _("due today")
    return ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}


def waiting(actor: Actor) -> tuple[list[dict[str, Any]], int]:
    """Lines for the home page, MOST at most, and how many reminders are unread beyond them. Two queries at most."""
    rows, today = list(unread(actor)[: MOST + 1]), clock.today()
    beyond = unread(actor).count() - MOST if len(rows) > MOST else 0
    return [line(row, today) for row in rows[:MOST]], beyond
