"""The change log: database triggers record every insert, update and delete of an editable table with
before and after. Here the writes get their actor, request and reason; it works in requests, jobs,
commands and the shell alike.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.actors import Actor
from common.masking import masked

DONE = {"insert": _("entered"), "update": _("changed"), "delete": _("removed")}
# What the program keeps for itself; a person reads the rest.
QUIET = {"id", "version", "created_at", "updated_at", "path", "scope_path", "pinyin", "actor_id"}

_named: dict[tuple[type[models.Model], str], Callable[[Any], Any]] = {}


def tell(model: type[models.Model], field: str, words: Callable[[Any], Any]) -> None:
    """Say in words what a field keeps as codes without having `choices` of its own: `words(code)` for a code and
    for each of a list, `words(document)` for a document. A code unknown to `words` (KeyError, ValueError) is shown as it is."""
    model._meta.get_field(field)
    _named[model, field] = words


def track(db_table: str, exclude: tuple[str, ...] = ()) -> Callable[[type[models.Model]], type[models.Model]]:
    """Class decorator: keep a change log of this model in the table `db_table` (at most 30 characters)."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        meta={"db_table": db_table},
    )


@contextmanager
def acting(actor: Actor, *, reason: str = "", request_id: str = "") -> Iterator[None]:
    """Everything written inside is logged under this actor. Nested blocks add their reason to the outer one."""
    metadata: dict[str, Any] = {"actor_id": actor.pk, "actor": actor.actor_name}
    if reason:
        metadata["reason"] = reason
    if request_id:
        metadata["request_id"] = request_id
    with pghistory.context(**metadata):
        yield


def new_request_id() -> str:
    """A short event number that a person can read out on the telephone."""
    return uuid.uuid4().hex[:12].upper()


class Change(NamedTuple):
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    when: datetime
    action: str  # in words
    actor: str
    reason: str
    request_id: str
    changes: tuple[Change, ...]


def history(obj: models.Model, limit: int = 50) -> tuple[Entry, ...]:
    """The log of one row, newest first, with what each write changed. Empty for untracked models."""
    tracker = getattr(type(obj), "pgh_event_model", None) or _event_model(type(obj))
    if tracker is None:
        return ()
    events = list(
        tracker.objects.filter(pgh_obj_id=obj.pk)
        .select_related("pgh_context")
        .order_by("-pgh_id")[: limit + 1]
    )
    fields = [f for f in type(obj)._meta.concrete_fields if _is_told(f) and _has(tracker, f.name)]
    found = []
    for event, before in zip(events, [*events[1:], None], strict=True):
        about = event.pgh_context.metadata if event.pgh_context else {}
        changes = [
            Change(force_str(f.verbose_name), _shown(before, f), _shown(event, f))
            for f in fields
            if before is None or getattr(before, f.attname) != getattr(event, f.attname)
        ]
        changes = [c for c in changes if c.before or c.after]
        if event.pgh_label == "update" and not changes and not about.get("reason"):
            continue  # only the program's own fields
        found.append(
            Entry(
                event.pgh_created_at,
                str(DONE.get(event.pgh_label, event.pgh_label)),
                about.get("actor", ""),
                about.get("reason", ""),
                about.get("request_id", ""),
                tuple(changes),
            )
        )
    return tuple(found[:limit])


def _event_model(model: type[models.Model]) -> Any:
    return next((e for e in _event_models() if e.pgh_tracked_model is model), None)


def _event_models() -> Iterator[Any]:
    import pghistory.models
    from django.apps import apps

    for model in apps.get_models():
        if issubclass(model, pghistory.models.Event) and getattr(model, "pgh_tracked_model", None):
            yield model


def _is_told(field: models.Field) -> bool:
    """Fields that have a name for people; the rest is the program's own."""
    return field.name not in QUIET and isinstance(field.verbose_name, Promise)


def _has(tracker: Any, name: str) -> bool:
    return any(f.name == name for f in tracker._meta.concrete_fields)


def _shown(event: Any, field: Any) -> str:
    if event is None:
        return ""
    value = getattr(event, field.attname)
    if value in (None, ""):
        return ""
    if field.remote_field and field.remote_field.model:
        named = {field.target_field.attname: value}  # currencies are known by their code
        found = field.remote_field.model._base_manager.filter(**named).first()
        return str(found) if found else f"#{value}"
    return in_words(field, value)


def in_words(field: models.Field, value: Any) -> str:
    """A stored value as a person reads it, in his language: choices and what `tell` names by their labels, also in
    a list; times in the office's time zone, "" for nothing. What is stored stays a code.

    Other documents (JSON objects) are the program's own and give "". Does not read the database.
    """
    if value in (None, ""):
        return ""
    if isinstance(value, list):
        one = getattr(field, "base_field", field)
        return gettext(", ").join(_labelled(field, one, code) or str(code) for code in value)
    if label := _labelled(field, field, value):
        return label
    if isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(value) if isinstance(value, str) else value
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else str(value)
    return str(masked(field.name, value))


def _labelled(field: models.Field, holder: models.Field, value: Any) -> str:
    """The label of a code; "" where there is none. `holder` has the choices: the field, or what its list is of."""
    try:
        if words := _named.get((field.model, field.name)):
            return force_str(words(value))
        return force_str(dict(holder.flatchoices)[value]) if holder.choices else ""
    except (KeyError, ValueError):
        return ""
