import pytest

from leads.models import Introducer, Lead
from leads.text import derive, grams
from tests.support.factories_leads import ContactFactory, LeadFactory, OfferFactory


def test_pairs_of_characters_and_of_initials():
    # By hand: 青屿新材料股份有限公司 without its legal form is 青屿新材料; initials q y x c l.
    assert grams("青屿新材料股份有限公司") == sorted(
        ["青屿", "屿新", "新材", "材料", "~qy", "~yx", "~xc", "~cl"]
    )


def test_width_case_and_legal_form_play_no_part():
    assert grams("Ａｂｃ 有限公司") == grams("abc") == ["ab", "bc", "~ab", "~bc"]


def test_short_and_blank_names():
    assert grams("青") == ["青"]
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
