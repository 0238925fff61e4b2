"""The demo's rankings give the published order, rates and totals; where a source is wrong, both values stand."""

from decimal import Decimal

import pytest

from assessments.reading import read
from rules.facts import MissingReason
from tests.assessments.demo.conftest import decimals, numbers

D = Decimal


# ---------------------------------------------------------------- Danfeng 2023, January to June


def test_danfeng_towns_stand_as_published(lines):
    """丹政办函〔2023〕55号: 棣花镇 9050 = 36.2 %, 商镇 9020 = 36.08 %, 竹林关镇 8920 = 35.68 %; 全县 159145 = 10.61 %."""
    found = lines("danfeng-towns-capital", "2023-06")
    assert [(one.name, one.ranks["rank"]) for one in found] == [
        ("棣花镇", 1),
        ("商镇", 2),
        ("竹林关镇", 3),
        ("丹凤县", None),
    ]
    assert numbers(found, "done") == decimals(9050, 9020, 8920, 159145)
    assert numbers(found, "completion") == decimals("36.20", "36.08", "35.68", "10.61")
    # By hand: 36.20 − 6 ÷ 12 × 100 and so on.
    assert numbers(found, "points") == decimals("-13.80", "-13.92", "-14.32", "-39.39")
    assert [one.cells["completion"].kind for one in found] == ["equal"] * 4
    assert not found[3].ranked


def test_danfeng_targets_are_implied_and_say_so(lines):
    """Not printed; amount ÷ rate gives 25,000 for towns, 60,000 / 50,000 / 25,000 for departments."""
    towns = lines("danfeng-towns-capital", "2023-06")
    departments = lines("danfeng-departments-capital", "2023-06")
    assert numbers(towns, "target")[:3] == decimals(25000, 25000, 25000)
    assert numbers(departments, "target")[:5] == decimals(60000, 60000, 60000, 50000, 25000)
    assert all(one.implied for one in (*towns, *departments[:5]))
    assert not any(one.implied for one in departments if one.cells["target"].value is None)


def test_a_misprinted_rate_stands_beside_the_computed_one(lines):
    """县招商服务中心: 19,825 of 60,000 is 33.041…, printed 32.14. By hand: 32.14 − 33.04 = −0.90."""
    center = lines("danfeng-departments-capital", "2023-06")[0]
    rate = center.cells["completion"]
    assert (center.name, rate.value, rate.published, rate.difference, rate.kind) == (
        "县招商服务中心", D("33.04"), D("32.14"), D("-0.90"), "differs",
    )  # fmt: skip


def test_danfeng_departments_keep_the_published_order(lines):
    found = lines("danfeng-departments-capital", "2023-06")
    order = ["县招商服务中心", "县工业集中区", "县发改局", "县农业农村局", "县人社局"]
    assert [one.name for one in found[:5]] == order
    assert [one.ranks["rank"] for one in found] == [1, 2, 3, 4, 5, *[None] * (len(found) - 5)]
    assert numbers(found, "completion")[1:5] == decimals("31.08", "30.00", "22.20", "20.00")


def test_filed_nil_and_missing_returns_are_three_things(run):
    """The circular: 5 with figures, 15 with a return that says nothing arrived, 1 (县畜牧中心) without a return."""
    found = [one for one in read(run("danfeng-departments-capital", "2023-06")).lines if one.ranked]
    states = [one.state for one in found]
    assert [states.count(state) for state in ("filed", "nil", "missing")] == [5, 15, 1]
    by_name = {one.name: one for one in found}
    assert by_name["县审计局"].cells["done"].value == 0
    husbandry = by_name["县畜牧中心"].cells["done"]
    assert (husbandry.value, husbandry.reason) == (None, MissingReason.NOT_REPORTED)
    assert by_name["县审计局"].cells["completion"].reason == MissingReason.NO_TARGET


def test_danfeng_sums_are_sums_of_what_was_filed(run):
    """By hand: 9050 + 9020 + 8920; 19825 + 18650 + 18000 + 11100 + 5000, fifteen nil returns add nothing."""
    towns, departments = (
        read(run(f"danfeng-{g}-capital", "2023-06")).total for g in ("towns", "departments")
    )
    assert towns["done"].value == 26990
    assert departments["done"].value == 72575


# ---------------------------------------------------------------- Suzhou 2019, January to August


SUZHOU = {
    "suzhou-counties-output": (
        ["萧县", "埇桥区", "砀山县", "泗县", "灵璧县"],
        ["166.05", "127.87", "75.03", "72.41", "31.32"],
    ),
    "suzhou-parks-output": (
        ["市高新区", "宿马园区", "市鞋城", "市经开区"],
        ["142.80", "41.42", "40.66", "30.71"],
    ),
    "suzhou-counties-completed": (["埇桥区", "泗县", "砀山县", "萧县", "灵璧县"], [13, 13, 11, 10, 8]),
    "suzhou-parks-completed": (["市高新区", "宿马园区", "市经开区", "市鞋城"], [28, 11, 8, 7]),
    "suzhou-counties-started": (["萧县", "埇桥区", "泗县", "砀山县", "灵璧县"], [19, 15, 12, 11, 9]),
    "suzhou-parks-started": (["市高新区", "宿马园区", "市鞋城", "市经开区"], [18, 17, 10, 1]),
    "suzhou-counties-signed": (["萧县", "泗县", "灵璧县", "砀山县", "埇桥区"], [22, 13, 10, 8, 5]),
}


@pytest.mark.parametrize("table", SUZHOU)
def test_suzhou_keeps_the_published_order_in_each_group(lines, table):
    names, values = SUZHOU[table]
    found = [one for one in lines(table, "2019-08") if one.ranked]
    assert [one.name for one in found] == names
    assert numbers(found, "done") == decimals(*values)
    assert [one.ranks["rank"] for one in found] == list(range(1, len(names) + 1))


def test_equal_counts_are_ordered_by_investment(lines):
    """埇桥区 and 泗县 both completed 13; 14.16 and 10.45 (100 million) decide, so they are 1 and 2."""
    first, second = lines("suzhou-counties-completed", "2019-08")[:2]
    assert (first.name, first.ranks["rank"], second.name, second.ranks["rank"]) == ("埇桥区", 1, "泗县", 2)
    assert "tie" in {first.decided_by, second.decided_by}
    assert not first.tied


def test_growth_is_the_published_one_and_completion_says_why_there_is_none(lines):
    found = [one for one in lines("suzhou-counties-output", "2019-08") if one.ranked]
    assert numbers(found, "growth") == decimals("18.57", "14.80", "22.55", "17.02", "20.90")
    assert {one.cells["completion"].reason for one in found} == {MissingReason.NO_TARGET}
    assert {one.cells["completion"].value for one in found} == {None}


def test_suzhou_totals_of_both_groups_give_the_printed_ones(run):
    """Printed: output 728.27; completed 109; started 112."""

    def total(kind):
        return sum(
            read(run(f"suzhou-{g}-{kind}", "2019-08")).total["done"].value for g in ("counties", "parks")
        )

    assert (total("output"), total("completed"), total("started")) == (D("728.27"), 109, 112)


# ---------------------------------------------------------------- Lu'an 2024, January to June

LUAN_RATES = {
    "霍山县": "94.1", "市开发区": "78.6", "金寨县": "68.8", "叶集区": "66.7", "裕安区": "63.0", "舒城县": "52.0",
    "金安区": "47.6", "霍邱县": "38.9",
}  # fmt: skip


def test_luan_start_rates_are_computed_and_one_differs(lines):
    """22 of 32 is 68.75, half up 68.8; printed 68.9. All others are printed as they come out."""
    found = lines("luan-start-rate", "2024-06")
    assert {one.name: str(one.cells["done"].value) for one in found} == LUAN_RATES
    kinds = {one.name: one.cells["done"].kind for one in found}
    assert kinds.pop("金寨县") == "differs"
    assert set(kinds.values()) == {"equal"}
    jinzhai = next(one for one in found if one.name == "金寨县").cells["done"]
    assert (jinzhai.published, jinzhai.difference) == (D("68.9"), D("0.1"))
    assert [one.name for one in found] == list(LUAN_RATES)  # the published order


@pytest.mark.parametrize(
    ("table", "total"),
    [("luan-signed-100m", 174), ("luan-signed-500m", 23), ("luan-started-100m", 114), ("luan-outings", 195)],
)
def test_luan_sums_equal_the_reported_totals(run, table, total):
    found = run(table, "2024-06")
    reader = read(found)
    assert reader.total["done"].value == total
    assert reader.reported["done"].value == total
    assert D(found.document["reported"]["done"]["difference"]) == 0


def test_luan_competition_ranking_shares_places(lines):
    """Printed 9, 4, 3, 2, 2, 2, 1: three units share the fourth place, the next is seventh."""
    found = [one for one in lines("luan-signed-500m", "2024-06") if one.cells["done"].value is not None]
    assert numbers(found, "done") == decimals(9, 4, 3, 2, 2, 2, 1)
    assert [one.ranks["rank"] for one in found] == [1, 2, 3, 4, 4, 4, 7]


def test_a_unit_that_the_table_does_not_list_is_not_zero(lines):
    """舒城县 stands in the other lists, not in that of 500 million."""
    shucheng = next(one for one in lines("luan-signed-500m", "2024-06") if one.name == "舒城县")
    assert (shucheng.cells["done"].value, shucheng.cells["done"].reason) == (None, MissingReason.NOT_IN_TABLE)
    assert shucheng.ranks["rank"] is None
    assert shucheng.state == "filed"


# ---------------------------------------------------------------- Kaiping, six months

# month: (unit code, printed rate, printed points or None)
KAIPING = {
    "2020-08": [("province", "62.4", None), ("jiangmen", "70.3", None), ("own", "60.7", None)],
    "2021-05": [("province", "49.6", None), ("jiangmen", "42.9", None), ("own", "38.2", None)],
    "2023-08": [("province", "80.3", "13.6"), ("jiangmen", "77.9", "11.2"), ("own", "66.4", "-0.23")],
    "2023-12": [("province", "112.5", "12.5"), ("jiangmen", "115.4", "15.4"), ("own", "101.9", "1.9")],
    "2024-02": [("province", "17.4", "0.7"), ("jiangmen", "15.7", "-1.0"), ("own", "14.3", "-2.3")],
    "2024-03": [("province", "27.1", "2.1"), ("jiangmen", "25", "0"), ("own", "22.7", "-2.3")],
}


@pytest.mark.parametrize("month", KAIPING)
def test_kaiping_rates_and_points_are_equal_or_explained_by_rounded_inputs(lines, month):
    """The source computed from unrounded figures; amounts are printed with one digit of 100 million yuan."""
    found = {one.unit: one for one in lines("kaiping-investment", month)}
    for code, rate, points in KAIPING[month]:
        line = found[f"kaiping-{code}"]
        assert line.cells["completion"].published == D(rate)
        assert line.cells["completion"].kind in {"equal", "rounding"}, (month, code)
        if points is None:
            assert line.cells["points"].published is None
        else:
            assert line.cells["points"].published == D(points)
            assert line.cells["points"].kind in {"equal", "rounding"}, (month, code)


def test_kaiping_compares_eighteen_rates_and_twelve_points():
    printed = [row for rows in KAIPING.values() for row in rows]
    assert (len(printed), sum(points is not None for *_rest, points in printed)) == (18, 12)


def test_a_plan_that_changed_inside_the_year_leaves_the_earlier_month_as_it_was(lines):
    """2023: 116.7 until the change, 118.9 in December (江门市); 193.4 and 200.2 (本级)."""
    august, december = (
        {one.unit: one.cells["target"].value for one in lines("kaiping-investment", month)}
        for month in ("2023-08", "2023-12")
    )
    assert (august["kaiping-jiangmen"], december["kaiping-jiangmen"]) == (D("116.7"), D("118.9"))
    assert (august["kaiping-own"], december["kaiping-own"]) == (D("193.4"), D("200.2"))
