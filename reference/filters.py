from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.filters import RowFilterSet
from reference.choices import DayKind, IndustryLevel, RateKind, RegionLevel, Sector
from reference.models import CalendarYear, Currency, ExchangeRate, Holiday, Industry, Region


class TreeFilterSet(RowFilterSet):
    """A classification: `below` narrows to a code and everything under it, whatever the level."""

    search_fields = ("code", "name", "pinyin")
    below = django_filters.CharFilter(method="under", label=_("Below code"))

    def under(self, queryset: Any, name: str, value: str) -> Any:
        found, chain = Q(code=value), "parent"
        for _level in range(3):  # four levels at most
            found |= Q(**{f"{chain}__code": value})
            chain += "__parent"
        return queryset.filter(found)


class IndustryFilterSet(TreeFilterSet):
    level = django_filters.MultipleChoiceFilter(choices=IndustryLevel.choices, label=_("Level"))
    sector = django_filters.MultipleChoiceFilter(choices=Sector.choices, label=_("Sector"))

    class Meta:
        model = Industry
        fields = ("q", "level", "sector", "below")


class RegionFilterSet(TreeFilterSet):
    level = django_filters.MultipleChoiceFilter(choices=RegionLevel.choices, label=_("Level"))

    class Meta:
        model = Region
        fields = ("q", "level", "year", "below")


class CurrencyFilterSet(RowFilterSet):
    search_fields = ("code", "name_zh", "name_en", "pinyin")

    class Meta:
        model = Currency
        fields = ("q",)


class CalendarYearFilterSet(RowFilterSet):
    search_fields = ("source",)

    class Meta:
        model = CalendarYear
        fields = ("q", "year")


class HolidayFilterSet(RowFilterSet):
    search_fields = ("name", "source")
    year = django_filters.NumberFilter(field_name="date", lookup_expr="year", label=_("Year"))
    kind = django_filters.ChoiceFilter(choices=DayKind.choices, label=_("Kind"))

    class Meta:
        model = Holiday
        fields = ("q", "year", "kind")


class ExchangeRateFilterSet(RowFilterSet):
    search_fields = ("currency__code", "currency__name_zh", "currency__name_en", "source")
    kind = django_filters.ChoiceFilter(choices=RateKind.choices, label=_("Kind"))
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte", label=_("From"))
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte", label=_("To"))

    class Meta:
        model = ExchangeRate
        fields = ("q", "currency", "kind", "date_from", "date_to")
