"""The ledger of capital in place: its entries, what was entered, and what the books have of them by either clock."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from capital import booked
from capital.choices import Basis, EntryState
from capital.filters.entries import WAITING, CapitalEntryFilterSet, unproved
from capital.models import CapitalEntry
from capital.readable import hidden_entries
from capital.selectors import sums_by_basis, with_sums
from capital.tables.entries import CapitalEntryTable
from capital.views.entries import CAPITAL, JOINS, EntryNouns
from common import clock
from common.access import Action
from common.templatetags.ip import in_unit
from common.views import Crumbs, ListPage, action
from leads.tables.columns import wan_text
from ledger.asked import Clock, asked
from reference.models import HOME_CURRENCY


class EntryList(EntryNouns, ListPage):
    title = _("Capital in place")
    table_class = CapitalEntryTable
    filterset_class = CapitalEntryFilterSet
    create_label = _("New entry")
    importer = "capital"
    crumbs: Crumbs = (CAPITAL,)
    bulk = (("report", _("Report"), "check", "entry_report_many"),)
    empty = (
        _("Nothing is entered yet."),
        _(
            "Capital in place is entered by project and month: one by one, in the month's grid, or from Excel."
        ),
    )

    def rows(self, queryset: Any) -> Any:
        return with_sums(queryset.select_related(*JOINS))

    def views(self) -> list[tuple[Any, str, int | None]]:
        wanted = {
            "all": Q(),
            "drafts": Q(state=EntryState.DRAFT),
            "waiting": Q(state__in=WAITING),
            "queried": Q(state=EntryState.QUERIED),
            "unproved": unproved(),
            "final": Q(state=EntryState.FINAL),
            "opening": Q(is_opening=True),
        }
        rows = CapitalEntry.objects.visible_to(self.actor).filter(archived_at=None)
        counts = rows.aggregate(**{name: Count("pk", filter=q or None) for name, q in wanted.items()})
        return [
            (_("All"), "", counts["all"]),
            (_("Drafts"), "state=draft", counts["drafts"]),
            (_("Waiting for recognition"), "waiting=yes", counts["waiting"]),
            (_("Queried"), "state=queried", counts["queried"]),
            (_("Without a voucher"), "unproved=yes", counts["unproved"]),
            (_("Finally recognised"), "state=final", counts["final"]),
            (_("Opening balances"), "is_opening=yes", counts["opening"]),
        ]

    @property
    def found_rows(self) -> Any:
        return self.filterset.qs if self.filterset.is_valid() else self.visible().none()

    def summary(self, count: int) -> str:
        """24 entries, as entered: arrived 3,000.00 万元; formed 3,500.00 万元. The bases are never added, and only what
        this person may know is in the sums. `count` is that of the table."""
        known = self.found_rows.exclude(hidden_entries(self.actor)).exclude(state=EntryState.WITHDRAWN)
        words = [
            f"{Basis(one['basis']).label} {wan_text(one['total'], one['currency_id'])}"
            for one in sums_by_basis(known)
        ]
        text = ngettext("%(n)s entry", "%(n)s entries", count) % {"n": count}
        if not words:
            return text
        return _now("%(entries)s, as entered: %(sums)s") % {"entries": text, "sums": "; ".join(words)}

    def clock(self) -> Clock:
        """Of the year of the month that is filtered by; without, of this year and the one before."""
        month = self.filterset.form.cleaned_data.get("period") if self.filterset.is_valid() else None
        year = clock.today().year
        return asked(self.request.GET, *([int(month) // 100] if month else (year, year - 1)))

    def figures(self, by: Clock) -> list[dict[str, Any]]:
        """What the books have of the rows, by the clock: reported and recognised, each basis and currency for itself."""
        known = self.found_rows.exclude(hidden_entries(self.actor))
        found = []
        for (basis, currency), sums in booked.sums_by_basis(known, by).items():
            unit = _now("ten thousand yuan")
            if currency != HOME_CURRENCY:
                unit = _now("ten thousand %(currency)s") % {"currency": currency}
            found.append(
                {
                    "label": _now("%(basis)s: reported / recognised") % {"basis": Basis(basis).label},
                    "value": " / ".join(in_unit(sums.get(kind, 0), "wan") for kind in booked.SHOWN),
                    "unit": unit,
                }
            )
        return found

    def actions(self) -> list[dict[str, Any]]:
        found = []
        if self.may(Action.CREATE):
            found.append(action(_("Month grid"), reverse("entry_grid"), icon="sheet"))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by = self.clock()
        return super().get_context_data(
            sub=self.summary(kwargs["total"]), live_sub=True, clock=by, figures=self.figures(by), **kwargs
        )
