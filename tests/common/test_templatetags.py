"""Template tags of the design system. Expected texts are worked out by hand."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import SimpleTestCase
from django.utils import translation

from common.templatetags import ip
from common.templatetags.shapes import GLYPHS, ICONS


class Figures(SimpleTestCase):
    def test_amount_groups_thousands_and_uses_a_true_minus(self):
        assert ip.amount(Decimal("1234.56")) == "1,234.56"
        assert ip.amount(Decimal("-1234567.8")) == "−1,234,567.80"
        assert ip.amount(Decimal("12.5"), 0) == "13"  # half up, not to even
        assert ip.amount(0) == "0.00"

    def test_minus_zero_after_rounding_has_no_sign(self):
        assert ip.amount(Decimal("-0.001")) == "0.00"
        assert ip.signed(Decimal("0.001")) == "0.00"

    def test_no_number_is_empty_not_zero(self):
        for value in (None, "", "abc", Decimal("NaN"), float("inf")):
            assert ip.amount(value) == "", repr(value)
            assert ip.signed(value) == ""
            assert ip.in_unit(value, "wan") == ""

    def test_signed(self):
        assert ip.signed(Decimal("17.13")) == "+17.13"
        assert ip.signed(Decimal("-2.37")) == "−2.37"

    def test_in_unit(self):
        # 18,600,000 yuan = 1,860 wan = 0.186 yi
        assert ip.in_unit(Decimal("18600000"), "wan") == "1,860.00"
        assert ip.in_unit(Decimal("18600000"), "yi") == "0.19"
        with pytest.raises(KeyError):
            ip.in_unit(Decimal(1), "usd")

    def test_mask_phone(self):
        assert ip.mask_phone("13812341234") == "138****1234"
        assert ip.mask_phone("1234567") == "*****67"
        assert ip.mask_phone("12") == "**"
        assert ip.mask_phone(None) == ""

    def test_circled(self):
        assert [ip.circled(n) for n in (1, 20, 21)] == ["①", "⑳", "(21)"]


class Shapes(SimpleTestCase):
    def test_every_icon_and_glyph_renders(self):
        for name in ICONS:
            assert 'aria-hidden="true"' in ip.icon(name)
        for state in GLYPHS:
            assert "<svg" in ip.glyph(state)

    def test_label_is_escaped(self):
        assert 'aria-label="&lt;b&gt;"' in ip.icon("home", "<b>")

    def test_unknown_icon_is_an_error(self):
        with pytest.raises(KeyError):
            ip.icon("no-such-icon")

    def test_nothing_inline_that_the_content_policy_forbids(self):
        html = (
            ip.pace(50, 60)
            + ip.pace_head(60)
            + ip.delta(1)
            + ip.move(2)
            + ip.missing("x", 1)
            + ip.icon("home")
        )
        assert "style=" not in html
        assert "<script" not in html


class Pace(SimpleTestCase):
    def test_ahead_has_a_dark_part_and_no_hatching(self):
        with translation.override("en"):
            html = ip.pace(Decimal("92.23"), Decimal("83.33"))
        # 83.33 / 1.1 = 75.75 and 92.23 / 1.1 = 83.85: the dark part is 8.10 wide
        assert 'class="fi" x="0%" width="75.75%"' in html
        assert 'class="ov" x="75.75%" width="8.10%"' in html
        assert 'class="ga"' not in html
        assert 'aria-label="Completed 92.23%, time elapsed 83.33%"' in html

    def test_behind_is_hatched(self):
        html = ip.pace(Decimal("71.48"), Decimal("83.33"))
        # 71.48 / 1.1 = 64.98; 75.75 - 64.98 = 10.77
        assert 'class="fi" x="0%" width="64.98%"' in html
        assert 'class="ga" x="64.98%" width="10.77%"' in html
        assert 'class="ov"' not in html

    def test_past_the_end_is_cut_and_says_so(self):
        html = ip.pace(Decimal("256.4"), Decimal("50"))
        assert 'class="ov" x="45.45%" width="54.55%"' in html
        assert 'class="br"' in html

    def test_missing_values(self):
        with translation.override("en"):
            assert 'aria-label="No completion rate"' in ip.pace(None, Decimal("50"))
            assert 'aria-label="Completed 40.00%"' in ip.pace(40)
        assert 'class="fi"' not in ip.pace(None, 50)
        assert 'class="ln"' not in ip.pace(40)
        assert ip.pace_head(None) == ""


class Words(SimpleTestCase):
    def setUp(self):
        translation.activate("en")
        self.addCleanup(translation.deactivate)

    def test_delta(self):
        assert "▲</i>ahead 8.90" in ip.delta(Decimal("8.9"))
        assert "▼</i>behind 3.18" in ip.delta(Decimal("-3.18"))
        assert "■</i>level 0.00" in ip.delta(Decimal("-0.004"))
        assert ip.delta(None) == '<span class="ip-nil">—</span>'

    def test_move(self):
        assert 'title="up 2 places"' in ip.move(2)
        assert 'title="down 1 place"' in ip.move(-1)
        assert 'title="rank unchanged"' in ip.move(0)
        assert ip.move(None) == '<span class="ip-move"></span>'

    def test_missing(self):
        assert "not reported" in ip.missing("not_reported")
        assert "nil return" in ip.missing("nil")
        assert "·" in ip.missing("not_here")
        assert 'href="#note-1"' in ip.missing("not_comparable", 1)
        assert "①" in ip.missing("not_comparable", 1)
        assert "href" not in ip.missing("no_target")

    def test_used_from_a_template(self):
        source = "{% load ip %}{{ v|amount:2 }} {{ v|in_unit:'wan' }} {% glyph 'done' %}"
        html = Template(source).render(Context({"v": Decimal("20000")}))
        assert html.startswith("20,000.00 2.00 <svg")
