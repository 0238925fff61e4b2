"""What stands on a lead's page about protection, transfers, disputes and screening, and its buttons."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.access import Action
from common.actors import Actor, may
from common.scope import may_on
from common.views import action
from leads import confidential, panels
from leads.calendar import calendar
from leads.choices import Custody, StageKind
from leads.handing import dispute_over, transfer_waiting
from leads.models import FirstContact, Lead, Screening
from leads.screening import checks_of, measured, screening_of


def register() -> None:
    """Called once, when the app is ready."""
    panels.register("screening", "main", 30, "leads/panels/screening.html", screening)
    panels.register("protection", "aside", 15, "leads/panels/facts.html", protection)
    panels.buttons(buttons)


def buttons(lead: Lead, actor: Actor) -> list[dict[str, Any]]:
    """Claim, release, offer to another unit."""
    if lead.custody == Custody.POOL:
        if may_on(actor, Action.CLAIM, lead) or may_on(actor, Action.ASSIGN, lead):
            return [action(_("Claim"), reverse("pool_claim", args=[lead.pk]), primary=True, panel=True)]
        return []
    if lead.custody != Custody.HELD or lead.stage.kind in (StageKind.WON, StageKind.ENDED):
        return []
    found = []
    if may_on(actor, Action.CHANGE, lead):
        found.append(action(_("Give up to the pool"), reverse("lead_release", args=[lead.pk]), panel=True))
    if may_on(actor, Action.ASSIGN, lead):
        found.append(
            action(_("Offer to another unit"), reverse("transfer_propose", args=[lead.pk]), panel=True)
        )
    return found


def protection(lead: Lead, actor: Actor) -> dict[str, Any] | None:
    """Clock, certificate, and what is going on about the lead."""
    if not confidential.may_know(lead, actor):
        return None
    rows: list[tuple[Any, Any]] = []
    if lead.custody == Custody.POOL:
        rows.append((_("in the pool since"), lead.pooled_on))
    elif lead.protected_until:
        rows.append((_("protected until"), _left(lead)))
    papers = FirstContact._base_manager.filter(lead=lead).order_by("pk")
    for paper in papers[:3]:
        url = reverse("certificate_detail", args=[paper.pk])
        rows.append((_("certificate"), format_html('<a href="{}">{}</a>', url, paper.number)))
    if lead.credit_unit:
        rows.append((_("credit stays with"), lead.credit_unit))
    if waiting := transfer_waiting(lead):
        url = reverse("transfer_detail", args=[waiting.pk])
        rows.append((_("offered to"), format_html('<a href="{}">{}</a>', url, waiting.to_unit)))
    if dispute := dispute_over(lead):
        url = reverse("dispute_detail", args=[dispute.pk])
        rows.append((_("in dispute"), format_html('<a href="{}">{}</a>', url, dispute.number)))
    return {"title": _("Protection"), "rows": rows} if rows else None


def _left(lead: Lead) -> str:
    until, today = lead.protected_until, clock.today()
    if until is None:
        return ""
    if until < today:
        return _("%(date)s, lapsed") % {"date": until}
    n = calendar().between(today, until)
    left = ngettext("%(n)s working day left", "%(n)s working days left", n) % {"n": n}
    return _("%(value)s (%(note)s)") % {"value": until, "note": left}


def screening(lead: Lead, actor: Actor) -> dict[str, Any] | None:
    """The review's checks in short; the page itself is one click away."""
    if confidential.kept_back(lead, actor):
        return None
    if not may(actor, Action.VIEW, Screening.Scope.kind, path=lead.unit.path):
        return None
    row = screening_of(lead)
    found: dict[str, Any] = {"url": reverse("lead_screening", args=[lead.pk]), "screening": row}
    if row is not None:
        found["checks"] = [
            {
                "label": check.check_def.label,
                "state": {"passed": "done", "failed": "overdue"}.get(check.result, "todo"),
                "result": check.get_result_display(),
                "value": _shown(check),
            }
            for check in checks_of(row)
        ]
    return found


def _shown(check: Any) -> str:
    if check.answer is not None:
        return _("yes") if check.answer else _("no")
    if check.value is None:
        return ""
    unit = measured(check.check_def.measured_in)
    value = f"{check.value.normalize():f}"
    return _("%(value)s (%(note)s)") % {"value": value, "note": unit} if unit else value
