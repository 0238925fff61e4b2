from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from capital.choices import ReturnState
from capital.models import ReportingDuty
from common.tables import RowTable
from common.templatetags.ip import glyph, in_unit
from leads.tables.columns import WAN
from projects.tables import cell

NUMBER = {"td": {"class": "ip-num"}, "th": {"class": "ip-num"}}


class ReturnTable(RowTable):
    """Units with a duty in a month and what they filed. Rows come from `capital.returns.with_returns`."""

    unit = tables.Column(_("unit"), order_by=("unit__path", "pk"), attrs=cell("c1 nm"))
    return_state = tables.Column(_("return"), empty_values=(), attrs=cell("c2 nb"))
    filed_at = tables.Column(pgettext_lazy("return", "filed"), attrs=cell("c8 nb"))
    filed_name = tables.Column(_("filed by"), attrs=cell("off nb"))
    reported = tables.Column(_("entries"), attrs=NUMBER)
    drafts = tables.Column(_("drafts"), attrs=NUMBER)
    arrived = tables.Column(
        _("arrived, ten thousands"), attrs={"td": {"class": "ip-num c4"}, "th": {"class": "ip-num c4"}}
    )
    formed = tables.Column(_("formed, ten thousands"), attrs=NUMBER)
    scan_name = tables.Column(_("signed scan"), empty_values=(), attrs=cell("off nb"))

    class Meta(RowTable.Meta):
        model = ReportingDuty
        attrs = {"class": "table stick cards lead"}
        fields = (
            "unit", "return_state", "filed_at", "filed_name", "reported", "drafts", "arrived", "formed", "scan_name",
        )  # fmt: skip
        sequence = fields

    def __init__(self, *args: Any, period: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.period = period

    def row_name(self, record: Any) -> str:
        return str(record.unit)

    def render_unit(self, record: Any) -> Any:
        url = f"{reverse('return_print')}?unit={record.unit_id}&period={self.period}"
        return format_html('<a href="{}">{}</a>', url, record.unit.label)

    def value_unit(self, record: Any) -> str:
        return record.unit.name

    def render_return_state(self, record: Any) -> Any:
        shape = "waiting" if not record.return_state else "soon" if record.late else "done"
        return format_html('<span class="ip-st">{}{}</span>', glyph(shape), self.value_return_state(record))

    def value_return_state(self, record: Any) -> str:
        if not record.return_state:
            return pgettext("return", "missing")
        word = str(ReturnState(record.return_state).label)
        return _now("%(return)s, late") % {"return": word} if record.late else word

    def render_filed_at(self, value: Any) -> str:
        return f"{timezone.localtime(value):%m-%d %H:%M}"

    def value_filed_at(self, value: Any) -> Any:
        return value

    def render_arrived(self, value: Any, record: Any) -> str:
        return "—" if unsaid(record) else in_unit(value, "wan")

    def value_arrived(self, value: Any, record: Any) -> Any:
        return None if unsaid(record) else value / WAN

    render_formed, value_formed = render_arrived, value_arrived

    def render_scan_name(self, record: Any) -> Any:
        if not record.scan_name:
            return "" if not record.return_state else _now("not attached")
        url = reverse("return_scan_file", args=[record.return_pk])
        return format_html('<a href="{}">{}</a>', url, _now("attached"))

    def value_scan_name(self, record: Any) -> str:
        return record.scan_name or ""


def unsaid(record: Any) -> bool:
    """Neither a return nor an entry: nobody said how much, so it isn't zero."""
    return not record.return_state and not record.reported


class DutyTable(RowTable):
    unit = tables.Column(
        _("unit"),
        linkify=("duty_detail", {"pk": tables.A("pk")}),
        order_by=("unit__path", "pk"),
        attrs=cell("c1 nm"),
    )

    class Meta(RowTable.Meta):
        model = ReportingDuty
        fields = ("unit", "since", "until", "updated_at")
        sequence = fields
        optional = ("updated_at",)

    def render_unit(self, value: Any) -> str:
        return value.label

    def value_unit(self, value: Any) -> str:
        return value.name

    def render_since(self, value: Any) -> str:
        return f"{value:%Y-%m}" if value else ""

    render_until = value_since = value_until = render_since
