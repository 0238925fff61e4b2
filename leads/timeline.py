"""Everything that ever happened to a lead and its project, in one line of time.

Apps above add what they know by `source`; each source answers with a bounded number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.choices import PairKind
from leads.models import (
    Attachment,
    FirstContact,
    FollowUp,
    Handover,
    Lead,
    LeadMove,
    Merge,
    Screening,
    Task,
)

MOST = 500


@dataclass(frozen=True, slots=True)
class Happened:
    """One line, as templates/parts/timeline.html draws it. `when` is a day, or a moment; `text` is a phrase,
    `note` the detail."""

    when: date | datetime
    kind: str
    text: str
    who: str = ""
    note: str = ""
    url: str = ""
    icon: str = ""
    css: str = ""

    @property
    def moment(self) -> datetime:
        """What it is sorted by: a day counts as its end, so that it stands above the day's moments."""
        if isinstance(self.when, datetime):
            return self.when
        return timezone.make_aware(datetime.combine(self.when, time(23, 59, 59)))


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
        (one for read in _sources for one in read(lead)),
        key=lambda one: (one.moment, one.icon),
        reverse=True,
    )
    return tuple(found[:limit])


def _rows(model: Any, lead: Lead, **wanted: Any) -> Any:
    """Rows of the lead, and those that stayed with a lead that was merged into it."""
    whose = Q(lead=lead) | Q(lead__merged_into=lead)
    return model._base_manager.filter(whose, **wanted)[:MOST]


@source
def follow_ups(lead: Lead) -> Iterable[Happened]:
    for row in _rows(FollowUp, lead, archived_at=None).select_related("author"):
        note = "\n".join(filter(None, (row.people, row.text)))
        kind = str(row.get_kind_display())
        yield Happened(row.on, _("follow-up"), kind, str(row.author or ""), note, icon="user")


@source
def moves(lead: Lead) -> Iterable[Happened]:
    for row in _rows(LeadMove, lead).select_related("to_stage", "reason"):
        note = _(", ").join(filter(None, (row.reason.label if row.reason else "", row.reason_text)))
        text = _("Stage: %(stage)s") % {"stage": row.to_stage.label}
        yield Happened(row.at, _("stage"), text, row.actor_name, note, icon="chevron-right", css="key")


@source
def handovers(lead: Lead) -> Iterable[Happened]:
    for row in _rows(Handover, lead).select_related("to_unit", "to_officer"):
        whom = " ".join(str(x) for x in (row.to_unit and row.to_unit.label, row.to_officer) if x)
        note = ": ".join(filter(None, (whom, row.reason)))
        kind = str(row.get_kind_display())
        yield Happened(row.at, _("custody"), kind, row.actor_name, note, icon="users")


@source
def certificates(lead: Lead) -> Iterable[Happened]:
    for row in _rows(FirstContact, lead):
        text = _("First-contact certificate %(number)s") % {"number": row.number}
        yield Happened(row.issued_at, _("certificate"), text, row.officer_name, icon="key")


@source
def tasks(lead: Lead) -> Iterable[Happened]:
    for row in _rows(Task, lead, archived_at=None, done_on__isnull=False).select_related("assignee"):
        text = _("Done: %(task)s") % {"task": row.title}
        yield Happened(row.done_on, _("task"), text, str(row.assignee or ""), row.outcome, icon="check")


@source
def files(lead: Lead) -> Iterable[Happened]:
    for row in _rows(Attachment, lead, archived_at=None):
        url, kind = reverse("attachment_file", args=[row.pk]), str(row.get_kind_display())
        yield Happened(row.on or row.created_at, _("file"), kind, row.author_name, row.name, url, icon="file")


@source
def screenings(lead: Lead) -> Iterable[Happened]:
    for row in _rows(Screening, lead, overridden_at__isnull=False):
        text = _("Admitted by the committee")
        yield Happened(
            row.overridden_at,
            _("screening"),
            text,
            row.overridden_by,
            row.override_reason,
            icon="recognition",
        )


@source
def merges(lead: Lead) -> Iterable[Happened]:
    for row in Merge.objects.filter(kind=PairKind.LEAD, kept_id=lead.pk)[:MOST]:
        text = _("Another record of the same lead was merged into this one")
        yield Happened(row.at, _("merge"), text, row.actor_name, row.reason, icon="link")
