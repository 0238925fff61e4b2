from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from common import changelog
from common.changelog import DONE
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from common.scope import ScopeMissing
from reference import services
from reference.models import CalendarYear, Currency, ExchangeRate, Holiday, Industry

pytestmark = pytest.mark.django_db
DAY = {"date": date(2027, 1, 1), "kind": "off", "name": "元旦", "source": "国办通知"}


@pytest.fixture
def usd(currencies):
    return Currency.objects.unscoped(reason="tests").get(code="USD")


@pytest.fixture
def rate(usd):
    return {
        "currency": usd,
        "kind": "day",
        "date": date(2026, 11, 20),
        "rate": Decimal("7.1"),
        "source": "甲",
    }


def count(model):
    return model.objects.unscoped(reason="tests").count()


def test_reading_needs_a_scope():
    with pytest.raises(ScopeMissing):
        list(Industry.objects.all())


def test_every_role_reads_and_a_stranger_does_not(officer, clerk, nobody):
    services.holiday_create(actor=clerk, **DAY)
    assert Holiday.objects.visible_to(officer).count() == 1
    assert Holiday.objects.visible_to(nobody).count() == 0


def test_only_the_bureau_writes(officer, clerk):
    with pytest.raises(Denied):
        services.holiday_create(actor=officer, **DAY)
    row = services.holiday_create(actor=clerk, **DAY)
    with pytest.raises(Denied):
        services.holiday_update(actor=officer, pk=row.pk, version=1, name="x")
    with pytest.raises(Denied):
        services.holiday_archive(actor=officer, pk=row.pk, version=1, reason="x")
    row.refresh_from_db()
    assert (row.name, row.version, row.archived_at) == ("元旦", 1, None)


def test_a_stranger_finds_nothing(clerk, nobody):
    row = services.holiday_create(actor=clerk, **DAY)
    with pytest.raises(NotVisible):
        services.holiday_update(actor=nobody, pk=row.pk, version=1, name="x")


def test_change_is_logged_with_actor_and_reason(clerk):
    row = services.holiday_create(actor=clerk, **DAY)
    services.holiday_update(actor=clerk, pk=row.pk, version=1, name="新年", reason="wording")
    last = changelog.history(row)[0]
    assert (last.actor, last.reason, last.action) == ("周敏", "wording", DONE["update"])
    assert [(c.before, c.after) for c in last.changes] == [("元旦", "新年")]


def test_stale_and_archived_rows_refuse(clerk):
    row = services.holiday_create(actor=clerk, **DAY)
    services.holiday_update(actor=clerk, pk=row.pk, version=1, name="新年")
    with pytest.raises(Stale):
        services.holiday_update(actor=clerk, pk=row.pk, version=1, name="别的")
    services.holiday_archive(actor=clerk, pk=row.pk, version=2, reason="x")
    with pytest.raises(Archived):
        services.holiday_update(actor=clerk, pk=row.pk, version=3, name="别的")
    services.holiday_create(actor=clerk, **DAY)  # the date is free again


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "working"},  # Friday 1 January 2027
        {"kind": "half"},
        {"source": ""},
        {"date": None},
    ],
)
def test_wrong_days_are_refused(clerk, change):
    with pytest.raises(ValidationError):
        services.holiday_create(actor=clerk, **{**DAY, **change})
    assert count(Holiday) == 0


def test_a_date_stands_once(clerk):
    services.holiday_create(actor=clerk, **DAY)
    with pytest.raises(ValidationError):
        services.holiday_create(actor=clerk, **{**DAY, "name": "别的"})


def test_the_database_itself_refuses_a_second_date_and_a_working_weekday(clerk):
    services.holiday_create(actor=clerk, **DAY)
    for wrong in (DAY, {**DAY, "date": date(2027, 1, 4), "kind": "working"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Holiday.objects.bulk_create([Holiday(**wrong)])


def test_a_year_is_entered_whole_or_not_at_all(clerk):
    days = [
        {k: v for k, v in DAY.items() if k != "source"},
        {"date": date(2027, 1, 4), "kind": "working", "name": "元旦"},
    ]
    with pytest.raises(Refused, match="2027-01-04"):
        services.calendaryear_create(actor=clerk, year=2027, source="国办通知", days=days)
    assert (count(CalendarYear), count(Holiday)) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"rate": Decimal(0)},
        {"rate": Decimal("-7.1")},
        {"rate": Decimal("7.123456789")},  # more places than are kept
        {"source": ""},
        {"kind": "month"},  # 20 November is not the first of a month
    ],
)
def test_wrong_rates_are_refused(clerk, rate, change):
    with pytest.raises(ValidationError):
        services.exchangerate_create(actor=clerk, **{**rate, **change})
    assert count(ExchangeRate) == 0


def test_the_database_itself_refuses_a_rate_of_zero_and_a_second_one(rate, clerk):
    services.exchangerate_create(actor=clerk, **rate)
    for wrong in ({**rate, "source": "乙", "rate": Decimal(0)}, rate):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExchangeRate.objects.bulk_create([ExchangeRate(**wrong)])


def test_one_rate_for_a_day_and_source(clerk, rate):
    services.exchangerate_create(actor=clerk, **rate)
    services.exchangerate_create(actor=clerk, **{**rate, "source": "乙"})
    with pytest.raises(ValidationError):
        services.exchangerate_create(actor=clerk, **{**rate, "rate": Decimal("7.2")})


def test_yuan_needs_no_rate(clerk, rate):
    cny = Currency.objects.unscoped(reason="tests").get(code="CNY")
    with pytest.raises(ValidationError, match="yuan|人民币|元"):
        services.exchangerate_create(actor=clerk, **{**rate, "currency": cny})
