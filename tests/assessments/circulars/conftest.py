"""Two published circulars as documents. Every figure is the printed one unless a comment says otherwise."""

from datetime import datetime
from decimal import Decimal

import pytest

from assessments.circulars.document import (
    Block,
    CircularDocument,
    Column,
    Figure,
    Kind,
    Line,
    LineKind,
    Missing,
    Note,
    SourceRow,
    Tie,
)


def number(text, note=""):
    return Figure(Decimal(str(text)), note=note)


def missing(reason, note=""):
    return Figure(missing=reason, note=note)


DANFENG_COLUMNS = (
    Column("rank", Kind.RANK, digits=0),
    Column("unit", Kind.UNIT),
    Column("target", Kind.TARGET, digits=0),
    Column("done", Kind.DONE, label="累计到位资金"),
    Column("rate", Kind.RATE),
    Column("points", Kind.POINTS),
    Column("published", Kind.PUBLISHED, label="公布完成率（%）"),
    Column("difference", Kind.DIFFERENCE, base="rate"),
    Column("remark", Kind.REMARK),
)

# 丹政办函〔2023〕55号, http://www.danfeng.gov.cn/gk/gk15/28674.htm: rank, unit, done, published rate.
# The targets are implied by done ÷ rate; rate and points here are done ÷ target, and less 6/12, by hand.
DANFENG_TOWNS = (
    (1, "棣花镇", 25000, 9050, "36.20", "-13.80", "36.2", "0.00"),
    (2, "商镇", 25000, 9020, "36.08", "-13.92", "36.08", "0.00"),
    (3, "竹林关镇", 25000, 8920, "35.68", "-14.32", "35.68", "0.00"),
)
DANFENG_DEPARTMENTS = (
    # 19825 ÷ 60000 = 33.04, printed 32.14.
    (1, "县招商服务中心", 60000, 19825, "33.04", "-16.96", "32.14", "-0.90"),
    (2, "县域工业集中区管委会", 60000, 18650, "31.08", "-18.92", "31.08", "0.00"),
    (3, "县发改局", 60000, 18000, "30.00", "-20.00", "30", "0.00"),
    (4, "县农业农村局", 50000, 11100, "22.20", "-27.80", "22.2", "0.00"),
    (5, "县人社局", 25000, 5000, "20.00", "-30.00", "20", "0.00"),
)


def danfeng_line(row):
    rank, unit, target, done, rate, points, published, difference = row
    figures = {
        "rank": number(rank),
        "target": number(target, note="implied"),
        "done": number(done),
        "rate": number(rate),
        "points": number(points),
        "published": number(published),
        "difference": number(difference),
    }
    return Line(unit, figures, remark="公布值疑有误" if unit == "县招商服务中心" else "")


def danfeng_without_figures(unit, reason):
    dash = missing(Missing.NOT_APPLICABLE, "no target")
    figures = {
        "target": dash,
        "done": missing(reason),
        "rate": dash,
        "points": dash,
        "published": missing(Missing.NOT_IN_TABLE),
        "difference": missing(Missing.NOT_APPLICABLE, "no target"),
    }
    return Line(unit, figures, kind=LineKind.UNRANKED)


@pytest.fixture
def danfeng():
    county = {
        "done": number(159145),
        "published": number("10.61"),
        "target": missing(Missing.NOT_APPLICABLE, "county"),
        "rate": missing(Missing.NOT_APPLICABLE, "county"),
    }
    towns = Block(
        "towns",
        "一、镇（办）",
        DANFENG_COLUMNS,
        tuple(map(danfeng_line, DANFENG_TOWNS))
        + (
            # 25000 × 3; 9050 + 9020 + 8920; 26990 ÷ 75000 = 35.9867; less 50.
            Line(
                "镇（办）小计",
                {
                    "target": number(75000),
                    "done": number(26990),
                    "rate": number("35.99"),
                    "points": number("-14.01"),
                },
                kind=LineKind.SUM,
            ),
        ),
        unit="万元",
        progress=Decimal(50),
    )
    departments = Block(
        "departments",
        "二、部门（单位）",
        DANFENG_COLUMNS,
        tuple(map(danfeng_line, DANFENG_DEPARTMENTS))
        + (
            danfeng_without_figures("县审计局", Missing.NIL),
            danfeng_without_figures("县财政局", Missing.NIL),
            danfeng_without_figures("县畜牧中心", Missing.NOT_REPORTED),
            # 60000 × 3 + 50000 + 25000; 19825 + 18650 + 18000 + 11100 + 5000; 72575 ÷ 255000 = 28.4608.
            Line(
                "部门小计",
                {
                    "target": number(255000),
                    "done": number(72575),
                    "rate": number("28.46"),
                    "points": number("-21.54"),
                },
                kind=LineKind.SUM,
            ),
            Line("全县", county, kind=LineKind.REPORTED),
        ),
        unit="万元",
        progress=Decimal(50),
    )
    at = datetime(2023, 7, 5, 9, 30)  # noqa: DTZ001 (local time, as the document says)
    return CircularDocument(
        title="丹凤县1—6月份招商引资目标任务完成情况表",
        year=2023,
        month=6,
        blocks=(towns, departments),
        notes=(
            Note("implied", "年度目标未公布，由累计到位资金与公布完成率反推"),
            Note("no target", "无年度目标，不计算完成率"),
            Note("county", "全县年度目标未公布"),
        ),
        state="初核",
        schedule="按月均衡，6月末为50%",
        definitions=(("到位资金", "本年内实际到位的项目资金"),),
        target_versions=("2023年度目标（反推，第1版）",),
        files=("丹政办函〔2023〕55号",),
        sources=(
            SourceRow(
                "一、镇（办）", "棣花镇", "累计到位资金", Decimal(9050), "丹凤.xlsx", "镇办", "C2", "王芳", at
            ),
            SourceRow(
                "二、部门（单位）",
                "县畜牧中心",
                "累计到位资金",
                None,
                "丹凤.xlsx",
                "部门",
                "C9",
                "王芳",
                at,
                "未报",
            ),
        ),
    )


# 宿州市2019年1至8月, https://m.yybnet.net/suzhou/xiaoxian/201910/9773223.html, finished projects:
# count and investment. Counties and parks are ranked apart; equal counts are ordered by investment.
SUZHOU_COUNTIES = (
    ("埇桥区", 13, "14.16"),
    ("泗县", 13, "10.45"),
    ("砀山县", 11, "8.46"),
    ("萧县", 10, "17.91"),
    ("灵璧县", 8, "6"),
)
SUZHOU_PARKS = (
    ("市高新区", 28, "14.86"),
    ("宿马园区", 11, "9.82"),
    ("市经开区", 8, "3.15"),
    ("市鞋城", 7, "10.69"),
)
SUZHOU_COLUMNS = (
    Column("rank", Kind.RANK, of="count"),
    Column("unit", Kind.UNIT),
    Column("count", Kind.AMOUNT, label="竣工项目", digits=0, unit="个"),
    Column("invested", Kind.DONE, label="完成投资"),
)


def suzhou_lines(rows):
    return tuple(
        Line(unit, {"rank": number(rank), "count": number(count), "invested": number(invested)})
        for rank, (unit, count, invested) in enumerate(rows, start=1)
    )


@pytest.fixture
def suzhou():
    tie = {"tie": Tie.BROKEN, "tie_text": "个数相同的，按完成投资额排序"}
    total = Line(
        "全市",
        {"count": number(109), "invested": number("95.50")},
        kind=LineKind.SUM,
        sum_of=("counties", "parks"),
    )
    return CircularDocument(
        title="宿州市首位产业已竣工项目情况表",
        year=2019,
        month=8,
        blocks=(
            Block("counties", "县区", SUZHOU_COLUMNS, suzhou_lines(SUZHOU_COUNTIES), unit="亿元", **tie),
            Block(
                "parks", "市直园区", SUZHOU_COLUMNS, (*suzhou_lines(SUZHOU_PARKS), total), unit="亿元", **tie
            ),
        ),
    )
