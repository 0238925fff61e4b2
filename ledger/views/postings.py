"""The books for reading: every line, what it came from, and what took it back."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.access import Action
from common.views import Crumbs, DetailPage, ListPage
from ledger import clocks, subjects
from ledger.filters import PostingFilterSet
from ledger.models import Posting
from ledger.tables import PostingTable, holders, shown

ASSESSMENT = (_("Assessment"), "")


class PostingNouns:
    model = Posting
    kind = "posting"
    url_prefix = "posting"
    crumbs: Crumbs = (ASSESSMENT, (_("Postings"), "posting_list"))


class PostingList(PostingNouns, ListPage):
    title = _("Postings")
    sub = _("Every counted fact, written once; amounts in ten thousands of their currency")
    table_class = PostingTable
    filterset_class = PostingFilterSet
    empty = (_("No postings yet."), _("They are written when a lead is handed in or a project is signed."))
    crumbs: Crumbs = (ASSESSMENT,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit", "posted_in", "facet")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(clocks=self.clocks(), **kwargs)

    def clocks(self) -> list[dict[str, Any]]:
        """As known now, or as published with the chosen closing; else with the latest one of the month asked
        for, or of all. Nothing to choose before a first closing, and for who may not see periods."""
        if not self.may(Action.VIEW, "period"):
            return []
        asked = self.filterset.form.cleaned_data if self.filterset.is_valid() else {}
        month, chosen = asked.get("posted_in"), asked.get("published")
        known = clocks.closings(month.code if month else None)
        closing = chosen or (known[0] if known else None)
        if closing is None:
            return []
        published = _("As published, %(period)s") % {"period": closing.period.label}
        return [
            {"label": published, "url": self.with_clock(closing.pk), "active": bool(chosen)},
            {"label": _("As known now"), "url": self.with_clock(None), "active": not chosen},
        ]

    def with_clock(self, closing: int | None) -> str:
        query = self.request.GET.copy()
        query.pop("page", None)
        query.pop("published", None)
        if closing:
            query["published"] = str(closing)
        return f"{reverse('posting_list')}?{query.urlencode()}"


class PostingDetail(PostingNouns, DetailPage):
    def actions(self) -> list[dict[str, Any]]:
        return []  # a line is never changed

    def panels(self) -> list[dict[str, Any]]:
        line = self.get_object()
        subject = (line.subject_type, line.subject_id)
        about = subjects.named([subject])[subject]
        kept = bool(subjects.hidden(self.actor, [subject]))
        link = format_html('<a href="{}">{}</a>', about.url, about.label) if about.url else about.label
        facet = line.facet
        what = [
            (_("what"), line.get_kind_display()),
            (_("dimension"), line.get_role_display()),
            (_("unit"), line.unit),
            (_("person"), subjects.KEPT if kept and line.holder else holders([line]).get(line.holder, "")),
            (_("share"), f"{(line.share * 100).normalize():f} %"),
            (_("counted"), subjects.KEPT if kept else shown(line.qty, line.currency)),
            (_("whole"), subjects.KEPT if kept else shown(line.whole, line.currency)),
        ]
        if line.currency and not kept:
            what += [
                (_("currency"), line.currency),
                (_("rate"), f"{line.rate.normalize():f}"),
                (_("in 10 thousand yuan"), shown(line.base_qty, line.currency)),
            ]
        came = [
            (_("about"), link),
            (_("happened on"), line.occurred_on),
            (_("counted in"), line.posted_in),
            (_("cause"), line.get_cause_display()),
            (_("event"), f"{line.event} / {line.line}"),
            (_("posted"), line.posted_at),
            (_("entered by"), subjects.KEPT if kept else line.actor_name),
        ]
        looked = (
            []
            if kept
            else [
                (_("sector"), facet.get_sector_display()),
                (_("industry"), facet.industry),
                (_("source"), facet.source),
                (_("at home"), facet.get_zone_display()),
                (_("mode"), facet.get_mode_display()),
                (_("park"), facet.park or ""),
            ]
        )
        found = [
            {"title": _("What counts"), "rows": what},
            {"title": _("Where it comes from"), "rows": came},
        ]
        return found if kept else [*found, {"title": _("Seen as"), "rows": looked}]

    def related(self) -> list[dict[str, Any]]:
        line = self.get_object()
        rows = Posting.objects.visible_to(self.actor).select_related("unit", "posted_in", "facet")
        chosen = ("unit", "kind", "role", "qty", "posted_in", "cause")
        found = []
        for title, those in (
            (_("Takes back"), rows.filter(pk=line.reverses_id)),
            (_("Taken back by"), rows.filter(reverses=line)),
            (
                _("Other lines of this event"),
                rows.filter(event=line.event).exclude(pk=line.pk).order_by("line"),
            ),
        ):
            if those:
                found.append(
                    {"title": title, "table": PostingTable(those, chosen=chosen, request=self.request)}
                )
        return found
