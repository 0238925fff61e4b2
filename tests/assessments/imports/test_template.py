"""The template handed out is the template read back."""

import io
from decimal import Decimal

import openpyxl
import pytest

from assessments.imports.template import HEADER_ROW, TemplateKind, build_template, template_headers
from assessments.words import load_words
from common.sheets import NIL, NOT_REPORTED, find_columns, header_rows, parse_number, read_workbook

UNITS = (("0012", "棣花镇"), ("0013", "商镇"), ("X1", '=HYPERLINK("http://x")'))
MEASURES = (("arrived", "到位资金", "万元"), ("signed", "签约项目", "个"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_headers_come_back_as_they_went_out(language):
    words = load_words("template", language)
    book = read_workbook(build_template(UNITS, MEASURES, 2023, 6, words), "template.xlsx")
    assert [sheet.name for sheet in book.sheets] == [
        words["sheet.guide"],
        words["sheet.targets"],
        words["sheet.figures"],
    ]
    for kind in TemplateKind:
        expected = template_headers(kind, MEASURES, words)
        header = header_rows(
            book.sheet(words[f"sheet.{kind}"]), [words["head.code"], words["head.unit"]], joiner="/"
        )
        assert header.names == expected
        assert (header.first_row, header.data_row) == (HEADER_ROW, HEADER_ROW + 1)
        wanted = {text: [text] for text in expected}
        assert list(find_columns(header, wanted).values()) == list(range(len(expected)))


def test_units_year_and_month_are_filled_in_and_codes_stay_text():
    book = read_workbook(build_template(UNITS, MEASURES, 2023, 6, load_words("template")))
    assert template_headers(TemplateKind.FIGURES, MEASURES, load_words("template")) == (
        "单位代码",
        "单位名称",
        "年份",
        "月份",
        "到位资金（万元）",
        "签约项目（个）",
    )
    rows = [[cell.value for cell in row][:4] for row in book.sheet("月度数据").rows[HEADER_ROW + 1 :]]
    assert rows == [[code, name, Decimal(2023), Decimal(6)] for code, name in UNITS]


def test_a_filled_template_gives_the_figures():
    filled = openpyxl.load_workbook(
        io.BytesIO(build_template(UNITS, MEASURES, 2023, 6, load_words("template")))
    )
    sheet = filled["月度数据"]
    sheet["E4"], sheet["E5"], sheet["E6"] = 9050.12, "零报告", "未报"
    out = io.BytesIO()
    filled.save(out)
    rows = read_workbook(out.getvalue()).sheet("月度数据").rows[HEADER_ROW + 1 :]
    assert [parse_number(row[4].value) for row in rows] == [Decimal("9050.12"), NIL, NOT_REPORTED]
    assert [row[4].ref for row in rows] == ["E4", "E5", "E6"]


def test_header_is_locked_and_the_rest_is_open():
    book = openpyxl.load_workbook(
        io.BytesIO(build_template(UNITS, MEASURES, 2023, 6, load_words("template")))
    )
    for name in ("年度目标", "月度数据"):
        sheet = book[name]
        assert sheet.protection.sheet
        assert all(cell.protection.locked for cell in sheet[HEADER_ROW + 1])
        assert not any(cell.protection.locked for row in sheet["A4:E6"] for cell in row)
        assert sheet.freeze_panes == "C4"
    assert (book["月度数据"]["B6"].value, book["月度数据"]["B6"].data_type) == ('=HYPERLINK("http://x")', "s")


def validations(sheet):
    return {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}


def test_excel_refuses_negative_targets_and_months_out_of_range():
    book = openpyxl.load_workbook(
        io.BytesIO(build_template(UNITS, MEASURES, 2023, 6, load_words("template")))
    )
    targets, figures = validations(book["年度目标"]), validations(book["月度数据"])
    rule = targets["D4"]
    assert (rule.type, rule.operator, rule.formula1) == ("decimal", "greaterThanOrEqual", "0")
    assert str(rule.sqref) == f"D4:E{3 + len(UNITS) + 200}"
    month = figures["D4"]
    assert (month.type, month.formula1, month.formula2) == ("whole", "1", "12")
    assert figures["E4"].formula1 == 'OR(ISNUMBER(E4),E4="零报告",E4="未报")'
    assert all(len(rule.error) <= 255 for rule in (*targets.values(), *figures.values()))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_of_the_template_are_words_that_the_import_knows(language):
    words = load_words("template", language)
    assert parse_number(words["nil"]) is NIL
    assert parse_number(words["not_reported"]) is NOT_REPORTED


def test_measures_that_read_alike_carry_their_code():
    twice = (("a", "到位资金", "万元"), ("b", "到位资金", "万元"))
    headers = template_headers(TemplateKind.TARGETS, twice, load_words("template"))
    assert headers[3:] == ("到位资金[a]（万元）", "到位资金[b]（万元）")


@pytest.mark.parametrize(("year", "month"), [(2023, 0), (2023, 13), (1999, 6)])
def test_no_such_month(year, month):
    with pytest.raises(ValueError, match="no such month"):
        build_template(UNITS, MEASURES, year, month, load_words("template"))


def test_no_measure():
    with pytest.raises(ValueError, match="at least one measure"):
        build_template(UNITS, (), 2023, 6, load_words("template"))
