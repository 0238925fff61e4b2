"""The importer of targets and figures: units of money, special words, what is kept, what supersedes what."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from assessments.imports.headers import scale_of
from assessments.imports.template import template_for
from common import imports
from common.errors import Refused
from organizations import services as org
from tests.assessments.support import HEADER, TESTS, sheet

D = Decimal
WAN = 10_000


@pytest.mark.parametrize(
    ("title", "scale"),
    [
        ("到位资金（万元）", "wan"),
        ("到位资金(亿元)", "yi"),
        ("年度目标（推算，万元）", "wan"),
        ("目标（万元，推算）", "wan"),
        ("累计 万元", "wan"),
        ("税收/元", "yuan"),
        ("实际使用外资（万美元）", "wan"),
        ("合同外资(亿美元)", "yi"),
        ("外资（美元）", "yuan"),
        ("多元化项目投资", ""),
        ("元旦前完成", ""),
        ("个数", ""),
        ("Capital (10 thousand yuan)", "wan"),
    ],
)
def test_the_unit_of_money_in_a_header(title, scale):
    assert scale_of(title) == scale


@pytest.mark.parametrize(
    ("header", "value", "yuan", "quantum"),
    [
        ("累计完成（万元）", "9050", 90_500_000, 10_000),
        ("累计完成（亿元）", "1.25", 125_000_000, 1_000_000),
        ("累计完成（元）", "123.45", D("123.45"), D("0.01")),
        ("累计完成", "9050", 90_500_000, 10_000),  # the form's own: 10,000 yuan
    ],
)
def test_money_is_kept_in_yuan_with_the_step_it_was_printed_in(county, header, value, yuan, quantum):
    county.write(("棣花镇", value), header=["单位", header])
    figure = county.current(county.dihua)
    assert (figure.value, figure.quantum, figure.state) == (yuan, quantum, "filed")


def test_foreign_money_in_ten_thousand_dollars(county):
    county.measure(code="fdi", name="实际使用外资", unit="usd")
    county.write(("棣花镇", 120), header=["单位", "实际使用外资（万美元）"], measures=["fdi"], scale="yuan")
    assert county.current(county.dihua, "fdi").value == 1_200_000


def test_nil_missing_blank_and_zero_are_told_apart(county):
    """A word, another word, an empty cell beside another figure, a typed 0 (a return that says zero)."""
    header = ["单位", "到位资金累计完成（万元）", "签约项目累计完成（个）"]
    county.write(
        ("棣花镇", "零报告", 1),
        ("商镇", "未上报", 2),
        ("竹林关镇", None, 0),
        header=header,
        measures=["capital", "signed"],
    )
    found = {(f.unit.code, f.measure.code): (f.state, f.value) for f in county.figures()}
    assert found == {
        ("dihua", "capital"): ("nil", 0),
        ("dihua", "signed"): ("filed", 1),
        ("shangzhen", "capital"): ("missing", None),
        ("shangzhen", "signed"): ("filed", 2),
        ("zhulinguan", "signed"): ("nil", 0),
    }


def test_percent_columns_are_kept_as_published_with_their_cells(county):
    header = ["单位", "年度目标（万元）", "累计完成（万元）", "完成率", "同比", "超欠进度", "排名", "备注"]
    county.write(("棣花镇", 25000, 9050, "36.2%", "-3.5％", "-13.8", 1, "含增资"), header=header)
    figure = county.current(county.dihua)
    assert figure.published == {
        "rate": {"value": "36.2", "ref": "D3"},
        "growth": {"value": "-3.5", "ref": "E3"},
        "points": {"value": "-13.8", "ref": "F3"},
        "rank": {"value": "1", "ref": "G3"},
    }
    assert (figure.remark, figure.ref) == ("含增资", "C3")


def test_a_reversal_is_negative_money_but_pieces_are_not(county):
    header = ["单位", "到位资金本月完成（万元）", "签约项目本月完成（个）"]
    batch = county.start(sheet(header, ("棣花镇", -200, 1), ("商镇", 1, -1)), measures=["capital", "signed"])
    rows = {row.number: row for row in batch.rows.all()}
    assert [s["value"] for s in rows[3].plan] == ["-2000000", "1"]
    assert rows[4].problems[0]["message"] == "-1 is below zero. A target or a number of pieces can't be."


@pytest.mark.parametrize(
    ("header", "flag", "implied"),
    [
        ("年度目标（推算，万元）", False, True),
        ("年度目标（万元）", True, True),
        ("年度目标（万元）", False, False),
    ],
)
def test_targets_are_implied_when_header_or_form_says_so(county, header, flag, implied):
    county.write(("棣花镇", 25000, 9050), header=["单位", header, "累计完成（万元）"], implied=flag)
    assert county.targets().get().implied is implied


def test_another_sheet_of_the_file_does_not_inherit_that_targets_are_implied(county):
    header = ["单位", "年度目标（推算，万元）", "累计完成（万元）"]
    data = sheet(header, ("棣花镇", 25000, 9050), name="镇", others=[("部门", [HEADER, ("商镇", 50000, 1)])])
    batch = county.start(data, sheet="镇")
    assert batch.params["implied"] is True
    batch = imports.choose_sheet(actor=county.clerk, pk=batch.pk, sheet="部门")
    assert batch.params["implied"] is False


# ---------------------------------------------------------------- against what is there


def test_new_changed_and_unchanged_rows(county):
    county.write(("棣花镇", 25000, 9050), ("商镇", 25000, 9020))
    batch = county.start(
        sheet(HEADER, ("棣花镇", 25000, 9100), ("商镇", 25000, 9020), ("竹林关镇", 25000, 8920))
    )
    assert [row.result for row in batch.rows.all()] == ["changed", "unchanged", "new"]
    done = next(s for s in batch.rows.get(number=3).plan if s["part"] == "ytd")
    assert done["before"] == "9050"  # in the unit of the file
    before = county.figures().count()
    imports.confirm(actor=county.clerk, pk=batch.pk)
    assert county.figures().count() == before + 2  # what is unchanged is not written again


def test_a_later_figure_supersedes_and_both_stay(county):
    batches = [county.write(("棣花镇", 25000, done)) for done in (9050, 9100, 9200)]
    first, second, third = county.figures(unit=county.dihua).order_by("pk")
    assert [f.value for f in (first, second, third)] == [n * WAN for n in (9050, 9100, 9200)]
    assert (first.superseded_by, second.superseded_by, third.superseded_by) == (second, third, None)
    assert [f.batch_id for f in (first, second, third)] == [b.pk for b in batches]
    assert first.superseded_at <= second.superseded_at
    assert third.superseded_at is None
    assert county.targets().count() == 1  # the target did not change


def test_a_year_to_date_below_the_month_before_is_warned_of_and_taken(county, page):
    county.write(("棣花镇", 25000, 8000), ("商镇", 25000, 8000), month=5)
    rows = (("棣花镇", 25000, 1050), ("商镇", 25000, 9020), ("竹林关镇", 25000, 10))
    batch = county.start(sheet(HEADER, *rows))
    shown = page.get(reverse("import_detail", args=[batch.pk]))
    (warning,) = shown.context["warnings"]
    assert warning.startswith("Below the year to date of the month before: 棣花镇.")
    imports.confirm(actor=county.clerk, pk=batch.pk)
    assert county.current(county.dihua, month=6).value == 1050 * WAN
    again = county.start(sheet(HEADER, ("棣花镇", 25000, 9050)), month=1)
    assert page.get(reverse("import_detail", args=[again.pk])).context["warnings"] == []


def test_an_import_that_a_later_one_confirmed_is_not_undone_alone(county):
    """The later import wrote nothing for the unchanged figure, so undoing the first would lose it."""
    first = county.write(("棣花镇", 25000, 9050), filename="初报.xlsx")
    second = county.write(("棣花镇", 25000, 9050), ("商镇", 25000, 9020), filename="复报.xlsx")
    with pytest.raises(Refused, match="复报.xlsx"):
        imports.undo(actor=county.clerk, pk=first.pk, reason="误报")
    assert county.current(county.dihua).value == 9050 * WAN
    imports.undo(actor=county.clerk, pk=second.pk, reason="误报")
    imports.undo(actor=county.clerk, pk=first.pk, reason="误报")
    assert not county.figures(superseded_at=None).exists()


def test_a_figure_that_changed_since_the_preview_shows_a_new_preview(county):
    batch = county.start(sheet(HEADER, ("棣花镇", 25000, 9050)))
    county.write(("棣花镇", 25000, 9000), filename="其间.xlsx")
    with pytest.raises(Refused, match="The records changed since this preview"):
        imports.confirm(actor=county.clerk, pk=batch.pk)
    assert batch.rows.get().result == "changed"
    imports.confirm(actor=county.clerk, pk=batch.pk)
    assert county.current(county.dihua).value == 9050 * WAN


# ---------------------------------------------------------------- units by code


CODED = ["单位代码", "单位", "累计完成（万元）"]


def test_the_code_decides_where_the_name_cannot(county):
    twin = org.unit_create(actor=TESTS, parent=county.dihua, name="商镇", code="twin", kind="town", sort=9)
    rows = [
        ("shangzhen", "商镇", 1),
        ("twin", "商镇", 2),
        ("dihua", "", 3),
        ("zhulinguan", "竹林关（新名）", 4),
    ]
    batch = county.start(sheet(CODED, *rows))
    assert batch.state == "preview"
    units = [row.plan[0]["unit"] for row in batch.rows.all()]
    assert units == [county.shangzhen.pk, twin.pk, county.dihua.pk, county.zhulinguan.pk]


def test_names_and_codes_that_do_not_lead_to_one_unit_are_wrong_rows(county):
    org.unit_create(actor=TESTS, parent=county.dihua, name="商镇", code="twin", kind="town", sort=9)
    rows = [("dihua", "竹林关镇", 1), ("", "商镇", 2), ("nobody", "", 3), ("HX-7", "棣花镇", 4)]
    batch = county.start(sheet(CODED, *rows))
    assert [" ".join(p["message"] for p in row.problems) for row in batch.rows.all()] == [
        "The code dihua is 棣花镇, the name is 竹林关镇. Correct one of them.",
        "“商镇” could be: 商镇 (shangzhen)、商镇 (twin). Write the code.",
        "“nobody” is no unit's code here. Write the unit's name.",
        "",  # the sender's own code says nothing here, the name does
    ]
    assert batch.rows.get(number=5).problems[0]["ref"] == "A5"


def test_a_sheet_with_codes_needs_no_names(county):
    batch = county.start(sheet(["代码", "累计完成（万元）"], ("dihua", 1), ("shangzhen", 2)))
    assert (batch.state, imports.counts(batch)["new"]) == ("preview", 2)


# ---------------------------------------------------------------- the template


def filled(data, rows):
    """The downloaded template with cells typed into it: {(row, column letter): value}."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book["目标和月度数据"]
    for cell, value in rows.items():
        page[cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


TYPED = {
    "E4": 25000,
    "F4": 9050,
    "G4": 1200,
    "I4": 3,
    "K4": "含增资",
    "F5": "零报告",
    "E6": 25000,
    "F6": "未报",
}


@pytest.mark.parametrize("scale", ["yuan", "wan", "yi"])
def test_the_filled_template_is_previewed_at_once(county, page, scale):
    """Downloaded from its page, filled, uploaded: no column and no name is asked for, and money is in the scale
    that its headers name, whatever the upload form says."""
    given = {
        "group": county.group.pk,
        "year": 2023,
        "month": 6,
        "measures": [county.capital.pk, county.signed.pk],
        "scale": scale,
    }
    answer = page.post(reverse("figure_template"), given)
    assert answer["Content-Disposition"] == 'attachment; filename="towns-2023-06.xlsx"'
    batch = county.start(filled(answer.content, TYPED), measures=["capital", "signed"], scale="wan")
    assert (batch.state, batch.sheet, batch.params["ignored"]) == ("preview", "目标和月度数据", [])
    assert imports.counts(batch)["new"] == 3, [r.problems for r in batch.rows.all()]
    imports.confirm(actor=county.clerk, pk=batch.pk)
    factor = {"yuan": 1, "wan": WAN, "yi": 100_000_000}[scale]
    assert county.current(county.dihua, span="ytd").value == 9050 * factor
    assert county.current(county.dihua, span="month").value == 1200 * factor
    assert county.current(county.dihua, "signed").value == 3
    assert county.current(county.dihua, span="ytd").remark == "含增资"
    assert county.targets(unit=county.dihua).get().value == 25000 * factor
    assert (county.current(county.shangzhen).state, county.current(county.zhulinguan).state) == (
        "nil",
        "missing",
    )


def test_a_template_left_empty_says_so_row_by_row(county):
    data = template_for(group=county.group, measures=[county.capital], year=2023, month=6, scale="wan")
    batch = county.start(data)
    assert imports.counts(batch)["wrong"] == 3
    assert batch.rows.first().problems[0]["message"].startswith("The row has no figure.")


def test_a_template_of_another_month_is_refused_row_by_row(county):
    data = filled(
        template_for(group=county.group, measures=[county.capital], year=2023, month=5, scale="wan"),
        {"F4": 1, "F5": 2, "F6": 3},
    )
    batch = county.start(data)
    assert [row.problems[0]["ref"] for row in batch.rows.all()] == ["D4", "D5", "D6"]
    assert "this import for month 6" in batch.rows.first().problems[0]["message"]


def test_measures_that_read_alike_find_their_columns(county):
    used = county.measure(code="fdi-used", name="外资（实际使用）", unit="usd")
    signed = county.measure(code="fdi-signed", name="外资（合同）", unit="usd")
    data = template_for(group=county.group, measures=[used, signed], year=2023, month=6, scale="wan")
    batch = county.start(
        filled(data, {"F4": 1, "I4": 2, "F5": 1, "F6": 1}), measures=["fdi-used", "fdi-signed"]
    )
    assert batch.state == "preview"
    found = {s["measure"]: s["value"] for s in batch.rows.get(number=4).plan}
    assert found == {used.pk: "10000", signed.pk: "20000"}


def test_members_of_the_month_stand_in_the_template(county):
    data = template_for(group=county.group, measures=[county.capital], year=2019, month=6, scale="wan")
    assert (
        openpyxl.load_workbook(io.BytesIO(data))["目标和月度数据"]["A4"].value is None
    )  # the group began in 2020
