"""Board: columns with count and sum, cards with a menu; a move is a form of its own."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.choices import Role
from organizations.models import Officer
from tests.support.clients import client_for
from tests.support.factories import OfficerFactory
from tests.support.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.kit")]
URL = "/officers/board/"
PANEL = {"HX-Request": "true", "HX-Target": "panel", "HX-Current-URL": f"http://testserver{URL}?q=a"}


@pytest.fixture
def staff(tree):
    return client_for(Role.BUREAU_STAFF, tree.county)


def columns(response):
    return {
        c["label"]: (c["count"], [card["title"] for card in c["cards"]]) for c in response.context["board"]
    }


def test_columns_count_all_and_show_the_first_few(tree, staff):
    for n in range(5):
        OfficerFactory(unit=tree.town, name=f"标记{n}")
    OfficerFactory(unit=tree.other_town, name="别处")
    page = staff.get(URL)
    # The directory of units is open, so the other county's town is a column; its people stay out.
    assert columns(page) == {
        "龙驹寨镇": (5, ["标记4", "标记3", "标记2"]),
        "棣花镇": (0, []),
        "河口镇": (0, []),
    }
    assert f'href="/officers/?unit={tree.town.pk}"' in page.content.decode()
    assert columns(staff.get(f"{URL}?q=标记1"))["龙驹寨镇"] == (1, ["标记1"])


def test_sums_are_of_the_whole_column():
    world = World()
    for month, value in ((5, "100"), (6, "12345678.90"), (6, "0.10")):
        figure = world.figure_at(world.tree.town if value != "0.10" else world.tree.second_town, month=month)
        type(figure)._base_manager.filter(pk=figure.pk).update(value=Decimal(value))
    board = client_for(Role.BUREAU_STAFF, world.tree.county).get("/kit/figures/")
    assert [(c["count"], c["total"]) for c in board.context["board"]] == [
        (1, Decimal("100")),
        (2, Decimal("12345679.00")),
    ]
    assert "1,234.57" in board.content.decode()  # 12,345,679.00 yuan in 10,000 yuan, half up


def test_as_many_queries_for_30_cards_as_for_3(tree, staff):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            staff.get(URL)
        return len(queries)

    staff.get(URL)
    for _n in range(3):
        OfficerFactory(unit=tree.town)
    few = asked()
    for _n in range(27):
        OfficerFactory(unit=tree.second_town)
    assert asked() == few


def test_the_menu_is_plain_links_for_those_who_may(tree, staff):
    row = OfficerFactory(unit=tree.town)
    link = f'href="/officers/{row.pk}/move/?to={tree.second_town.pk}"'
    assert link in staff.get(URL).content.decode()
    assert "/move/" not in client_for(Role.LEADER, tree.county).get(URL).content.decode()


def test_phones_show_the_column_asked_for(tree, staff):
    def shown(query):
        return [c["label"] for c in staff.get(URL + query).context["board"] if c["shown"]]

    assert shown("") == shown("?column=x") == ["龙驹寨镇"]
    assert shown(f"?column={tree.second_town.pk}") == ["棣花镇"]


def test_fragment_for_the_filters(staff):
    part = staff.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="results"' in part


def test_a_move_asks_and_may_be_refused(tree, staff):
    row = OfficerFactory(unit=tree.town, name="Stay")
    url = f"/officers/{row.pk}/move/?to={tree.second_town.pk}"
    assert "<html" in staff.get(url).content.decode()
    assert staff.post(url, {}, headers=PANEL).status_code == 422
    refused = staff.post(url, {"note": "x"}, headers=PANEL)
    assert refused.status_code == 422
    assert "stays where it is" in refused.content.decode()
    assert Officer._base_manager.get().unit_id == tree.town.pk
    Officer._base_manager.update(name="Go")
    assert staff.post(url, {"note": "x"}, headers=PANEL)["HX-Redirect"] == f"{URL}?q=a"
    assert Officer._base_manager.get().unit_id == tree.second_town.pk
