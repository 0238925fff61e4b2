"""An officer's day: enter a lead, follow it, screen it, move it on, sign it, move the project. By keyboard where keys
are promised, at a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import DESK, PHONE

PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SIZES = {"desk": {"viewport": DESK}, "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True}}
CODE = {"desk": "91000000MA0000000N", "phone": "91000000MA0000001R"}  # invented, with right check digits


def paper(name):
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": PAPER + name.encode()}


def typed(box, text):
    """Key by key, in place of what a kept draft may have put there."""
    box.fill("")
    box.press_sequentially(text)


def choose(scope, name, text):
    """In a combobox: type, then take the first one found by key."""
    box = scope.locator(f"[name={name}_text]")
    typed(box, text)
    expect(scope.locator("[role=option]").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")


@pytest.mark.parametrize("size", SIZES)
def test_a_day(people, size):
    page = people("officer", **SIZES[size])
    panel = page.locator("#panel")
    investor = f"示例晨露{'甲' if size == 'desk' else '乙'}装备有限公司"

    # Enter: N opens the form, one key sends it.
    page.goto("/leads/")
    if size == "desk":
        page.keyboard.press("n")
    else:
        page.goto("/leads/new/")
    form = panel if size == "desk" else page.locator("main")
    typed(form.locator("[name=investor_text]"), investor)
    form.locator("[name=name]").fill(f"{investor}整机项目")
    form.locator("[name=source]").select_option("approach")
    form.locator("[name=contact_name]").fill("示例许某")
    form.locator("[name=contact_phone]").fill("13800000000")
    form.locator("[name=amount]").fill("20000")
    choose(form, "industry", "3985")
    form.locator("[name=next_step]").fill("寄方案")
    if size == "desk":
        page.keyboard.press("Control+Enter")
    else:
        form.locator("button.btn-primary[type=submit]").click()
    page.wait_for_url(re.compile(r"/leads/\d+/$"))
    lead = page.url
    expect(page.locator("main")).to_contain_text("138****0000")

    # Follow: a reception, whose point becomes a task.
    page.goto(f"{lead}follow-ups/new/")
    page.locator("[name=kind][value=reception]").check()
    page.locator("[name=text]").fill("看了标准厂房，对层高满意。")
    page.locator("[name=points]").fill("寄用电方案")
    page.locator("main button[type=submit].btn-primary").click()
    page.wait_for_url(lead)
    expect(page.locator("main")).to_contain_text("寄用电方案")

    # Screen: every check with its value, all passed.
    page.goto(f"{lead}screening/")
    page.get_by_role("button", name="开始研判").click()
    for name, value in (("tax", "32"), ("investment", "420"), ("output", "560")):
        page.locator(f"[name=v_{name}_per_mu]").fill(value)
    page.locator("[name=v_plot_ratio]").fill("1.6")
    for name, answer in (("industry_fit", "是"), ("environment", "是"), ("forbidden", "否")):
        page.locator(f"[name=v_{name}]").select_option(label=answer)
    page.get_by_role("button", name="保存检查").click()
    expect(page.locator("main")).to_contain_text("通过")

    # The investor's code, then four stages at once: the form asks for what they need.
    page.goto(lead)
    page.get_by_role("link", name=investor, exact=True).first.click()
    page.goto(f"{page.url}change/")
    page.locator("[name=credit_code]").fill(CODE[size])
    page.locator("main button[type=submit].btn-primary").click()
    page.goto(f"{lead}move/?to=ready")
    form = page.locator("main form").first
    for name, value in (
        ("land_mu", "60"),
        ("signing_on", "2026-12-20"),
        ("next_on", "2026-12-01"),
        ("visited_on", ""),
    ):
        field = form.locator(f"[name={name}]")
        if field.count() and value:
            field.fill(value)
    host = form.locator("[name=host]")
    if host.count():
        choose(form, "host", "棣花") if form.locator("[name=host_text]").count() else host.select_option(
            index=1
        )
    form.locator("[name=file_intent]").set_input_files(paper("意向书"))
    form.locator("button.btn-primary[type=submit]").click()
    page.wait_for_url(lead)
    expect(page.locator("main")).to_contain_text("拟签约")

    # Sign: what the lead knows stands there already.
    page.goto(f"{lead}sign/")
    expect(page.locator("[name=name]")).to_have_value(f"{investor}整机项目")
    page.locator("[name=agreement_number]").fill(f"示招协〔2026〕{size}")
    page.locator("main form button.btn-primary[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    expect(page.locator("main")).to_contain_text("20,000.00 万元")
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    project = re.search(r"/projects/\d+/", page.url).group()

    # The next stage says what is missing, takes it, and moves.
    page.goto(f"{project}move/?to=registered")
    form = page.locator("main form").first
    form.locator("[name=registered_name]").fill(investor)
    if form.locator("[name=registered_code]").count():
        form.locator("[name=registered_code]").fill(CODE[size])
    for kind in ("agreement", "licence"):
        if form.locator(f"[name=file_{kind}]").count():
            form.locator(f"[name=file_{kind}]").set_input_files(paper(f"{kind}"))
    form.locator("button.btn-primary[type=submit]").click()
    page.wait_for_url(re.compile(rf"{project}$"))
    expect(page.locator("main")).to_contain_text("注册落户")
    assert not page.evaluate(wide)
