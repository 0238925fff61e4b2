from __future__ import annotations

from decimal import Decimal

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import NUMBER, RowTable
from reference.models import CalendarYear, Currency, ExchangeRate, Holiday, Industry, Region


class IndustryTable(RowTable):
    name = tables.Column(_("name"), order_by=("pinyin",))
    parent = tables.Column(_("part of"), order_by=("parent__code",))

    class Meta(RowTable.Meta):
        model = Industry
        fields = ("code", "name", "level", "parent", "sector", "edition")
        sequence = fields
        optional = ("edition",)


class RegionTable(RowTable):
    name = tables.Column(_("name"), order_by=("pinyin",))
    parent = tables.Column(_("part of"), order_by=("parent__code",))

    class Meta(RowTable.Meta):
        model = Region
        fields = ("code", "name", "level", "parent", "year")
        sequence = fields


class CurrencyTable(RowTable):
    name = tables.Column(_("name"), order_by=("pinyin",))
    minor_units = tables.Column(_("decimal places"), attrs=NUMBER)

    class Meta(RowTable.Meta):
        model = Currency
        fields = ("code", "name", "minor_units")
        sequence = fields


class CalendarYearTable(RowTable):
    year = tables.Column(_("year"), linkify=("calendaryear_detail", {"pk": tables.A("pk")}))
    days_off = tables.Column(_("days off"), attrs=NUMBER, orderable=False)
    working_weekends = tables.Column(_("working weekend days"), attrs=NUMBER, orderable=False)

    class Meta(RowTable.Meta):
        model = CalendarYear
        fields = ("year", "days_off", "working_weekends", "source", "updated_at")
        sequence = fields
        optional = ("updated_at",)


class HolidayTable(RowTable):
    date = tables.DateColumn(
        "Y-m-d", verbose_name=_("date"), linkify=("holiday_detail", {"pk": tables.A("pk")})
    )

    class Meta(RowTable.Meta):
        model = Holiday
        fields = ("date", "name", "kind", "source", "updated_at")
        sequence = fields
        optional = ("updated_at",)


class ExchangeRateTable(RowTable):
    date = tables.DateColumn(
        "Y-m-d", verbose_name=_("date"), linkify=("exchangerate_detail", {"pk": tables.A("pk")})
    )
    currency = tables.Column(_("currency"), order_by=("currency__code",))
    rate = tables.Column(_("yuan for one unit"), attrs=NUMBER)

    class Meta(RowTable.Meta):
        model = ExchangeRate
        fields = ("date", "currency", "kind", "rate", "source", "updated_at")
        sequence = fields
        optional = ("updated_at",)

    def render_rate(self, value: Decimal) -> str:
        """Without the zeros that storage adds."""
        return f"{value.normalize():f}"
