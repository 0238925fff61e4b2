"""Every step without a script: lists, explanations, an import and computing."""

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browser.test_clerk import figures, unit_label, upload


@pytest.fixture
def page(people):
    return people("clerk", java_script_enabled=False)


def names(page):
    return page.locator("#results tbody td:first-child")


def test_filter_and_sort(page):
    page.goto("/units/")
    search = page.locator("#filters input[type=search], #filters input[type=text]").first
    search.fill("danfeng-shui")
    page.locator("#filters > button").click()
    expect(names(page)).to_have_text(["县水利局", "县税务局"])  # as the demo lists them
    page.locator("#results th", has_text="代码").get_by_role("link").click()
    expect(page.locator("#results th[aria-sort=ascending]")).to_have_text("代码")
    expect(names(page)).to_have_text(["县水利局", "县税务局"])  # danfeng-shuili, danfeng-shuiwu
    page.locator("#results th", has_text="代码").get_by_role("link").click()
    expect(names(page)).to_have_text(["县税务局", "县水利局"])
    page.locator(".ip-chip.on").click()
    expect(names(page)).to_have_count(40)  # a page


def test_an_explanation(page):
    page.goto("/ranking/?group=danfeng-towns&period=2023-06")
    page.get_by_role("link", name="棣花镇").first.click()
    panel = page.locator(".ip-panel")
    expect(panel).to_contain_text("36.20%")  # 9,050 of 25,000, as printed
    expect(panel).to_contain_text("丹凤县2023年1-6月招商引资完成情况.xlsx")
    panel.locator("[data-close]").click()
    expect(page.locator(".ip-panel")).to_have_count(0)


def test_import_and_compute(page, tmp_path):
    book = Workbook()
    for row in (
        ["单位", "年度目标（万元）", "累计到位资金（万元）"],
        ["棣花镇", 25000, 15000],
        ["商镇", 25000, 20000],
        ["竹林关镇", 25000, 10000],
    ):
        book.active.append(row)
    path = tmp_path / "九月.xlsx"
    book.save(path)
    page.goto("/imports/")
    upload(page, path, unit=unit_label(page, "丹凤县"), year=2023, month=9)
    page.click("button[value=confirm]")
    page.click(".page-actions a.btn-primary")
    page.locator("form[action='/ranking/compute/'] button").first.click()
    for _ in range(100):  # the job's page says "Reload" as long as there is something to wait for
        again = page.locator("#job a.no-js")
        if not again.count():
            break
        page.wait_for_timeout(200)
        again.click()
    page.click("#job a.btn-primary")
    # By hand: 80 %, 60 %, 40 % of 25,000.
    assert figures(page) == [
        ("1", "商镇", "20,000.00", "80.00"),
        ("2", "棣花镇", "15,000.00", "60.00"),
        ("3", "竹林关镇", "10,000.00", "40.00"),
    ]
