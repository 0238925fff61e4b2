"""The parts of a lead's page that belong to the lead itself: what is missing, facts, people."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import Action
from common.actors import Actor
from common.masking import mask_phone
from common.scope import may_on
from common.views import action
from leads import confidential, panels, stages
from leads.choices import Custody, StageKind
from leads.looks import Drawer
from leads.models import Contact, Lead, Look
from leads.tables.columns import wan_text

LOOKS = 20  # people named at most


def register() -> None:
    panels.register("missing", "main", 10, "leads/panels/missing.html", missing)
    panels.register("facts", "aside", 10, "leads/panels/facts.html", facts)
    panels.register("people", "aside", 20, "leads/panels/people.html", people)
    panels.register("looks", "aside", 80, "leads/panels/facts.html", looks)
    panels.buttons(buttons)


def buttons(lead: Lead, actor: Actor) -> list[dict[str, Any]]:
    """What is done most: record a talk, go one stage on."""
    if lead.custody != Custody.HELD or not may_on(actor, Action.CHANGE, lead):
        return []
    found = [
        action(_("Record a follow-up"), reverse("followup_add", args=[lead.pk]), icon="edit", panel=True)
    ]
    steps = stages.ladder("lead")
    following = stages.next_stage(lead, actor, steps=steps)
    if following is not None and following.kind == StageKind.OPEN:
        label = _("Move to “%(stage)s”") % {"stage": following.label}
        if lacks := len(stages.missing_for(lead, actor, steps=steps)):
            label = _("Move to “%(stage)s”, %(n)s missing") % {"stage": following.label, "n": lacks}
        found.append(action(label, reverse("lead_move", args=[lead.pk]), panel=True))
    return found


def missing(lead: Lead, actor: Actor) -> dict[str, Any] | None:
    """What the next stage asks for, each thing with the place where it is supplied."""
    if lead.archived_at or lead.custody != Custody.HELD or confidential.kept_back(lead, actor):
        return None
    steps = stages.ladder("lead")
    following = stages.next_stage(lead, actor, steps=steps)
    if following is None:
        return None
    rows = [
        {
            "state": "todo",
            "label": one.label,
            "note": _("a file") if one.kind == "evidence" else "",
            "who": lead.officer.name if lead.officer else "",
            "due": lead.due_on,
            **_place(lead, actor, one),
        }
        for one in stages.missing_for(lead, actor, steps=steps)
    ]
    title = ngettext(
        "%(n)s thing missing for “%(stage)s”", "%(n)s things missing for “%(stage)s”", len(rows)
    ) % {"n": len(rows), "stage": following.label}
    if not rows:
        title = _("Ready for “%(stage)s”") % {"stage": following.label}
    return {"need": {"title": title, "rows": rows}}


def _place(lead: Lead, actor: Actor, need: Any) -> dict[str, Any]:
    """Where a missing thing is entered: the lead's form, the investor's, or the form for a file."""
    if not may_on(actor, Action.CHANGE, lead):
        return {}
    if need.kind == "evidence":
        name, pk = "attachment_add", lead.pk
    elif need.fields:
        name, pk = "lead_update", lead.pk
    elif need.code == "credit_code":
        return {"url": reverse("investor_detail", args=[lead.investor_id]), "panel": False}
    elif need.code in ("screened", "admitted"):
        return {"url": reverse("lead_screening", args=[lead.pk]), "panel": False}
    elif need.code in ("follow_up", "visited"):
        name, pk = "followup_add", lead.pk
    else:
        return {}
    try:
        return {"url": reverse(name, args=[pk]), "panel": True}
    except NoReverseMatch:
        return {}


def facts(lead: Lead, actor: Actor) -> dict[str, Any]:
    drawer = Drawer.load()
    if confidential.kept_back(lead, actor):
        return {
            "title": _("Facts"),
            "rows": [(_("number"), lead.number), (_("unit"), lead.unit), (_("stage"), lead.stage.label)],
        }
    if confidential.of_others(lead, actor):
        return {
            "title": _("Facts"),
            "rows": [
                (_("number"), lead.number),
                (_("last unit"), lead.unit),
                (_("in the pool since"), lead.pooled_on),
                (_("at home"), lead.investor.get_zone_display()),
                (_("planned investment"), wan_text(lead.amount, lead.currency_id)),
                (_("industry"), lead.industry),
                (_("land in mu"), lead.land_mu),
            ],
        }
    step = format_html("{} {}", lead.next_step, drawer.due(lead.next_on)) if lead.next_step else None
    investor: Any = lead.investor
    if may_on(actor, Action.VIEW, lead.investor):
        investor = format_html(
            '<a href="{}">{}</a>', reverse("investor_detail", args=[lead.investor_id]), lead.investor
        )
    rows = [
        (_("number"), lead.number),
        (_("investor"), investor),
        (_("at home"), lead.investor.get_zone_display()),
        (_("planned investment"), wan_text(lead.amount, lead.currency_id)),
        (_("industry"), lead.industry),
        (_("sector"), lead.get_sector_display()),
        (_("land in mu"), lead.land_mu),
        (_("park or place intended"), lead.host),
        (_("source"), lead.get_source_display()),
        *([(_("tip from"), lead.tip_from)] if lead.tip_from else []),
        *([(_("offered project"), lead.offer)] if lead.offer else []),
        (_("next step"), step),
        (_("investor came here on"), lead.visited_on),
        (_("signing expected on"), lead.signing_on),
        *([(_("found valuable on"), lead.valid_on)] if lead.valid_on else []),
        (_("registered"), f"{timezone.localdate(lead.registered_at)} {lead.registered_by}"),
        *([(_("note"), lead.note)] if lead.note else []),
    ]
    return {"title": _("Key facts"), "rows": rows}


def people(lead: Lead, actor: Actor) -> dict[str, Any] | None:
    """The officer, the contact and the introducer; telephones masked. Nothing of a lead in the pool but to its
    own unit."""
    if not confidential.may_know(lead, actor):
        return None
    found = []
    if lead.officer:
        found.append(_person(lead.officer.name, _("officer, %(unit)s") % {"unit": lead.officer.unit.label}))
    if lead.contact and may_on(actor, Action.VIEW, lead.contact):
        person: Contact = lead.contact
        role = _(", ").join(filter(None, (person.title or _("contact"), mask_phone(person.phone))))
        found.append(_person(person.name, role, reverse("contact_detail", args=[person.pk])))
    if lead.introducer and may_on(actor, Action.VIEW, lead.introducer):
        url = reverse("introducer_detail", args=[lead.introducer_id])
        found.append(_person(lead.introducer.name, _("introducer"), url))
    return {"title": _("People"), "people": found} if found else None


def looks(lead: Lead, actor: Actor) -> dict[str, Any] | None:
    """Who opened it while it was confidential, the last ones first: for those who read its history."""
    if not confidential.may_know(lead, actor) or not may_on(actor, Action.HISTORY, lead):
        return None
    found = Look._base_manager.filter(lead=lead).order_by().values("actor_name").annotate(last=Max("at"))
    rows = [
        (one["actor_name"], f"{timezone.localtime(one['last']):%Y-%m-%d %H:%M}")
        for one in found.order_by("-last")[:LOOKS]
    ]
    return {"title": _("Opened by"), "rows": rows} if rows else None


def _person(name: str, role: str, url: str = "") -> dict[str, str]:
    return {"name": name, "role": role, "url": url}
