from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from reference import services
from reference.models import CalendarYear, ExchangeRate, Holiday

pytestmark = pytest.mark.django_db

LISTS = [
    "reference_home",
    "industry_list",
    "region_list",
    "currency_list",
    "calendaryear_list",
    "holiday_list",
    "exchangerate_list",
]
FORMS = ["calendaryear_create", "holiday_create", "exchangerate_create"]
DAY = {"date": "2027-01-01", "kind": "off", "name": "元旦", "source": "国办通知"}


@pytest.fixture
def day(system):
    return services.holiday_create(actor=system, **DAY)


@pytest.mark.parametrize("name", LISTS + FORMS)
def test_strangers_are_sent_to_sign_in(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("name", LISTS)
def test_officers_read(browser, name):
    assert browser("officer").get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_accounts_without_a_role_do_not(browser, name):
    assert browser().get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", FORMS)
def test_officers_do_not_write(browser, name):
    there = browser("officer")
    assert there.get(reverse(name)).status_code == 403
    assert there.post(reverse(name), DAY).status_code == 403
    assert Holiday.objects.unscoped(reason="tests").count() == 0


def test_home_says_how_far_the_tables_go(browser, system):
    services.load(actor=system)
    page = browser("officer").get(reverse("reference_home")).content.decode()
    assert "2004–2026" in page
    assert "1381" in page
    assert "Amendment No. 1" in page


def test_lists_filter_by_pinyin_and_by_branch(browser, system):
    services.load(actor=system, only=["industries", "regions"])
    there = browser("officer")
    page = there.get(reverse("region_list"), {"q": "kunshan"}).content.decode()
    assert "昆山市" in page
    assert "太仓市" not in page
    page = there.get(reverse("industry_list"), {"below": "397"}).content.decode()
    assert "集成电路制造" in page
    assert "电子电路制造" not in page


def test_a_day_is_entered_changed_and_archived(browser):
    there = browser("bureau_staff")
    answer = there.post(reverse("holiday_create"), DAY)
    row = Holiday.objects.unscoped(reason="tests").get(date=date(2027, 1, 1))
    assert answer["Location"] == reverse("holiday_detail", args=[row.pk])
    there.post(reverse("holiday_update", args=[row.pk]), {**DAY, "name": "新年", "version": 1})
    row.refresh_from_db()
    assert (row.name, row.version) == ("新年", 2)
    assert "新年" in there.get(reverse("holiday_detail", args=[row.pk])).content.decode()
    there.post(reverse("holiday_archive", args=[row.pk]), {"version": 2, "reason": "entered twice"})
    row.refresh_from_db()
    assert row.archived_at is not None


def test_a_stale_save_shows_both_sides(browser, day, system):
    services.holiday_update(actor=system, pk=day.pk, version=1, name="甲")
    answer = browser("bureau_staff").post(
        reverse("holiday_update", args=[day.pk]), {**DAY, "name": "乙", "version": 1}
    )
    assert answer.status_code == 409
    assert "甲" in answer.content.decode()
    assert "乙" in answer.content.decode()
    day.refresh_from_db()
    assert day.name == "甲"


def test_a_working_weekday_is_refused_beside_the_form(browser):
    answer = browser("bureau_staff").post(reverse("holiday_create"), {**DAY, "kind": "working"})
    assert answer.status_code == 422
    assert "2027-01-01" in answer.content.decode(), "what was typed is kept"


def test_a_year_is_entered_as_the_notice_lists_it(browser):
    lines = "2027-01-01 2027-01-03 元旦\n2027-02-06 + 春节"
    browser("bureau_staff").post(
        reverse("calendaryear_create"), {"year": 2027, "source": "国办通知", "days": lines}
    )
    year = CalendarYear.objects.unscoped(reason="tests").get(year=2027)
    days = Holiday.objects.unscoped(reason="tests").order_by("date").values_list("date", "kind", "source")
    assert list(days) == [
        (date(2027, 1, 1), "off", year.source),
        (date(2027, 1, 2), "off", year.source),
        (date(2027, 1, 3), "off", year.source),
        (date(2027, 2, 6), "working", year.source),
    ]


def test_calendar_counts_days_of_each_year(browser, calendar):
    page = browser("officer").get(reverse("calendaryear_list"), {"year": 2026})
    row = page.context["table"].data[0]
    # 33 days off and 6 worked weekend days in the notice for 2026
    assert (row.days_off, row.working_weekends) == (33, 6)


def test_a_rate_is_entered(browser, currencies):
    from reference.models import Currency

    usd = Currency.objects.unscoped(reason="tests").get(code="USD")
    values = {
        "currency": usd.pk,
        "kind": "day",
        "date": "2026-11-20",
        "rate": "7.1",
        "source": "中国外汇交易中心",
    }
    there = browser("bureau_staff")
    assert there.post(reverse("exchangerate_create"), values).status_code == 302
    row = ExchangeRate.objects.unscoped(reason="tests").get()
    page = there.get(reverse("exchangerate_detail", args=[row.pk])).content.decode()
    assert "7.1<" in page, "without the zeros of storage"
    assert there.post(reverse("exchangerate_create"), {**values, "rate": "0"}).status_code == 422


def test_a_list_costs_the_same_for_3_and_30_rows(browser, system, currencies, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from reference.models import Currency

    usd = Currency.objects.unscoped(reason="tests").get(code="USD")
    there = browser("officer")

    def cost():
        with CaptureQueriesContext(connection) as seen:
            there.get(reverse("exchangerate_list"))
        return len(seen)

    def enter(days):
        for n in days:
            values = {"currency": usd, "kind": "day", "date": date(2026, 10, n), "rate": 7, "source": "甲"}
            services.exchangerate_create(actor=system, **values)

    enter(range(1, 4))
    cost()
    few = cost()
    enter(range(4, 31))
    assert cost() == few
