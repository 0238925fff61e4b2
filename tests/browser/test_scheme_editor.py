"""A clerk enters a method in the editor: by its questions, by the builder, with the example beside it."""

import re

from playwright.sync_api import expect

from tests.browser.site import Site

MAKE = """
from datetime import date
from assessments import services
from organizations.models import RoleGrant
who = RoleGrant.objects.unscoped(reason="test").select_related("unit", "user").get(user__username="clerk")
scheme = services.scheme_create(actor=who.user, owner=who.unit, code="typed", name="产业专班季度评价")
print("DRAFT", services.schemeversion_draft(actor=who.user, scheme=scheme, since=date(2026, 1, 1)).pk)
"""


def draft_of(site: Site) -> str:
    printed = site.shell(MAKE)
    return next(line for line in printed.splitlines() if line.startswith("DRAFT ")).split()[1]


def begin(page, kind, pattern):
    page.click(f".ip-ed-outline a.add[href$='/{kind}/new/']")
    page.click(f".ip-ed-patterns a[href$='?pattern={pattern}']")


def test_a_clerk_enters_a_method(site, people):
    page = people("clerk")
    page.goto(f"/schemes/versions/{draft_of(site)}/edit/")
    begin(page, "indicators", "completion")
    expect(page.locator("[name=title]")).to_be_focused()
    page.keyboard.type("新引进项目")
    for text in ("60", "新引进省外亿元项目"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    # An invented unit has 4 of 6; what is due of 6 by the last month is in the line: 4 ÷ due.
    expect(page.locator("#ed-example tr.here small").first).to_contain_text(re.compile(r"^4 ÷ "))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("新引进项目")
    expect(page.locator("#ed-total-0")).to_contain_text("60 / 100")

    # The builder: a rate of two figures, one of them new, with marks in bands.
    begin(page, "indicators", "")
    page.fill("[name=title]", "契合度")
    page.fill("[name=full]", "40")
    page.select_option("[name=value]", "ratio")
    page.select_option("[name='value.part']", "+")
    page.fill("[name='value.part.new.title']", "所属产业新项目")
    page.select_option("[name='value.whole']", label="新引进省外亿元项目")
    page.select_option("[name=rule]", "bands")
    page.fill("[name='rule.bands.0.from_value']", "50")
    page.fill("[name='rule.bands.0.points']", "20")
    page.click("button[value='add:rule.bands']")
    page.fill("[name='rule.bands.1.from_value']", "80")
    page.fill("[name='rule.bands.1.points']", "40")
    # Both figures are 4 in the example: 100 %, the highest band.
    expect(page.locator("#ed-example tr.here td")).to_contain_text("40")
    expect(page.locator("#ed-total-0")).to_contain_text("100 / 100")
    page.locator("#ed-example input[name='x:f:sscyxxm']").fill("2")
    expect(page.locator("#ed-example tr.here td")).to_contain_text("20")  # 50 %
    page.click("#ed-form .btn-primary")
    expect(page.locator("#ed-problems li")).to_have_count(0)

    # A mistake is kept and said beside its field; undo takes it back.
    page.fill("[name=full]", "四十")
    page.click("#ed-form .btn-primary")
    expect(page.locator("#f-full")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-full")).to_have_value("四十")
    page.click("form[action$='/undo/'] button")
    expect(page.locator("#ed-problems li")).to_have_count(0)
