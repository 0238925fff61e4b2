"""Pages of the reference data: three classifications to read, the calendar and the rates to keep."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce, ExtractYear
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, Page, RowPicker, UpdatePage
from reference import filters, forms, services, tables
from reference.choices import DayKind, IndustryLevel, RegionLevel
from reference.models import KIND, CalendarYear, Currency, ExchangeRate, Holiday, Industry, Region
from reference.selectors import PUBLIC, coverage, year_spans

ADMIN = (_("Administration"), "")
HOME = (_("Reference"), "reference_home")
TABS = (
    (_("Overview"), "reference_home"),
    (_("Calendar"), "calendaryear_list"),
    (_("Holidays"), "holiday_list"),
    (_("Exchange rates"), "exchangerate_list"),
    (_("Industries"), "industry_list"),
    (_("Regions"), "region_list"),
    (_("Currencies"), "currency_list"),
)
LOADED = (_("Nothing is loaded yet."), _("An administrator runs: manage.py reference load"))


class ReferencePage(Page):
    """What all pages here share: the right, and tabs over the tables."""

    kind = KIND
    crumbs: Crumbs = (ADMIN, HOME)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.request.path
        tabs = [
            {"label": label, "url": reverse(name), "active": reverse(name) == here} for label, name in TABS
        ]
        return super().get_context_data(**{"tabs": tabs, **kwargs})


class ReferenceHome(ReferencePage):
    template_name = "reference/home.html"
    title, sub = _("Reference data"), _("Calendar, rates and classifications, and how far each goes")
    crumbs: Crumbs = (ADMIN,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = coverage()
        levels = [
            (IndustryLevel(level).label, found.industries.get(level, 0)) for level in IndustryLevel.values
        ]
        places = [(RegionLevel(level).label, found.regions.get(level, 0)) for level in RegionLevel.values]
        panels = [
            {"title": _("Calendar"), "rows": [(_("Covered years"), year_spans(found.years) or None)]},
            {
                "title": _("Exchange rates"),
                "rows": [
                    (_("Rates"), found.rates),
                    (_("Newest"), found.latest_rate and f"{found.latest_rate:%Y-%m-%d}"),
                ],
            },
            {
                "title": _("Industries"),
                "rows": levels,
                "note": _("Not covered: %s") % found.industries_not_covered,
            },
            {"title": _("Regions"), "rows": [(_("List of the year"), found.region_year), *places]},
            {"title": _("Currencies"), "rows": [(_("In use"), found.currencies)]},
        ]
        return super().get_context_data(panels=panels, problems=found.problems(clock.today()), **kwargs)


class IndustryList(ReferencePage, ListPage):
    title, sub = _("Industries"), _("GB/T 4754-2017, with the three sectors of the economy")
    model, url_prefix = Industry, "industry"
    table_class, filterset_class, empty = tables.IndustryTable, filters.IndustryFilterSet, LOADED

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("parent")


class RegionList(ReferencePage, ListPage):
    title, sub = _("Regions"), _("Statistical region codes down to the county")
    model, url_prefix = Region, "region"
    table_class, filterset_class, empty = tables.RegionTable, filters.RegionFilterSet, LOADED

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("parent")


class CurrencyList(ReferencePage, ListPage):
    title, sub = _("Currencies"), _("ISO 4217, currencies in use")
    model, url_prefix = Currency, "currency"
    table_class, filterset_class, empty = tables.CurrencyTable, filters.CurrencyFilterSet, LOADED


def days_of(kind: str) -> Any:
    """Number of days of one kind in the year of the outer CalendarYear."""
    days = Holiday.objects.unscoped(reason=PUBLIC).filter(archived_at=None, kind=kind).order_by()
    in_year = days.annotate(in_year=ExtractYear("date")).filter(in_year=OuterRef("year")).values("in_year")
    return Coalesce(Subquery(in_year.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


class CalendarYearNouns(ReferencePage):
    model, url_prefix = CalendarYear, "calendaryear"
    crumbs: Crumbs = (ADMIN, HOME, (_("Calendar"), "calendaryear_list"))


class CalendarYearList(CalendarYearNouns, ListPage):
    title, sub = _("Calendar"), _("Years whose holidays are all in: only these can be counted with")
    table_class, filterset_class = tables.CalendarYearTable, filters.CalendarYearFilterSet
    create_label = _("Add a year")
    crumbs: Crumbs = (ADMIN, HOME)

    def rows(self, queryset: Any) -> Any:
        return queryset.annotate(days_off=days_of(DayKind.OFF), working_weekends=days_of(DayKind.WORKING))


class CalendarYearDetail(CalendarYearNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        year = self.get_object()
        return [{"title": _("Facts"), "rows": [(_("year"), year.year), (_("source"), year.source)]}]

    def related(self) -> list[dict[str, Any]]:
        days = Holiday.objects.visible_to(cast(Any, self.actor)).filter(
            archived_at=None, date__year=self.get_object().year
        )
        return [{"title": _("Holidays"), "table": tables.HolidayTable(days.order_by("date"))}]


class CalendarYearCreate(CalendarYearNouns, CreatePage):
    title, sub = (
        _("Add a year"),
        _("Enter its holidays here, or leave them out when they are already in the table"),
    )
    form_class = forms.CalendarYearCreateForm
    service = staticmethod(services.calendaryear_create)


class CalendarYearUpdate(CalendarYearNouns, UpdatePage):
    form_class = forms.CalendarYearForm
    service = staticmethod(services.calendaryear_update)


class CalendarYearArchive(CalendarYearNouns, ArchivePage):
    service = staticmethod(services.calendaryear_archive)


class HolidayNouns(ReferencePage):
    model, url_prefix = Holiday, "holiday"
    crumbs: Crumbs = (ADMIN, HOME, (_("Holidays"), "holiday_list"))


class HolidayList(HolidayNouns, ListPage):
    title, sub = _("Holidays"), _("Days off and working weekend days")
    table_class, filterset_class, create_label = tables.HolidayTable, filters.HolidayFilterSet, _("Add a day")
    crumbs: Crumbs = (ADMIN, HOME)


class HolidayDetail(HolidayNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        day = self.get_object()
        facts = [
            (_("date"), f"{day.date:%Y-%m-%d}"),
            (_("kind"), day.get_kind_display()),
            (_("holiday"), day.name),
            (_("source"), day.source),
        ]
        return [{"title": _("Facts"), "rows": facts}]


class HolidayCreate(HolidayNouns, CreatePage):
    title = _("Add a day")
    form_class = forms.HolidayForm
    service = staticmethod(services.holiday_create)


class HolidayUpdate(HolidayNouns, UpdatePage):
    form_class = forms.HolidayForm
    service = staticmethod(services.holiday_update)


class HolidayArchive(HolidayNouns, ArchivePage):
    service = staticmethod(services.holiday_archive)


class ExchangeRateNouns(ReferencePage):
    model, url_prefix = ExchangeRate, "exchangerate"
    crumbs: Crumbs = (ADMIN, HOME, (_("Exchange rates"), "exchangerate_list"))


class ExchangeRateList(ExchangeRateNouns, ListPage):
    title, sub = _("Exchange rates"), _("Yuan for one unit of a foreign currency")
    table_class, filterset_class = tables.ExchangeRateTable, filters.ExchangeRateFilterSet
    create_label = _("Add a rate")
    crumbs: Crumbs = (ADMIN, HOME)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("currency")


class ExchangeRateDetail(ExchangeRateNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        rate = self.get_object()
        facts = [
            (_("currency"), rate.currency),
            (_("kind"), rate.get_kind_display()),
            (_("date"), f"{rate.date:%Y-%m-%d}"),
            (_("yuan for one unit"), f"{rate.rate.normalize():f}"),
            (_("source"), rate.source),
        ]
        return [{"title": _("Facts"), "rows": facts}]


class ExchangeRateCreate(ExchangeRateNouns, CreatePage):
    title = _("Add a rate")
    form_class = forms.ExchangeRateForm
    service = staticmethod(services.exchangerate_create)


class ExchangeRateUpdate(ExchangeRateNouns, UpdatePage):
    form_class = forms.ExchangeRateForm
    service = staticmethod(services.exchangerate_update)


class ExchangeRateArchive(ExchangeRateNouns, ArchivePage):
    service = staticmethod(services.exchangerate_archive)


class IndustryPick(RowPicker):
    """Divisions, groups and classes by code, name or pinyin; sections are too wide to choose."""

    kind, model = KIND, Industry
    search_fields = ("code", "name", "pinyin")
    order = ("edition", "code")

    @classmethod
    def rows(cls, queryset: Any) -> Any:
        return queryset.exclude(level=IndustryLevel.SECTION).select_related("parent")

    @classmethod
    def label(cls, row: Industry) -> str:
        return f"{row.code} {row.name}"

    @classmethod
    def hint(cls, row: Industry) -> str:
        """What it belongs to, and the sector that follows from it."""
        return "; ".join(filter(None, (row.parent.name if row.parent else "", row.get_sector_display())))


class RegionPick(RowPicker):
    """Provinces, cities and counties by name, pinyin or code."""

    kind, model = KIND, Region
    search_fields = ("name", "pinyin", "code")
    order = ("-year", "code")

    @classmethod
    def rows(cls, queryset: Any) -> Any:
        return queryset.select_related("parent__parent")

    @classmethod
    def hint(cls, row: Region) -> str:
        above = [row.parent.parent, row.parent] if row.parent else []
        return " ".join(one.name for one in above if one)
