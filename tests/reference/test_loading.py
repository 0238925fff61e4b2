from __future__ import annotations

import pytest

from common.errors import Denied
from reference import services, sources
from reference.models import CalendarYear, Currency, Holiday, Industry, Region

pytestmark = pytest.mark.django_db


def rows(model):
    return model.objects.unscoped(reason="tests look at all rows")


def test_loads_all_and_the_second_time_nothing(system):
    first = {one.table: one for one in services.load(actor=system)}
    assert (first["industries"].created, first["regions"].created) == (1971, 3351)
    assert rows(Industry).count() == 20 + 97 + 473 + 1381
    second = services.load(actor=system)
    assert [(one.created, one.updated) for one in second] == [(0, 0)] * 4
    assert {one.table: one.unchanged for one in second} == {name: one.created for name, one in first.items()}


def test_a_changed_name_is_put_right_and_counted(system):
    services.load(actor=system, only=["industries"])
    rows(Industry).filter(code="3973").update(name="别的", pinyin="x")
    again = services.load(actor=system, only=["industries"])[0]
    assert (again.created, again.updated, again.unchanged) == (0, 1, 1970)
    row = rows(Industry).get(code="3973")
    assert (row.name, row.version) == ("集成电路制造", 2)


def test_industries_hang_together(system):
    services.load(actor=system, only=["industries"])
    row = rows(Industry).select_related("parent__parent__parent").get(code="3973")
    assert [row.parent.code, row.parent.parent.code, row.parent.parent.parent.code] == ["397", "39", "C"]
    assert row.sector == "secondary"
    assert set(rows(Industry).filter(sector="").values_list("code", flat=True)) == {"A", "B", "C"}


def test_regions_carry_their_year(system):
    services.load(actor=system, only=["regions"])
    row = rows(Region).select_related("parent").get(code="320583")
    assert (row.year, row.parent.name, row.pinyin) == (2023, "苏州市", "kunshanshi kss")


def test_names_sort_by_pinyin(system):
    services.load(actor=system, only=["regions"])
    provinces = list(rows(Region).filter(level="province").order_by("pinyin").values_list("name", flat=True))
    assert provinces[:3] == ["安徽省", "澳门特别行政区", "北京市"]
    assert provinces.index("重庆市") < provinces.index("福建省")


def test_the_bureaus_own_calendar_is_left_alone(system):
    services.load(actor=system, only=["holidays"])
    mine = rows(Holiday).get(date="2026-10-01")
    services.holiday_update(actor=system, pk=mine.pk, version=mine.version, name="国庆")
    other = rows(Holiday).get(date="2026-10-02")
    services.holiday_archive(actor=system, pk=other.pk, version=other.version, reason="test")
    again = services.load(actor=system, only=["holidays"])[0]
    assert (again.created, again.updated) == (0, 0)
    assert rows(Holiday).get(date="2026-10-01").name == "国庆"
    assert not rows(Holiday).filter(date="2026-10-02", archived_at=None).exists()


def test_a_day_entered_before_the_first_load_stays(system, clerk):
    services.holiday_create(actor=clerk, date="2026-10-01", kind="off", name="自己录入", source="本局")
    services.load(actor=system, only=["holidays"])
    assert rows(Holiday).get(date="2026-10-01").name == "自己录入"
    assert rows(CalendarYear).filter(year=2026).exists()


def test_only_the_system_loads(clerk):
    with pytest.raises(Denied):
        services.load(actor=clerk)
    assert rows(Currency).count() == 0


def test_a_failing_table_leaves_nothing_behind(system, monkeypatch):
    monkeypatch.setitem(services.LOADERS, "regions", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.load(actor=system)
    assert rows(Industry).count() == 0


def test_currencies_are_those_of_the_source(system):
    services.load(actor=system, only=["currencies"])
    from common import clock

    assert set(rows(Currency).values_list("code", flat=True)) == {
        r.code for r in sources.currencies(clock.today())
    }
