from dataclasses import dataclass

import pytest

from common.actors import Grant
from leads.duplicates import search, search_investors
from leads.duplicates.search import spelled
from leads.models import Investor
from organizations.choices import Role
from tests.support.factories_leads import InvestorFactory, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def investors(tree):
    names = {
        "qingyu": "青屿新材料股份有限公司",
        "yunchuan": "云川青屿（长安）科技有限公司",
        "shan": "单氏机械有限公司",
        "qiu": "仇家湾食品有限公司",
        "latin": "ＨＦ Optics Co., Ltd",
        "one": "麓",
    }
    found = {key: InvestorFactory(name=name, unit=tree.town) for key, name in names.items()}
    found["coded"] = InvestorFactory(
        name="和川制药有限公司", unit=tree.town, credit_code="91610000MA6TQK0000", short_name="和药"
    )
    return found


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("青屿", ["qingyu", "yunchuan"]),  # two characters; the one that begins with them first
        ("新材", ["qingyu"]),  # inside the name
        ("青屿新材料有", ["qingyu"]),  # half a legal form
        ("青屿新材料股份有限公司", ["qingyu"]),
        ("青屿新材料有限公司", ["qingyu"]),  # another one
        ("新材料股", ["qingyu"]),
        ("川青屿 长", ["yunchuan"]),  # across a bracket, with a blank
        ("屿材", []),
        ("料新", []),
        ("麓", ["one"]),
        ("青", ["qingyu"]),  # one character: the beginning
        ("qyxcl", ["qingyu"]),  # initials
        ("qy", ["qingyu", "yunchuan"]),
        ("qingyu", ["qingyu", "yunchuan"]),  # full pinyin, also inside
        ("qingyuxincai", ["qingyu"]),
        ("qingyux", ["qingyu"]),  # an unfinished syllable
        ("yunc", ["yunchuan"]),
        ("shanshi", ["shan"]),  # both readings of a surname
        ("danshi", ["shan"]),
        ("ssjx", ["shan"]),
        ("qiujiawan", ["qiu"]),
        ("choujia", ["qiu"]),
        ("zhangan", ["yunchuan"]),  # 长 has two readings
        ("changan", ["yunchuan"]),
        ("hf optics", ["latin"]),
        ("ptic", ["latin"]),
        ("9161", ["coded"]),
        ("91610000ma6t", ["coded"]),
        ("6100", []),  # a code is found by its beginning
        ("和药", ["coded"]),  # the short name
        ("  ", []),
        ("（）", []),
        ("%", []),
    ],
)
def test_what_is_typed_and_found(bureau, investors, typed, wanted):
    assert search_investors(bureau, typed) == [investors[key] for key in wanted]


def test_only_in_scope(tree, officer, investors):
    stranger = InvestorFactory(name="青屿光学有限公司", unit=tree.other_town)
    assert stranger not in search_investors(officer, "青屿")
    LeadFactory(investor=stranger, unit=tree.town)  # now his unit follows it as well
    assert stranger in search_investors(officer, "青屿")


@dataclass(frozen=True)
class Somebody:
    """An actor who is nothing but his roles."""

    places: tuple
    pk: int = 0
    actor_name: str = "somebody"
    is_system: bool = False

    def grants(self):
        return self.places


@pytest.mark.parametrize("few", [0, 1, 20])  # the scope as a rule, as everything or nothing, as keys
def test_a_search_finds_what_each_role_may_see_and_nothing_else(tree, investors, monkeypatch, few):
    """Compared with the rule itself, for every role at every level, and for two roles in two places."""
    monkeypatch.setattr(search, "FEW", few)
    followed = InvestorFactory(name="青屿光学有限公司", unit=tree.other_town)
    LeadFactory(investor=followed, unit=tree.second_town)
    InvestorFactory(name="青屿仪表有限公司", unit=tree.other_town)
    InvestorFactory(name="青屿包装有限公司", unit=tree.second_town)
    InvestorFactory(name="青屿能源有限公司", unit=tree.city)
    InvestorFactory(name="青屿旧厂", unit=tree.town, archived_at="2026-01-01T00:00:00Z")
    places = (tree.city, tree.county, tree.town, tree.other_town)
    held = [[(role, place)] for role in Role.values for place in places]
    held += [[(Role.OFFICER, tree.town), (other, tree.city)] for other in (Role.FINANCE, Role.OFFICER)]
    seen = set()
    for roles in held:
        actor = Somebody(tuple(Grant(role, place.pk, place.path) for role, place in roles))
        rule = Investor.objects.visible_to(actor).filter(archived_at=None, name__contains="青屿")
        found = {one.name for one in search_investors(actor, "青屿", 50)}
        assert found == {one.name for one in rule}, roles
        seen.add(len(found))
    assert len(seen) > 3  # there were different scopes


def test_archived_ones_are_left_out_and_the_limit_holds(
    tree, bureau, investors, django_assert_max_num_queries
):
    InvestorFactory(name="青屿旧厂", unit=tree.town, archived_at="2026-01-01T00:00:00Z")
    bureau.grants()
    with django_assert_max_num_queries(6):
        assert search_investors(bureau, "青屿", limit=1) == [investors["qingyu"]]
    with django_assert_max_num_queries(6):
        assert len(search_investors(bureau, "qy")) == 2


@pytest.mark.parametrize(
    ("letters", "wanted"),
    [
        ("xian", {(("xian",), ""), (("xi", "an"), ""), (("xia",), "n"), ((), "xian")}),
        ("qingy", {(("qing",), "y")}),
        ("sdfg", set()),
    ],
)
def test_letters_as_syllables(letters, wanted):
    assert wanted <= set(spelled(letters))
    assert wanted or not spelled(letters)
