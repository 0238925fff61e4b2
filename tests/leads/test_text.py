import pytest

from leads.models import Introducer, Lead
from leads.text import derive, grams
from tests.support.factories_leads import ContactFactory, LeadFactory, OfferFactory


def test_pairs_of_characters_initials_and_syllables():
    # By hand; 屿 and 青 have other readings in old texts, which may be there besides.
    keys = set(grams("青屿股份有限公司"))
    assert {"青屿", "屿股", "股份", "份有", "有限", "限公", "公司"} == {k for k in keys if k[0] not in "~="}
    assert {"~qy", "~yg", "~gf", "=qing", "=yu", "=gu", "=fen", "=you", "=xian", "=gong", "=si"} <= keys


def test_several_readings_of_a_surname():
    # 单 is shan as a surname, dan otherwise; 仇 is qiu as a surname, chou otherwise.
    assert {"=shan", "=dan", "~sg", "~dg"} <= set(grams("单国"))
    assert {"=qiu", "=chou", "~qm", "~cm"} <= set(grams("仇明"))


def test_width_case_blanks_and_punctuation_play_no_part():
    assert grams("Ａｂ－ c") == grams("abc") == ["ab", "bc", "~ab", "~bc"]


def test_short_and_blank_names():
    assert "青" in grams("青")
    assert "青" in grams("青公司")  # what is left without the legal form
    assert grams(" ") == []


def test_each_row_takes_the_columns_it_has():
    lead = derive(Lead(name="海棠智能家居有限公司"))
    assert (lead.pinyin, lead.normal) == ("haitangzhinengjiajuyouxiangongsi htznjjyxgs", "海棠智能家居")
    assert "海棠" in lead.grams
    introducer = derive(Introducer(name="林某"))
    assert introducer.pinyin == "linmou lm"
    assert not hasattr(introducer, "grams")


@pytest.mark.django_db
def test_factories_write_derived_columns():
    lead = LeadFactory(name="海棠智能家居")
    assert lead.normal == "海棠智能家居"
    assert (lead.officer.unit, lead.investor.unit) == (lead.unit, lead.unit)
    assert ContactFactory().investor.pk
    assert OfferFactory(name="示例园").pinyin.endswith(" sly")
