"""Who changed what: in requests, jobs, commands and outside of all."""

import pytest
from django.urls import reverse

from common import changelog, jobs
from common.actors import System
from common.changelog import DONE, acting, history
from common.models import JobRun
from organizations import services as org
from organizations.choices import Role
from organizations.models import Unit, User
from tests.support.clients import client_for, user_with
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_outside_a_request_the_actor_and_reason_are_kept(tree):
    clerk = user_with(Role.BUREAU_STAFF, tree.county)
    unit = Unit._base_manager.get(pk=tree.town.pk)
    org.unit_update(actor=clerk, pk=unit.pk, version=unit.version, name="新龙驹寨镇", reason="更名批复")
    entry = history(unit)[0]
    assert (entry.action, entry.actor, entry.reason, entry.request_id) == (
        DONE["update"],
        clerk.name,
        "更名批复",
        "",
    )
    assert {(c.before, c.after) for c in entry.changes} >= {("龙驹寨镇", "新龙驹寨镇")}


@pytest.mark.commits  # within one transaction the last actor stays; here the write is a transaction of its own
def test_a_write_past_the_services_is_logged_too(tree):
    Unit._base_manager.filter(pk=tree.town.pk).update(short_name="龙驹寨")
    entry = history(tree.town)[0]
    assert (entry.actor, [(c.before, c.after) for c in entry.changes]) == ("", [("", "龙驹寨")])


def test_nested_blocks_keep_the_request_and_add_the_reason(tree):
    with acting(System("导入"), request_id="ABC"), acting(System("导入"), reason="年初调整"):
        Unit._base_manager.filter(pk=tree.town.pk).update(sort=9)
    entry = history(tree.town)[0]
    assert (entry.actor, entry.request_id, entry.reason) == ("导入", "ABC", "年初调整")


def test_a_request_gives_its_number(tree):
    client = client_for(Role.BUREAU_STAFF, tree.county)
    response = client.post(reverse("alias_add", args=[tree.town.pk]), {"name": "龙镇"})
    entry = history(tree.town.aliases.get())[0]
    assert (entry.actor, entry.request_id) == (client.user.name, response["X-Request-Id"])
    assert len(entry.request_id) == 12


def test_a_job_gives_its_number_and_the_person_who_started_it(tree, monkeypatch):
    def rename(progress, *, pk):
        Unit._base_manager.filter(pk=pk).update(short_name="由任务改")

    monkeypatch.setitem(jobs._functions, "tests.rename", rename)
    clerk = user_with(Role.BUREAU_STAFF, tree.county)
    run = jobs.enqueue("tests.rename", params={"pk": tree.town.pk}, key="rename", actor=clerk)
    assert jobs.execute(run.pk) == JobRun.State.DONE
    entry = history(tree.town)[0]
    assert (entry.actor, entry.request_id) == (clerk.name, f"job-{run.pk}")


def test_passwords_are_not_in_the_log():
    event = next(e for e in changelog._event_models() if e.pgh_tracked_model is User)
    assert "password" not in {f.name for f in event._meta.fields}
    user = UserFactory(secret="Long-enough-2026")
    assert user.password not in str(history(user))


def test_the_name_in_the_log_outlives_the_account(tree):
    clerk = user_with(Role.BUREAU_STAFF, tree.county, name="周敏")
    org.unit_update(actor=clerk, pk=tree.town.pk, version=1, sort=3)
    User._base_manager.filter(pk=clerk.pk).update(name="改名了")
    assert history(tree.town)[0].actor == "周敏"


def test_the_audit_page_shows_before_and_after(tree):
    clerk = client_for(Role.BUREAU_STAFF, tree.county, name="周敏")
    answer = clerk.post(
        reverse("unit_update", args=[tree.town.pk]),
        {
            "parent": tree.county.pk,
            "name": "更名后镇",
            "code": "longjuzhai",
            "kind": "town",
            "sort": 0,
            "version": 1,
        },
    )
    assert answer.status_code == 302
    page = (
        client_for(Role.AUDIT_ADMIN, tree.city).get(reverse("change_log"), {"who": "周敏"}).content.decode()
    )
    for words in ("周敏", "龙驹寨镇", "更名后镇", answer["X-Request-Id"]):
        assert words in page
    other = (
        client_for(Role.AUDIT_ADMIN, tree.city)
        .get(reverse("change_log"), {"who": "没有此人"})
        .content.decode()
    )
    assert "更名后镇" not in other
