"""Bad input through the pages a clerk uses: a clear answer at the right place, nothing written, nothing lost."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse

from common import imports
from common.models import ImportBatch, ImportFile
from common.sheets.marking import FILL
from tests.assessments.support import HEADER, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(page, county):
    """upload(data, "name.xlsx", month=6) → the answer to the upload form."""

    def send(data, name="六月.xlsx", **changes):
        file = data if hasattr(data, "read") else SimpleUploadedFile(name, data)
        given = {
            "unit": county.unit.pk,
            "year": 2023,
            "month": 6,
            "measures": ["capital"],
            "scale": "wan",
            "holds_from": 1,
        }
        return page.post(reverse("import_list"), {**given, **changes, "file": file})

    return send


@pytest.fixture
def preview(page, upload):
    """preview(data) → batch and preview page of a file whose columns are known."""

    def send(data, name="六月.xlsx", **changes):
        answer = upload(data, name, **changes)
        assert answer.status_code == 302, answer.content.decode()
        shown = page.get(answer.url, follow=True)
        return newest(), shown

    return send


def newest():
    return ImportBatch.objects.unscoped(reason="tests").latest("pk")


def nothing_written(county):
    return not county.figures().exists() and not county.targets().exists()


def post(page, batch, action):
    return page.post(reverse("import_detail", args=[batch.pk]), {"action": action}, follow=True)


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 report", "not a spreadsheet but a PDF"),
        (b"\x89PNG\r\n\x1a\n", "not a spreadsheet but a picture"),
        (b"<html><table></table></html>", "not a spreadsheet but a web page"),
        (b"   ", "The file is empty"),
        (b"PK\x03\x04broken", "damaged"),
        ("单位,完成\n棣花镇,1".encode("utf-16-le"), "not a spreadsheet"),
    ],
)
def test_a_wrong_file_is_refused_beside_its_field(county, upload, data, words):
    answer = upload(data, "通报.xlsx")
    assert answer.status_code == 422
    assert words in "".join(answer.context["form"].errors["file"])
    assert answer.context["form"]["year"].value() == "2023"
    assert nothing_written(county)
    assert not ImportFile.objects.exists()


def test_100_mb_are_refused_before_reading_and_the_form_keeps_what_was_typed(county, upload, monkeypatch):
    """The content is never asked for: reading it would raise."""

    class Large(TemporaryUploadedFile):
        def read(self, *args):
            raise AssertionError("the large file was read")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", Large)
    monkeypatch.setattr(
        "django.core.files.uploadhandler.MemoryFileUploadHandler.activated", False, raising=False
    )
    answer = upload(Zeros(100 * 2**20), month=5, scale="yi")
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors["file"] == [
        "The file has 100.0 MB; at most 20 MB are taken. Split it or remove pictures from it."
    ]
    assert [form[key].value() for key in ("year", "month", "scale")] == ["2023", "5", "yi"]
    assert form["measures"].value() == ["capital"]
    assert form["unit"].value() == str(county.unit.pk)
    assert nothing_written(county)
    assert not ImportBatch.objects.unscoped(reason="tests").exists()


class Zeros(io.RawIOBase):
    """So many zero bytes, without holding them."""

    name = "大表.xlsx"

    def __init__(self, size):
        self.left = size

    def read(self, size=-1):
        n = self.left if size < 0 else min(size, self.left)
        self.left -= n
        return bytes(n)


def test_a_month_out_of_range_in_the_form(county, upload):
    answer = upload(sheet(HEADER, ("棣花镇", 25000, 9050)), month=13)
    assert answer.status_code == 422
    assert "month" in answer.context["form"].errors
    assert nothing_written(county)


def test_gbk_text_is_read_as_what_it_says(county, page, preview):
    data = "镇办月报\n单位,年度目标（万元）,累计完成（万元）\n棣花镇,25000,9050\n商镇,25000,未报\n".encode(
        "gbk"
    )
    batch, shown = preview(data, "六月.csv")
    assert [c["value"] for c in shown.context["rows"][0]["cells"]] == ["棣花镇", "25000", "9050"]
    post(page, batch, "confirm")
    assert county.current(county.dihua).value == Decimal(90_500_000)
    assert county.current(county.shangzhen).state == "missing"


def test_an_old_xls_is_read(county, page, preview):
    """An Excel 97 file: 单位, 累计到位资金, 占年度目标任务%, and a column of the sender's own codes."""
    with open("tests/data/danfeng.xls", "rb") as file:
        batch, shown = preview(file.read(), "danfeng.xls")
    assert shown.context["counts"]["wrong"] == 0, shown.context["rows"]
    post(page, batch, "confirm")
    # 丹政办函〔2023〕55号: 棣花镇 9050, 商镇 9020 (10,000 yuan).
    found = [county.current(town).value for town in (county.dihua, county.shangzhen)]
    assert found == [Decimal(n) * 10_000 for n in (9050, 9020)]


# ---------------------------------------------------------------- the sheet and its columns


def test_the_likely_sheet_is_taken_and_another_one_can_be_chosen(county, page, upload):
    other = [("通讯录",), ("姓名", "电话"), ("周敏", "123")]
    answer = upload(sheet(HEADER, ("棣花镇", 25000, 9050), name="六月", others=[("通讯录", other)]))
    assert newest().sheet == "六月"
    mapping = reverse("import_mapping", args=[newest().pk])
    shown = page.post(mapping, {"sheet": "通讯录"}, follow=True)
    assert newest().sheet == "通讯录"
    assert [h["name"] for h in shown.context["headers"]] == ["姓名", "电话"]
    answer = page.post(mapping, {"sheet": "通讯录", "col-0": "", "col-1": ""})
    assert answer.status_code == 422
    assert answer.context["problems"] == ["No column is matched with: unit."]
    assert nothing_written(county)
    answer = page.post(mapping, {"sheet": "没有这张表"})
    assert answer.status_code == 422
    assert answer.context["problems"] == ["There is no sheet “没有这张表” in the file. It has: 六月, 通讯录."]


def test_a_missing_column_is_named_and_matched_once(county, page, upload):
    data = sheet(["乡镇", "任务", "实绩"], ("棣花镇", 25000, 9050), ("商镇", 25000, 9020))
    answer = page.get(upload(data).url, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("import_mapping", args=[newest().pk])
    mapping = reverse("import_mapping", args=[newest().pk])
    answer = page.post(mapping, {"col-0": "", "col-1": "target:capital", "col-2": "ytd:capital"})
    assert answer.status_code == 422
    assert answer.context["problems"] == ["No column is matched with: unit."]
    twice = {"col-0": "unit", "col-1": "ytd:capital", "col-2": "ytd:capital"}
    assert "Two columns are matched" in page.post(mapping, twice).context["problems"][0]
    right = {"col-0": "unit", "col-1": "target:capital", "col-2": "ytd:capital", "remember": "1"}
    shown = page.post(mapping, right, follow=True)
    assert shown.context["counts"]["new"] == 2
    assert nothing_written(county)
    again = page.get(upload(data, "七月.xlsx", month=7).url, follow=True)
    assert again.context["counts"]["new"] == 2  # matched by memory, without asking


def test_columns_that_nobody_knows_are_named_in_the_preview(county, preview):
    _batch, shown = preview(sheet([*HEADER, "联系人"], ("棣花镇", 25000, 9050, "周敏")))
    assert shown.context["warnings"] == ["These columns of the file are not taken over: 联系人."]


def test_an_unknown_unit_is_matched_once_and_known_next_time(county, page, upload):
    answer = page.get(upload(sheet(HEADER, ("棣花", 25000, 9050), ("商镇", 25000, 9020))).url, follow=True)
    unknown = answer.context["unknown_units"]
    assert [u["name"] for u in unknown] == ["棣花"]
    assert [c["label"] for c in unknown[0]["choices"] if c["selected"]] == ["棣花镇"]  # offered, not decided
    assert b'name="name" value="\xe6\xa3\xa3\xe8\x8a\xb1"' in answer.content
    chosen = {"col-0": "unit", "col-1": "target:capital", "col-2": "ytd:capital", "remember": "1"}
    shown = page.post(
        reverse("import_mapping", args=[newest().pk]),
        {**chosen, "name": ["棣花"], "name-0": county.dihua.pk},
        follow=True,
    )
    assert shown.context["counts"] | {"wrong": 0, "new": 2} == shown.context["counts"]
    post(page, newest(), "confirm")
    assert county.current(county.dihua).value == Decimal(90_500_000)
    later = page.get(upload(sheet(HEADER, ("棣花", 25000, 9100)), "七月.xlsx", month=7).url, follow=True)
    assert later.context["counts"]["new"] == 1


def test_a_unit_left_open_is_a_wrong_row(county, page, upload):
    upload(sheet(HEADER, ("火星镇", 25000, 9050), ("商镇", 25000, 9020)))
    chosen = {
        "col-0": "unit",
        "col-1": "target:capital",
        "col-2": "ytd:capital",
        "name": ["火星镇"],
        "name-0": "",
    }
    shown = page.post(reverse("import_mapping", args=[newest().pk]), chosen, follow=True)
    assert (
        shown.context["rows"][0]["reason"]
        == "“火星镇” is not a unit here. Match the name, or add the unit first."
    )


def test_a_unit_of_another_county_is_unknown_here(county, page, upload):
    answer = page.get(upload(sheet(HEADER, ("洛南县", 25000, 9050))).url, follow=True)
    assert [u["name"] for u in answer.context["unknown_units"]] == ["洛南县"]
    assert "洛南县" not in [c["label"] for c in answer.context["unknown_units"][0]["choices"]]


# ---------------------------------------------------------------- the rows

WRONG_ROWS = [
    (("棣花镇", 25000, "九千"), "C3", "“九千” is not a number"),
    (("棣花镇", 25000, "9O50"), "C3", "the letter “O”. Is the digit 0 meant?"),
    (("棣花镇", 25000, "9050万元"), "C3", "carries the unit “万元”"),
    (("棣花镇", -25000, 9050), "B3", "-25000 is below zero. A target or a number of pieces can't be."),
    (("", 25000, 9050), "A3", "The row has figures but no unit."),
    (("棣花镇", None, None), "A3", "The row has no figure. Write 零报告 for a nil return"),
    (("棣花镇", 25000, "#DIV/0!"), "C3", "The cell shows the error #DIV/0!"),
    (("棣花镇", 25000, "1e99"), "C3", "scientific notation"),
    (("棣花镇", 25000, "9" * 18), "C3", "is too large"),
]


@pytest.mark.parametrize(("row", "cell", "words"), WRONG_ROWS)
def test_a_wrong_row_is_named_with_its_cell_and_marked_in_the_file(county, row, cell, words):
    batch = county.start(sheet(HEADER, row, ("商镇", 25000, 9020)))
    wrong = batch.rows.get(result="wrong")
    assert wrong.number == 3
    assert [(p["ref"], words in p["message"]) for p in wrong.problems] == [(cell, True)]
    marked = openpyxl.load_workbook(io.BytesIO(imports.marked_file(batch)))["Sheet1"]
    assert marked[cell].fill.start_color.rgb == f"00{FILL}"
    assert {c.coordinate: words in c.comment.text for r in marked.iter_rows() for c in r if c.comment} == {
        cell: True
    }


def test_a_wrong_row_stops_the_whole_file_and_the_marked_file_is_handed_back(county, page, preview):
    batch, shown = preview(sheet(HEADER, ("棣花镇", 25000, "9O50"), ("商镇", 25000, 9020)))
    assert shown.context["counts"]["wrong"] == 1
    assert "the letter “O”. Is the digit 0 meant?" in shown.context["rows"][0]["reason"]
    refused = post(page, batch, "confirm")
    assert "1 rows are wrong" in str(next(iter(refused.context["messages"])))
    assert nothing_written(county)
    assert newest().state == "preview"
    answer = page.get(shown.context["marked_url"])
    assert answer["Content-Disposition"].startswith("attachment")
    assert openpyxl.load_workbook(io.BytesIO(answer.content))["Sheet1"]["C3"].comment


def test_a_unit_that_stands_twice_is_wrong_in_both_rows(county, page, preview):
    rows = [("棣花镇", 25000, 9050), ("商镇", 25000, 9020), ("棣 花 镇", 25000, 9060)]
    batch, shown = preview(sheet(HEADER, *rows))
    assert [r["state"] for r in shown.context["rows"]] == ["wrong", "new", "wrong"]
    assert shown.context["rows"][2]["reason"] == "“棣花镇” stands in this file 2 times. Keep one row."
    post(page, batch, "park")
    assert [f.unit for f in county.figures()] == [county.shangzhen]


def test_year_and_month_in_a_row_must_be_those_of_the_import(county, preview):
    header = ["单位", "年份", "月份", "累计完成（万元）"]
    rows = [("棣花镇", 2023, 13, 1), ("商镇", 2023, 5, 2), ("竹林关镇", "2022年", "6月", 3)]
    _batch, shown = preview(sheet(header, *rows))
    assert [r["reason"] for r in shown.context["rows"]] == [
        "There is no month 13. A month is 1 to 12.",
        "The row is for month 5, this import for month 6. Import it for its own month.",
        "The row is for the year 2022年, this import for 2023. Import it for its own year.",
    ]


# ---------------------------------------------------------------- parking, mending, undoing


def test_wrong_rows_are_parked_and_mended_while_the_rest_is_in(county, page, preview):
    batch, _shown = preview(sheet(HEADER, ("棣花镇", 25000, "9O50"), ("商镇", 25000, 9020)))
    answer = post(page, batch, "park")
    assert [(p["number"], p["summary"]) for p in answer.context["parked"]] == [(3, "棣花镇")]
    assert [f.unit for f in county.figures()] == [county.shangzhen]
    mend = reverse("import_mend", args=[batch.pk, 3])
    cells = {"unit": "棣花镇", "target:capital": "25000", "ytd:capital": "9050"}
    still = page.post(mend, {**cells, "ytd:capital": "9O51"})
    assert still.status_code == 422
    assert "letter “O”" in still.context["form"].errors["ytd:capital"][0]
    assert county.figures().count() == 1
    assert page.post(mend, cells).status_code == 302
    figure = county.current(county.dihua)
    assert (figure.value, figure.ref, figure.batch_id) == (Decimal(90_500_000), "C3", batch.pk)
    assert figure.row.cells["ytd:capital"] == {"value": "9050", "ref": "C3", "sent": "9O50"}
    assert page.get(mend).status_code == 404  # it is not parked any more


def test_a_parked_duplicate_cannot_be_mended_into_a_second_row(county, page, preview):
    batch, _shown = preview(
        sheet(HEADER, ("棣花镇", 25000, 9050), ("棣花镇", 25000, 9060), ("商镇", 25000, 9020))
    )
    post(page, batch, "park")
    cells = {"unit": "棣花镇", "target:capital": "25000", "ytd:capital": "9050"}
    assert page.post(reverse("import_mend", args=[batch.pk, 3]), cells).status_code == 302
    second = page.post(reverse("import_mend", args=[batch.pk, 4]), cells)
    assert second.context["form"].errors["unit"] == ["“棣花镇” is in already, from row 3 of this file."]
    other = page.post(reverse("import_mend", args=[batch.pk, 4]), {**cells, "unit": "竹林关镇"})
    assert other.status_code == 302
    assert county.current(county.zhulinguan).value == Decimal(90_500_000)


def test_undo_needs_a_reason_and_gives_back_what_was_before(county, page):
    first = county.write(("棣花镇", 25000, 9050))
    second = county.write(("棣花镇", 25000, 9100), ("商镇", 25000, 9020), filename="六月更正.xlsx")
    assert county.current(county.dihua).value == Decimal(91_000_000)
    undo = reverse("import_undo", args=[second.pk])
    answer = page.post(undo, {"reason": " "}, follow=True)
    assert [str(m) for m in answer.context["messages"]] == ["Say why the import is undone."]
    page.post(undo, {"reason": "发错文件"})
    back = county.current(county.dihua)
    assert (back.value, back.batch_id, back.superseded_by) == (Decimal(90_500_000), first.pk, None)
    assert not county.figures(unit=county.shangzhen, superseded_at=None).exists()
    assert county.figures(batch=second, withdrawn=True).count() == 2  # nothing is deleted
    assert county.targets(superseded_at=None).count() == 1
    done = ImportBatch.objects.unscoped(reason="tests").get(pk=second.pk)
    assert (done.state, done.undo_reason, done.undone_by) == ("undone", "发错文件", "clerk")


def test_undo_is_refused_while_a_later_import_stands_on_it(county, page):
    first = county.write(("棣花镇", 25000, 9050))
    second = county.write(("棣花镇", 25000, 9100), filename="六月更正.xlsx")
    answer = page.post(reverse("import_undo", args=[first.pk]), {"reason": "错"}, follow=True)
    said = str(next(iter(answer.context["messages"])))
    assert said.startswith("Later imports replaced figures of this one: 六月更正.xlsx")
    assert county.current(county.dihua).value == Decimal(91_000_000)
    for batch in (second, first):
        page.post(reverse("import_undo", args=[batch.pk]), {"reason": "错"})
    assert not county.figures(superseded_at=None).exists()


def test_a_discarded_import_writes_nothing(county, page, preview):
    batch, _shown = preview(sheet(HEADER, ("棣花镇", 25000, 9050)))
    post(page, batch, "discard")
    assert newest().state == "discarded"
    answer = post(page, batch, "confirm")
    assert "already “discarded”" in str(next(iter(answer.context["messages"])))
    assert nothing_written(county)
