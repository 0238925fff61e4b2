"""Pages of the reference data: three classifications to read, the calendar and the rates to keep."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, ExtractYear
from django.utils.translation import gettext_lazy as _

from common.views import ArchivePage, CreatePage, DetailPage, ListPage, UpdatePage
from reference import filters, forms, services, tables
from reference.choices import DayKind
from reference.models import KIND, CalendarYear, Currency, ExchangeRate, Holiday, Industry, Region
from reference.selectors import PUBLIC

LOADED = (_("Nothing is loaded yet."), _("An administrator runs: manage.py reference load"))


class IndustryList(ListPage):
    title, sub = _("Industries"), _("GB/T 4754-2017, with the three sectors of the economy")
    kind, model, url_prefix = KIND, Industry, "industry"
    table_class, filterset_class, empty = tables.IndustryTable, filters.IndustryFilterSet, LOADED

    def rows(self, queryset: QuerySet) -> QuerySet:
        return queryset.select_related("parent")


class RegionList(ListPage):
    title, sub = _("Regions"), _("Statistical region codes down to the county")
    kind, model, url_prefix = KIND, Region, "region"
    table_class, filterset_class, empty = tables.RegionTable, filters.RegionFilterSet, LOADED

    def rows(self, queryset: QuerySet) -> QuerySet:
        return queryset.select_related("parent")


class CurrencyList(ListPage):
    title, sub = _("Currencies"), _("ISO 4217, currencies in use")
    kind, model, url_prefix = KIND, Currency, "currency"
    table_class, filterset_class, empty = tables.CurrencyTable, filters.CurrencyFilterSet, LOADED


def days_of(kind: str) -> Coalesce:
    """Rows of one kind in the year of the outer CalendarYear."""
    days = Holiday.objects.unscoped(reason=PUBLIC).filter(archived_at=None, kind=kind).order_by()
    in_year = days.annotate(in_year=ExtractYear("date")).filter(in_year=OuterRef("year")).values("in_year")
    return Coalesce(Subquery(in_year.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


class CalendarYearList(ListPage):
    title, sub = _("Calendar"), _("Years whose holidays are all in: only these can be counted with")
    kind, model, url_prefix = KIND, CalendarYear, "calendaryear"
    table_class, filterset_class = tables.CalendarYearTable, filters.CalendarYearFilterSet
    create_label = _("Add a covered year")

    def rows(self, queryset: QuerySet) -> QuerySet:
        return queryset.annotate(days_off=days_of(DayKind.OFF), working_weekends=days_of(DayKind.WORKING))


class CalendarYearDetail(DetailPage):
    kind, model, url_prefix = KIND, CalendarYear, "calendaryear"
    crumbs = ((_("Calendar"), "calendaryear_list"),)

    def panels(self) -> list[dict[str, Any]]:
        year = self.get_object()
        return [{"title": _("Calendar year"), "rows": [(_("Year"), year.year), (_("Source"), year.source)]}]

    def related(self) -> list[dict[str, Any]]:
        days = Holiday.objects.visible_to(self.request.user).filter(
            archived_at=None, date__year=self.get_object().year
        )
        return [{"title": _("Holidays"), "table": tables.HolidayTable(days.order_by("date")), "add_url": ""}]


class CalendarYearCreate(CreatePage):
    title, kind, url_prefix = _("Add a covered year"), KIND, "calendaryear"
    form_class, service = forms.CalendarYearForm, services.calendaryear_create


class CalendarYearUpdate(UpdatePage):
    kind, model, url_prefix = KIND, CalendarYear, "calendaryear"
    form_class, service = forms.CalendarYearForm, services.calendaryear_update


class CalendarYearArchive(ArchivePage):
    kind, model, url_prefix = KIND, CalendarYear, "calendaryear"
    service = services.calendaryear_archive


class HolidayList(ListPage):
    title, sub = _("Holidays"), _("Days off and working weekend days")
    kind, model, url_prefix = KIND, Holiday, "holiday"
    table_class, filterset_class, create_label = tables.HolidayTable, filters.HolidayFilterSet, _("Add a day")


class HolidayDetail(DetailPage):
    kind, model, url_prefix = KIND, Holiday, "holiday"
    crumbs = ((_("Holidays"), "holiday_list"),)

    def panels(self) -> list[dict[str, Any]]:
        day = self.get_object()
        facts = [
            (_("Date"), f"{day.date:%Y-%m-%d}"),
            (_("Kind"), day.get_kind_display()),
            (_("Holiday"), day.name),
            (_("Source"), day.source),
        ]
        return [{"title": _("Day"), "rows": facts}]


class HolidayCreate(CreatePage):
    title, kind, url_prefix = _("Add a day"), KIND, "holiday"
    form_class, service = forms.HolidayForm, services.holiday_create


class HolidayUpdate(UpdatePage):
    kind, model, url_prefix = KIND, Holiday, "holiday"
    form_class, service = forms.HolidayForm, services.holiday_update


class HolidayArchive(ArchivePage):
    kind, model, url_prefix = KIND, Holiday, "holiday"
    service = services.holiday_archive


class ExchangeRateList(ListPage):
    title, sub = _("Exchange rates"), _("Yuan for one unit of a foreign currency")
    kind, model, url_prefix = KIND, ExchangeRate, "exchangerate"
    table_class, filterset_class = tables.ExchangeRateTable, filters.ExchangeRateFilterSet
    create_label = _("Add a rate")

    def rows(self, queryset: QuerySet) -> QuerySet:
        return queryset.select_related("currency")


class ExchangeRateDetail(DetailPage):
    kind, model, url_prefix = KIND, ExchangeRate, "exchangerate"
    crumbs = ((_("Exchange rates"), "exchangerate_list"),)

    def panels(self) -> list[dict[str, Any]]:
        rate = self.get_object()
        facts = [
            (_("Currency"), rate.currency),
            (_("Kind"), rate.get_kind_display()),
            (_("Date"), f"{rate.date:%Y-%m-%d}"),
            (_("Yuan for one unit"), f"{rate.rate.normalize():f}"),
            (_("Source"), rate.source),
        ]
        return [{"title": _("Exchange rate"), "rows": facts}]


class ExchangeRateCreate(CreatePage):
    title, kind, url_prefix = _("Add a rate"), KIND, "exchangerate"
    form_class, service = forms.ExchangeRateForm, services.exchangerate_create


class ExchangeRateUpdate(UpdatePage):
    kind, model, url_prefix = KIND, ExchangeRate, "exchangerate"
    form_class, service = forms.ExchangeRateForm, services.exchangerate_update


class ExchangeRateArchive(ArchivePage):
    kind, model, url_prefix = KIND, ExchangeRate, "exchangerate"
    service = services.exchangerate_archive
