"""Regular runs: when they are due, what is made up for after an outage, and how people change them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import redis
from django.core.management import CommandError, call_command
from django.urls import reverse

from common import changelog, clock, jobs, schedules
from common.actors import System
from common.models import JobRun, JobSchedule
from common.views.schedules import lines
from organizations.choices import Role
from tests.support.clients import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def works(monkeypatch):
    monkeypatch.setitem(jobs._functions, "t.counts", lambda progress, **params: params)
    monkeypatch.setitem(jobs._labels, "t.counts", "数一数")


@pytest.fixture
def queue(broker):
    with redis.Redis.from_url(broker) as client:
        client.delete("celery")
        yield
        client.delete("celery")


@pytest.fixture
def schedule():
    return JobSchedule.objects.create(kind="t.counts", day=7, hour=6, last_for=date(2026, 9, 1))


def keys():
    return list(JobRun.objects.order_by("pk").values_list("key", flat=True))


def at(year, month, day, hour=6, minute=0):
    return clock.at(datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def weekends(monkeypatch):
    """A calendar that knows only Saturdays and Sundays."""

    def shift(day):
        while day.weekday() >= 5:
            day += timedelta(days=1)
        return day

    monkeypatch.setattr(schedules, "_shift_day", [shift])


def test_a_regular_run_waits_for_the_working_day(schedule, weekends, queue):
    """7 November 2026 is a Saturday, so the run falls on Monday the 9th at six; October's on Wednesday the 7th."""
    with at(2026, 10, 7, 5, 59):
        jobs.tick()
    assert keys() == []
    with at(2026, 10, 7):
        jobs.tick()
    assert keys() == ["t.counts:regular:2026-10"]
    for moment in ((7, 6), (8, 23), (9, 5)):
        with at(2026, 11, *moment):
            jobs.tick()
    assert keys() == ["t.counts:regular:2026-10"]
    with at(2026, 11, 9):
        jobs.tick()
        jobs.tick()
    assert keys() == ["t.counts:regular:2026-10", "t.counts:regular:2026-11"]
    assert JobRun.objects.first().params == {"month": "2026-10"}  # the month that ended before it


def test_an_outage_is_caught_up_month_by_month(schedule, weekends, queue):
    with at(2027, 1, 20):
        jobs.tick()
    assert keys() == [f"t.counts:regular:{m}" for m in ("2026-10", "2026-11", "2026-12", "2027-01")]
    schedule.refresh_from_db()
    assert schedule.last_for == date(2027, 1, 1)


def test_a_new_schedule_begins_with_this_month(weekends, queue):
    JobSchedule.objects.create(kind="t.counts", day=7)
    with at(2026, 11, 20):
        jobs.tick()
    assert keys() == ["t.counts:regular:2026-11"]


def test_the_command_sets_changes_and_ends_a_regular_run(queue, capsys):
    call_command("schedule", "t.counts", "--day", "5", "--hour", "7")
    call_command("schedule", "t.counts", "--day", "8", "--hour", "6")
    row = JobSchedule.objects.get()
    assert (row.kind, row.day, row.hour, row.enabled) == ("t.counts", 8, 6, True)
    call_command("schedule", "t.counts", "--off")
    row.refresh_from_db()
    assert (row.day, row.hour, row.enabled) == (8, 6, False)
    call_command("schedule")
    assert "t.counts" in capsys.readouterr().out
    for wrong in (
        ["t.unknown", "--day", "5"],
        ["t.counts", "--day", "29"],
        ["t.counts", "--day", "5", "--hour", "24"],
    ):
        with pytest.raises(CommandError):
            call_command("schedule", *wrong)


def test_a_schedule_that_is_switched_off_does_nothing(schedule, queue):
    JobSchedule.objects.update(enabled=False)
    with at(2026, 11, 20):
        jobs.tick()
    assert keys() == []


def test_the_national_holidays_shift_a_run(schedule, queue):
    """The app with the holiday calendar is asked: 1 to 7 October 2025 were the National Day holiday, the 8th too
    (notice of the State Council on the holidays of 2025)."""
    from reference import services

    services.load(actor=System("tests"), only=["holidays"])
    JobSchedule.objects.update(day=1, last_for=date(2025, 9, 1))
    with at(2025, 10, 8, 23):
        jobs.tick()
    assert keys() == []
    with at(2025, 10, 9):
        jobs.tick()
    assert keys() == ["t.counts:regular:2025-10"]


# every night


@pytest.fixture
def nightly():
    return JobSchedule.objects.create(kind="t.counts", rhythm="daily", hour=2, last_for=date(2026, 11, 18))


def days():
    return [key.removeprefix("t.counts:regular:") for key in keys()]


def test_a_nightly_run_once_a_day(nightly, queue):
    """18 November 2026 is a Wednesday; its night is done."""
    for moment, wanted in (
        ((2026, 11, 18, 23), []),
        ((2026, 11, 19, 1, 59), []),
        ((2026, 11, 19, 2), ["2026-11-19"]),
        ((2026, 11, 19, 23), ["2026-11-19"]),
        ((2026, 11, 20, 2), ["2026-11-19", "2026-11-20"]),
    ):
        with at(*moment):
            jobs.tick()
            jobs.tick()
        assert days() == wanted
    assert JobRun.objects.first().params == {"day": "2026-11-20"}


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ((2026, 12, 20, 9), ["2026-12-20"]),  # a month later, after the hour: one run, for today
        (
            (2026, 12, 20, 1),
            ["2026-12-19", "2026-12-20"],
        ),  # before the hour: for the night before; then today's
    ],
)
def test_missed_nights_are_made_up_for_by_one_run(nightly, queue, moment, wanted):
    with at(*moment):
        jobs.tick()
        jobs.tick()
    assert days() == wanted[:1]
    with at(2026, 12, 20, 10):
        jobs.tick()
    assert days() == wanted


def test_only_on_working_days(nightly, weekends, queue):
    """21 and 22 November 2026 are Saturday and Sunday."""
    JobSchedule.objects.update(working_days=True)
    for day in range(19, 25):
        with at(2026, 11, day, 3):
            jobs.tick()
    assert days() == ["2026-11-19", "2026-11-20", "2026-11-23", "2026-11-24"]
    with at(2026, 11, 29, 3):  # a Sunday, after an outage from Wednesday: Friday's run makes up for all
        jobs.tick()
    assert days()[4:] == ["2026-11-27"]


def test_a_new_nightly_run_begins_today(queue):
    JobSchedule.objects.create(kind="t.counts", rhythm="daily", hour=2)
    with at(2026, 11, 20, 1):
        jobs.tick()
    assert days() == []
    with at(2026, 11, 20, 2):
        jobs.tick()
    assert days() == ["2026-11-20"]


def test_what_fell_into_the_time_when_it_was_off_is_not_made_up_for(schedule, queue):
    with at(2026, 10, 8):
        jobs.tick()
    schedules.schedule("t.counts", enabled=False)
    schedules.schedule("t.counts", enabled=True)
    with at(2027, 3, 8):
        jobs.tick()
        jobs.tick()
    assert keys() == ["t.counts:regular:2026-10", "t.counts:regular:2027-03"]


def test_when_it_runs_next(schedule, weekends):
    """November's 7th is a Saturday, so Monday the 9th; the nightly run of Friday the 20th is followed by Monday's."""

    def nightly(last):
        return JobSchedule(kind="t.night", rhythm="daily", hour=2, working_days=True, last_for=last)

    with at(2026, 11, 20, 12):
        schedule.last_for = date(2026, 10, 1)
        assert f"{schedules.next_run(schedule):%Y-%m-%d %H %z}" == "2026-11-09 06 +0800"
        assert f"{schedules.next_run(nightly(date(2026, 11, 20))):%Y-%m-%d %H}" == "2026-11-23 02"
        assert f"{schedules.next_run(nightly(None)):%Y-%m-%d %H}" == "2026-11-20 02"
        schedule.enabled = False
        assert schedules.next_run(schedule) is None


def test_jobs_that_declare_it_get_their_nightly_run(monkeypatch):
    monkeypatch.setattr(jobs, "_nightly", {"t.counts": (3, True)})
    schedules.ensure()
    row = JobSchedule.objects.get()
    assert (row.kind, row.rhythm, row.hour, row.working_days) == ("t.counts", "daily", 3, True)
    JobSchedule.objects.update(hour=5, enabled=False)
    schedules.ensure()
    row.refresh_from_db()
    assert (row.hour, row.enabled) == (5, False)


def test_the_command_knows_nightly_runs(capsys):
    call_command("schedule", "t.counts", "--working-days", "--hour", "2")
    row = JobSchedule.objects.get()
    assert (row.rhythm, row.working_days, row.hour) == ("daily", True, 2)
    assert "working days, 02:00" in capsys.readouterr().out
    call_command("schedule", "t.counts", "--daily")
    call_command("schedule", "t.counts", "--hour", "3")
    row.refresh_from_db()
    assert (row.rhythm, row.working_days, row.hour) == ("daily", False, 3)
    call_command("schedule", "t.counts", "--monthly")
    assert "day 5, 03:00" in capsys.readouterr().out


# the page


def test_the_page_tells_last_and_next(tree, nightly, django_assert_num_queries):
    with at(2026, 11, 20, 1):
        for key, state in (("old", "done"), ("new", "failed")):
            run = JobRun.objects.create(
                kind="t.counts", key=key, actor_name="日历", state=state, created_at=clock.now()
            )
        nightly.last_for = date(2026, 11, 19)
        nightly.save()
        client = client_for(Role.SYSTEM_ADMIN, tree.county)
        page = client.get(reverse("schedule_list")).content.decode()
    assert "数一数" in page
    assert reverse("job_detail", args=[run.pk]) in page
    assert str(run.get_state_display()) in page
    assert "2026-11-20 02:00" in page
    assert reverse("schedule_run", args=[nightly.pk]) in page
    JobSchedule.objects.bulk_create(JobSchedule(kind=f"t.{n}", rhythm="daily") for n in range(5))
    with django_assert_num_queries(2):
        assert len(lines(may_run=True)) == 6


def test_hour_and_switch_are_changed_with_change_log(tree, nightly):
    client = client_for(Role.SYSTEM_ADMIN, tree.county)
    url = reverse("schedule_update", args=[nightly.pk])
    sent = {"version": 1, "enabled": "on", "rhythm": "daily", "day": 5, "hour": 23}
    assert client.post(url, {**sent, "hour": 24}).status_code == 422
    assert client.post(url, sent).status_code == 302
    nightly.refresh_from_db()
    assert (nightly.hour, nightly.version, nightly.last_for) == (23, 2, date(2026, 11, 18))
    newest = changelog.history(nightly)[0]
    assert (newest.actor, [(c.before, c.after) for c in newest.changes]) == (
        client.user.actor_name,
        [("2", "23")],
    )
    assert client.post(url, {**sent, "hour": 4}).status_code == 409  # opened before the change
    nightly.refresh_from_db()
    assert nightly.hour == 23


def test_run_now_once(tree, nightly, queue):
    with at(2026, 11, 20, 15):
        client = client_for(Role.BUREAU_STAFF, tree.county)
        for _click in range(2):
            response = client.post(reverse("schedule_run", args=[nightly.pk]))
    run = JobRun.objects.get()
    assert response["Location"] == reverse("job_detail", args=[run.pk])
    assert (run.params, run.actor_name) == ({"day": "2026-11-20"}, client.user.actor_name)
    JobRun.objects.update(state="done")
    JobSchedule.objects.update(rhythm="monthly")
    with at(2026, 11, 20, 16):
        again = schedules.schedule_run_now(actor=client.user, pk=nightly.pk)
    assert (again.pk != run.pk, again.params) == (True, {"month": "2026-10"})


def test_who_may_not_start_jobs_changes_nothing(tree, nightly):
    client = client_for(Role.LEADER, tree.county)
    assert client.get(reverse("schedule_list")).status_code == 403
    for name in ("schedule_update", "schedule_run"):
        assert client.post(reverse(name, args=[nightly.pk]), {"hour": 1}).status_code == 404
    assert not JobRun.objects.exists()
    nightly.refresh_from_db()
    assert nightly.version == 1
