"""The search box finds what the actor may see, by whatever he types of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from common import finding
from organizations.choices import Role
from organizations.finding import find_officers, find_units
from tests.support.clients import client_for, user_with
from tests.support.factories import OfficerFactory, UnitAliasFactory, UnitFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def clerk(tree):
    return user_with(Role.BUREAU_STAFF, tree.county)


def labels(actor, text, limit=5):
    return {str(group.label): [hit.label for hit in group.hits] for group in finding.find(actor, text, limit)}


@pytest.mark.parametrize("text", ["龙驹寨镇", "驹寨", "龙", "longju", "ljz", "LJZ", "街办", " 龙驹寨镇 "])
def test_a_unit_by_whatever_is_typed(clerk, tree, text):
    UnitAliasFactory(unit=tree.town, name="龙驹寨街办")
    assert labels(clerk, text)["Units"] == ["龙驹寨镇"]


def test_a_unit_by_code_with_its_place(clerk, tree):
    (group,) = finding.find(clerk, "longjuzhai")
    assert group.hits == (
        ("龙驹寨镇", "township · 丹凤县 · longjuzhai", reverse("unit_detail", args=[tree.town.pk])),
    )


def test_names_that_begin_with_it_come_first(clerk, tree):
    UnitFactory(parent=tree.county, name="新龙村", code="a1")
    UnitFactory(parent=tree.county, name="龙城", code="z1")
    assert labels(clerk, "龙")["Units"] == ["龙驹寨镇", "龙城", "新龙村"]


@pytest.mark.parametrize("text", ["", " ", "l", "没有这个", "%", "_", "'"])
def test_too_short_or_nothing(clerk, tree, text):
    assert labels(clerk, text) == {}


def test_officers_in_scope_only_and_never_by_telephone(clerk, tree):
    OfficerFactory(unit=tree.town, name="周敏", phone="13812345678")
    OfficerFactory(unit=tree.other_town, name="周强")
    OfficerFactory(unit=tree.town, name="周老", left_on="2020-01-01")
    assert labels(clerk, "周") == {"Officers": ["周敏"]}
    assert labels(clerk, "zm") == {"Officers": ["周敏"]}
    assert labels(clerk, "5678") == {}
    assert labels(user_with(Role.BUREAU_STAFF, tree.other_county), "周") == {"Officers": ["周强"]}
    assert labels(user_with(Role.FINANCE, tree.county), "周") == {}


def test_who_may_see_no_unit_finds_none(tree):
    assert labels(user_with(Role.AUDIT_ADMIN, tree.county), "龙驹寨") == {}
    assert labels(user_with(Role.SERVICE_CLIENT, tree.other_county), "龙驹寨") == {}
    assert labels(user_with(Role.OFFICER, tree.other_county), "龙驹寨") == {"Units": ["龙驹寨镇"]}


def test_archived_units_are_left_out(clerk, tree):
    type(tree.town)._base_manager.filter(pk=tree.town.pk).update(archived_at="2026-01-01T00:00:00Z")
    assert labels(clerk, "龙驹寨") == {}


def test_dropdown_and_page(tree):
    client = client_for(Role.BUREAU_STAFF, tree.county)
    for number in range(24):
        UnitFactory(parent=tree.county, name=f"云杉{number:02d}<b>镇", code=f"y{number}")
    url = reverse("search") + "?q=云杉"
    page, part = client.get(url), client.get(url, headers=HTMX)
    assert (len(page.context["found"][0].hits), page.context["found"][0].more) == (20, True)
    assert len(part.context["found"][0].hits) == 5
    assert "<html" in page.content.decode()
    assert "<html" not in part.content.decode()
    assert "云杉00&lt;b&gt;镇" in part.content.decode()
    assert client.get(reverse("search") + "?q=", headers=HTMX).content.strip() == b""
    nothing = client.get(reverse("search") + "?q=没有这个", headers=HTMX).content.decode()
    assert 'role="status"' in nothing
    assert "<a" not in nothing


def test_as_many_queries_for_thirty_as_for_three(clerk, tree):
    def queries():
        with CaptureQueriesContext(connection) as made:
            assert find_units(clerk, "云杉", 40)
            assert find_officers(clerk, "云杉", 40)
        return len(made)

    def more(numbers):
        for n in numbers:
            OfficerFactory(
                unit=UnitFactory(parent=tree.county, name=f"云杉{n}", code=f"c{n}"), name=f"云杉{n}"
            )

    more(range(3))
    queries()
    few = queries()
    more(range(3, 30))
    assert queries() == few == 2


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        finding.register("unit", "Units", lambda actor, text, limit: [])
