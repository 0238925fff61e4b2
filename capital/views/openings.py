"""Opening balances: the list, and their confirmation in bulk."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from capital.filters.openings import OpeningFilterSet
from capital.models import CapitalEntry
from capital.readable import KEPT, told
from capital.services.openings import openings_confirm
from capital.tables.openings import OpeningTable
from common.access import Action
from common.errors import Refused
from common.views import BulkPage, Crumbs, ListPage
from projects import confidential

from .inspections import Named
from .rounds import CAPITAL


class OpeningNouns:
    model: Any = CapitalEntry
    kind = "capital_entry"
    url_prefix = "opening"
    crumbs: Crumbs = (CAPITAL, (_("Opening balances"), "opening_list"))


class OpeningList(OpeningNouns, ListPage):
    title = _("Opening balances")
    sub = _(
        "What running projects had when the system was begun with; confirmed by somebody else, never rewarded"
    )
    crumbs: Crumbs = (CAPITAL,)
    table_class = OpeningTable
    filterset_class = OpeningFilterSet
    importer = "openings"
    bulk = (("confirm", _("Confirm"), "check", "opening_confirm"),)
    empty = (
        _("No opening balance."),
        _(
            "A bureau that begins in mid-year imports what its running projects had: one row for each project, basis and year."
        ),
    )

    def rows(self, queryset: Any) -> Any:
        return queryset.filter(is_opening=True).select_related("project__unit", "unit", "currency")

    def views(self) -> list[tuple[Any, str, int | None]]:
        return [(_("All"), "", None), (_("To confirm"), "state=draft", None)]


class OpeningConfirm(OpeningNouns, BulkPage):
    kind = "recognition"
    needs = Action.CONFIRM
    title = _("Confirm opening balances")
    submit_label = _("Confirm all of them")

    def rows(self, queryset: Any) -> Any:
        return queryset.filter(is_opening=True).select_related("project__unit")

    def run(self, form: Any) -> int:
        """All in one service call; what it refuses stands at its head."""
        if not self.chosen:
            raise Refused(_("Choose at least one row in the list."))
        own = [one for one in self.chosen if one.entered_by_id == self.actor.pk]
        for one in own:
            self.refusals[one.pk] = str(_("You entered it; somebody else confirms it."))
        return len(openings_confirm(actor=self.actor, pks=[one.pk for one in self.chosen]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for one in context["chosen"]:
            row = one["row"]
            name = confidential.shown_name(row.project, self.actor)
            basis = row.get_basis_display() if told(row, self.actor) else KEPT
            one["row"] = Named(row, f"{row.number} {name} ({basis})")
        return context
