"""Reminders: they arrive once, in the reader's language, for his eyes alone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from common import clock, jobs, schedules
from common.actors import System
from common.errors import NotVisible, Refused
from common.models import JobRun, JobSchedule
from organizations import reminders
from organizations import services as org
from organizations.choices import Role
from organizations.models import Reminder
from organizations.tasks import PURGE
from tests.support.clients import client_for, client_of, user_with

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setattr(reminders, "_kinds", dict(reminders._kinds))
    reminders.register_kind("lapse", "保护期", "“%(lead)s” 的保护期还有 %(days)s 天")


@pytest.fixture
def officer(tree):
    return user_with(Role.OFFICER, tree.town)


def send(users, key="lapse:1", lead="云杉新材料", **values):
    org.remind(users=users, kind="lapse", key=key, params={"lead": lead, "days": 3}, **values)


def texts(user):
    return [reminders.line(row, date(2026, 11, 20))["title"] for row in reminders.unread(user)]


def test_it_arrives_once(officer, tree):
    other = user_with(Role.OFFICER, tree.town)
    send([officer])
    org.reminder_read(actor=officer, pk=Reminder._base_manager.get().pk)
    send([officer, other.pk])
    assert texts(officer) == []
    assert texts(other) == ["“云杉新材料” 的保护期还有 3 天"]
    assert Reminder._base_manager.count() == 2


def test_closed_accounts_get_none(officer, tree):
    gone = user_with(Role.OFFICER, tree.town, is_active=False)
    closed = user_with(Role.OFFICER, tree.town, archived_at=clock.now())
    send([gone, closed])
    send([])
    assert not Reminder._base_manager.exists()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"kind": "nothing"}, ValueError),
        ({"params": {"lead": "云杉"}}, KeyError),
        ({"url": "https://elsewhere.example/"}, ValueError),
        ({"url": "//elsewhere.example/"}, ValueError),
    ],
)
def test_a_wrong_call_sends_nothing(officer, wrong, error):
    right = {"kind": "lapse", "key": "k", "params": {"lead": "云杉", "days": 3}, "url": "/units/"}
    with pytest.raises(error):
        org.remind(users=[officer], **{**right, **wrong})
    assert not Reminder._base_manager.exists()


def test_words_are_made_in_the_readers_language(officer):
    reminders.register_kind("n", "n", lambda params: translation.get_language() + params["x"])
    org.remind(users=[officer], kind="n", key="n", params={"x": "!"})
    row = Reminder._base_manager.get()
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert reminders.line(row, date(2026, 11, 20))["title"] == f"{language}!"
    with pytest.raises(ValueError, match="twice"):
        reminders.register_kind("n", "n", "n")


def test_only_one_own(officer, tree):
    """A head of the unit and the bureau above it see nothing of an officer's reminders."""
    send([officer])
    pk = Reminder._base_manager.get().pk
    for other in (user_with(Role.UNIT_HEAD, tree.town), user_with(Role.BUREAU_STAFF, tree.city)):
        assert texts(other) == []
        with pytest.raises(NotVisible):
            org.reminder_read(actor=other, pk=pk)
        assert org.reminders_read_all(actor=other) == 0
        assert client_of(other).get(reverse("reminder_open", args=[pk])).status_code == 404
    assert Reminder._base_manager.get().read_at is None


def test_due_and_overdue(officer):
    """On 20 November: the 19th was yesterday, the 23rd is three days ahead (soon), the 24th four (not yet)."""
    for key, day in (("late", 19), ("soon", 23), ("todo", 24), ("today", 20), ("none", None)):
        send([officer], key=key, due_on=day and date(2026, 11, day))
    found = {row.key: reminders.line(row, date(2026, 11, 20)) for row in reminders.unread(officer)}
    assert list(found) == ["late", "today", "soon", "todo", "none"]  # the most urgent first
    assert {key: (one["state"], one["late"]) for key, one in found.items()} == {
        "late": ("overdue", True),
        "today": ("soon", False),
        "soon": ("soon", False),
        "todo": ("todo", False),
        "none": ("todo", False),
    }


def test_the_page_opens_and_reads(officer):
    for n in range(3):
        send([officer], key=str(n), lead=f"线索{n}", url=reverse("unit_list"))
    client = client_of(officer)
    page = client.get(reverse("home")).content.decode()
    assert "线索1" in page
    assert '<span class="dot">3</span>' in page
    first, second, third = Reminder._base_manager.order_by("pk")
    response = client.get(reverse("reminder_open", args=[first.pk]))
    assert response["Location"] == reverse("unit_list")
    client.post(reverse("reminder_read", args=[second.pk]))
    page = client.get(reverse("reminder_list"))
    assert [(one["pk"], one["unread"]) for one in page.context["lines"]] == [
        (third.pk, True),
        (second.pk, False),
        (first.pk, False),
    ]
    assert '<span class="dot">1</span>' in page.content.decode()
    only = client.get(reverse("reminder_list") + "?only=unread")
    assert [one["pk"] for one in only.context["lines"]] == [third.pk]
    client.post(reverse("reminders_read_all"))
    assert texts(officer) == []
    assert 'class="dot"' not in client.get(reverse("reminder_list")).content.decode()


def test_as_many_queries_for_thirty_as_for_three(officer):
    client = client_of(officer)

    def queries(url):
        with CaptureQueriesContext(connection) as made:
            assert client.get(url).status_code == 200
        return len(made)

    urls = [reverse("reminder_list"), reverse("reminder_list") + "?only=unread"]
    for n in range(3):
        send([officer], key=str(n))
    queries(urls[0])  # the first request of a session writes it
    few = [queries(url) for url in urls]
    for n in range(3, 30):
        send([officer], key=str(n))
    assert [queries(url) for url in urls] == few


def test_a_settled_matter_reminds_nobody(officer, tree):
    send([officer], subject=tree.town)
    send([officer], key="other", subject=tree.county)
    assert org.reminders_settle(subject=tree.town, kinds=["nothing"]) == 0
    assert org.reminders_settle(subject=tree.town, kinds=["lapse"]) == 1
    assert [row.key for row in reminders.unread(officer)] == ["other"]


def test_old_ones_go_after_a_year(officer):
    """In the night of 20 November 2026 what was sent on 19 November 2025 goes, that of the 20th stays."""
    for key, day in (("old", 19), ("young", 20)):
        with clock.at(NOON.replace(year=2025, day=day)):
            send([officer], key=key)
    schedules.ensure()
    assert JobSchedule.objects.get(kind=PURGE).rhythm == "daily"
    run = jobs.enqueue(PURGE, params={"day": "2026-11-20"}, key="p", actor=System("calendar"))
    assert jobs.execute(run.pk) == JobRun.State.DONE
    assert list(Reminder._base_manager.values_list("key", flat=True)) == ["young"]


def test_long_work_ends_with_a_message_to_who_started_it(officer, monkeypatch):
    def refused(progress):
        raise Refused("没有数据")

    for kind, work in (("t.works", lambda progress: None), ("t.refused", refused)):
        monkeypatch.setitem(jobs._functions, kind, work)
        monkeypatch.setitem(jobs._labels, kind, kind)
        run = jobs.enqueue(kind, params={}, key=kind, actor=officer)
        jobs.execute(run.pk)
        assert jobs.execute(run.pk) is None
    failed, done = reminders.unread(officer)
    assert (done.kind, failed.kind, failed.url) == (
        "job_done",
        "job_failed",
        reverse("job_detail", args=[run.pk]),
    )
    assert "没有数据" in texts(officer)[0]
    system = jobs.enqueue("t.works", params={}, key="s", actor=System("calendar"))
    jobs.execute(system.pk)
    with clock.at(clock.now() + timedelta(hours=1)):
        JobRun.objects.filter(pk=run.pk).update(
            state="running", attempts=jobs.MAX_ATTEMPTS, beat_at=clock.now() - timedelta(hours=1)
        )
        jobs.tick()  # the worker died each time
    assert [row.kind for row in reminders.unread(officer)] == ["job_failed", "job_failed", "job_done"]


def test_programs_have_no_bell(tree):
    client = client_for(Role.SERVICE_CLIENT, tree.county)
    assert reverse("reminder_list") not in client.get(reverse("home")).content.decode()
    assert client.get(reverse("reminder_list")).status_code == 403
