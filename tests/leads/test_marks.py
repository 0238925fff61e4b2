"""The night's marks: stale, overdue, due days counted anew (DOMAIN 2)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from common import clock, jobs
from common.jobs import Progress
from common.models import JobRun
from leads import stages
from leads.models import Lead, Stage
from leads.stages.marks import mark_stale
from leads.tasks import MARKS
from organizations.models import Reminder
from projects.models import Project
from projects.services import project_move
from tests.support.clients import user_with
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_projects import signed_project
from tests.support.pipeline import a_lead, a_project, ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]

NIGHT = datetime(2026, 11, 20, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = NIGHT.date()


def night(day=DAY):
    run = JobRun.objects.create(
        kind=MARKS,
        key=f"n{JobRun.objects.count()}",
        actor_name="tests",
        state="running",
        attempts=0,
        created_at=NIGHT,
    )
    return mark_stale(Progress(run), day)


@pytest.fixture
def officer(tree):
    return OfficerFactory(unit=tree.town, user=user_with("officer", tree.town))


def test_stale_after_the_days_of_the_stage_and_told_once(tree, officer):
    Stage._base_manager.filter(code="registered").update(stale_days=15)
    quiet = a_lead(tree.town, on=date(2026, 11, 4), officer=officer)  # 16 days
    edge = a_lead(tree.town, on=date(2026, 11, 5), officer=officer)  # 15 days: not yet
    pooled = a_lead(tree.town, on=date(2026, 1, 5), custody="pool")
    lost = a_lead(tree.town, "lost", on=date(2026, 1, 5), officer=officer)
    found = night()
    marks = {row.pk: row.stale_on for row in Lead._base_manager.all()}
    assert marks == {quiet.pk: DAY, edge.pk: None, pooled.pk: None, lost.pk: None}
    assert (found["lead"], found["lead_changed"]) == (2, 2)  # the other one got its due day
    told = Reminder._base_manager.get(kind="stage_stale")
    assert (told.user_id, told.params["days"]) == (officer.user_id, 16)
    assert told.url == f"/leads/{quiet.pk}/move/"
    assert night()["lead_changed"] == 0
    night(date(2026, 11, 21))
    assert Lead._base_manager.get(pk=quiet.pk).stale_on == DAY  # since when, not until when
    assert Reminder._base_manager.filter(kind="stage_stale").count() == 2  # the second one is about `edge`


def test_a_sign_of_life_takes_the_mark_away(tree, officer):
    lead = a_lead(tree.town, on=date(2026, 10, 1), officer=officer)
    night()
    Lead._base_manager.filter(pk=lead.pk).update(last_sign_on=DAY)
    night()
    lead.refresh_from_db()
    assert (lead.stale_on, lead.version) == (None, 1)  # a mark makes no open form stale


def test_overdue_is_told_once_and_old_news_not_at_all(tree, officer):
    ask("lead", "registered", due_days=10, stale_days=None)
    a_lead(tree.town, on=date(2026, 11, 5), officer=officer)  # ten weekdays later: the 19th
    a_lead(tree.town, on=date(2026, 9, 1), officer=officer)
    night()
    night(date(2026, 11, 21))
    told = Reminder._base_manager.filter(kind="stage_overdue").get()
    assert (told.params["due"], told.due_on) == ("2026-11-19", date(2026, 11, 19))


def test_due_days_follow_the_stage_and_the_agreement(tree):
    with clock.at(NIGHT):
        lead = a_lead(tree.town, on=DAY)
        project = a_project(tree.town, "permitted", on=DAY, start_due=date(2027, 3, 1))
        ask("lead", "registered", due_days=1)
        night()
        lead.refresh_from_db()
        project.refresh_from_db()
    assert lead.due_on == date(2026, 11, 23)  # Friday, then Monday
    assert project.due_on == date(2027, 3, 1)  # what was agreed for the start
    Project._base_manager.filter(pk=project.pk).update(start_due=None)
    night()
    project.refresh_from_db()
    assert project.due_on == date(2027, 1, 15)  # 40 weekdays after the 20th of November


def test_it_is_a_nightly_job(tree, officer):
    lead = a_lead(tree.town, on=date(2026, 10, 1), officer=officer)
    run = jobs.enqueue(MARKS, params={"day": DAY.isoformat()}, key="night", actor=TESTS)
    assert jobs.execute(run.pk) == JobRun.State.DONE
    lead.refresh_from_db()
    assert lead.stale_on == DAY


# The bar of stages


def steps(row, *columns):
    return [tuple(getattr(step, name) for name in columns) for step in stages.stage_steps(row)]


def test_the_bar_shows_what_was_reached_what_is_and_what_is_to_come(tree):
    for code in ("screened", "negotiating", "visiting", "intent"):
        ask("lead", code)
    lead = a_lead(tree.town, on=date(2026, 9, 1))
    stages.begin(actor=TESTS, row=lead)
    for target, on in (("screened", 5), ("visiting", 15), ("negotiating", 18)):
        lead = stages.move(
            stages.track("lead"), actor=TESTS, pk=lead.pk, version=None, target=target,
            on=date(2026, 9, on), reason_text="记录",
        )  # fmt: skip
    with clock.at(datetime(2026, 9, 30, 8, tzinfo=ZoneInfo("Asia/Shanghai"))):
        assert steps(lead, "code", "state", "on", "days") == [
            ("registered", "done", date(2026, 9, 1), 4),
            ("screened", "done", date(2026, 9, 5), 10),
            ("negotiating", "now", date(2026, 9, 15), 12),  # passed on the 15th; stepped back to on the 18th
            ("visiting", "todo", None, 3),
            ("intent", "todo", None, None),
            ("ready", "todo", None, None),
            ("signed", "todo", None, None),
        ]
    log = list(stages.stage_log(lead))
    assert [m.to_stage.code for m in log] == ["negotiating", "visiting", "screened", "registered"]
    assert [m.days for m in log] == [3, 10, 4, None]


def test_the_bar_of_a_suspended_project_shows_where_it_stands(tree):
    for code in ("registered", "permitted"):
        ask("project", code, evidence=[])
    project = signed_project(tree.town, completion_due=date(2027, 6, 1))
    for target, on in (("permitted", date(2026, 9, 1)), ("suspended", date(2026, 9, 11))):
        held = project_move(
            actor=TESTS, pk=project.pk, version=None, target=target, on=on, reason_code="land"
        )
    found = steps(held, "code", "state", "due")
    assert found[:5] == [
        ("signed", "done", None),
        ("registered", "done", None),
        ("permitted", "done", None),
        ("suspended", "now", None),
        ("started", "todo", None),
    ]
    assert found[5] == ("completed", "todo", date(2027, 6, 1))
