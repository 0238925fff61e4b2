"""What projects add to a lead's page: the way to sign it, or to the project that it became."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import Action
from common.actors import Actor, may
from common.scope import may_on
from common.views import action
from leads import panels, stages
from leads.choices import Custody, Pipeline, StageKind
from leads.facts import place_of
from leads.models import Lead
from projects.models import Project

# The signing form itself asks for these.
ASKED = frozenset({"industry", "amount", "host"})


def register() -> None:
    """Called once, when the app is ready."""
    panels.buttons(sign_button)


def missing_to_sign(lead: Lead, actor: Actor) -> list[stages.Missing]:
    """What the lead lacks for its last stage and the form of signing doesn't ask for."""
    steps = stages.ladder(Pipeline.LEAD)
    goal = next(row.code for row in reversed(steps.main) if row.kind == StageKind.WON)
    return [one for one in stages.missing_for(lead, actor, goal, steps=steps) if one.code not in ASKED]


def as_rows(missing: list[stages.Missing], lead: Lead, actor: Actor) -> list[dict[str, Any]]:
    """For templates/parts/need.html, each with the place where it is entered."""
    return [
        {"state": "todo", "label": one.label, "note": one.stage_label, **place(lead, actor, one)}
        for one in missing
    ]


def place(lead: Lead, actor: Actor, need: stages.Missing) -> dict[str, Any]:
    """Where a missing thing of a lead is entered: {url, panel}, or nothing for who may not."""
    if not may_on(actor, Action.CHANGE, lead):
        return {}
    if need.kind == "evidence":
        return {"url": reverse("attachment_add", args=[lead.pk]), "panel": True}
    if need.fields:
        return {"url": reverse("lead_update", args=[lead.pk]), "panel": True}
    url = place_of(Pipeline.LEAD, need.code, lead) or reverse("lead_detail", args=[lead.pk])
    return {"url": url, "panel": False}


def sign_button(lead: Lead, actor: Actor) -> list[dict[str, Any]]:
    """The last step of a lead, from the stage before it; afterwards the way to the project."""
    if lead.stage.kind == StageKind.WON:
        project = Project.objects.visible_to(actor).filter(lead=lead).first()
        if project is None:
            return []
        return [action(_("Open the project"), reverse("project_detail", args=[project.pk]), primary=True)]
    if lead.custody != Custody.HELD or lead.stage.kind != StageKind.OPEN:
        return []
    if not may_on(actor, Action.CHANGE, lead) or not may(
        actor, Action.CREATE, "project", path=lead.unit.path
    ):
        return []
    following = stages.next_stage(lead, actor)
    last = following is not None and following.kind == StageKind.WON
    lacking = len(missing_to_sign(lead, actor))
    label = _("Sign")
    if lacking:
        label = _("%(sign)s, %(missing)s") % {
            "sign": label,
            "missing": ngettext("%(n)s missing", "%(n)s missing", lacking) % {"n": lacking},
        }
    return [action(label, reverse("project_sign", args=[lead.pk]), icon="check", primary=last)]
