"""What the home page says about recognition: entries that wait for this person, signatures, queries to answer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capital import desk_queue
from capital.models import CapitalEntry, Query
from capital.readable import hidden_entries
from common import clock, words
from common.access import Action
from common.actors import Actor, may_somewhere
from leads.tables.columns import wan_text
from projects import confidential

SHOWN = 8
LATE = 7  # calendar days after which a waiting entry is drawn as late


def waiting_count(actor: Actor) -> int:
    """How many entries wait for this person: the number behind the side bar's line."""
    mine = desk_queue.levels(actor)
    return desk_queue.queue(actor, mine[0]).count() if mine else 0


def groups(actor: Actor) -> list[dict[str, Any]]:
    """The blocks for the home page, only those that say something."""
    found = [*_to_decide(actor), {"label": _("Queries to answer"), "items": _to_answer(actor)}]
    return [group for group in found if group["items"]]


def _to_decide(actor: Actor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for level in desk_queue.levels(actor):
        rows = desk_queue.queue(actor, level)
        items = [
            _item(actor, one, f"{reverse('desk')}?level={level}&basis={one.basis}&entry={one.pk}")
            for one in rows.select_related("project__unit", "unit")[:SHOWN]
        ]
        found.append(
            {
                "label": _("Waiting for recognition")
                if level == "preliminary"
                else _("Waiting for the last word"),
                "items": items,
                "more": _("Recognition desk"),
                "more_url": f"{reverse('desk')}?level={level}",
            }
        )
    if found:
        signs = desk_queue.to_sign(actor).select_related("entry__project__unit", "entry__unit")[:SHOWN]
        items = [_item(actor, one.entry, reverse("override_list")) for one in signs]
        found.append({"label": _("Second signatures"), "items": items})
    return found


def _to_answer(actor: Actor) -> list[dict[str, Any]]:
    """Open questions about entries that the actor may change."""
    if not may_somewhere(actor, Action.CHANGE, CapitalEntry.Scope.kind):
        return []
    entries = CapitalEntry.objects.allowed_to(actor, Action.CHANGE).exclude(hidden_entries(actor))
    rows = Query._base_manager.filter(
        entry__in=entries.values("pk"), answered_at=None, archived_at=None
    ).select_related("entry__project__unit", "entry__unit")
    found = []
    for one in rows.order_by("asked_at", "pk")[:SHOWN]:
        days = (clock.today() - timezone.localdate(one.asked_at)).days
        line = _item(actor, one.entry, reverse("query_answer", args=[one.pk]))
        found.append({**line, "note": str(one)[:60], "due": _days(days), "late": days > LATE})
    return found


def _item(actor: Actor, entry: CapitalEntry, url: str) -> dict[str, Any]:
    days = desk_queue.waited(entry.reported_at)
    late = days > LATE
    return {
        "state": "overdue" if late else "waiting",
        "title": confidential.shown_name(entry.project, actor),
        "url": url,
        "note": f"{entry.unit.label}{words.comma()}{wan_text(entry.amount, str(entry.currency_id))}",
        "due": _days(days),
        "late": late,
    }


def _days(days: int) -> str:
    return ngettext("waits %(n)s day", "waits %(n)s days", days) % {"n": days}
