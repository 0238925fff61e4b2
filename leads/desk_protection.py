"""What the home page says about protection: what ends soon, what waits for consent, what is in dispute.

Each block gives items as templates/home.html draws them; two queries at most.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.access import Action
from common.actors import Actor, may_somewhere
from leads import confidential
from leads.calendar import calendar
from leads.choices import Custody, StageKind, TransferState
from leads.handing import UNDECIDED
from leads.models import Dispute, Lead, LeadTransfer
from leads.reminding import DISPUTE, ENDS, TRANSFER
from leads.services.disputes import may_decide
from leads.terms import NoTerms, terms_on

SHOWN = 8


def groups(actor: Actor) -> list[dict[str, Any]]:
    """The blocks in the order of the home page, empty ones too."""
    return [
        {"label": _("Protection ends soon"), "items": protection_ending(actor)},
        {
            "label": _("Transfers that wait for your consent"),
            "items": transfers_waiting(actor),
            "more": _("All transfers"),
            "more_url": reverse("transfer_list"),
        },
        {
            "label": _("Disputes"),
            "items": disputes_waiting(actor),
            "more": _("All disputes"),
            "more_url": reverse("dispute_list"),
        },
    ]


def protection_ending(actor: Actor) -> list[dict[str, Any]]:
    """Leads of the actor, and for a unit head those of his unit, whose protection ends within the first
    reminder's working days; the next one first."""
    if actor.is_system or not may_somewhere(actor, Action.VIEW, "lead"):
        return []
    today, days = clock.today(), calendar()
    try:
        ahead = max(terms_on(today).remind_before, default=0)
    except NoTerms:
        return []
    mine = Q(officer__user_id=actor.pk, officer__isnull=False)
    heads = [g.path for g in actor.grants() if g.role == "unit_head"]
    for path in heads:
        mine |= Q(unit__path__startswith=path)
    rows = Lead.objects.visible_to(actor).filter(
        mine,
        custody=Custody.HELD,
        archived_at=None,
        stage__kind__in=(StageKind.OPEN, StageKind.HELD),
        protected_until__gte=today,
        protected_until__lte=days.add(today, ahead),
    )
    found = []
    for lead in rows.select_related("unit", "officer", "investor").order_by("protected_until", "pk")[:SHOWN]:
        n = days.between(today, lead.protected_until)
        left = ngettext("%(n)s working day left", "%(n)s working days left", n) % {"n": n}
        found.append(
            {
                "state": "soon",
                "title": confidential.shown_name(lead, actor),
                "url": reverse("lead_detail", args=[lead.pk]),
                "note": _("Protection ends on %(date)s.") % {"date": lead.protected_until},
                "due": left if n else _("last day"),
                "late": n == 0,
                "on": lead.protected_until,
                "matter": ENDS,
                "beside": _("protection ends on %(date)s") % {"date": lead.protected_until},
                "action_label": _("Record a follow-up"),
                "action_url": reverse("followup_add", args=[lead.pk]),
            }
        )
    return found


def transfers_waiting(actor: Actor) -> list[dict[str, Any]]:
    """Offers to which the actor may consent, the oldest first."""
    if not may_somewhere(actor, Action.CHANGE, "lead_transfer"):
        return []
    rows = LeadTransfer.objects.allowed_to(actor, Action.CHANGE).filter(
        state=TransferState.PROPOSED, archived_at=None
    )
    rows = rows.exclude(proposed_by=actor.actor_name)  # nobody consents to his own offer
    rows = rows.select_related("lead__unit", "lead__officer", "from_unit", "to_unit").order_by("pk")
    return [
        {
            "state": "todo",
            "title": _("%(unit)s offers “%(lead)s”")
            % {"unit": row.from_unit.label, "lead": confidential.shown_name(row.lead, actor)},
            "url": reverse("transfer_detail", args=[row.pk]),
            "note": row.reason,
            "due": f"{timezone.localdate(row.created_at):%m-%d}",
            "late": False,
            "matter": TRANSFER,
            "action_label": _("Answer"),
            "action_url": reverse("transfer_detail", args=[row.pk]),
        }
        for row in rows[:SHOWN]
    ]


def disputes_waiting(actor: Actor) -> list[dict[str, Any]]:
    """Undecided disputes of the actor's side, and those that he may decide; the most urgent first."""
    if not may_somewhere(actor, Action.CHANGE, "dispute"):
        return []
    today = clock.today()
    rows = Dispute.objects.allowed_to(actor, Action.CHANGE).filter(state__in=UNDECIDED, archived_at=None)
    rows = rows.select_related("claimant", "respondent").order_by("due_on", "pk")
    return [_dispute(row, actor, today) for row in rows[:SHOWN]]


def _dispute(row: Dispute, actor: Actor, today: date) -> dict[str, Any]:
    late = row.due_on is not None and row.due_on < today
    url = reverse("dispute_detail", args=[row.pk])
    return {
        "state": "overdue" if late else "todo",
        "title": _("Dispute %(number)s") % {"number": row.number},
        "url": url,
        "note": f"{row.claimant.label} / {row.respondent.label}",
        "due": f"{row.due_on:%m-%d}" if row.due_on else "",
        "late": late,
        "matter": DISPUTE,
        "action_label": _("Decide") if may_decide(actor, row) else _("State our case"),
        "action_url": url,
    }
