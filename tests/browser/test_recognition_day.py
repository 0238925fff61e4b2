"""A day of recognition: money is entered and reported, checked, finally recognised by one key each, and the month is
closed. At a desk and on a phone, each in a month and with a project of its own; months are closed in their order."""

import base64
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from common import clock
from tests.browser.people import DESK, PHONE

PAPER = base64.b64decode(  # a picture of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SIZES = {"phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True}, "desk": {"viewport": DESK}}
MONTHS_AGO = {"phone": 2, "desk": 1}  # the earlier month is closed first
PROJECT = """
from datetime import date
from decimal import Decimal
from leads.services.investors import investor_found
from organizations import demo
from projects.services import project_open
from reference.models import Industry
day = date.fromisoformat("{day}")
unit, clerk = demo.unit("danfeng-dihua"), demo.user("clerk")
investor = investor_found(actor=clerk, unit=unit, name="示例认定{size}（虚构）有限公司", zone="outside_province", credit_code="")
project_open(
    actor=clerk, unit=unit, name="示例认定日{size}项目", investor=investor, industry=Industry._base_manager.get(code="3985"),
    agreement_number="示认〔{size}〕1号", signed_on=day, amount=Decimal(200_000_000), stage="signed", stage_on=day,
)
"""


def first_of(months_ago):
    day = clock.today().replace(day=1)
    for _n in range(months_ago):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


def send(page):
    page.locator("main form button.btn-primary[type=submit]").last.click()


def press(page, size, key):
    """The key at a desk; the button that carries it on a phone."""
    if size == "desk":
        page.keyboard.press(key)
    else:
        page.locator(f"[data-key={key}]").first.click()


def told(page, what):
    """What the API says, whatever the language of the page."""
    answer = page.request.get(f"/api/v1/{what}/")
    assert answer.ok, answer.text()
    return answer.json()


@pytest.mark.parametrize("size", SIZES)
def test_a_day(people, site, size):
    first = first_of(MONTHS_AGO[size])
    month, name = f"{first:%Y%m}", f"示例认定日{size}项目"
    site.shell(PROJECT.format(day=first.isoformat(), size=size))
    officer = people("officer", **SIZES[size])

    # Enter: the project is found by its name, the voucher comes along.
    officer.goto("/capital/new/")
    box = officer.locator("main [name=project_text]")
    box.fill("")
    box.press_sequentially(f"认定日{size}")
    expect(officer.locator("main [role=option]").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    form = officer.locator("main form").last
    form.locator("[name=kind]").select_option("registered")
    form.locator("[name=occurred_on]").fill((first + timedelta(days=4)).isoformat())
    form.locator("[name=amount]").fill("1250.50")
    for folded in form.locator("details.ip-fold:not([open]) > summary").all():
        folded.click()
    form.locator("[name=voucher_type]").select_option("verification")
    form.locator("[name=voucher_issuer]").fill("示例会计师事务所（虚构）")
    form.locator("[name=voucher_number]").fill(f"演示验{month}")
    form.locator("[name=voucher_dated]").fill((first + timedelta(days=4)).isoformat())
    form.locator("[name=voucher_file]").set_input_files(
        {"name": "验资报告.png", "mimeType": "image/png", "buffer": PAPER + size.encode()}
    )
    send(officer)
    officer.wait_for_url(re.compile(r"/capital/\d+/$"))
    entry = re.search(r"/capital/(\d+)/", officer.url).group(1)
    expect(officer.locator("main")).to_contain_text("1,250.50")

    # Report: alone, without waiting for the month's return.
    with officer.expect_navigation():
        officer.locator(f'form[action="/capital/{entry}/report/"] button').first.click()
    assert told(officer, f"capital-entries/{entry}")["state"] == "reported"

    # The bureau checks first, the committee has the last word: one key each.
    for who, level in (("clerk", "preliminary"), ("committee", "final")):
        page = people(who, **SIZES[size])
        page.goto(f"/recognition/?level={level}&basis=arrived&entry={entry}")
        expect(page.locator("#desk")).to_contain_text(name)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            press(page, size, "a")
        expect(page.locator(".dundo")).to_be_visible()
        assert told(officer, f"capital-entries/{entry}")["state"] == level
    officer.reload()
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not officer.evaluate(wide)

    # Cut off and close: the page says what is left open, then the hash.
    clerk = people("clerk", **SIZES[size])
    for step in ("cut-off", "close"):
        clerk.goto(f"/periods/{month}/{step}/")
        send(clerk)
        clerk.wait_for_url(re.compile(rf"/periods/{month}/"))
    assert told(clerk, f"periods/{month}")["state"] == "closed"
    assert not clerk.evaluate(wide)
