"""Leaving: by the menu, by a long pause, and with a form that is too old."""

from playwright.sync_api import expect

from tests.browser.people import log_in


def test_log_out(people):
    page = people()
    log_in(page, "finance", people.site.passwords["finance"])
    page.click("summary.ip-av-btn")
    page.click("form[action='/logout/'] button")
    page.wait_for_url("**/login/**")
    page.goto("/figures/")
    expect(page).to_have_url(f"{people.site.address}/login/?next=/figures/")


def test_a_long_pause(people):
    with people.site.another_web(IDLE_LOGOUT_SECONDS="1") as address:
        page = people(address=address)
        log_in(page, "evaluator", people.site.passwords["evaluator"])
        page.wait_for_url(f"{address}/")
        page.wait_for_timeout(2100)
        page.goto("/figures/?q=1")
        expect(page).to_have_url(f"{address}/login/?next=/figures/%3Fq%3D1")
        expect(page.locator(".alert")).to_be_visible()


def test_a_form_that_is_too_old(people):
    page = people()
    page.goto("/login/")
    page.fill("[name=username]", "clerk")
    page.fill("[name=password]", people.site.passwords["clerk"])
    page.context.clear_cookies(name="csrftoken")
    with page.expect_response("**/login/") as answer:
        page.click("main form:not(.ip-langform) button[type=submit]")
    assert answer.value.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("表单已失效")
    expect(page.locator("main a.btn-primary")).to_have_attribute("href", "/")
