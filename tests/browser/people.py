"""People in front of their own windows."""

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.site import Site

# Started for the tests by root, in CI; and pictures need no graphics process.
FLAGS = ["--no-sandbox", "--disable-gpu"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
_signed_in: dict[tuple[str, str], dict] = {}  # (address, who) → cookies, so that each signs in once


def log_in(page: Page, who: str, password: str) -> None:
    """Through the form; the page is then the home page, or the form with what was wrong."""
    page.goto("/login/")
    page.fill("[name=username]", who)
    page.fill("[name=password]", password)
    page.click("main form:not(.ip-langform) button[type=submit]")


class People:
    """Call it with a demo account's name: a page signed in as this account, in a window of its own."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site, self.browser = site, browser
        self.errors: list[str] = []
        self._windows: list[BrowserContext] = []

    def __call__(self, who: str = "", *, language: str = "zh-hans", address: str = "", **options) -> Page:
        address = address or self.site.address
        options = {"viewport": DESK, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
        state = _signed_in.get((address, who))
        window = self.browser.new_context(base_url=address, storage_state=state, **options)
        window.set_default_timeout(20_000)
        self._windows.append(window)
        window.add_cookies([{"name": "django_language", "value": language, "url": address}])
        page = window.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        if who and state is None:
            log_in(page, who, self.site.passwords[who])
            page.wait_for_url(f"{address}/")
            _signed_in[address, who] = window.storage_state()
        return page

    def close(self) -> None:
        for window in self._windows:
            window.close()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        address = message.location.get("url", "")
        # Chromium also reports a page that answers 403 or 422, which journeys ask for; a missing file is an error.
        if message.text.startswith("Failed to load resource") and "/static/" not in address:
            return
        self.errors.append(f"{message.text} ({address})")
