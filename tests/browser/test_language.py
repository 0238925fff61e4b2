"""English: the switch, the log-in and its lock-out, and no Chinese but in data."""

import re

import pytest
import yaml
from playwright.sync_api import expect

from assessments import shipped_measures
from assessments.demo import loading
from tests.browser.people import log_in

HAN = re.compile(r"[\u3400-\u9fff]+")
PAGES = (
    "/", "/ranking/?group=danfeng-departments&unit=danfeng-zhaoshang", "/ranking/?group=suzhou-counties", "/figures/", "/figures/1/",
    "/figures/template/", "/targets/", "/ranking-tables/", "/ranking-tables/1/", "/ranking-tables/1/change/", "/imports/", "/imports/1/",
    "/units/", "/units/5/", "/groups/", "/groups/2/", "/posts/", "/officers/", "/officers/1/", "/measures/", "/reference/", "/jobs/",
    "/me/password/",
)  # fmt: skip
SHOWN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent && !parent.closest("script, style, template, [lang=zh-Hans]")) found.push(walker.currentNode.textContent);
  }
  for (const node of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    if (!node.closest("[lang=zh-Hans]"))
      found.push(...["aria-label", "title", "placeholder"].map(name => node.getAttribute(name) || ""));
  return [...found, document.title];
}"""


def strings(node):
    """Every text in a demo file."""
    if isinstance(node, dict):
        return [text for pair in node.items() for part in pair for text in strings(part)]
    if isinstance(node, list):
        return [text for part in node for text in strings(part)]
    return [str(node)]


@pytest.fixture(scope="module")
def data_words():
    """What is Chinese because it is data: the demo's texts, in single runs of Chinese signs."""
    texts = [
        text
        for name in loading.PLACES
        for text in strings(yaml.safe_load((loading.FOLDER / f"{name}.yaml").read_text("utf-8")))
    ]
    texts += strings(yaml.safe_load((shipped_measures.FOLDER / "measures.yaml").read_text("utf-8")))
    texts += [account.name for account in loading.ACCOUNTS]
    texts += ["公开通报示例", "演示招商局", "云川市投资促进局", "党委书记", "镇长", "演示·负责人"]
    texts += ["驻点招商（示例）", "演"]  # the last is the sign of an account
    texts += ["月报", "棣花", "目标和月度数据"]  # sheets and a name that other journeys bring
    texts += ["元", "万元", "亿元", "万美元", "零报告", "未报"]  # what a sender writes into a cell
    return {run for text in texts for run in HAN.findall(text)}


def test_no_chinese_but_data(people, data_words):
    page = people("clerk", language="en")
    foreign = {}
    for path in PAGES:
        answer = page.goto(path)
        assert answer.status == 200, path
        expect(page.locator("html")).to_have_attribute("lang", "en")
        runs = {run for text in page.evaluate(SHOWN) for run in HAN.findall(text)}
        if left := {run for run in runs if run not in data_words}:
            foreign[path] = left
    assert foreign == {}


def test_the_switch(people):
    page = people()
    page.goto("/login/")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.get_by_role("button", name="切换到中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_a_wrong_password_and_the_lock(people):
    page = people(language="en")
    log_in(page, "client", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("password")
    for _ in range(4):
        log_in(page, "client", "not the password")
    expect(page.get_by_role("heading", level=1)).to_have_text("This account is locked for now")
    expect(page.locator("main")).to_contain_text("5 times")
    # Locked means locked: the right password does not help either.
    log_in(page, "client", people.site.passwords["client"])
    expect(page.get_by_role("heading", level=1)).to_have_text("This account is locked for now")
