"""What other parts do when something happens to a lead. They register at start-up (`AppConfig.ready`) and are
called in order, inside the service's transaction: what they raise stops the whole change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from common.actors import Actor

Hook = Callable[..., Any]  # hook(actor=, lead=)

registered: list[Hook] = []  # a new lead; called last, when its rows are written
assigned: list[Hook] = []  # another officer
archived: list[Hook] = []
investor_changed: list[
    Callable[..., Any]
] = []  # hook(actor=, investor=): its zone is another one, or it was merged


def call(hooks: list[Hook], *, actor: Actor, lead: Any) -> None:
    for hook in hooks:
        hook(actor=actor, lead=lead)


def call_investor(*, actor: Actor, investor: Any) -> None:
    """The books follow what an investor is now."""
    for hook in investor_changed:
        hook(actor=actor, investor=investor)
