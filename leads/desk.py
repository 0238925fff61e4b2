"""What the home page says about leads: my next steps that are due, and my leads that nobody has heard of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.access import Action
from common.actors import Actor, may_somewhere
from leads import desk_protection
from leads.filters.leads import UNDER_WAY, mine_q
from leads.models import Lead

AHEAD = 3  # calendar days before its day from which a next step stands on the desk
SHOWN = 8


def next_steps(actor: Actor) -> list[dict[str, Any]]:
    """Next steps of my own leads that are overdue or due within AHEAD days, the oldest first."""
    today = clock.today()
    rows = _mine(actor).filter(next_on__lte=today + timedelta(days=AHEAD)).order_by("next_on", "pk")
    found = []
    for lead in rows[:SHOWN]:
        late = lead.next_on < today
        days = (today - lead.next_on).days
        due = (
            ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}
            if late
            else f"{lead.next_on:%m-%d}"
        )
        step = lead.next_step or _("Next step")
        item = _item(lead, "overdue" if late else "soon", step, lead.investor.name, due, late)
        beside = _("next step: %(step)s, %(when)s") % {"step": step, "when": due}
        found.append({**item, "on": lead.next_on, "beside": beside})
    return found


def stale(actor: Actor) -> list[dict[str, Any]]:
    """My own leads without a sign of life, the longest silence first."""
    today = clock.today()
    rows = _mine(actor).filter(stale_on__isnull=False).order_by(F("last_sign_on").asc(nulls_first=True), "pk")
    found = []
    for lead in rows[:SHOWN]:
        days = (today - (lead.last_sign_on or lead.stage_on)).days
        silent = ngettext("silent for %(n)s day", "silent for %(n)s days", days) % {"n": days}
        item = _item(lead, "waiting", lead.investor.name, lead.stage.label, silent, False)
        found.append({**item, "matter": "stage_stale", "beside": silent})
    return found


def groups(actor: Actor) -> list[dict[str, Any]]:
    """The blocks for the home page, only those that say something."""
    if not may_somewhere(actor, Action.VIEW, Lead.Scope.kind):
        return []
    listed = reverse("lead_list")
    found = [
        {
            "label": _("Next steps"),
            "items": next_steps(actor),
            "more": _("All my leads"),
            "more_url": f"{listed}?mine=yes&sort=next_on",
        },
        {
            "label": _("Stale leads"),
            "items": stale(actor),
            "more": _("All stale ones"),
            "more_url": f"{listed}?mine=yes&stale=yes",
        },
    ]
    found += desk_protection.groups(actor)
    return [group for group in found if group["items"]]


def under_way(actor: Actor) -> int:
    """How many leads are under way in the actor's scope: the number in the side bar."""
    return Lead.objects.visible_to(actor).filter(UNDER_WAY, archived_at=None).count()


def _mine(actor: Actor) -> Any:
    rows = Lead.objects.visible_to(actor).filter(UNDER_WAY, mine_q(actor), archived_at=None)
    return rows.select_related("investor", "stage")


def _item(lead: Lead, state: str, title: str, note: str, due: str, late: bool) -> dict[str, Any]:
    return {
        "state": state,
        "title": title,
        "url": reverse("lead_detail", args=[lead.pk]),
        "note": note,
        "due": due,
        "late": late,
    }
