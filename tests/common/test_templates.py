"""Every template compiles, keeps to the content policy and names icons that exist; error pages stand alone."""

import re
from pathlib import Path

from django.template.loader import get_template, render_to_string
from django.test import SimpleTestCase
from django.utils import translation

from common.templatetags.shapes import GLYPHS, ICONS

ROOT = Path(__file__).resolve().parents[2] / "templates"
FILES = sorted(ROOT.rglob("*.html"))
# script-src and style-src are 'self' alone: nothing inline may be written.
FORBIDDEN = re.compile(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)


class Templates(SimpleTestCase):
    def test_there_are_templates(self):
        assert len(FILES) > 30

    def test_each_compiles(self):
        for path in FILES:
            with self.subTest(path.name):
                get_template(str(path.relative_to(ROOT)))

    def test_nothing_inline(self):
        for path in FILES:
            with self.subTest(path.name):
                assert FORBIDDEN.findall(path.read_text()) == []

    def test_the_check_would_find_inline_code(self):
        for bad in (
            '<p style="x">',
            "<style>",
            "<a onclick=x>",
            "<script>x</script>",
            "<a href='javascript:x'>",
        ):
            assert FORBIDDEN.search(bad), bad
        assert not FORBIDDEN.search("<script src='x.js' defer></script>")

    def test_icons_and_glyphs_exist(self):
        for path in FILES:
            text = path.read_text()
            for name in re.findall(r"{% icon '([^']+)'", text):
                assert name in ICONS, (path.name, name)
            for name in re.findall(r"{% glyph '([^']+)'", text):
                assert name in GLYPHS, (path.name, name)


class ErrorPages(SimpleTestCase):
    def test_render_without_request_or_context_processors(self):
        with translation.override("en"):
            for name, words in (
                ("400.html", "could not be read"),
                ("403.html", "Not allowed"),
                ("403_csrf.html", "too old"),
                ("404.html", "Not found"),
                ("500.html", "met an error"),
            ):
                html = render_to_string(name)
                assert words in html, name
                assert 'href="/"' in html
