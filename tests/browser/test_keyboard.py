"""The whole way by keyboard."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(people):
    page = people("leader")
    page.goto("/ranking/?group=danfeng-towns&period=2023-06")
    return page


def focused(page):
    return page.locator(":focus")


def test_the_skip_link(page):
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_class("ip-skip")
    expect(focused(page)).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main').contains(document.activeElement)")


def test_tabs_lead_to_other_groups(page):
    tabs = page.locator("main .nav-tabs a")
    expect(tabs.first).to_have_attribute("aria-current", "page")
    tabs.first.focus()
    page.keyboard.press("Tab")
    expect(tabs.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("group=danfeng-departments"))
    expect(page.locator("main .nav-tabs a").nth(1)).to_have_attribute("aria-current", "page")


def test_the_panel_gives_the_focus_back(page):
    rows = page.locator("a.rowbtn")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel .ip-panel")).to_be_visible()
    expect(page.locator("#panel [data-close]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel .ip-panel")).to_have_count(0)
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel [data-close]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_be_focused()


def test_theme_and_menu(page):
    page.locator("[data-theme-flip]").focus()
    page.keyboard.press("Space")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    menu = page.locator("summary.ip-av-btn")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="修改密码")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="修改密码")).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_search_box(page):
    page.keyboard.press("Control+k")
    box = page.locator("[data-find]")
    expect(box).to_be_focused()
    page.keyboard.type("xsl")
    hits = page.locator("#found a")
    expect(hits.first).to_contain_text("县水利局")
    page.keyboard.press("Escape")
    expect(hits).to_have_count(0)
    expect(box).to_be_focused()
    page.keyboard.type("j")
    expect(hits.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(hits.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/units/\d+/"))
