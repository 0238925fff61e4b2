"""Exports: numbers stay numbers, text stays text."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from common.exports import safe_text, sheet_title, stream_csv, write_xlsx
from common.sheets import read_workbook

INJECTIONS = [
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_formula_injection_is_disarmed_in_csv(text):
    assert safe_text(text) == "'" + text
    content = b"".join(stream_csv([text], [[text]])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline=""))) == [["'" + text], ["'" + text]]


@pytest.mark.parametrize("text", ["棣花镇", "a=b", "—", "0012", ""])
def test_harmless_text_is_left_alone(text):
    assert safe_text(text) == text


@pytest.mark.parametrize("text", INJECTIONS)
def test_formula_injection_is_text_in_excel(text):
    data = write_xlsx(["单位", text], [[text, text]], title="x")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    for cell in (sheet["B1"], sheet["A2"], sheet["B2"]):
        assert cell.data_type == "s"
        assert cell.value.endswith(text.strip())


def test_csv_has_a_mark_for_excel_and_plain_numbers():
    rows = [["商镇", Decimal("9020.10"), Decimal("1E+3"), -5, date(2023, 6, 30), None, True]]
    content = b"".join(stream_csv(["单位", "额", "b", "c", "d", "e", "f"], rows))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert content.decode("utf-8-sig").splitlines()[1] == "商镇,9020.10,1000,-5,2023-06-30,,True"


def test_csv_is_streamed_in_chunks_with_one_mark():
    drawn = []

    def rows():
        for n in range(20_000):
            drawn.append(n)
            yield [n, "棣花镇"]

    stream = stream_csv(["n", "单位"], rows())
    first = next(stream)
    assert 0 < len(drawn) < 20_000
    content = first + b"".join(stream)
    assert content.count(b"\xef\xbb\xbf") == 1
    assert len(content.decode("utf-8-sig").splitlines()) == 20_001


def test_csv_in_gb18030_comes_back_through_the_reader():
    book = read_workbook(b"".join(stream_csv(["单位", "额"], [["棣花镇", 1]], encoding="gb18030")))
    assert book.encoding == "gb18030"
    assert [c.value for c in book.sheets[0].rows[1]] == ["棣花镇", "1"]


def test_xlsx_is_typed_formatted_and_frozen():
    rows = [["棣花镇", Decimal("9050.10"), date(2023, 6, 30), "0012", None]]
    data = write_xlsx(
        ["单位", "额", "日期", "代码", "备注"], rows, title="六月/到位", number_formats={"额": "#,##0.00"}
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert (sheet.title, sheet.freeze_panes) == ("六月 到位", "A2")
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["B2"].number_format) == (9050.1, "n", "#,##0.00")
    assert (sheet["C2"].value, sheet["C2"].number_format) == (datetime(2023, 6, 30), "yyyy-mm-dd")  # noqa: DTZ001
    assert (sheet["D2"].value, sheet["E2"].value, sheet["A1"].font.bold) == ("0012", None, True)


def test_numbers_beyond_excels_digits_become_text():
    data = write_xlsx(["a", "b"], [[10**17 + 1, Decimal("1234567890123456.78")]], title="x")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert (sheet["A2"].value, sheet["B2"].value) == ("100000000000000001", "1234567890123456.78")


def test_a_long_quotient_stays_a_number():
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(["a"], [[Decimal(1) / 3]], title="x"))).active
    assert sheet["A2"].data_type == "n"
    assert abs(sheet["A2"].value - 1 / 3) < 1e-15


def test_xlsx_time_of_day_without_a_zone():
    at = datetime(2023, 7, 5, 9, 30, tzinfo=UTC)
    data = write_xlsx(["at"], [[at]], title="x", number_formats={"at": "yyyy-mm-dd hh:mm"})
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet["A2"].value == at.replace(tzinfo=None)


def test_empty_table_still_has_its_header_and_a_target_is_filled():
    out = io.BytesIO()
    assert write_xlsx(["单位", "额"], [], title="", target=out) == b""
    sheet = openpyxl.load_workbook(out).active
    assert [c.value for c in sheet[1]] == ["单位", "额"]
    assert sheet["A2"].value is None


def test_misshaped_tables_are_refused():
    with pytest.raises(ValueError, match="same header"):
        write_xlsx(["a", "a"], [[1, 2]], title="x")
    with pytest.raises(ValueError):
        write_xlsx(["a", "b"], [[1]], title="x")


@pytest.mark.parametrize(
    ("title", "sheet"), [("a:b", "a b"), ("'x'", "x"), ("", "Sheet1"), ("镇" * 40, "镇" * 31)]
)
def test_sheet_titles(title, sheet):
    assert sheet_title(title) == sheet
