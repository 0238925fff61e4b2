"""Who sees which ranking: the group's own units see published ones, other places none."""

import pytest
from django.urls import reverse

from assessments import services
from assessments.models import RankingRun, RankingTable
from common.actors import System
from organizations import services as org
from organizations.models import Unit, User
from rules.periods import Month

TESTS = System("tests")


@pytest.fixture
def stranger(demo):
    """The head of a unit in another place."""
    unit = Unit.objects.unscoped(reason="tests").get(code="suzhou-xiaoxian")
    user = org.user_create(
        actor=TESTS, username="stranger", name="外地", unit=unit, password="Danfeng-2026-x"
    )
    org.role_grant(actor=TESTS, user=user, role="unit_head", unit=unit)
    return user


@pytest.fixture
def draft(demo):
    """A month of Danfeng's towns that is computed, not published."""
    table = RankingTable.objects.unscoped(reason="tests").get(code="danfeng-towns-capital")
    run, new = services.run_compute(actor=TESTS, table=table, month=Month(2023, 7))
    assert new
    return run


TOWNS = {"group": "danfeng-towns", "table": "danfeng-towns-capital"}


def test_a_member_sees_published_rankings_only(draft, as_user, run):
    browser = as_user("head")
    page = browser.get(reverse("ranking"), {**TOWNS, "period": "2023-06"})
    assert [row["name"] for row in page.context["rows"]] == ["棣花镇", "商镇", "竹林关镇"]
    assert "rows" not in browser.get(reverse("ranking"), {**TOWNS, "period": "2023-07"}).context
    months = {
        r["month"] for r in browser.get("/api/v1/rankings/", {"table": TOWNS["table"]}).json()["results"]
    }
    assert months == {6}
    assert browser.get(reverse("circular_workbook"), {"run": draft.pk}).status_code == 404
    assert (
        browser.get(reverse("circular_workbook"), {"run": run(TOWNS["table"], "2023-06").pk}).status_code
        == 200
    )
    assert browser.post(reverse("ranking_publish", args=[draft.pk])).status_code in (403, 404)
    services.run_publish(actor=TESTS, pk=draft.pk)
    assert browser.get(reverse("ranking"), {**TOWNS, "period": "2023-07"}).context["rows"]


def test_another_place_finds_nothing(draft, client, stranger, run):
    User._base_manager.filter(pk=stranger.pk).update(must_change_password=False)
    client.force_login(User._base_manager.get(pk=stranger.pk), backend="organizations.auth.Backend")
    assert client.get(reverse("ranking"), {**TOWNS, "period": "2023-06"}).status_code == 404
    assert (
        client.get(reverse("circular_workbook"), {"run": run(TOWNS["table"], "2023-06").pk}).status_code
        == 404
    )
    own = client.get("/api/v1/rankings/").json()["results"]
    assert {r["group"] for r in own} == {"suzhou-counties"}
    visible = RankingRun.objects.visible_to(User._base_manager.get(pk=stranger.pk))
    assert not visible.filter(table__group__code__startswith="danfeng").exists()


def test_a_member_sees_the_sources_of_his_own_unit_only(as_user):
    browser = as_user("head")
    address = {**TOWNS, "period": "2023-06"}
    own = browser.get(reverse("ranking"), {**address, "unit": "danfeng-dihua"}).context["panel"]
    assert {(s["file"], s["sheet"], s["cell"]) for s in own["sources"]} == {
        ("丹凤县2023年1-6月招商引资完成情况.xlsx", "镇（办）", "D3"),
        ("丹凤县2023年1-6月招商引资完成情况.xlsx", "镇（办）", "C3"),
    }
    assert (
        browser.get(reverse("ranking"), {**address, "unit": "danfeng-shangzhen"}).context["panel"]["sources"]
        == []
    )
