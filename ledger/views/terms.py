"""The closing calendar, kept by the bureau."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, UpdatePage
from ledger import terms
from ledger.filters import ClosingTermsFilterSet
from ledger.forms import ClosingTermsForm
from ledger.models import ClosingTerms
from ledger.tables import ClosingTermsTable

ADMIN = (_("Administration"), "")


class ClosingTermsNouns:
    model = ClosingTerms
    kind = "period"
    url_prefix = "closingterms"
    crumbs: Crumbs = (ADMIN, (_("Closing calendar"), "closingterms_list"))


class ClosingTermsList(ClosingTermsNouns, ListPage):
    title = _("Closing calendar")
    sub = _("Until when a month takes reports, and until when a year's final account does")
    crumbs: Crumbs = (ADMIN,)
    table_class = ClosingTermsTable
    filterset_class = ClosingTermsFilterSet
    create_label = _("New calendar")


class ClosingTermsDetail(ClosingTermsNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        until = _("%(month)s-%(day)s of the next year") % {
            "month": f"{row.final_month:02d}",
            "day": f"{row.final_day:02d}",
        }
        return [
            {
                "title": _("Closing calendar"),
                "rows": [
                    (_("in force from"), row.since),
                    (
                        _("A month takes reports until"),
                        _("day %(n)s of the next month") % {"n": row.cut_off_day},
                    ),
                    (_("A final account takes reports until"), until),
                    (_("months are cut off by themselves"), _("yes") if row.by_itself else _("no")),
                ],
            }
        ]


class ClosingTermsCreate(ClosingTermsNouns, CreatePage):
    title = _("New calendar")
    form_class = ClosingTermsForm
    service = staticmethod(terms.closingterms_create)


class ClosingTermsUpdate(ClosingTermsNouns, UpdatePage):
    form_class = ClosingTermsForm
    service = staticmethod(terms.closingterms_update)


class ClosingTermsArchive(ClosingTermsNouns, ArchivePage):
    service = staticmethod(terms.closingterms_archive)
