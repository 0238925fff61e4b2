"""What stands on a project's page, by part (tab).

A part's function takes a `Reading` and gives sections for templates/projects/_section.html:

    {"title", "note", "heads": [(label, css)], "rows": [{"cells": [cell], "css"}], "add": {"label", "url"}, "empty"}

An upper app adds its sections to a part with `also`; a section may have "chart" (see templates/parts/chart.html), which
stands above its table, "text" (a sentence above it; "flagged": with a mark), or "all" ({"label", "url"}: the page with all
rows).

A cell is a text, or {"text", "url", "panel", "css", "sub", "acts": [{"label", "url"}]}. What the reader may not know
of a confidential project is left out here, so that the template can't show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.access import Action
from common.actors import Actor
from common.scope import may_on
from leads.looks import Drawer
from ledger.models import Closing
from projects import confidential
from projects.models import Project

NUM = "ip-num"
Draw = Callable[["Reading"], dict[str, Any] | None]
_also: dict[str, list[Draw]] = {}


def also(part: str, draw: Draw) -> None:
    """Called once at start-up: `draw(reading)` gives a section that stands at the end of a part ("capital"; "" is the
    overview), or None when it has nothing to say."""
    _also.setdefault(part, []).append(draw)


def added(part: str) -> tuple[Draw, ...]:
    """What upper apps have added to a part."""
    return tuple(_also.get(part, ()))


@dataclass
class Reading:
    """Who reads which project, and what he may do with it. `told`: may he know what is confidential?"""

    project: Project
    actor: Actor
    drawer: Drawer
    today: date = field(default_factory=clock.today)
    told: bool = False
    changes: bool = False
    assigns: bool = False
    closing: Closing | None = None  # figures of the books as it published them; as known now without

    @classmethod
    def of(cls, project: Project, actor: Actor) -> Reading:
        alive = project.archived_at is None
        told = not confidential.kept_back(project, actor)
        return cls(
            project,
            actor,
            Drawer.load("project"),
            told=told,
            changes=alive and told and may_on(actor, Action.CHANGE, project),
            assigns=alive and told and may_on(actor, Action.ASSIGN, project),
        )

    def add(self, name: str, label: Any, *, assigns: bool = False) -> dict[str, Any] | None:
        """A link to the form that adds to this project, for those who may."""
        if not (self.assigns if assigns else self.changes):
            return None
        return {"label": label, "url": reverse(name, args=[self.project.pk])}

    def acts(self, *ways: tuple[Any, str, int]) -> dict[str, Any]:
        """A cell with links to forms about one row: (label, url name, key)."""
        return {
            "acts": [{"label": label, "url": reverse(name, args=[pk])} for label, name, pk in ways]
            if self.changes
            else []
        }


def section(
    title: Any,
    heads: list[tuple[Any, str]],
    rows: list[dict[str, Any]],
    *,
    note: Any = "",
    add: dict[str, Any] | None = None,
    empty: Any = "",
    code: str = "",
) -> dict[str, Any]:
    return {
        "title": title,
        "note": note,
        "heads": heads,
        "rows": rows,
        "add": add,
        "empty": empty or _("Nothing is entered yet."),
        "code": code,
    }


def row(*cells: Any, css: str = "") -> dict[str, Any]:
    return {"cells": [one if isinstance(one, dict) else {"text": one} for one in cells], "css": css}


def num(text: Any) -> dict[str, Any]:
    return {"text": text, "css": NUM}


def day(on: date | None) -> dict[str, Any]:
    return {"text": f"{on:%Y-%m-%d}" if on else "", "css": "nb"}
