"""The template handed out is the template read back."""

import io
from decimal import Decimal

import openpyxl
import pytest

from assessments.imports.headers import scale_of
from assessments.imports.template import HEADER_ROW, build_template, template_headers, unit_word
from assessments.words import load_words
from common.sheets import NIL, NOT_REPORTED, find_columns, header_rows, parse_number, read_workbook

UNITS = (("0012", "棣花镇"), ("0013", "商镇"), ("X1", '=HYPERLINK("http://x")'))
MEASURES = (("arrived", "到位资金", "万元"), ("signed", "签约项目", "个"))
DATA = "目标和月度数据"


def book():
    return openpyxl.load_workbook(
        io.BytesIO(build_template(UNITS, MEASURES, 2023, 6, load_words("template")))
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_headers_come_back_as_they_went_out(language):
    words = load_words("template", language)
    file = read_workbook(build_template(UNITS, MEASURES, 2023, 6, words), "template.xlsx")
    assert [sheet.name for sheet in file.sheets] == [words["sheet.guide"], words["sheet.data"]]
    expected = template_headers(MEASURES, words)
    header = header_rows(
        file.sheet(words["sheet.data"]), [words["head.code"], words["head.unit"]], joiner="/"
    )
    assert header.names == expected
    assert (header.first_row, header.data_row) == (HEADER_ROW, HEADER_ROW + 1)
    wanted = {text: [text] for text in expected}
    assert list(find_columns(header, wanted).values()) == list(range(len(expected)))


def test_units_year_and_month_are_filled_in_and_codes_stay_text():
    file = read_workbook(build_template(UNITS, MEASURES, 2023, 6, load_words("template")))
    assert template_headers(MEASURES, load_words("template")) == (
        "单位代码",
        "单位名称",
        "年份",
        "月份",
        "到位资金年度目标（万元）",
        "到位资金累计完成（万元）",
        "到位资金本月完成（万元）",
        "签约项目年度目标（个）",
        "签约项目累计完成（个）",
        "签约项目本月完成（个）",
        "备注",
    )
    rows = [[cell.value for cell in row][:4] for row in file.sheet(DATA).rows[HEADER_ROW + 1 :]]
    assert rows == [[code, name, Decimal(2023), Decimal(6)] for code, name in UNITS]


def test_a_filled_template_gives_the_figures():
    filled = book()
    sheet = filled[DATA]
    sheet["F4"], sheet["F5"], sheet["F6"] = 9050.12, "零报告", "未报"
    out = io.BytesIO()
    filled.save(out)
    rows = read_workbook(out.getvalue()).sheet(DATA).rows[HEADER_ROW + 1 :]
    assert [parse_number(row[5].value) for row in rows] == [Decimal("9050.12"), NIL, NOT_REPORTED]
    assert [row[5].ref for row in rows] == ["F4", "F5", "F6"]


def test_header_is_locked_and_the_rest_is_open():
    sheet = book()[DATA]
    assert sheet.protection.sheet
    assert all(cell.protection.locked for cell in sheet[HEADER_ROW + 1])
    assert not any(cell.protection.locked for row in sheet["A4:K6"] for cell in row)
    assert sheet.freeze_panes == "C4"
    assert (sheet["B6"].value, sheet["B6"].data_type) == ('=HYPERLINK("http://x")', "s")


def test_excel_refuses_negative_targets_and_months_out_of_range():
    rules = {str(rule.sqref).split(":")[0]: rule for rule in book()[DATA].data_validations.dataValidation}
    last = 3 + len(UNITS) + 200
    for column in ("E", "H"):  # the targets
        rule = rules[f"{column}4"]
        assert (rule.type, rule.operator, rule.formula1) == ("decimal", "greaterThanOrEqual", "0")
        assert str(rule.sqref) == f"{column}4:{column}{last}"
    month = rules["D4"]
    assert (month.type, month.formula1, month.formula2) == ("whole", "1", "12")
    assert rules["F4"].formula1 == 'OR(ISNUMBER(F4),F4="零报告",F4="未报")'
    assert str(rules["F4"].sqref) == f"F4:G{last}"
    assert all(len(rule.error) <= 255 for rule in rules.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_of_the_template_are_words_that_the_import_knows(language):
    words = load_words("template", language)
    assert parse_number(words["nil"]) is NIL
    assert parse_number(words["not_reported"]) is NOT_REPORTED
    for money in ("yuan", "usd"):
        for scale in ("yuan", "wan", "yi"):
            headers = template_headers([("a", "到位资金", words[unit_word(money, scale)])], words)
            assert [scale_of(h) for h in headers] == [""] * 4 + [scale] * 3 + [""]


def test_measures_that_read_alike_carry_their_code():
    """Without what stands in brackets both names are 外资: the import could not tell them apart."""
    alike = (("fdi-used", "外资（实际使用）", "万美元"), ("fdi-signed", "外资（合同）", "万美元"))
    headers = template_headers(alike, load_words("template"))
    assert (headers[4], headers[7]) == (
        "外资（实际使用） fdi-used年度目标（万美元）",
        "外资（合同） fdi-signed年度目标（万美元）",
    )


@pytest.mark.parametrize(("year", "month"), [(2023, 0), (2023, 13), (1999, 6)])
def test_no_such_month(year, month):
    with pytest.raises(ValueError, match="no such month"):
        build_template(UNITS, MEASURES, year, month, load_words("template"))


def test_no_measure():
    with pytest.raises(ValueError, match="at least one measure"):
        build_template(UNITS, (), 2023, 6, load_words("template"))
