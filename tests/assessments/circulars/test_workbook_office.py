"""The circular in a real office program: recalculated there, its figures stay those of the document.

The marker `office` skips these tests where LibreOffice is missing, and fails them in CI.
"""

import io
import shutil
import subprocess
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter.worksheet

from assessments.circulars.workbook import build_workbook

pytestmark = pytest.mark.office


@pytest.fixture
def convert(tmp_path):
    """Convert a workbook with LibreOffice, in a profile of its own; gives the new file."""
    program = shutil.which("soffice")  # the marker `office` has made sure of it

    def run(data, kind):
        source = tmp_path / "source" / "circular.xlsx"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(data)
        command = [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", kind, "--outdir", str(tmp_path / "out"), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return tmp_path / "out" / f"circular.{kind}"

    return run


def figures(sheet):
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    }


@pytest.mark.parametrize("name", ["danfeng", "suzhou"])
def test_an_office_program_recalculates_the_same_figures(name, request, convert, monkeypatch):
    doc = request.getfixturevalue(name)
    stored = openpyxl.load_workbook(io.BytesIO(build_workbook(doc)), data_only=True)["通报表"]
    expected = figures(stored)
    formulas = openpyxl.load_workbook(io.BytesIO(build_workbook(doc)))["通报表"]
    live = [c.coordinate for row in formulas.iter_rows() for c in row if str(c.value).startswith("=")]
    assert live
    # The same file with a wrong value stored beside every formula: only a real recalculation mends it.
    write_formula = xlsxwriter.worksheet.Worksheet.write_formula

    def wrong(self, row, col, formula, cell_format=None, value=0):
        return write_formula(self, row, col, formula, cell_format, "")

    monkeypatch.setattr(xlsxwriter.worksheet.Worksheet, "write_formula", wrong)
    blank = build_workbook(doc)
    unsolved = figures(openpyxl.load_workbook(io.BytesIO(blank), data_only=True)["通报表"])
    assert not set(live) & set(unsolved)
    recalculated = openpyxl.load_workbook(convert(blank, "xlsx"), data_only=True)["通报表"]
    found = figures(recalculated)
    assert found.keys() == expected.keys()
    for cell, value in expected.items():
        # The two files write a float in their own way; both mean the same decimal of two places.
        places = Decimal("0.0001") if cell == "A3" else Decimal("0.01")
        assert Decimal(str(found[cell])).quantize(places) == Decimal(str(value)).quantize(places), cell


@pytest.mark.parametrize(("name", "pages"), [("danfeng", 3), ("suzhou", 3)])
def test_each_sheet_prints_on_one_page(name, pages, request, convert):
    pdf = convert(build_workbook(request.getfixturevalue(name)), "pdf")
    told = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    assert f"Pages:           {pages}" in told
