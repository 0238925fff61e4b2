"""Saved views: who sees which, who may give one to whom, and what stands above the list."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from common import saved_views
from common.changelog import history
from common.errors import Denied, NotVisible, Refused
from common.models import SavedView
from common.saved_views import normal, tabs, view_remove, view_save
from organizations.choices import Role
from organizations.views.people import OfficerList
from tests.support.clients import client_of, user_with
from tests.support.factories import OfficerFactory

pytestmark = pytest.mark.django_db
LIST = "officer_list"


@pytest.fixture
def staff(tree):
    return user_with(Role.BUREAU_STAFF, tree.county)


def seen(user):
    return {view.name for view in saved_views.of_page(user, LIST)}


def labels(response):
    return [(tab["label"], tab["active"]) for tab in response.context["view_tabs"]]


def test_one_spelling_of_a_query():
    assert normal("b=2&a=%E9%95%87&page=3&format=xlsx&save_view=x&empty=&b=1") == "a=%E9%95%87&b=1&b=2"


def test_own_unit_and_shared_views_reach_whom_they_should(tree, staff):
    for reach in SavedView.Reach.values:
        view_save(actor=staff, page=LIST, name=reach, query="q=x", reach=reach)
    assert seen(staff) == {"own", "unit", "shared"}
    assert seen(user_with(Role.LEADER, tree.county)) == {"unit", "shared"}
    for place in (tree.town, tree.other_county, tree.city):
        assert seen(user_with(Role.OFFICER, place)) == {"shared"}
    assert seen(user_with(Role.SYSTEM_ADMIN, tree.county)) == set()


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        (Role.BUREAU_STAFF, ["own", "unit", "shared"]),
        (Role.OFFICER, ["own", "unit"]),
        (Role.LEADER, ["own"]),
        (Role.AUDIT_ADMIN, []),
    ],
)
def test_who_may_give_a_view_to_whom(tree, role, wanted):
    user = user_with(role, tree.county)
    assert list(saved_views.reaches(user)) == wanted
    for reach in set(SavedView.Reach.values) - set(wanted):
        with pytest.raises(Denied):
            view_save(actor=user, page=LIST, name="新", query="", reach=reach)
    assert not SavedView._base_manager.exists()


def test_the_same_name_again_replaces_and_is_logged(staff):
    first = view_save(actor=staff, page=LIST, name="镇里", query="unit=3&page=2")
    again = view_save(actor=staff, page=LIST, name="镇里", query="unit=4&sort=name", reach="unit")
    assert (again.pk, again.query, again.version) == (first.pk, "sort=name&unit=4", 2)
    assert history(again)[0].actor == staff.actor_name


def test_refused_views_leave_nothing(tree, staff, monkeypatch):
    for page in ("nowhere", "officer_create", "login"):
        with pytest.raises(Refused):
            view_save(actor=staff, page=page, name="新", query="")
    with pytest.raises(Denied):  # finance sees no officers
        view_save(actor=user_with(Role.FINANCE, tree.county), page=LIST, name="新", query="")
    with pytest.raises(ValidationError):
        view_save(actor=staff, page=LIST, name="", query="")
    assert not SavedView._base_manager.exists()
    monkeypatch.setattr(saved_views, "MOST", 1)
    view_save(actor=staff, page=LIST, name="一", query="")
    with pytest.raises(Refused, match="1"):
        view_save(actor=staff, page=LIST, name="二", query="")


def test_removing(tree, staff):
    own = view_save(actor=staff, page=LIST, name="自己", query="")
    shared = view_save(actor=staff, page=LIST, name="大家", query="", reach="shared")
    officer = user_with(Role.OFFICER, tree.town)
    with pytest.raises(NotVisible):
        view_remove(actor=officer, pk=own.pk)
    with pytest.raises(Denied):
        view_remove(actor=officer, pk=shared.pk)
    assert SavedView._base_manager.count() == 2
    view_remove(actor=user_with(Role.BUREAU_STAFF, tree.city), pk=shared.pk)  # who gave it may have left
    assert view_remove(actor=staff, pk=own.pk) == LIST
    assert not SavedView._base_manager.exists()


def test_tabs_need_two():
    assert tabs([], [], "") == []
    assert tabs([("all", "", 3)], [], "") == []
    found = tabs(
        [("all", "", 3), ("mine", "mine=yes", 1)], [SavedView(name="镇", query="q=a")], "page=2&mine=yes"
    )
    assert [(t["label"], t["url"], t["active"], t["count"]) for t in found] == [
        ("all", "?", False, 3),
        ("mine", "?mine=yes", True, 1),
        ("镇", "?q=a", False, None),
    ]


def test_saving_on_the_page_without_a_script(staff):
    client = client_of(staff)
    listed = client.get(reverse(LIST), {"q": "标记"})
    assert (
        f'formaction="{reverse("view_save")}" name="save_view" value="officer_list"'
        in listed.content.decode()
    )
    url = f"{reverse('view_save')}?save_view=officer_list&q=标记&sort=name&unit="
    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "", "reach": "own"}).status_code == 422
    assert client.post(url, {"name": "新", "reach": "nobody"}).status_code == 422
    saved = client.post(url, {"name": "标记的", "reach": "unit"})
    assert saved["Location"] == f"{reverse(LIST)}?q=%E6%A0%87%E8%AE%B0&sort=name"
    page = client.get(saved["Location"])
    assert labels(page)[1:] == [("标记的", True)]
    removed = client.post(reverse("view_remove", args=[SavedView._base_manager.get().pk]))
    assert removed["Location"] == reverse(LIST)
    assert not SavedView._base_manager.exists()


def test_presets_and_the_tab_in_an_answer_to_htmx(tree, staff, monkeypatch):
    OfficerFactory(unit=tree.town)
    monkeypatch.setattr(
        OfficerList, "views", lambda page: [("whole", "", 7), ("town", f"unit={tree.town.pk}", None)]
    )
    client = client_of(staff)
    assert labels(client.get(reverse(LIST))) == [("whole", True), ("town", False)]
    part = client.get(reverse(LIST), {"unit": tree.town.pk}, headers={"HX-Request": "true"})
    assert labels(part) == [("whole", False), ("town", True)]
    assert '<div id="views" hx-swap-oob="true">' in part.content.decode()
