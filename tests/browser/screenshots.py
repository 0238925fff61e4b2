"""`python -m tests.browser.screenshots [FOLDER]`: pictures of the main pages, from a scratch installation with the demo.

Only docs/screenshots' own set is kept in the repository; with another folder every page is taken in every width.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from investpro.embedded import state
from tests.browser.people import FLAGS, People
from tests.browser.site import Site, scratch_at
from tests.conftest import TOOLS

FOLDER = state.BASE_DIR / "docs" / "screenshots"
HEIGHTS = {1440: 620, 768: 1024, 390: 844}  # low on the desk: the kept pictures stay small
PROJECT = "/projects/3/"  # the demo is the same every time
RANKING = "/ranking/?group=danfeng-departments"
WHY = f"{RANKING}&unit=danfeng-zhaoshang"


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    width: int = 1440
    language: str = "zh-hans"
    theme: str = "light"
    who: str = "clerk"

    @property
    def file(self) -> str:
        english = "-en" if self.language == "en" else ""
        dark = "-dark" if self.theme == "dark" else ""
        return f"{self.name}{english}{dark}-{self.width}.png"


KEPT = (
    Shot("home", "/"),
    Shot("ranking", RANKING),
    Shot("ranking-panel", WHY),
    Shot("ranking-panel", WHY, language="en"),
    Shot("ranking-panel", WHY, theme="dark"),
    Shot("ranking", RANKING, width=390),
    Shot("import", "/imports/"),
    Shot("home", "/", width=390, who="head"),
    Shot("leads", "/leads/", who="qingyu"),
    Shot("leads", "/leads/", width=390, who="qingyu"),
    Shot("projects", "/projects/", who="bureau"),
    Shot("project", PROJECT, who="bureau"),
    Shot("project", PROJECT, width=390, who="bureau"),
    Shot("recognition", "/recognition/", who="bureau"),
    Shot("capital-grid", "/capital/grid/", who="bureau"),
    Shot("periods", "/periods/", who="bureau"),
    Shot("scheme", "/scheme-versions/1/", who="bureau"),
    Shot("scheme-editor", "/schemes/versions/2/edit/groups/0/indicators/0/", who="bureau"),
    Shot("scheme-editor", "/schemes/versions/2/edit/groups/0/indicators/0/", width=390, who="bureau"),
    Shot("scheme-trial", "/scheme-trials/1/", who="bureau"),
    Shot("scheme-result", "/results/runs/1/", who="bureau"),
    Shot("scheme-result", "/results/runs/1/", width=390, who="bureau"),
    Shot("targets-grid", "/targets/grid/", who="bureau"),
)
PAGES = {
    "home": "/", "ranking": RANKING, "ranking-panel": WHY, "growth": "/ranking/?group=suzhou-counties", "figures": "/figures/",
    "figure": "/figures/1/", "import": "/imports/", "imported": "/imports/1/", "template": "/figures/template/", "units": "/units/",
    "unit": "/units/5/", "form": "/ranking-tables/1/change/", "reference": "/reference/", "leads": "/leads/", "lead-board": "/leads/board/", "lead-form": "/leads/new/",
    "projects": "/projects/", "project": PROJECT, "pool": "/pool/", "duplicates": "/duplicates/", "stages": "/stages/", "not-found": "/units/99999/",
}  # fmt: skip
LOOKS = (("zh-hans", "light"), ("en", "light"), ("zh-hans", "dark"))
ALL = tuple(
    Shot(name, path, width, language, theme)
    for language, theme in LOOKS
    for width in HEIGHTS
    for name, path in PAGES.items()
)


def take(site: Site, browser: Browser, shots: tuple[Shot, ...], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    people = People(site, browser)
    for shot in shots:
        size = {"width": shot.width, "height": HEIGHTS[shot.width]}
        page = people(
            shot.who, language=shot.language, viewport=size, color_scheme=shot.theme, reduced_motion="reduce"
        )
        page.goto(shot.path, wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=folder / shot.file, animations="disabled", caret="hide")
        sys.stdout.write(f"{folder / shot.file}\n")
        page.context.close()


def main() -> None:
    chromium, advice = TOOLS["browser"]
    path = chromium()
    if path is None:
        sys.exit(advice)
    wanted = sys.argv[1:]
    with (
        tempfile.TemporaryDirectory(prefix="investpro-screenshots-") as temporary,
        sync_playwright() as playwright,
    ):
        servers = scratch_at(Path(temporary))
        try:
            servers.start()
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            with Site(servers, "pictures", 1, demo="tables pipeline capital ranking schemes") as site:
                take(site, browser, ALL if wanted else KEPT, Path(wanted[0]) if wanted else FOLDER)
            browser.close()
        finally:
            servers.stop()


if __name__ == "__main__":
    main()
