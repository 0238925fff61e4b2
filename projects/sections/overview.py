"""The head of a project's page: stage bar, what the next stage asks for, facts and people."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common import clock
from common.access import Action
from common.masking import mask_phone
from common.scope import may_on
from leads import stages
from leads.choices import Pipeline
from leads.facts import place_of
from leads.tables.columns import wan_text
from ledger.choices import Role
from projects import confidential
from projects.forms.parts import of_hundred
from projects.models import AttributionShare, Project

from . import Reading


def bar(project: Project, steps: stages.Ladder) -> list[dict[str, Any]]:
    """The main line with the days on which stages were reached and are due, for parts/stages.html."""
    found = []
    for step in stages.stage_steps(project, steps=steps):
        late = bool(step.state == "now" and stages.is_overdue(project, clock.today()))
        note = ""
        if step.state == "now" and step.days is not None:
            note = ngettext("for %(n)s day", "for %(n)s days", step.days) % {"n": step.days}
            if project.due_on:
                note = _("%(since)s, due %(date)s") % {"since": note, "date": f"{project.due_on:%Y-%m-%d}"}
        elif step.state == "todo" and step.due:
            left = (step.due - clock.today()).days
            late = left < 0
            note = (
                ngettext("%(n)s day late", "%(n)s days late", -left) % {"n": -left}
                if late
                else ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}
            )
        found.append(
            {
                "label": step.label,
                "state": step.state,
                "date": step.on,
                "due": step.due if step.state == "todo" else None,
                "note": note,
                "late": late,
            }
        )
    return found


def need(reading: Reading, steps: stages.Ladder) -> dict[str, Any] | None:
    """What the next stage asks for, for parts/need.html; each thing with the form that supplies it."""
    project = reading.project
    following = stages.next_stage(project, reading.actor, steps=steps)
    if following is None or project.archived_at is not None or not reading.told:
        return None
    late = stages.is_overdue(project, reading.today)
    who = project.leader or (project.lead.officer.name if project.lead.officer else "")
    rows = [
        {
            "state": "overdue" if late else "todo",
            "label": one.label,
            "note": _("a file") if one.kind == "evidence" else "",
            "who": str(who),
            "due": project.due_on,
            **(_place(reading, one) if reading.changes else {}),
        }
        for one in stages.missing_for(project, reading.actor, steps=steps)
    ]
    title = ngettext(
        "%(n)s thing missing for “%(stage)s”", "%(n)s things missing for “%(stage)s”", len(rows)
    ) % {"n": len(rows), "stage": following.label}
    if not rows:
        title = _("Ready for “%(stage)s”") % {"stage": following.label}
    note = (
        _("due %(date)s, overdue") % {"date": project.due_on.isoformat()} if late and project.due_on else ""
    )
    return {"title": title, "note": note, "rows": rows, "count": len(rows), "stage": following.label}


def _place(reading: Reading, one: stages.Missing) -> dict[str, Any]:
    project = reading.project
    if one.kind == "evidence":
        back = reverse("project_detail", args=[project.pk])
        return {"url": f"{reverse('attachment_add', args=[project.lead_id])}?next={back}", "panel": True}
    if one.fields:
        return {"url": reverse("project_update", args=[project.pk]), "panel": True}
    if one.code == "attribution" and not reading.assigns:
        return {}
    url = place_of(Pipeline.PROJECT, one.code, project)
    return {"url": url, "panel": True} if url else {}


def facts(reading: Reading) -> list[tuple[Any, Any]]:
    project, actor = reading.project, reading.actor
    if not reading.told:
        return [
            (_("number"), project.number),
            (_("unit"), project.unit.label),
            (_("landing place"), project.host.label),
            (_("stage"), project.stage.label),
            (_("signed on"), f"{project.signed_on:%Y-%m-%d}"),
        ]
    currency = str(project.currency_id)
    lead: Any = project.lead.number
    if may_on(actor, Action.VIEW, project.lead):
        lead = format_html('<a href="{}">{}</a>', reverse("lead_detail", args=[project.lead_id]), lead)
    capital = wan_text(project.registered_capital, str(project.registered_currency_id))
    return [
        (_("number"), project.number),
        (_("contract amount"), wan_text(project.contract_amount, currency)),
        (_("signed on"), f"{project.signed_on:%Y-%m-%d}"),
        (_("unit"), project.unit.label),
        (_("landing place"), project.host.label),
        (_("industry"), project.industry),
        (_("sector"), project.get_sector_display()),
        (pgettext("project", "mode"), project.get_mode_display()),
        (_("land in mu"), project.land_mu),
        (_("registered capital"), capital),
        (_("planned fixed assets"), wan_text(project.fixed_assets, currency)),
        (_("registered enterprise"), project.registered_name),
        (_("its credit code"), project.registered_code),
        (_("investment project code"), project.national_code),
        (_("lead"), lead),
        *([(_("taken over while running"), _("yes"))] if project.is_opening else []),
        *([(_("code name"), project.code_name)] if project.code_name else []),
        *([(_("note"), project.note)] if project.note else []),
    ]


def people(reading: Reading) -> list[dict[str, Any]]:
    """One project, one leader, one team: the leader, officers with their shares today, the investor's contact."""
    project, actor = reading.project, reading.actor
    found = []
    if project.leader:
        found.append({"name": project.leader.name, "role": _("liaison leader"), "url": ""})
    if not reading.told:
        return found
    shares = AttributionShare._base_manager.filter(
        version__project=project,
        version__role=Role.OFFICER,
        version__superseded_by=None,
        version__valid__contains=max(reading.today, project.signed_on),
    ).select_related("officer", "unit")
    for share in shares:
        assert share.officer is not None
        role = _("officer, %(unit)s, share %(share)s %%") % {
            "unit": share.unit.label,
            "share": f"{of_hundred(share.share):f}",
        }
        found.append({"name": share.officer.name, "role": role, "url": ""})
    contact = project.lead.contact
    if contact and may_on(actor, Action.VIEW, contact):
        role = ", ".join(filter(None, (contact.title or _("contact"), mask_phone(contact.phone))))
        url = reverse("contact_detail", args=[contact.pk])
        found.append({"name": contact.name, "role": role, "url": url, "contact_url": url})
    return found


def badges(project: Project) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"label": project.stage.label, "css": "acc"}]
    if stages.is_overdue(project, clock.today()):
        found.append({"label": _("overdue"), "css": "bad"})
    if project.stale_on:
        found.append({"label": _("stale"), "css": "warn"})
    if confidential.is_confidential(project):
        found.append({"label": _("confidential"), "css": "warn"})
    if project.archived_at:
        found.append({"label": _("archived"), "css": "line"})
    return found
