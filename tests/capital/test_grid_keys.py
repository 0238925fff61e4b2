"""The month grid under a browser's keys: a block pasted from a sheet, arrows and Enter, the sums below."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from organizations.choices import Role
from tests.browser.people import FLAGS
from tests.projects.support import ProjectFactory
from tests.support.clients import client_for

PASTE = """
([name, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.getElementsByName(name)[0].dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}
"""


@pytest.fixture
def page(tree, pipeline, november, chromium):
    """The grid of three projects in a window of its own. Everything that needs the database is done before."""
    names = ("标记甲厂", "标记乙厂", "标记丙厂")
    made = {name: ProjectFactory(unit=tree.town, name=name).pk for name in names}
    html = client_for(Role.OFFICER, tree.town).get("/capital/grid/").content.decode()
    body = re.sub(r"<script[^>]*></script>|<link[^>]*>", "", html)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        window = browser.new_page()
        window.set_content(body)
        window.add_script_tag(path=str(Path(settings.BASE_DIR) / "static" / "js" / "grid.js"))
        yield window, made
        browser.close()


@pytest.mark.django_db
def test_a_block_is_pasted_and_keys_walk(page):
    window, made = page

    def box(name, kind):
        return f"c-{made[name]}-{kind}"

    def value(name, kind):
        return window.locator(f'[name="{box(name, kind)}"]').input_value()

    rows = [row.get_attribute("data-name") for row in window.locator("[data-grid] tbody tr").all()]
    first, second, third = rows
    window.evaluate(PASTE, [box(first, "registered"), "1,234.5\t20\n\t30\r\n7\t8\t9\t10\t11\t12\n1\t2\n"])
    assert [value(first, kind) for kind in ("registered", "other_money", "equipment")] == [
        "1,234.5",
        "20",
        "",
    ]
    assert [value(second, kind) for kind in ("registered", "other_money")] == ["", "30"]
    assert value(third, "land") == "11"
    said = window.locator("[data-grid-said]").inner_text()
    assert said.startswith("8 ")  # 2 + 1 + 5 fit; 12, 1 and 2 are beyond the grid
    assert ", 3 " in said
    assert window.locator('[data-sum="registered"]').inner_text() == "1,241.50"
    window.evaluate(PASTE, [box(first, "plant"), f"{third}\t500\n谁也不是\t6\n{first}\t400"])
    assert (value(first, "plant"), value(second, "plant"), value(third, "plant")) == ("400", "", "500")
    window.locator(f'[name="{box(first, "land")}"]').focus()
    for key in ("Enter", "ArrowDown", "ArrowUp"):
        window.keyboard.press(key)
    assert window.evaluate("document.activeElement.name") == box(second, "land")
    window.keyboard.type("3.5")
    assert window.locator('[data-sum="land"]').inner_text() == "14.50"
    window.keyboard.press("Escape")
    assert value(second, "land") == ""
    assert window.locator('[data-sum="land"]').inner_text() == "11.00"
