"""The circular's workbook read back: layout, values, formulas and the values stored beside them."""

import dataclasses
import io
from decimal import Decimal

import openpyxl
import pytest

from assessments.circulars.document import (
    Basis,
    Block,
    CircularDocument,
    Column,
    Figure,
    Kind,
    Layout,
    Line,
    LineKind,
    Missing,
    Note,
    Rounding,
)
from assessments.circulars.workbook import build_workbook
from assessments.words import load_words


def opened(doc, words=None):
    """The workbook twice: with formulas, and with the values stored beside them."""
    data = build_workbook(doc, words)
    return openpyxl.load_workbook(io.BytesIO(data)), openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def rows_by_unit(sheet, column=2):
    return {
        sheet.cell(r, column).value: r for r in range(1, sheet.max_row + 1) if sheet.cell(r, column).value
    }


def number(text):
    return Figure(Decimal(str(text)))


def small(columns, lines, **options):
    block_options = {k: options.pop(k) for k in ("progress", "tie", "unit") if k in options}
    block = Block("b", "", tuple(columns), tuple(lines), **block_options)
    return CircularDocument(title="表", year=2024, month=7, blocks=(block,), **options)


def test_layout_of_an_official_table(danfeng):
    sheet = opened(danfeng)[0]["通报表"]
    assert sheet["A1"].value == "丹凤县1—6月份招商引资目标任务完成情况表"
    assert (sheet["A1"].font.name, sheet["A1"].font.size) == ("方正小标宋简体", 22)
    assert sheet["A1"].alignment.horizontal == "center"
    assert "A1:I1" in [str(area) for area in sheet.merged_cells.ranges]
    assert sheet["A2"].value == "（2023年1—6月）"
    assert (sheet["A3"].value, sheet["A3"].number_format) == (50, '"时间进度："0.00"%"')
    assert (sheet["D3"].value, sheet["D3"].alignment.horizontal) == ("单位：万元", "right")
    assert [cell.value for cell in sheet[4]] == [
        "排名",
        "单位",
        "年度目标",
        "累计到位资金",
        "完成率（%）",
        "超（+）欠（-）进度（百分点）",
        "公布完成率（%）",
        "差值（公布-计算）",
        "备注",
    ]
    assert (sheet["A5"].value, sheet["B6"].value) == ("一、镇（办）", "棣花镇")
    assert sheet["B6"].font.name == "仿宋_GB2312"
    assert sheet["B6"].border.left.style == "thin"
    assert (sheet["D6"].number_format, sheet["E6"].number_format) == ("#,##0.00_ ", "#,##0.00_ ")
    assert sheet.freeze_panes == "C5"
    assert (sheet.print_title_rows, sheet.page_setup.paperSize, sheet.page_setup.orientation) == (
        "$4:$4",
        9,
        "landscape",
    )
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0


def test_formulas_carry_the_values_of_the_run(danfeng):
    live, cached = opened(danfeng)
    sheet, values = live["通报表"], cached["通报表"]
    at = rows_by_unit(sheet)
    r = at["县招商服务中心"]
    first, last = r, r + 4
    assert sheet.cell(r, 1).value == f"=RANK(E{r},$E${first}:$E${last},0)"
    assert sheet.cell(r, 5).value == f'=IF(C{r}=0,"",ROUND(D{r}/C{r}*100,2))'
    assert sheet.cell(r, 6).value == f'=IF(C{r}=0,"",ROUND(D{r}/C{r}*100-$A$3,2))'
    assert sheet.cell(r, 8).value == f"=ROUND(G{r}-E{r},2)"
    assert [values.cell(r, c).value for c in range(1, 10)] == [
        1,
        "县招商服务中心",
        60000,
        19825,
        33.04,
        -16.96,
        32.14,
        -0.9,
        "公布值疑有误",
    ]
    total = at["部门小计"]
    assert sheet.cell(total, 4).value == f"=SUM(D{first}:D{total - 1})"
    assert (values.cell(total, 3).value, values.cell(total, 4).value) == (255000, 72575)


def test_every_cached_value_is_the_documents(danfeng, suzhou):
    for doc in (danfeng, suzhou):
        sheet = opened(doc)[1]["通报表"]
        seen = 0
        rows = iter(range(1, sheet.max_row + 1))
        for block in doc.blocks:
            for line in block.lines:
                shown = line.unit + ("（上报数）" if line.kind is LineKind.REPORTED else "")
                row = next(r for r in rows if sheet.cell(r, 2).value == shown)
                for c, column in enumerate(block.columns, start=1):
                    figure = line.figures.get(column.key)
                    if figure is not None and figure.value is not None:
                        assert sheet.cell(row, c).value == float(figure.value), (line.unit, column.key)
                        seen += 1
        assert seen >= 9 * 3 + 2


def test_the_four_kinds_of_no_number_and_their_reasons(danfeng):
    sheet = opened(danfeng)[0]["通报表"]
    at = rows_by_unit(sheet)
    assert [sheet.cell(at["县审计局"], c).value for c in range(1, 9)] == [
        "—",
        "县审计局",
        "—②",
        "零报告",
        "—②",
        "—②",
        "·",
        "—②",
    ]
    assert sheet.cell(at["县畜牧中心"], 4).value == "未报"
    assert sheet.cell(at["棣花镇"], 3).number_format == '#,##0"①"_ '
    below = [sheet.cell(r, 1).value for r in range(at["全县（上报数）"] + 1, sheet.max_row + 1)]
    assert below == [
        "注：① 年度目标未公布，由累计到位资金与公布完成率反推。",
        "② 无年度目标，不计算完成率。",
        "③ 全县年度目标未公布。",
        "“未报”指未报送报表，不视为零；“零报告”指已报送报表且数额为零；“·”指原公布表未列该项；"
        "“—”指不适用或无法计算；“上报数”指报送的合计数，不由各行相加。",
    ]


def test_a_reported_total_is_a_figure_and_no_sum(danfeng):
    sheet = opened(danfeng)[0]["通报表"]
    row = rows_by_unit(sheet)["全县（上报数）"]
    assert (sheet.cell(row, 4).value, sheet.cell(row, 1).value) == (159145, None)


def test_a_tie_breaker_makes_ranks_values_and_the_total_adds_both_groups(suzhou):
    live, cached = opened(suzhou)
    sheet = live["通报表"]
    at = rows_by_unit(sheet)
    assert [sheet.cell(at[unit], 1).value for unit in ("埇桥区", "泗县", "砀山县", "市高新区")] == [
        1,
        2,
        3,
        1,
    ]
    a, b = at["埇桥区"], at["市高新区"]
    total = at["全市"]
    assert sheet.cell(total, 3).value == f"=SUM(C{a}:C{a + 4},C{b}:C{b + 3})"
    assert (cached["通报表"].cell(total, 3).value, cached["通报表"].cell(total, 4).value) == (109, 95.5)
    assert sheet["C4"].value == "竣工项目（个）"
    text = "\n".join(str(row[1].value) for row in live["说明"].iter_rows())
    assert "县区“排名”：名次为核定结果（数值，不随数据重算）；个数相同的，按完成投资额排序" in text


def test_a_sheet_for_each_block(suzhou):
    live, cached = opened(dataclasses.replace(suzhou, layout=Layout.SHEET_PER_BLOCK))
    assert live.sheetnames == ["县区", "市直园区", "说明", "明细"]
    row = rows_by_unit(live["市直园区"])["全市"]
    assert live["市直园区"].cell(row, 3).value == "=SUM('县区'!C6:C10,C6:C9)"
    assert cached["市直园区"].cell(row, 4).value == 95.5


def test_definitions_and_sources(danfeng):
    live = opened(danfeng)[0]
    rows = [(row[0].value, row[1].value) for row in live["说明"].iter_rows(min_row=3)]
    assert ("到位资金", "本年内实际到位的项目资金") in rows
    assert ("数据状态", "初核") in rows
    assert ("时间进度", "一、镇（办）：50.00%") in rows
    assert ("目标版本", "2023年度目标（反推，第1版）") in rows
    assert ("来源文件", "丹政办函〔2023〕55号") in rows
    assert ("统计期间", "2023年1—6月") in rows
    assert ("数据截至", "2023年6月") in rows
    sources = live["明细"]
    assert [cell.value for cell in sources[2]][:9] == [
        "一、镇（办）",
        "棣花镇",
        "累计到位资金",
        9050,
        None,
        "丹凤.xlsx",
        "镇办",
        "C2",
        "王芳",
    ]
    assert str(sources["J2"].value) == "2023-07-05 09:30:00"
    assert (sources["D3"].value, sources["E3"].value) == (None, "未报")


UNIT, TARGET, DONE = Column("unit", Kind.UNIT), Column("target", Kind.TARGET), Column("done", Kind.DONE)
RATE, POINTS = Column("rate", Kind.RATE), Column("points", Kind.POINTS)


def test_a_rate_from_unrounded_inputs_stays_a_value_and_is_told():
    # 开平市 2023-01..08, 省: 38.3 of 47.7 is 80.29, printed 80.3; 2020-01..08 省: 11.4 of 18.2 is 62.64, printed 62.4.
    rate = Column("rate", Kind.RATE, digits=1)
    doc = small(
        [UNIT, TARGET, DONE, rate],
        [
            Line("2023", {"target": number("47.7"), "done": number("38.3"), "rate": number("80.3")}),
            Line("2020", {"target": number("18.2"), "done": number("11.4"), "rate": number("62.4")}),
        ],
    )
    live = opened(doc)[0]
    at = rows_by_unit(live["通报表"], 1)
    assert str(live["通报表"].cell(at["2023"], 4).value).startswith("=IF(")
    assert live["通报表"].cell(at["2020"], 4).value == 62.4
    values = [row[1].value for row in live["说明"].iter_rows() if row[0].value == "以数值列示"]
    assert len(values) == 1
    assert "完成率（%）”中有1个数" in values[0]


def test_points_from_the_printed_rate():
    # 开平市 2023-01..08, 省: 80.3 − 66.67 = 13.63, printed 13.6; from the exact rate 80.294 − 66.667 too.
    columns = [
        UNIT,
        TARGET,
        DONE,
        Column("rate", Kind.RATE, digits=1),
        dataclasses.replace(POINTS, basis=Basis.ROUNDED),
    ]
    figures = {
        "target": number("47.7"),
        "done": number("38.3"),
        "rate": number("80.3"),
        "points": number("13.63"),
    }
    doc = small(columns, [Line("省", figures)], progress=Decimal(800) / 12)
    live, cached = opened(doc)
    assert live["通报表"]["E5"].value == '=IF(B5=0,"",ROUND(D5-ROUND($A$3,2),2))'
    assert cached["通报表"]["E5"].value == 13.63


def test_truncation_is_a_rounding_of_its_own():
    # 2 of 3: 66.666… cut to 66.66, and not 66.67.
    figures = {"target": number(3), "done": number(2), "rate": number("66.66")}
    doc = small([UNIT, TARGET, DONE, RATE], [Line("甲", figures)], rounding=Rounding.TRUNCATE)
    assert opened(doc)[0]["通报表"]["D5"].value == '=IF(B5=0,"",TRUNC(ROUND(C5/B5*100,8),2))'


def test_growth_is_live_where_last_year_is_shown():
    columns = [UNIT, DONE, Column("last", Kind.LAST_YEAR), Column("growth", Kind.GROWTH)]
    rows = [Line("甲", {"done": number(120), "last": number(100), "growth": number(20)})]
    broken = {
        "done": number("5.7"),
        "last": Figure(missing=Missing.NOT_APPLICABLE, note="break"),
        "growth": Figure(missing=Missing.NOT_APPLICABLE, note="break"),
    }
    doc = small(columns, [*rows, Line("乙", broken)], notes=(Note("break", "统计口径调整，不可比"),))
    sheet = opened(doc)[0]["通报表"]
    assert sheet["D5"].value == '=IF(C5=0,"",ROUND((B5/C5-1)*100,2))'
    assert sheet["D6"].value == "—①"


def test_competition_ranks_are_live_and_other_ranks_are_values():
    columns = [Column("rank", Kind.RANK, of="done"), UNIT, DONE]

    def doc(*ranks):
        lines = [
            Line(f"u{i}", {"rank": number(rank), "done": number(done)})
            for i, (rank, done) in enumerate(zip(ranks, (30, 20, 20, 10), strict=True))
        ]
        return small(columns, lines)

    assert opened(doc(1, 2, 2, 4))[0]["通报表"]["A6"].value == "=RANK(C6,$C$5:$C$8,0)"
    assert [opened(doc(1, 2, 2, 3))[0]["通报表"].cell(r, 1).value for r in range(5, 9)] == [1, 2, 2, 3]


def test_less_is_better():
    columns = [Column("rank", Kind.RANK, of="late", ascending=True), UNIT, Column("late", Kind.OTHER)]
    lines = [
        Line("甲", {"rank": number(1), "late": number(0)}),
        Line("乙", {"rank": number(2), "late": number(3)}),
    ]
    assert opened(small(columns, lines))[0]["通报表"]["A5"].value == "=RANK(C5,$C$5:$C$6,1)"


def test_of_which_lines_are_not_added_twice():
    lines = [
        Line("甲县", {"done": number(100)}),
        Line("其中：甲园区", {"done": number(40)}, kind=LineKind.UNRANKED, in_sum=False),
        Line("乙县", {"done": number(50)}),
        Line("合计", {"done": number(150)}, kind=LineKind.SUM),
    ]
    assert opened(small([UNIT, DONE], lines))[0]["通报表"]["B8"].value == "=SUM(B5:B5,B7:B7)"


def test_nil_counts_as_zero_in_a_rate():
    figures = {"target": number(100), "done": Figure(missing=Missing.NIL), "rate": number(0)}
    sheet = opened(small([UNIT, TARGET, DONE, RATE], [Line("甲", figures)]))[0]["通报表"]
    assert (sheet["C5"].value, sheet["D5"].value) == ("零报告", '=IF(B5=0,"",ROUND(N(C5)/B5*100,2))')


def test_documents_that_contradict_themselves_are_refused():
    wrong = [Line("甲", {"done": number(1)}), Line("合计", {"done": number(2)}, kind=LineKind.SUM)]
    with pytest.raises(ValueError, match="isn't the sum"):
        build_workbook(small([UNIT, DONE], wrong))
    with pytest.raises(ValueError, match="no figure for 'done'"):
        build_workbook(small([UNIT, DONE], [Line("甲")]))
    with pytest.raises(ValueError, match="either a value or a reason"):
        Figure()
    with pytest.raises(ValueError, match="either a value or a reason"):
        Figure(Decimal(1), Missing.NIL)
    with pytest.raises(ValueError, match="notes without a text"):
        small([UNIT, DONE], [Line("甲", {"done": Figure(Decimal(1), note="x")})])
    with pytest.raises(ValueError, match="no columns"):
        small([UNIT, DONE], [Line("甲", {"rate": number(1)})])
    with pytest.raises(ValueError, match="no column 'nothing'"):
        small([UNIT, Column("rank", Kind.RANK, of="nothing")], [])


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x","y")', "+1", "@SUM(A1)", "-1"])
def test_a_unit_named_like_a_formula_is_text(name):
    live = opened(
        small([UNIT, DONE, Column("r", Kind.REMARK)], [Line(name, {"done": number(1)}, remark=name)])
    )[0]
    sheet = live["通报表"]
    for cell in (sheet["A5"], sheet["C5"]):
        assert (cell.value, cell.data_type) == (name, "s")


def test_words_in_english_and_a_bureaus_own():
    lines = [Line("A", {"done": number(1)})]
    live = opened(small([UNIT, DONE], lines), load_words("circular", "en", {"column.unit": "County"}))[0]
    assert live.sheetnames == ["Table", "Definitions", "Sources"]
    assert (live["Table"]["A2"].value, live["Table"]["A4"].value) == ("(months 1–7 of 2024)", "County")
    with pytest.raises(KeyError):
        load_words("circular", "en", {"column.nonsense": "x"})


def test_both_languages_have_the_same_words():
    for document in ("circular", "template"):
        assert load_words(document, "zh").keys() == load_words(document, "en").keys()


def test_data_of_an_earlier_month_is_said():
    sheet = opened(small([UNIT, DONE], [Line("甲", {"done": number(1)})], through=(2024, 6)))[0]["通报表"]
    assert sheet["A2"].value == "（2024年1—7月，数据截至2024年6月）"


def test_blocks_with_other_columns_get_a_head_of_their_own_and_too_many_columns_turn_the_page():
    wide = [Column("rank", Kind.RANK, of="c0"), UNIT] + [
        Column(f"c{n}", Kind.AMOUNT, label=f"第{n}项") for n in range(6)
    ]
    figures = {f"c{n}": number(n) for n in range(6)} | {"rank": number(1)}
    first = Block("a", "甲组", (UNIT, DONE), (Line("甲", {"done": number(1)}),), unit="万元")
    second = Block("b", "乙组", tuple(wide), (Line("乙", figures),), unit="个")
    doc = CircularDocument(title="表", year=2024, month=7, blocks=(first, second))
    sheet = opened(doc)[0]["通报表"]
    assert [sheet.cell(r, 1).value for r in range(3, 12)] == [
        "单位：万元",
        "单位",
        "甲组",
        "甲",
        None,
        "单位：个",
        "排名",
        "乙组",
        "=RANK(C11,$C$11:$C$11,0)",
    ]
    assert sheet.page_setup.orientation == "landscape"
    narrow = opened(dataclasses.replace(doc, blocks=(first,)))[0]["通报表"]
    assert narrow.page_setup.orientation in (None, "portrait")
