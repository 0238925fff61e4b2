"""What is typed into the quick form is kept, comes back, and is gone for good once it is sent."""

import re

from playwright.sync_api import expect

URL = "/leads/new/"
LEFT = "main .alert.acc"  # "this is what you typed and did not send"


def sends_the_form(request):
    return request.method == "POST" and b"_draft" not in (request.post_data_buffer or b"")


def typed(page, investor):
    page.locator("[name=investor_text]").fill(investor)
    page.locator("[name=name]").fill(f"{investor}整机项目")
    page.locator("[name=source]").select_option("approach")


def test_kept_while_typing_restored_and_not_left_behind(people):
    page = people("officer")
    page.goto(URL)
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith(URL)):
        typed(page, "示例霜叶装备有限公司")
    page.goto("/leads/")
    page.goto(URL)
    expect(page.locator(LEFT)).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("示例霜叶装备有限公司整机项目")
    page.locator(f"{LEFT} button").click()
    expect(page.locator(LEFT)).to_have_count(0)

    # Sent by key before the clock of the draft has run: it must not run on while the answer is awaited.
    page.goto("/leads/")
    page.clock.install()
    sent, held = [], []

    def answer(route):
        if sends_the_form(route.request):
            held.append(route)
            return
        if route.request.method == "POST":
            sent.append(route.request.url)
        route.continue_()

    page.route("**/leads/new/", answer)
    page.keyboard.press("n")
    panel = page.locator("#panel")
    expect(panel.locator("[name=name]")).to_be_visible()
    typed(panel, "示例霜叶装备有限公司")
    page.clock.run_for(100)
    with page.expect_request(sends_the_form):
        page.keyboard.press("Control+Enter")
    before = len(sent)
    page.clock.run_for(5_000)
    (form,) = held
    form.continue_()
    page.wait_for_url(re.compile(r"/leads/\d+/$"))
    assert len(sent) == before, "a draft was kept after the form had been sent"
    page.goto(URL)
    expect(page.locator(LEFT)).to_have_count(0)
