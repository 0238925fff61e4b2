"""One installation a test process, one Chromium a package, a fresh window for each person in each test.

Nothing here opens a database connection of the test process: Playwright's event loop runs in its thread.
"""

import os

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.people import FLAGS, People
from tests.browser.site import Site


@pytest.fixture(scope="session")
def site(servers):
    """Web server, worker and demo. Journeys that write keep to a group and month of their own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    number = (
        8 + int(worker.removeprefix("gw").removeprefix("main") or 0) % 8
    )  # the suites below 8 use the others
    with Site(servers, worker, number) as running:
        yield running


@pytest.fixture(scope="package")
def browser(chromium):
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def people(site, browser):
    """`people("clerk")` is a page in which the clerk is signed in. No page may leave an error in its console."""
    made = People(site, browser)
    yield made
    made.close()
    assert made.errors == []
