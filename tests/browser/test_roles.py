"""Each role: its home page and its navigation work, and what the navigation hides is closed.

Only home is drawn here. `test_phone.py` draws every page, for people who see all of them between them."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from investpro.navigation import MENU
from tests.browser.test_phone import MORE

ROLES = (
    "clerk",
    "leader",
    "committee",
    "evaluator",
    "finance",
    "head",
    "officer",
    "sysadmin",
    "secadmin",
    "auditor",
)
ALL = {reverse(item.url_name) for _label, items in MENU for item in items}
# Listed for who keeps them, and readable by more.
KEPT = (
    "user_list",
    "role_list",
    "stage_list",
    "protectionterms_list",
    "gate_list",
    "tip_list",
    "closingterms_list",
    "recognitionterms_list",
    "countingrule_list",
)
READABLE = {reverse(name) for name in KEPT}


@pytest.mark.parametrize("who", ROLES)
def test_navigation(people, who):
    page = people(who)
    page.goto("/")
    expect(page.locator("h1")).to_contain_text("演示")
    links = {link.get_attribute("href") for link in page.locator(".ip-side .ip-nav a").all()}
    assert "/" in links
    for path in sorted(links):
        if who not in MORE:
            assert page.request.get(path).status == 200, path
    for path in sorted(ALL - links - READABLE):
        assert page.request.get(path).status == 403, path
