"""What stands on a lead's page. Each part of the product registers its own at start-up, so that the page
needn't know them all.

    panels.register("tasks", "main", 40, "leads/panels/tasks.html", tasks_context)

`context(lead, actor)` gives what the template draws, or None when there is nothing to show to this person. The
template gets it with `lead` and `panel` (the name).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from common.actors import Actor

Context = Callable[[Any, Actor], dict[str, Any] | None]
Buttons = Callable[[Any, Actor], list[dict[str, Any]]]
PLACES = ("main", "aside")


@dataclass(frozen=True, slots=True)
class Panel:
    """`place`: "main" or "aside"; `order` sorts within it, lowest first."""

    name: str
    place: str
    order: int
    template: str
    context: Context


_panels: dict[str, Panel] = {}
_buttons: list[Buttons] = []


def register(name: str, place: str, order: int, template: str, context: Context) -> None:
    """Add a part of the page. ValueError for a name that is taken, or a place that there isn't."""
    if name in _panels:
        raise ValueError(f"The panel {name!r} is registered twice.")
    if place not in PLACES:
        raise ValueError(f"There is no place {place!r} on a lead's page.")
    _panels[name] = Panel(name, place, order, template, context)


def buttons(give: Buttons) -> Buttons:
    """Add buttons to the page's head: `give(lead, actor)` gives what `common.views.action` makes."""
    if give not in _buttons:
        _buttons.append(give)
    return give


def drawn(place: str, lead: Any, actor: Actor) -> list[dict[str, Any]]:
    """The parts of a place in their order: [{"template": ..., "name": ..., **context}]."""
    found = []
    for panel in sorted(_panels.values(), key=lambda one: (one.order, one.name)):
        if panel.place != place:
            continue
        context = panel.context(lead, actor)
        if context is not None:
            found.append({**context, "template": panel.template, "panel": panel.name})
    return found


def actions(lead: Any, actor: Actor) -> list[dict[str, Any]]:
    """The registered buttons, in the order of registration."""
    return [one for give in _buttons for one in give(lead, actor)]
