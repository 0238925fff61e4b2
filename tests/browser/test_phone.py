"""Every page is drawn once, 390 pixels wide and then as on a desk: nothing scrolls sideways but tables that say so,
the tab bar leads on, the navigation marks where one is."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import DESK, PHONE

# Between them they see every page of the navigation; and pages that no navigation leads to.
MORE = {
    "clerk": (
        "/ranking/?group=danfeng-departments", "/ranking/?group=danfeng-departments&unit=danfeng-zhaoshang", "/ranking/?group=luan-counties",
        "/figures/1/", "/figures/template/", "/targets/1/", "/ranking-tables/1/", "/ranking-tables/1/change/", "/imports/1/", "/units/5/",
        "/units/new/", "/groups/2/", "/officers/1/", "/reference/calendar/", "/me/password/",
    ),
    "head": ("/ranking/?unit=danfeng-dihua",),
    "sysadmin": ("/accounts/1/", "/accounts/new/"),
    "auditor": (),
}  # fmt: skip
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("who", MORE)
def test_every_page(people, who):
    page = people(who, viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto("/")
    bar = page.locator(".ip-tabbar")
    expect(bar).to_be_visible()
    expect(page.locator(".ip-side")).to_be_hidden()
    bar.locator("summary").click()
    links = bar.locator(".sheet a")
    expect(links.first).to_be_visible()
    addresses = [link.get_attribute("href") for link in links.all()]
    wide = []
    for path in dict.fromkeys([*addresses, *MORE[who]]):
        answer = page.goto(path)
        if answer.status == 404 and path in MORE[who]:
            continue
        assert answer.status == 200, path
        if page.evaluate(SCROLLS):
            wide.append(path)
        if path in addresses:
            page.set_viewport_size(DESK)
            here = page.locator(".ip-side .ip-nav a.active")
            expect(here).to_be_visible()
            expect(here).to_have_attribute("href", path)
            if page.evaluate(SCROLLS):
                wide.append(f"{path} on a desk")
            page.set_viewport_size(PHONE)
    assert wide == []
