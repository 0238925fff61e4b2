"""Hints while a lead is being typed."""

from __future__ import annotations

from typing import Any

from common.access import Action
from common.views import Page

from .candidates import POSSIBLE, SAME_CODE, Warnings, warnings_for
from .forms import TypedForm
from .words import LEVELS, marked, reason_words

UNSAID = (POSSIBLE, SAME_CODE)  # the level beside them would say more than is known of the idea


class LeadHints(Page):
    """The warn box below the investor's name: fetched while typing, and drawn by the form page itself when
    there is no script (`hints_context`)."""

    template_name = "leads/_hints.html"
    kind = "lead"
    needs = Action.CREATE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return hints_context(self.actor, self.request.GET)


def hints_context(actor: Any, data: Any) -> dict[str, Any]:
    """What `leads/_hints.html` draws for the values of a form."""
    typed = TypedForm(data).typed()
    found = warnings_for(actor, [typed])[0]
    return {"collision": found.collision, "hits": shown(found, typed.investor_name)}


def shown(found: Warnings, typed: str) -> list[dict[str, Any]]:
    """Hits with their words; of a name the parts that were typed are marked."""
    return [
        {
            "hit": hit,
            "level": "" if hit.reason in UNSAID else LEVELS.get(hit.level or 0, ""),
            "reason": reason_words(hit.reason),
            "pieces": list(marked(hit.name, typed)),
        }
        for hit in found.hits
    ]
