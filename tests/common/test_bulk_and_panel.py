"""Many rows at once, all or nothing; a form in the panel beside the page."""

import pytest
from django.urls import reverse

from common.changelog import history
from organizations.choices import Role
from organizations.models import Officer
from tests.support.clients import client_for
from tests.support.factories import OfficerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.kit")]
PANEL = {"HX-Request": "true", "HX-Target": "panel", "HX-Current-URL": "http://testserver/officers/?q=a"}


@pytest.fixture
def staff(tree):
    return client_for(Role.BUREAU_STAFF, tree.county)


@pytest.fixture
def officers(tree):
    return [OfficerFactory(unit=tree.town, name=f"标记{n}") for n in range(3)]


def units():
    return list(Officer._base_manager.order_by("pk").values_list("unit__name", flat=True))


def pks(rows):
    return [row.pk for row in rows]


# bulk


def test_boxes_and_bar_are_plain_form_parts(tree, staff, officers):
    page = staff.get(reverse("officer_list")).content.decode()
    for row in officers:
        assert f'name="pk" value="{row.pk}" form="bulk"' in page
    assert 'formaction="/kit/move/"' in page
    reader = client_for(Role.LEADER, tree.county).get(reverse("officer_list")).content.decode()
    assert 'form="bulk"' not in reader
    assert "/kit/move/" not in reader


def test_boxes_stay_out_of_the_export(staff, officers):
    text = b"".join(staff.get("/officers/?format=csv").streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 4
    assert len(text.splitlines()[0].split(",")) == 5  # as many columns as on the page, without a box


def test_asked_then_done_and_back_to_where_one_was(tree, staff, officers):
    two, back = pks(officers[:2]), "/officers/?q=%E6%A0%87"
    asked = staff.get("/kit/move/", {"pk": two, "next": back})
    assert [one["row"].pk for one in asked.context["chosen"]] == two
    done = staff.post("/kit/move/", {"pk": two, "next": back, "unit": tree.second_town.pk})
    assert (done.status_code, done["Location"]) == (302, back)
    assert units() == ["棣花镇", "棣花镇", "龙驹寨镇"]
    assert history(officers[0])[0].request_id == done["X-Request-Id"]


def test_one_refusal_and_nothing_is_written(tree, staff, officers):
    Officer._base_manager.filter(pk=officers[1].pk).update(archived_at="2026-01-01T00:00:00Z")
    response = staff.post("/kit/move/", {"pk": pks(officers), "unit": tree.second_town.pk})
    assert response.status_code == 422
    said = {one["row"].pk: bool(one["refusal"]) for one in response.context["chosen"]}
    assert said == {officers[0].pk: False, officers[1].pk: True, officers[2].pk: False}
    assert set(units()) == {"龙驹寨镇"}
    assert len(history(officers[0])) == 1


def test_rows_out_of_scope_and_too_many_and_none(tree, staff, officers):
    hidden = OfficerFactory(unit=tree.other_town)
    for method in (staff.get, staff.post):
        assert (
            method("/kit/move/", {"pk": [officers[0].pk, hidden.pk], "unit": tree.town.pk}).status_code == 404
        )
    many = staff.get(
        "/kit/move/", {"pk": range(1, 202)}, headers={"Referer": "http://testserver/officers/?q=a"}
    )
    assert many.status_code == 400
    assert "200" in many.context["problem"]  # the rule, not "could not be read"
    assert many.context["problem"] in many.content.decode()
    assert 'href="http://testserver/officers/?q=a"' in many.content.decode()
    away = staff.get("/kit/move/", {"pk": range(1, 202)}, headers={"Referer": "https://example.com/"})
    assert "example.com" not in away.content.decode()
    assert staff.post("/kit/move/", {"unit": tree.second_town.pk, "pk": "x"}).status_code == 422
    assert client_for(Role.LEADER, tree.county).post("/kit/move/", {"pk": officers[0].pk}).status_code == 403
    assert "棣花镇" not in units()


def test_next_leads_nowhere_else(tree, staff, officers):
    sent = {"pk": officers[0].pk, "unit": tree.second_town.pk, "next": "https://example.com/"}
    assert staff.post("/kit/move/", sent)["Location"] == reverse("officer_list")


# panel


def test_the_same_form_as_page_and_as_panel(staff):
    whole = staff.get("/officers/new/").content.decode()
    part = staff.get("/officers/new/", headers=PANEL).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    assert part.lstrip().startswith('<aside class="ip-panel"')
    for text in (whole, part):
        assert 'name="again"' in text
        assert 'name="name"' in text
    assert 'id="panel_name"' in part  # not the id of a field in the page beneath
    other = staff.get("/officers/new/", headers={**PANEL, "HX-Target": "results"}).content.decode()
    assert "<html" in other


def test_a_refusal_stays_in_the_panel_and_keeps_what_was_typed(staff):
    response = staff.post("/officers/new/", {"name": "标记甲"}, headers=PANEL)
    text = response.content.decode()
    assert response.status_code == 422
    assert "<html" not in text
    assert "标记甲" in text
    assert 'aria-invalid="true"' in text


def test_success_in_the_panel_loads_the_whole_page(tree, staff, officers):
    made = staff.post("/officers/new/", {"name": "标记甲", "unit": tree.town.pk}, headers=PANEL)
    newest = Officer._base_manager.latest("pk")
    assert (made.status_code, made["HX-Redirect"]) == (200, f"/officers/{newest.pk}/")
    moved = staff.post("/kit/move/", {"pk": newest.pk, "unit": tree.second_town.pk}, headers=PANEL)
    assert moved["HX-Redirect"] == "/officers/?q=a"  # `stays`: the page beneath


def test_save_and_next(tree, staff):
    sent = {"name": "标记甲", "unit": tree.town.pk, "again": "1"}
    part = staff.post("/officers/new/", sent, headers=PANEL)
    assert part.status_code == 200
    assert "标记甲" not in part.content.decode()
    assert part.context["notice"]
    whole = staff.post("/officers/new/", sent)
    assert whole["Location"] == "/officers/new/"
    assert Officer._base_manager.count() == 2
