"""The dossier that the project shares with its lead: follow-ups, tasks, files, what happened; and its postings."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.templatetags.ip import amount
from leads import dossier
from leads.models import Attachment, FollowUp, Task
from leads.tables.columns import wan
from ledger.asked import said
from ledger.clocks import published_q
from ledger.models import Posting

from . import NUM, Reading, day, num, row, section

SHOWN = 40


def _add(reading: Reading, name: str, label: Any) -> dict[str, Any] | None:
    """A form of the lead's dossier; it comes back here."""
    if not dossier.may_keep(reading.actor, reading.project.lead):
        return None
    back = reverse("project_detail", args=[reading.project.pk]) + "?part=dossier"
    return {"label": label, "url": f"{reverse(name, args=[reading.project.lead_id])}?next={back}"}


def _rows(model: Any, reading: Reading) -> Any:
    return model._base_manager.filter(lead=reading.project.lead_id, archived_at=None)


def follow_ups(reading: Reading) -> dict[str, Any]:
    rows = [
        row(
            day(one.on),
            one.get_kind_display(),
            {"text": one.text, "sub": one.people},
            str(one.author or ""),
            reading.acts((_("Correct"), "followup_update", one.pk)),
        )
        for one in _rows(FollowUp, reading).select_related("author").order_by("-on", "-pk")[:SHOWN]
    ]
    heads = [
        (_("date"), ""),
        (pgettext("follow-up", "kind"), ""),
        (_("what was said"), ""),
        (_("entered by"), ""),
        ("", ""),
    ]
    return section(_("Follow-ups"), heads, rows, add=_add(reading, "followup_add", _("Record a follow-up")))


def tasks(reading: Reading) -> dict[str, Any]:
    rows = [
        row(
            {"text": one.title, "sub": one.outcome},
            str(one.assignee or ""),
            day(one.due_on),
            _("done %(date)s") % {"date": one.done_on.isoformat()} if one.done_on else "",
            reading.acts(*([] if one.done_on else [(pgettext("task", "Settle"), "task_done", one.pk)])),
        )
        for one in _rows(Task, reading).select_related("assignee").order_by("done_on", "due_on", "pk")[:SHOWN]
    ]
    heads = [
        (pgettext("task", "what"), ""),
        (pgettext("task", "who"), ""),
        (pgettext("promise", "due"), ""),
        (_("state"), ""),
        ("", ""),
    ]
    return section(_("Tasks"), heads, rows, add=_add(reading, "task_add", _("New task")))


def papers(reading: Reading) -> dict[str, Any]:
    rows = [
        row(
            {"text": one.name, "url": reverse("attachment_file", args=[one.pk]), "sub": one.note},
            one.get_kind_display(),
            day(one.on),
            one.author_name,
            reading.acts((_("Change"), "attachment_update", one.pk)),
        )
        for one in _rows(Attachment, reading).order_by("kind", "-pk")[: 5 * SHOWN]
    ]
    heads = [
        (_("file"), ""),
        (_("What it proves"), ""),
        (_("dated"), ""),
        (_("entered by"), ""),
        ("", ""),
    ]
    return section(_("Files"), heads, rows, add=_add(reading, "attachment_add", _("Add a file")))


def postings(reading: Reading) -> dict[str, Any]:
    """The project's lines in the books that this reader may see: what it contributes to whose figures."""
    lines = (
        Posting.objects.visible_to(reading.actor)
        .filter(subject_type="project", subject_id=reading.project.pk)
        .select_related("unit", "posted_in")
        .order_by("-seq")
    )
    if reading.closing is not None:
        lines = lines.filter(published_q(reading.closing))
    rows = []
    for one in lines[: 5 * SHOWN]:
        taken = one.reverses_id is not None
        rows.append(
            row(
                {
                    "text": one.get_kind_display(),
                    "url": reverse("posting_detail", args=[one.pk]),
                    "open": True,
                    "sub": one.get_cause_display() if one.cause != "normal" else "",
                },
                one.get_role_display(),
                one.unit.label,
                num(wan(one.base_qty) if one.currency else amount(one.base_qty)),
                day(one.occurred_on),
                str(one.posted_in),
                css="quiet" if taken else "",
            )
        )
    heads = [
        (_("what"), ""),
        (_("dimension"), ""),
        (_("unit"), ""),
        (_("pieces, or ten thousand yuan"), NUM),
        (_("happened on"), ""),
        (_("counted in"), ""),
    ]
    return section(_("Contribution to figures"), heads, rows, note=said(reading.closing))
