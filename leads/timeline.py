"""Everything that ever happened to a lead and its project, in one line of time.

Apps above add what they know by `source`; each source answers with a bounded number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import Attachment, FirstContact, FollowUp, Handover, Lead, LeadMove, Screening, Task

MOST = 500


@dataclass(frozen=True, slots=True)
class Happened:
    """One line. `when` is a day or a moment; `kind` chooses the icon; `title` is a phrase, `text` the detail."""

    when: datetime
    kind: str
    title: str
    who: str = ""
    text: str = ""
    url: str = ""
    has_time: bool = True


Source = Callable[[Lead], Iterable[Happened]]
_sources: list[Source] = []


def source(read: Source) -> Source:
    """Register what an app knows of a lead's life. Usable as a decorator."""
    if read not in _sources:
        _sources.append(read)
    return read


def timeline(lead: Lead, limit: int | None = None) -> tuple[Happened, ...]:
    """Newest first. The caller has authorised the reading of the dossier."""
    found = sorted(
        (one for read in _sources for one in read(lead)), key=lambda one: (one.when, one.kind), reverse=True
    )
    return tuple(found[:limit])


def on_day(day: date) -> datetime:
    """A day without a time, as a moment to sort by: its end, so that it stands above the day's moments."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def _rows(model: Any, lead: Lead, **wanted: Any) -> Any:
    return model._base_manager.filter(lead=lead, **wanted)[:MOST]


@source
def follow_ups(lead: Lead) -> Iterable[Happened]:
    for row in _rows(FollowUp, lead, archived_at=None).select_related("author"):
        yield Happened(
            on_day(row.on),
            "talk",
            str(row.get_kind_display()),
            str(row.author or ""),
            "\n".join(filter(None, (row.people, row.text))),
            has_time=False,
        )


@source
def moves(lead: Lead) -> Iterable[Happened]:
    for row in _rows(LeadMove, lead).select_related("to_stage", "reason"):
        why = "，".join(filter(None, (row.reason.label if row.reason else "", row.reason_text)))
        yield Happened(
            row.at, "stage", _("Stage: %(stage)s") % {"stage": row.to_stage.label}, row.actor_name, why
        )


@source
def handovers(lead: Lead) -> Iterable[Happened]:
    for row in _rows(Handover, lead).select_related("from_unit", "to_unit", "to_officer"):
        whom = " ".join(str(x) for x in (row.to_unit and row.to_unit.label, row.to_officer) if x)
        text = " · ".join(filter(None, (whom, row.reason)))
        yield Happened(row.at, "custody", str(row.get_kind_display()), row.actor_name, text)


@source
def certificates(lead: Lead) -> Iterable[Happened]:
    for row in _rows(FirstContact, lead):
        title = _("First-contact certificate %(number)s") % {"number": row.number}
        yield Happened(row.issued_at, "certificate", title, row.officer_name)


@source
def tasks(lead: Lead) -> Iterable[Happened]:
    for row in _rows(Task, lead, archived_at=None, done_on__isnull=False).select_related("assignee"):
        yield Happened(
            on_day(row.done_on),
            "task",
            _("Done: %(task)s") % {"task": row.title},
            str(row.assignee or ""),
            row.outcome,
            has_time=False,
        )


@source
def files(lead: Lead) -> Iterable[Happened]:
    for row in _rows(Attachment, lead, archived_at=None):
        yield Happened(
            row.created_at,
            "file",
            str(row.get_kind_display()),
            row.author_name,
            row.name,
            reverse("attachment_file", args=[row.pk]),
        )


@source
def screenings(lead: Lead) -> Iterable[Happened]:
    for row in _rows(Screening, lead, overridden_at__isnull=False):
        yield Happened(
            row.overridden_at,
            "screening",
            _("Admitted by the committee"),
            row.overridden_by,
            row.override_reason,
        )
