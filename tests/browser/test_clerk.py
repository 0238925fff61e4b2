"""The main job, as a clerk does it: template → figures → ranking → circular; and a sender's own sheet."""

import re
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect

DEPARTMENTS = "danfeng-departments"
DONE = {  # unit → (target, January to July), in 万元: made up for this journey
    "县招商服务中心": (60000, 27000),
    "县域工业集中区管委会": (60000, 24000),
    "县发改局": (60000, 21000),
    "县农业农村局": (50000, 15000),
    "县人社局": (25000, 10000),
    "丹凤县": (1500000, 200000),
}
# By hand: 45 %, 40 % twice (two units on the second place, nobody on the third), 35 %, 30 %.
EXPECTED = [
    ("1", "县招商服务中心", "27,000.00", "45.00"),
    ("2", "县工业集中区", "24,000.00", "40.00"),
    ("2", "县人社局", "10,000.00", "40.00"),
    ("4", "县发改局", "21,000.00", "35.00"),
    ("5", "县农业农村局", "15,000.00", "30.00"),
]


def template(page, tmp_path, group_label, year, month):
    """The template as the page hands it out."""
    page.goto("/imports/")
    page.click("aside a[href='/figures/template/']")
    page.select_option("[name=group]", label=group_label)
    page.fill("[name=year]", str(year))
    page.select_option("[name=month]", str(month))
    page.get_by_label("到位资金", exact=True).check()
    with page.expect_download() as download:
        page.click("main .ip-submit button")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    return path


def upload(page, path, *, unit, year, month, measure="capital"):
    page.goto("/imports/")
    page.select_option("[name=unit]", label=unit)
    page.fill("[name=year]", str(year))
    page.select_option("[name=month]", str(month))
    page.check(f"[name=measures][value={measure}]")
    page.set_input_files("[name=file]", path)
    page.click("main .ip-submit button")


def figures(page):
    """The ranked rows on the page as (rank, name, done, rate)."""
    rows = page.locator("table.rank tbody tr")
    expect(page.locator("table.rank tfoot")).to_be_visible()
    ranked = [rows.nth(n) for n in range(rows.count()) if rows.nth(n).locator(".rk").count()]
    return [
        (
            re.match(r"\d+", row.locator(".rk").inner_text())[0],
            row.locator(".c-nm a").inner_text(),
            row.locator(".c-dn a").inner_text(),
            row.locator(".c-rt a").inner_text(),
        )
        for row in ranked
    ]


def unit_label(page, name):
    """The option of the upload form that names this unit, however it is indented."""
    texts = page.locator("[name=unit] option").all_inner_texts()
    return next(text for text in texts if name in text)


def test_from_the_template_to_the_circular(people, tmp_path):
    page = people("clerk")
    path = template(page, tmp_path, "丹凤县 部门（单位）组", 2023, 7)
    assert path.name == f"{DEPARTMENTS}-2023-07.xlsx"
    book = load_workbook(path)
    sheet = book.active
    names = [sheet.cell(row, 2).value for row in range(4, sheet.max_row + 1)]
    assert set(DONE) <= set(names)
    for row, name in enumerate(names, start=4):
        assert (sheet.cell(row, 3).value, sheet.cell(row, 4).value) == (2023, 7)
        target, done = DONE.get(name, (None, "零报告"))
        sheet.cell(row, 5).value, sheet.cell(row, 6).value = target, done
    place = f"F{names.index('县招商服务中心') + 4}"
    book.save(path)

    page.goto("/imports/")
    upload(page, path, unit=unit_label(page, "丹凤县"), year=2023, month=7)
    expect(page.locator(".ip-steps .now")).to_have_text("预览")
    # The units with a target have one since the circular of June, implied there; now it is given.
    new, changed = str(len(names) - len(DONE)), str(len(DONE))
    assert page.locator(".ip-fig dd").all_inner_texts() == [new, changed, "0", "0", "0"]
    page.click("button[value=confirm]")
    expect(page.locator(".page-sub .badge.ok")).to_be_visible()

    page.click(".page-actions a.btn-primary")  # to the ranking of this group and month
    assert f"group={DEPARTMENTS}" in page.url
    assert "period=2023-07" in page.url
    page.click(".page-actions form[action='/ranking/compute/'] button")
    page.wait_for_url("**/jobs/*/")
    expect(page.locator("#job progress")).to_be_visible()
    result = page.locator("#job a.btn-primary")
    expect(result).to_be_visible()
    expect(page.locator("#job .big")).to_have_text("1 / 1")
    result.click()
    assert figures(page) == EXPECTED
    expect(page.locator("select[name=period]")).to_have_value("2023-07")

    page.get_by_role("link", name="27,000.00").click()
    panel = page.locator("#panel .ip-panel")
    source = panel.locator(".ip-srcbox").first
    for text in (path.name, sheet.title, place, "演示·考核员", "27,000.00"):
        expect(source).to_contain_text(text)
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d", source.inner_text())
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)

    page.click(".page-actions form[action$='/publish/'] button")
    expect(page.locator(".alert.ok")).to_be_visible()
    with page.expect_download() as download:
        page.click(".page-actions a[href*='circular.xlsx']")
    circular = tmp_path / download.value.suggested_filename
    download.value.save_as(circular)
    printed = load_workbook(circular, data_only=True).worksheets[0]
    rows = {
        str(v): [c.value for c in row] for row in printed.iter_rows() for v in [c.value for c in row] if v
    }
    for rank, name, done, rate in figures(page):
        full = "县域工业集中区管委会" if name == "县工业集中区" else name
        values = rows.get(name) or rows[full]
        numbers = [Decimal(str(v)) for v in values if isinstance(v, int | float)]
        assert Decimal(done.replace(",", "")) in numbers
        assert Decimal(rank) in numbers
        assert any(round(n, 2) == Decimal(rate) for n in numbers)


@pytest.fixture
def foreign(tmp_path):
    """A town's own sheet: other headers, an abbreviation, a wrong number; written into `tmp_path`."""

    def write(name, rows):
        book = Workbook()
        sheet = book.active
        sheet.title = "月报"
        sheet.append(["报送单位", "全年任务数(万元)", "截至本月到账(万元)"])
        for row in rows:
            sheet.append(row)
        path = tmp_path / name
        book.save(path)
        return path

    return write


def test_a_senders_own_sheet(people, foreign, tmp_path):
    page = people("clerk")
    path = foreign(
        "镇办7月.xlsx", [["棣花", 25000, 12000], ["商镇", 25000, "约一万"], ["竹林关镇", 25000, 11000]]
    )
    page.goto("/imports/")
    county = unit_label(page, "丹凤县")
    upload(page, path, unit=county, year=2023, month=7)

    # The columns are matched by hand, then the name that nobody knows.
    page.wait_for_url("**/columns/")
    expect(page.locator(".ip-steps .now")).to_have_text("列")
    page.get_by_label("报送单位").select_option("unit")
    page.get_by_label("全年任务数(万元)").select_option("target:capital")
    page.get_by_label("截至本月到账(万元)").select_option("ytd:capital")
    page.click("button[value=map]")
    expect(page.locator(".ip-steps .now")).to_have_text("列")
    expect(page.locator("[name=name]")).to_have_count(1)
    short = page.get_by_label("棣花", exact=True)
    expect(short.locator("option:checked")).to_contain_text("棣花镇")  # offered first; the clerk agrees
    page.click("button[value=map]")

    # One row is wrong: it is parked, the others go in.
    expect(page.locator("td.err")).to_have_text("约一万")
    with page.expect_download() as download:
        page.click("a[href$='/marked/']")
    marked = tmp_path / "marked.xlsx"
    download.value.save_as(marked)
    cell = load_workbook(marked)["月报"]["C3"]
    assert cell.value == "约一万"
    assert cell.fill.fill_type == "solid" or cell.comment
    page.click("button[value=park]")
    expect(page.locator(".page-sub .badge.ok")).to_be_visible()
    expect(page.locator(".ip-list li", has_text="商镇")).to_be_visible()

    # Mended later, in its place.
    page.click(".ip-list li a.btn")
    page.locator("main form [name='ytd:capital']").fill("10000")
    page.click("main .ip-submit button[type=submit]")
    expect(page.locator(".alert.ok")).to_be_visible()
    expect(page.locator(".ip-list a.btn")).to_have_count(0)
    written = page.url

    # The second file of this sender asks nothing.
    second = foreign(
        "镇办8月.xlsx", [["棣花", 25000, 13000], ["商镇", 25000, 12000], ["竹林关镇", 25000, 11500]]
    )
    upload(page, second, unit=county, year=2023, month=8)
    expect(page.locator(".ip-steps .now")).to_have_text("预览")
    expect(page.locator("button[value=confirm]")).to_be_visible()
    page.click("button[value=discard]")

    # Undone: the figures of July are gone again.
    page.goto(written)
    page.fill("[name=reason]", "镇上来电更正")
    page.click("form[action$='/undo/'] button")
    expect(page.locator(".page-sub .badge.warn")).to_be_visible()
    expect(page.locator("main")).to_contain_text("镇上来电更正")
