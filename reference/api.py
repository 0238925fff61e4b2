"""Reading reference data over the API. Changes are made on the pages or by command."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api import ReadViewSet, RowSerializer
from reference import filters
from reference.models import CalendarYear, Currency, ExchangeRate, Holiday, Industry, Region


class IndustrySerializer(RowSerializer):
    parent: Any = serializers.SlugRelatedField("code", read_only=True, allow_null=True)

    class Meta:
        model = Industry
        fields = ("id", "edition", "code", "level", "parent", "name", "sector")


class RegionSerializer(RowSerializer):
    parent: Any = serializers.SlugRelatedField("code", read_only=True, allow_null=True)

    class Meta:
        model = Region
        fields = ("id", "year", "code", "level", "parent", "name")


class CurrencySerializer(RowSerializer):
    class Meta:
        model = Currency
        fields = ("id", "code", "name_zh", "name_en", "minor_units")


class CalendarYearSerializer(RowSerializer):
    class Meta:
        model = CalendarYear
        fields = ("id", "version", "year", "source", "created_at", "updated_at")


class HolidaySerializer(RowSerializer):
    class Meta:
        model = Holiday
        fields = ("id", "version", "date", "kind", "name", "source", "created_at", "updated_at")


class ExchangeRateSerializer(RowSerializer):
    currency: Any = serializers.SlugRelatedField("code", read_only=True, allow_null=True)

    class Meta:
        model = ExchangeRate
        fields = ("id", "version", "currency", "kind", "date", "rate", "source", "created_at", "updated_at")


class IndustryViewSet(ReadViewSet):
    list_page = "industry_list"
    model, serializer_class, filterset_class = Industry, IndustrySerializer, filters.IndustryFilterSet
    ordering_fields = ("code", "pinyin")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("parent")


class RegionViewSet(ReadViewSet):
    list_page = "region_list"
    model, serializer_class, filterset_class = Region, RegionSerializer, filters.RegionFilterSet
    ordering_fields = ("code", "pinyin", "year")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("parent")


class CurrencyViewSet(ReadViewSet):
    list_page = "currency_list"
    model, serializer_class, filterset_class = Currency, CurrencySerializer, filters.CurrencyFilterSet
    ordering_fields = ("code", "pinyin")


class CalendarYearViewSet(ReadViewSet):
    list_page = "calendaryear_list"
    model, serializer_class, filterset_class = (
        CalendarYear,
        CalendarYearSerializer,
        filters.CalendarYearFilterSet,
    )
    ordering_fields = ("year",)


class HolidayViewSet(ReadViewSet):
    list_page = "holiday_list"
    model, serializer_class, filterset_class = Holiday, HolidaySerializer, filters.HolidayFilterSet
    ordering_fields = ("date",)


class ExchangeRateViewSet(ReadViewSet):
    list_page = "exchangerate_list"
    model, serializer_class, filterset_class = (
        ExchangeRate,
        ExchangeRateSerializer,
        filters.ExchangeRateFilterSet,
    )
    ordering_fields = ("date", "currency__code")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("currency")
