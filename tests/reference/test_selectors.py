from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from common import schedules
from common.errors import Refused
from reference import selectors, services
from reference.models import Currency

pytestmark = pytest.mark.django_db


@pytest.fixture
def usd(currencies):
    return Currency.objects.unscoped(reason="tests").get(code="USD")


@pytest.fixture
def enter(usd, clerk):
    def one(day, rate, *, kind="day", source="中国外汇交易中心"):
        values = {"currency": usd, "kind": kind, "date": day, "rate": Decimal(rate), "source": source}
        return services.exchangerate_create(actor=clerk, **values)

    return one


def test_working_days_follow_the_table(calendar):
    # National Day 2026: 1-7 October off, Saturday 10 October worked.
    assert selectors.working_days_between(date(2026, 9, 30), date(2026, 10, 12)) == 4
    assert selectors.add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert selectors.is_working_day(date(2026, 10, 10))
    assert not selectors.is_working_day(date(2026, 10, 11))


def test_an_archived_day_no_longer_counts(calendar, clerk):
    from reference.models import Holiday

    row = Holiday.objects.visible_to(clerk).get(date=date(2026, 10, 10))
    services.holiday_archive(actor=clerk, pk=row.pk, version=row.version, reason="entered by mistake")
    assert not selectors.is_working_day(date(2026, 10, 10)), "an ordinary Saturday again"


def test_covered_years(calendar):
    assert selectors.covered_years() == tuple(range(2004, 2027))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: selectors.is_working_day(date(2027, 3, 1)),
        lambda: selectors.add_working_days(date(2026, 12, 31), 1),
        lambda: selectors.working_days_between(date(2026, 12, 1), date(2027, 1, 4)),
    ],
)
def test_2027_says_what_to_do(calendar, ask):
    with translation.override("en"), pytest.raises(selectors.CalendarMissing) as refused:
        ask()
    assert refused.value.year == 2027
    assert refused.value.code == "calendar_missing"
    with translation.override("en"):
        assert "holidays of 2027" in str(refused.value)
        assert "Enter them under Administration" in str(refused.value)


@pytest.mark.parametrize(
    ("planned", "runs"),
    [
        (date(2026, 10, 5), date(2026, 10, 8)),  # National Day holidays
        (date(2026, 11, 5), date(2026, 11, 5)),  # a Thursday
        (date(2026, 10, 10), date(2026, 10, 10)),  # a Saturday that is worked
        (date(2027, 6, 5), date(2027, 6, 7)),  # no calendar yet: Saturday goes to Monday, nothing stops
        (date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_regular_runs_wait_for_a_working_day(calendar, planned, runs):
    assert selectors.run_day(planned) == runs


def test_jobs_ask_this_calendar():
    assert schedules._shift_day == [selectors.run_day]


def test_a_year_counts_once_it_is_entered(calendar, clerk):
    days = [{"date": date(2027, 1, 1), "kind": "off", "name": "元旦"}]
    services.calendaryear_create(actor=clerk, year=2027, source="国办通知", days=days)
    # Friday 1 January 2027 off: the next working day after Thursday 31 December is Monday 4.
    assert selectors.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_rate_of_the_day(enter):
    enter(date(2026, 3, 2), "7.20")
    enter(date(2026, 3, 3), "7.00")
    found = selectors.rate_on("USD", date(2026, 3, 2))
    assert (found.rate, found.on, found.source) == (Decimal("7.20"), date(2026, 3, 2), "中国外汇交易中心")
    # DOMAIN §11, two rates: 1 million USD at 7.20 and 1 million at 7.00 are 14.2 million yuan.
    second = selectors.rate_on("USD", date(2026, 3, 3))
    assert 1_000_000 * found.rate + 1_000_000 * second.rate == Decimal(14_200_000)


def test_weekend_takes_the_last_published_rate(enter):
    enter(date(2026, 11, 20), "7.10")
    assert selectors.rate_on("USD", date(2026, 11, 22)).on == date(2026, 11, 20)


def test_a_later_or_too_old_rate_is_not_used(enter):
    enter(date(2026, 11, 1), "7.10")
    enter(date(2026, 11, 25), "7.30")
    with pytest.raises(selectors.RateMissing) as refused:
        selectors.rate_on("USD", date(2026, 11, 22))
    assert refused.value.code == "rate_missing"


def test_sources_that_disagree_are_not_mixed(enter):
    day = date(2026, 11, 20)
    enter(day, "7.10")
    enter(day, "7.12", source="国家外汇管理局")
    with pytest.raises(selectors.RateMissing) as refused:
        selectors.rate_on("USD", day)
    assert refused.value.code == "rate_ambiguous"
    assert selectors.rate_on("USD", day, source="国家外汇管理局").rate == Decimal("7.12")


def test_yuan_is_one():
    assert selectors.rate_on("CNY", date(2026, 11, 22)).rate == 1
    assert selectors.month_average("CNY", 2026, 11).rate == 1


def test_month_average_is_entered_never_computed(enter):
    enter(date(2026, 10, 12), "7.10")
    with pytest.raises(selectors.RateMissing):
        selectors.month_average("USD", 2026, 10)
    enter(date(2026, 10, 1), "7.08", kind="month")
    assert selectors.month_average("USD", 2026, 10).rate == Decimal("7.08")
    with pytest.raises(selectors.RateMissing):
        selectors.rate_on("USD", date(2026, 10, 1))


def test_an_archived_rate_is_not_used(enter, clerk):
    row = enter(date(2026, 11, 20), "7.10")
    services.exchangerate_archive(actor=clerk, pk=row.pk, version=row.version, reason="wrong day")
    with pytest.raises(selectors.RateMissing):
        selectors.rate_on("USD", date(2026, 11, 20))


def test_sector_of(system):
    services.load(actor=system, only=["industries"])
    assert selectors.sector_of("C3973") == "secondary"
    assert selectors.sector_of("05") == "tertiary"
    assert selectors.sector_of("0111") == "primary"
    for code, why in (
        ("C", "industry_too_coarse"),
        ("9999", "industry_unknown"),
        ("A3973", "industry_unknown"),
        ("", "industry_unknown"),
    ):
        with pytest.raises(Refused) as refused:
            selectors.sector_of(code)
        assert refused.value.code == why


def test_coverage_of_an_empty_and_a_full_database(system):
    empty = selectors.coverage()
    assert len(empty.problems(date(2026, 11, 22))) == 2
    services.load(actor=system)
    full = selectors.coverage()
    assert full.problems(date(2026, 11, 22)) == []
    assert full.year_gaps(date(2026, 12, 1)) == (2027,)
    assert full.year_gaps(date(2027, 1, 1)) == (2027,)
    assert (full.region_year, full.rates, full.latest_rate) == (2023, 0, None)


def test_year_spans():
    assert selectors.year_spans([2008, 2004, 2005, 2006]) == "2004–2006, 2008"
    assert selectors.year_spans([]) == ""
