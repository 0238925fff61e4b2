"""Reading senders' files. Every kind of bad input that the import promises to answer is a case here."""

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from common import sheets
from common.sheets import CSV_SHEET, SheetError, find_columns, header_rows, mark_cells, read_workbook, reading

DATA = Path(__file__).resolve().parent.parent / "data"


def xlsx(*rows, merge=(), title="到位资金"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data, changes):
    """The package with some parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
    return out.getvalue()


def values(sheet):
    return [[cell.value for cell in row] for row in sheet.rows]


def refused(data, **options):
    with pytest.raises(SheetError) as caught:
        read_workbook(data, "report.xlsx", **options)
    assert str(caught.value) == caught.value.msgid % caught.value.params
    return caught.value


def test_xlsx_values_are_decimals_without_binary_noise():
    data = xlsx(["代码", 12.34, 0.1 + 0.2, 1e15, "0012", True, date(2023, 6, 1), " 棣花镇\u3000", None])
    book = read_workbook(data, "a.xlsx")
    assert (book.kind, book.encoding) == ("xlsx", None)
    row = book.sheets[0].rows[0]
    assert [cell.value for cell in row] == [
        "代码",
        Decimal("12.34"),
        Decimal("0.3"),
        Decimal(10**15),
        "0012",
        True,
        date(2023, 6, 1),
        "棣花镇",
    ]
    assert (row[1].ref, row[7].ref, row[7].raw) == ("B1", "H1", " 棣花镇\u3000")
    assert all(isinstance(row[c].value, Decimal) for c in (1, 2, 3))


def test_refs_are_absolute_when_the_table_starts_lower():
    book = read_workbook(xlsx([], [], [None, None, 5]))
    assert book.sheets[0].rows[2][2].ref == "C3"
    assert book.sheets[0].rows[2][2].value == Decimal(5)


def test_xls_made_by_an_office_program():
    # tests/data/danfeng.xls was saved by LibreOffice ("MS Excel 97"); figures: Danfeng circular 2023-06.
    book = read_workbook((DATA / "danfeng.xls").read_bytes(), "danfeng.xls")
    assert book.kind == "xls"
    assert values(book.sheets[0]) == [
        ["单位", "累计到位资金", "占年度目标任务%", "代码"],
        ["棣花镇", Decimal(9050), Decimal("36.2"), "0012"],
        ["商镇", Decimal(9020), Decimal("36.08"), "0013"],
    ]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gb18030"), ("gb18030", "gb18030")],
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_in_the_encodings_of_chinese_offices(encoding, named, delimiter):
    text = (
        delimiter.join(["单位", "代码", "金额"])
        + "\r\n"
        + delimiter.join(['"商镇"', "0012", "9020"])
        + "\r\n\r\n"
    )
    book = read_workbook(text.encode(encoding), "x.csv")
    assert (book.kind, book.encoding) == ("csv", named)
    assert book.sheets[0].name == CSV_SHEET
    assert values(book.sheets[0]) == [["单位", "代码", "金额"], ["商镇", "0012", "9020"]]
    assert book.sheets[0].rows[1][2].ref == "C2"


def test_gb18030_takes_rare_characters_that_gbk_lacks():
    assert values(read_workbook("单位,额\n㐂镇𠮷,1\n".encode("gb18030")).sheets[0])[1] == ["㐂镇𠮷", "1"]


def test_unicode_text_as_excel_saves_it():
    book = read_workbook("单位\t额\r\n商镇\t1\r\n".encode("utf-16"))
    assert (book.encoding, values(book.sheets[0])[1]) == ("utf-16", ["商镇", "1"])


def test_short_rows_of_a_text_file_are_filled_up():
    assert values(read_workbook(b"a,b,c\n1\n").sheets[0]) == [["a", "b", "c"], ["1", None, None]]


def test_an_xlsx_renamed_to_csv_is_still_an_xlsx():
    assert read_workbook(xlsx(["单位", 1]), "figures.csv").kind == "xlsx"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n...", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"  <!DOCTYPE html><table><tr><td>1</td></tr></table>", "a web page"),
        (b"\xef\xbb\xbf<html><table>", "a web page"),
        (b"MIME-Version: 1.0\r\n", "a web page"),
        (b"Rar!\x1a\x07", "a packed archive"),
        (b"\x7fELF\0\0\0", "a program's file"),
    ],
)
def test_wrong_file_type_is_named_whatever_the_file_is_called(data, what):
    error = refused(data)
    assert (error.code, error.params) == ("wrong_type", {"what": what})
    assert "save it as .xlsx" in str(error)


@pytest.mark.parametrize(
    ("name", "what"), [("word/document.xml", "a Word document"), ("notes.txt", "a packed archive")]
)
def test_other_zip_files_are_refused(name, what):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, "x")
    assert refused(out.getvalue()).params["what"] == what


def test_upload_of_100_mb_is_refused_before_parsing(monkeypatch):
    monkeypatch.setattr(reading, "sniff", lambda data: pytest.fail("parsed before the size was tested"))
    error = refused(bytes(100 * 1024 * 1024))
    assert (error.code, error.params["size"], error.params["limit"]) == ("too_large", 100, 20)


@pytest.mark.parametrize("data", [b"", b"  \r\n", b",,\n,,\n"])
def test_empty_files(data):
    assert refused(data).code == "empty"


def test_workbook_without_a_value_is_empty():
    assert refused(xlsx([None])).code == "empty"


def test_encrypted_workbook():
    # [MS-OFFCRYPTO] 2.3.4: a compound file with the streams EncryptionInfo and EncryptedPackage.
    names = b"".join(
        name.encode("utf-16-le").ljust(128, b"\0") for name in ("EncryptionInfo", "EncryptedPackage")
    )
    assert refused(reading.OLE + bytes(504) + names).code == "encrypted"


def test_damaged_workbooks():
    good = xlsx(["单位", 1])
    assert refused(good[: len(good) // 2]).code == "broken"
    assert (
        refused(repacked(good, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"})).code == "broken"
    )
    assert refused(repacked(good, {"xl/workbook.xml": b"<workbook"})).code == "broken"
    assert refused(reading.OLE + "Workbook".encode("utf-16-le") + bytes(600)).code == "broken"


def test_too_many_rows_in_a_workbook_and_in_a_text_file():
    assert refused(xlsx(*[[n] for n in range(11)]), max_rows=10).code == "too_many_rows"
    assert refused(b"a,b\n" * 11, max_rows=10).code == "too_many_rows"
    assert len(read_workbook(xlsx(*[[n] for n in range(10)]), max_rows=10).sheets[0].rows) == 10


def test_zip_bomb_by_its_declared_size(monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNPACKED", 1024 * 1024)
    bomb = repacked(xlsx(["单位"]), {"xl/styles.xml": b" " * (1024 * 1024 + 1)})
    assert len(bomb) < 20_000
    assert refused(bomb).code == "zip_bomb"


def test_zip_bomb_that_lies_about_its_size(monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNPACKED", 1024 * 1024)
    size = 3 * 1024 * 1024 + 7
    bomb = repacked(xlsx(["单位"]), {"xl/styles.xml": b" " * size})
    lying = bomb.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != bomb
    assert refused(lying).code == "zip_bomb"


def test_two_far_apart_values_are_refused_before_the_reader_allocates():
    data = xlsx(["单位"])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        part = package.read("xl/worksheets/sheet1.xml")
    far = part.replace(
        b"</sheetData>", b'<row r="90000"><c s="0" r="XFD90000"><v>1</v></c></row></sheetData>'
    )
    error = refused(repacked(data, {"xl/worksheets/sheet1.xml": far}))
    assert (error.code, error.params["ref"]) == ("too_wide", "XFD90000")


def test_wrong_sheet_names_those_that_exist():
    book = read_workbook(xlsx(["单位", 1], title="六月"))
    assert book.sheet(" 六月 ").name == "六月"
    with pytest.raises(SheetError) as caught:
        book.sheet("七月")
    assert (caught.value.code, caught.value.params) == ("no_sheet", {"wanted": "七月", "found": "六月"})


def test_an_error_of_a_formula_is_not_a_blank():
    data = xlsx(["单位", 1])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        part = package.read("xl/worksheets/sheet1.xml")
    wrong = part.replace(b'<c r="B1" t="n"><v>1</v>', b'<c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v>')
    assert wrong != part
    cell = read_workbook(repacked(data, {"xl/worksheets/sheet1.xml": wrong})).sheets[0].rows[0][1]
    assert cell.value == "#DIV/0!"
    with pytest.raises(sheets.NumberError) as caught:
        sheets.parse_number(cell.value)
    assert caught.value.code == "formula_error"


def test_a_formula_that_nobody_calculated_is_not_a_blank():
    # openpyxl stores formulas without a result, as report generators do.
    row = read_workbook(xlsx(["单位", 1, '=IF(B1>0,B1&"x",2)', 4])).sheets[0].rows[0]
    assert [cell.value for cell in row] == ["单位", Decimal(1), '=IF(B1>0,B1&"x",2)', Decimal(4)]
    with pytest.raises(sheets.NumberError) as caught:
        sheets.parse_number(row[2].value)
    assert caught.value.code == "uncalculated"


def test_a_formula_whose_result_is_empty_text_is_a_blank():
    data = xlsx(["单位", 0, '=IF(B1=0,"",1)'])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        part = package.read("xl/worksheets/sheet1.xml")
    calculated = part.replace(b'<c r="C1">', b'<c r="C1" t="str">')  # as Excel, WPS and LibreOffice write it
    assert calculated != part
    row = read_workbook(repacked(data, {"xl/worksheets/sheet1.xml": calculated})).sheets[0].rows[0]
    assert [cell.value for cell in row] == ["单位", Decimal(0), None]


HEAD = ["单位", "累计到位资金（万元）"]


def test_header_below_a_title_and_a_unit_line():
    sheet = read_workbook(
        xlsx(["2023年1—6月到位资金情况", None], ["单位：万元", None], HEAD, ["棣花镇", 9050], merge=["A1:B1"])
    ).sheets[0]
    header = header_rows(sheet, ["单位", "到位资金"])
    assert (header.names, header.first_row, header.data_row) == (tuple(HEAD), 2, 3)


def test_two_level_header_with_merged_cells():
    sheet = read_workbook(
        xlsx(
            ["单位", "到位资金", None, "备注"],
            [None, "年度目标", "完成", None],
            ["棣花镇", 25000, 9050, None],
            merge=["A1:A2", "B1:C1", "D1:D2"],
        )
    ).sheets[0]
    header = header_rows(sheet, ["单位", "到位资金"])
    assert header.names == ("单位", "到位资金/年度目标", "到位资金/完成", "备注")
    assert (header.first_row, header.data_row) == (0, 2)


def test_two_level_header_of_a_text_file_has_gaps_instead():
    sheet = read_workbook("单位,到位资金,,备注\n,年度目标,完成,\n棣花镇,25000,9050,\n".encode()).sheets[0]
    header = header_rows(sheet, ["单位", "到位资金"])
    assert header.names == ("单位", "到位资金/年度目标", "到位资金/完成", "备注")
    assert header.data_row == 2


def test_no_header():
    sheet = read_workbook(xlsx(["甲", 1], ["乙", 2])).sheets[0]
    with pytest.raises(SheetError) as caught:
        header_rows(sheet, ["单位", "到位资金"])
    assert caught.value.code == "no_header"


def test_columns_are_found_and_missing_ones_all_named():
    sheet = read_workbook(xlsx(["单 位", "累计到位资金(万元)", "备注"], ["棣花镇", 9050, None])).sheets[0]
    header = header_rows(sheet, ["单位", "到位资金"])
    wanted = {"unit": ["单位", "镇办"], "done": ["到位资金"]}
    assert find_columns(header, wanted) == {"unit": 0, "done": 1}
    with pytest.raises(SheetError) as caught:
        find_columns(header, wanted | {"target": ["年度目标", "任务"], "rate": ["完成率"]})
    assert (caught.value.code, caught.value.params["names"]) == ("missing_column", "年度目标, 完成率")


def test_a_whole_header_wins_over_a_part_and_two_parts_are_not_guessed():
    sheet = read_workbook(xlsx(["单位", "完成", "完成率", "上月完成"], ["商镇", 1, 2, 3])).sheets[0]
    header = header_rows(sheet, ["单位", "完成"])
    assert find_columns(header, {"done": ["完成"]}) == {"done": 1}
    with pytest.raises(SheetError) as caught:
        find_columns(header, {"month": ["月完成", "成"]})
    assert caught.value.code == "double_column"


def test_marked_xlsx_keeps_the_rest_and_says_why():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "六月"
    sheet["A1"], sheet["B1"], sheet["B2"] = "单位", "额", "9O50"
    sheet["C2"] = "=1+1"
    sheet["B2"].comment = Comment("旧批注", "甲")
    sheet.merge_cells("A3:B3")
    out = io.BytesIO()
    book.save(out)
    marked = openpyxl.load_workbook(
        io.BytesIO(mark_cells(out.getvalue(), {("六月", "B2"): "字母O", ("六月", "B3"): "合并"}))
    )["六月"]
    assert marked["B2"].fill.start_color.rgb == "00FFC7CE"
    assert marked["B2"].comment.text == "旧批注\n字母O"
    assert marked["A3"].comment.text == "合并"
    assert marked["C2"].value == "=1+1"
    assert marked["A1"].fill.fill_type is None


def test_marked_text_file_comes_back_as_a_copy_in_which_text_stays_text():
    data = '单位,额,代码\n"=HYPERLINK(""http://x"")",-5x,0012\n'.encode("gbk")
    marks = {(CSV_SHEET, "B2"): "不是数字", (CSV_SHEET, "E9"): "缺"}
    sheet = openpyxl.load_workbook(io.BytesIO(mark_cells(data, marks)))[CSV_SHEET]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ('=HYPERLINK("http://x")', "s")
    assert (sheet["C2"].value, sheet["B2"].comment.text, sheet["E9"].comment.text) == (
        "0012",
        "不是数字",
        "缺",
    )
    assert sheet["B2"].fill.start_color.rgb == "FFFFC7CE"


def test_marked_xls_comes_back_as_xlsx():
    data = (DATA / "danfeng.xls").read_bytes()
    name = read_workbook(data).sheets[0].name
    sheet = openpyxl.load_workbook(io.BytesIO(mark_cells(data, {(name, "B2"): "负数"})))[name]
    assert (sheet["B2"].value, sheet["C2"].value, sheet["D2"].value) == (9050, 36.2, "0012")
    assert sheet["B2"].comment.text == "负数"


def test_marking_a_sheet_that_is_not_there():
    for data in (xlsx(["单位"]), "单位,额\n".encode()):
        with pytest.raises(SheetError) as caught:
            mark_cells(data, {("没有", "A1"): "x"})
        assert caught.value.code == "no_sheet"
