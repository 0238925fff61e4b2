"""Drafts: what was typed and not yet sent, kept for the person who typed it and for nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock, jobs
from common.actors import Actor
from common.errors import Refused
from common.models import Draft, JobRun

KEPT = timedelta(days=30)
MOST = 20_000  # bytes of JSON
SECRET = (forms.PasswordInput, forms.FileInput)


def load(actor: Actor, form: str) -> Draft | None:
    """The actor's own draft of this form, unless it is older than 30 days."""
    return Draft.objects.filter(owner_id=actor.pk, form=form, at__gt=clock.now() - KEPT).first()


def restored(draft: Draft) -> QueryDict:
    """The draft as a browser would send it."""
    data = QueryDict(mutable=True)
    for name, values in draft.data.items():
        data.setlist(name, values)
    return data


def save(actor: Actor, form: str, fields: dict[str, forms.Field], sent: QueryDict) -> Draft | None:
    """Keep what was typed into these fields; names that the form doesn't know, passwords and files are
    dropped. Nothing typed: nothing kept. Raises Refused above 20 kB."""
    known = set(names(fields, sent))
    data = {name: values for name, values in sent.lists() if name in known and any(values)}
    if not any(name != "version" for name in data):
        discard(actor, form)
        return None
    if len(json.dumps(data, ensure_ascii=False).encode()) > MOST:
        raise Refused(_("The draft is too long to be kept; what you typed stays on this page only."))
    values = {"data": data, "at": clock.now()}
    return Draft.objects.update_or_create(owner_id=actor.pk, form=form, defaults=values)[0]


def names(fields: dict[str, forms.Field], sent: QueryDict) -> Iterator[str]:
    """The names under which these fields are sent, also those of a field with several boxes."""
    for name, field in fields.items():
        if isinstance(field.widget, SECRET):
            continue
        yield name
        if getattr(field.widget, "several_names", False) or isinstance(field.widget, forms.MultiWidget):
            yield from (key for key in sent if key.startswith(f"{name}_") and key not in fields)


def discard(actor: Actor, form: str) -> None:
    Draft.objects.filter(owner_id=actor.pk, form=form).delete()


def purge() -> int:
    """Throw away every draft older than 30 days; returns how many."""
    return Draft.objects.filter(at__lte=clock.now() - KEPT).delete()[0]


@jobs.job("common.purge_drafts", gettext_lazy("Throw away old drafts"))
def purge_drafts(run: JobRun) -> dict[str, Any]:
    return {"removed": purge()}
