from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.ordering import kept_order
from common.tables import NUMBER, RowTable
from ledger import subjects
from ledger.models import Posting
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
    order_industry = kept_order("facet__industry")

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
    render_currency = value_currency = _told

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
        return self._holders.get(record.holder, "")

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
