from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.ordering import kept_order
from common.tables import NUMBER, RowTable
from common.templatetags.ip import glyph
from ledger import periods, subjects
from ledger.choices import BASES, Kind, PeriodState, Role
from ledger.models import Closing, ClosingTerms, Posting
from organizations.models import Officer, User
from rules.money import to_display

PEOPLE: dict[str, Any] = {"officer": Officer, "user": User}


def amount(value: Decimal, currency: str) -> Decimal:
    """Money in ten thousands of its currency with two digits, a number of things as it is."""
    if currency:
        return to_display(value, "wan").quantize(Decimal("0.01"))
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def shown(value: Decimal, currency: str) -> str:
    return f"{amount(value, currency):,f}".replace("-", "−")


def holders(lines: Any) -> dict[str, str]:
    """The people behind lines of personal dimensions, by key ("officer:7"): one query for each kind."""
    keys = {line.holder for line in lines if line.holder}
    found = {key: key for key in keys}
    for kind, model in PEOPLE.items():
        pks = {int(key.partition(":")[2]) for key in keys if key.startswith(f"{kind}:")}
        if pks:
            names = model._base_manager.filter(pk__in=pks).values_list("pk", "name")
            found |= {f"{kind}:{pk}": name for pk, name in names}
    return found


class PostingTable(RowTable):
    unit = tables.Column(
        _("unit"), linkify=("posting_detail", {"pk": tables.A("pk")}), order_by=("unit__pinyin",)
    )
    qty = tables.Column(_("counted"), attrs=NUMBER)
    base_qty = tables.Column(_("in 10 thousand yuan"), attrs=NUMBER)
    share = tables.Column(_("share"), attrs=NUMBER)
    whole = tables.Column(_("whole"), attrs=NUMBER)
    posted_in = tables.Column(_("counted in"), order_by=("posted_in", "seq"))
    subject = tables.Column(_("about"), accessor="subject_id", order_by=("subject_type", "subject_id", "seq"))
    holder = tables.Column(_("person"), orderable=False)
    sector = tables.Column(_("sector"), accessor="facet__get_sector_display", orderable=False)
    industry = tables.Column(_("industry"), accessor="facet__industry")

    class Meta(RowTable.Meta):
        model = Posting
        fields = (
            "unit",
            "kind",
            "role",
            "qty",
            "base_qty",
            "occurred_on",
            "posted_in",
            "cause",
            "subject",
            "holder",
            "share",
            "whole",
            "currency",
            "rate",
            "basis",
            "sector",
            "industry",
            "posted_at",
            "actor_name",
            "event",
            "line",
        )
        sequence = fields
        optional = fields[9:]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.actor = kwargs["request"].user
        super().__init__(*args, **kwargs)  # sorts

    order_qty, order_base_qty, order_whole = kept_order("qty"), kept_order("base_qty"), kept_order("whole")
    order_currency, order_rate = kept_order("currency"), kept_order("rate")
    order_industry, order_actor_name = kept_order("facet__industry"), kept_order("actor_name")

    def hidden_q(self) -> Q:
        return subjects.hidden_q(self.actor)

    def _kept(self, record: Posting) -> bool:
        """May the reader not know what is counted here?"""
        if not hasattr(self, "_hidden"):
            about = ((line.subject_type, line.subject_id) for line in self._lines())
            self._hidden = subjects.hidden(self.actor, about)
        return (record.subject_type, record.subject_id) in self._hidden

    def _told(self, record: Posting, value: Any) -> Any:
        return subjects.KEPT if self._kept(record) else value

    render_sector = value_sector = render_industry = value_industry = _told
    render_currency = value_currency = render_actor_name = value_actor_name = _told

    def _named(self, record: Posting) -> subjects.Named:
        if not hasattr(self, "_subjects"):
            lines = self._lines()
            self._subjects = subjects.named((line.subject_type, line.subject_id) for line in lines)
        return self._subjects[record.subject_type, record.subject_id]

    def _lines(self) -> list[Posting]:
        """The lines on this page, or all of an export."""
        rows = self.paginated_rows if hasattr(self, "paginator") else self.rows
        return [row.record for row in rows]

    def render_subject(self, record: Posting) -> str:
        named = self._named(record)
        return format_html('<a href="{}">{}</a>', named.url, named.label) if named.url else named.label

    def value_subject(self, record: Posting) -> str:
        return self._named(record).label

    def render_holder(self, record: Posting) -> str:
        if not hasattr(self, "_holders"):
            self._holders = holders(self._lines())
        return self._told(record, self._holders.get(record.holder, ""))

    def render_qty(self, record: Posting) -> str:
        return self._told(record, shown(record.qty, record.currency))

    def value_qty(self, record: Posting) -> Any:
        return self._told(record, amount(record.qty, record.currency))

    def render_whole(self, record: Posting) -> str:
        return self._told(record, shown(record.whole, record.currency))

    def value_whole(self, record: Posting) -> Any:
        return self._told(record, amount(record.whole, record.currency))

    def render_base_qty(self, record: Posting) -> str:
        return self._told(record, shown(record.base_qty, record.currency) if record.currency else "—")

    def value_base_qty(self, record: Posting) -> Any:
        return self._told(record, amount(record.base_qty, record.currency) if record.currency else None)

    def render_share(self, record: Posting) -> str:
        return f"{(record.share * 100).normalize():f} %"

    def render_rate(self, record: Posting) -> str:
        return self._told(record, f"{record.rate.normalize():f}" if record.rate is not None else "—")


class ClosingTermsTable(RowTable):
    since = tables.Column(_("in force from"), linkify=("closingterms_detail", {"pk": tables.A("pk")}))

    class Meta(RowTable.Meta):
        model = ClosingTerms
        fields = ("since", "cut_off_day", "final_month", "final_day", "by_itself", "updated_at")
        sequence = fields
        optional = ("updated_at",)
        order_by = ("-since",)


OFF = {"td": {"class": "off"}, "th": {"class": "off"}}  # not on phones: it stands on the period's page
OFF_NUMBER = {"td": {"class": "ip-num off"}, "th": {"class": "ip-num off"}}
STATES = {PeriodState.OPEN: "todo", PeriodState.CUT_OFF: "progress", PeriodState.CLOSED: "done"}


def state_cell(state: str) -> str:
    """A period's state with its shape."""
    return format_html(
        '<span class="ip-st">{}{}</span>', glyph(STATES[PeriodState(state)]), PeriodState(state).label
    )


class PeriodTable(RowTable):
    """Periods with the closing that speaks for them (`row.closing`, may be None) and `row.due`."""

    label = tables.Column(_("period"), linkify=("period_detail", {"pk": tables.A("pk")}))
    state = tables.Column(_("state"))
    due = tables.Column(_("takes reports until"))
    lines = tables.Column(pgettext_lazy("books", "lines"), accessor="closing__lines", attrs=OFF_NUMBER)
    revision = tables.Column(_("revision"), accessor="closing__revision", attrs=OFF_NUMBER)
    at = tables.DateTimeColumn(accessor="closing__at", verbose_name=_("closed at"), format="Y-m-d H:i")
    by = tables.Column(_("closed by"), accessor="closing__actor_name", attrs=OFF)
    hash = tables.Column(
        _("hash"),
        accessor="closing__hash",
        attrs={"td": {"class": "col-w off"}, "th": {"class": "col-w off"}},
    )

    class Meta(RowTable.Meta):
        orderable = False
        empty_text = _("Nothing was counted in this year yet.")

    def render_state(self, record: Any) -> str:
        return state_cell(record.state)

    def render_hash(self, value: str) -> str:
        return format_html('<code title="{}">{}…</code>', value, value[:12])


class ClosingTable(RowTable):
    """The closings of one period, with the whole hash."""

    revision = tables.Column(_("revision"), attrs=NUMBER)
    at = tables.DateTimeColumn(verbose_name=_("closed at"), format="Y-m-d H:i")
    actor_name = tables.Column(_("closed by"))
    lines = tables.Column(pgettext_lazy("books", "lines"), attrs=NUMBER)
    watermark = tables.Column(_("last line"), attrs=NUMBER)
    hash = tables.Column(_("hash"))
    reopened = tables.Column(_("opened again"), accessor="pk", empty_values=())

    class Meta(RowTable.Meta):
        orderable = False

    def render_hash(self, record: Closing) -> str:
        return format_html('<span class="ip-mono">{}</span>', record.hash)

    def render_reopened(self, record: Closing) -> str:
        one = getattr(record, "reopening", None)
        return f"{one.by_name}、{one.second_by_name}: {one.reason}" if one else "—"


def kind_cell(kind: str, basis: str) -> str:
    """A kind of posting, with the basis where there is one: the two are never one figure."""
    return f"{Kind(kind).label} · {BASES.get(basis, basis)}" if basis else str(Kind(kind).label)


class RestatedTable(RowTable):
    """Kinds as published and as known now: ten thousand yuan, or pieces."""

    kind = tables.Column(_("what"))
    published = tables.Column(_("as published"), attrs=NUMBER, empty_values=())
    known = tables.Column(_("as known now"), attrs=NUMBER, empty_values=())
    moved = tables.Column(_("moved"), attrs=NUMBER)

    class Meta(RowTable.Meta):
        orderable = False
        empty_text = _("Nothing is counted here.")

    def render_kind(self, record: Any) -> str:
        return kind_cell(record.kind, record.basis)

    def _number(self, record: Any, value: Decimal | None) -> str:
        return "—" if value is None else shown(value, "CNY" if record.money else "")

    def render_published(self, record: Any) -> str:
        return self._number(record, record.published)

    def render_known(self, record: Any) -> str:
        return self._number(record, record.known)

    def render_moved(self, record: Any) -> str:
        text = self._number(record, record.moved)
        return f"+{text}" if record.moved > 0 else text


class MovedTable(RowTable):
    """What a closing didn't know. The amount leads to the lines."""

    unit = tables.Column(_("unit"))
    kind = tables.Column(_("what"))
    amount = tables.Column(_("moved"), attrs=NUMBER)
    cause = tables.Column(_("cause"))
    posted_in = tables.Column(_("counted in"))
    subject = tables.Column(_("about"))
    lines = tables.Column(pgettext_lazy("books", "lines"), attrs=OFF_NUMBER)

    class Meta(RowTable.Meta):
        orderable = False
        empty_text = _("Nothing moved: as published is as known now.")

    def render_kind(self, record: Any) -> str:
        return kind_cell(record.kind, record.basis)

    def value_kind(self, record: Any) -> str:
        return kind_cell(record.kind, record.basis)

    def render_cause(self, record: Any) -> str:
        return record.cause_label

    def render_posted_in(self, record: Any) -> str:
        return periods.text(record.posted_in)

    def render_subject(self, record: Any) -> str:
        named = record.subject
        return format_html('<a href="{}">{}</a>', named.url, named.label) if named.url else named.label

    def value_subject(self, record: Any) -> str:
        return record.subject.label

    def render_amount(self, record: Any) -> str:
        text = shown(record.amount, "CNY" if record.money else "")
        query = {
            "kind": record.kind, "role": self.role, "unit": record.unit.pk, "posted_in": record.posted_in,
            "cause": record.cause, "subject_type": record.about[0], "subject_id": record.about[1],
        }  # fmt: skip
        url = f"{reverse('posting_list')}?{urlencode(query)}"
        return format_html(
            '<a class="ip-figlink" href="{}">{}</a>', url, f"+{text}" if record.amount > 0 else text
        )

    def value_amount(self, record: Any) -> Decimal:
        return amount(record.amount, "CNY" if record.money else "")

    role = Role.ASSESSED
