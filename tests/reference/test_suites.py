"""Pages and API of the reference data that the bureau keeps, by the inherited suites."""

import pytest

from reference.models import CalendarYear, ExchangeRate, Holiday
from tests.support.api import ReadSuite
from tests.support.ui import RowSuite
from tests.support.world import CalendarYearFactory, CurrencyFactory, ExchangeRateFactory, HolidayFactory

pytestmark = pytest.mark.django_db


class Global:
    outsider = None  # belongs to no unit

    def place(self, tree):
        return {}

    elsewhere = place


class HolidayNouns(Global):
    model, factory = Holiday, HolidayFactory


class TestHoliday(HolidayNouns, RowSuite):
    prefix = "holiday"
    filters, misses = ("kind=off",), ("kind=working", "year=1999")

    def form(self, tree):
        return {"date": "2031-05-01", "kind": "off", "name": "标记甲", "source": "国办通知"}


class TestHolidayApi(HolidayNouns, ReadSuite):
    base, ordering = "holidays", "date"


class RateNouns(Global):
    model, factory, text = ExchangeRate, ExchangeRateFactory, "source"


class TestExchangeRate(RateNouns, RowSuite):
    prefix, sort, column, change = "exchangerate", "source", "source", ("source", "改后丁")
    filters, misses = ("kind=day",), ("kind=month",)

    def form(self, tree):
        values = {"currency": CurrencyFactory().pk, "kind": "day", "date": "2026-06-01", "rate": "7.1"}
        return {**values, "source": "标记甲"}

    def test_detail(self, tree):
        row = self.row(tree)
        keeper, reader = (
            c.get(self.url("detail", row.pk)) for c in (self.as_keeper(tree), self.as_reader(tree))
        )
        assert "标记甲" in reader.content.decode()
        assert ("history" in keeper.context, "history" in reader.context) == (True, False)


class TestExchangeRateApi(RateNouns, ReadSuite):
    base, ordering = "exchange-rates", "date"


class YearNouns(Global):
    model, factory, text = CalendarYear, CalendarYearFactory, "source"


class TestCalendarYear(YearNouns, RowSuite):
    prefix, sort, column, change = "calendaryear", "source", "source", ("source", "改后丁")

    def form(self, tree):
        return {"year": "2050", "source": "标记甲", "days": ""}


class TestCalendarYearApi(YearNouns, ReadSuite):
    base, ordering = "calendar-years", "year"
