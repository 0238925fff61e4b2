"""Follow-ups, tasks and files of a dossier: what they write, who may, and what is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.actors import System
from common.changelog import history
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from common.models import StoredFile
from leads import dossier
from leads.models import Attachment, FollowUp, Lead, Task
from leads.services.files import attachment_add, attachment_archive
from leads.services.follow_ups import follow_up_add, follow_up_update, lines
from leads.services.tasks import task_add, task_done, task_reopen, task_update
from leads.timeline import timeline
from organizations.choices import Role
from tests.support.clients import user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import LeadFactory
from tests.support.pipeline import ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(tree):
    return user_with(Role.OFFICER, tree.town)


@pytest.fixture
def lead(tree, officer):
    ship()
    return LeadFactory(
        unit=tree.town, officer=OfficerFactory(unit=tree.town, user=officer), last_sign_on=None
    )


def talk(actor, lead, **values):
    given = {"kind": "visit", "on": clock.today(), "text": "看了厂房，对层高满意。"} | values
    return follow_up_add(actor=actor, lead=lead.pk, **given)


def test_a_follow_up_is_a_sign_of_life_and_its_points_are_tasks(officer, lead):
    lead.stale_on = clock.today()
    lead.save()
    row = talk(
        officer,
        lead,
        points="- 补报用地需求\n\n• 约环评单位\n",
        points_due=date(2026, 12, 1),
        next_step="寄方案",
    )
    assert (row.author_id, row.unit_id) == (officer.pk, lead.unit_id)
    found = [(t.title, t.assignee_id, t.due_on, t.follow_up_id) for t in Task._base_manager.order_by("id")]
    assert found == [
        ("补报用地需求", officer.pk, date(2026, 12, 1), row.pk),
        ("约环评单位", officer.pk, date(2026, 12, 1), row.pk),
    ]
    lead = Lead._base_manager.get(pk=lead.pk)
    assert (lead.last_sign_on, lead.stale_on, lead.next_step, lead.version) == (
        clock.today(),
        None,
        "寄方案",
        2,
    )
    assert history(row)[0].actor == officer.actor_name


def test_an_older_talk_entered_late_does_not_set_the_clock_back(officer, lead):
    talk(officer, lead)
    talk(officer, lead, on=clock.today() - timedelta(days=30))
    found = Lead._base_manager.get(pk=lead.pk)
    assert found.last_sign_on == clock.today()
    assert found.version == lead.version, "a follow-up without a next step leaves open forms alone"


def test_what_is_still_to_come_is_refused_and_nothing_is_written(officer, lead):
    with pytest.raises(ValidationError) as refused:
        talk(officer, lead, on=clock.today() + timedelta(days=1), points="一件事")
    assert set(refused.value.message_dict) == {"on"}
    with pytest.raises(ValidationError):
        talk(officer, lead, text="  ")
    with pytest.raises(ValidationError):
        talk(officer, lead, points="\n".join(f"事{n}" for n in range(21)))
    assert not FollowUp._base_manager.exists()
    assert not Task._base_manager.exists()


def test_bullets_and_blank_lines_are_no_points():
    assert lines("- a\n\n * b \n·c") == ["a", "b", "c"]


def test_only_who_keeps_the_lead_writes(tree, officer, lead):
    with pytest.raises(Denied):
        talk(user_with(Role.LEADER, tree.county), lead)
    with pytest.raises(Denied):
        talk(user_with(Role.OFFICER, tree.town), lead)  # a colleague reads
    with pytest.raises(NotVisible):
        talk(user_with(Role.UNIT_HEAD, tree.other_county), lead)
    talk(user_with(Role.UNIT_HEAD, tree.county), lead)
    lead.archived_at = clock.now()
    lead.save()
    with pytest.raises(Archived):
        talk(officer, lead)
    assert FollowUp._base_manager.count() == 1


def test_what_lies_in_the_pool_has_no_open_dossier(tree):
    lead = LeadFactory(unit=tree.town, officer=None, custody="pool")
    with pytest.raises(NotVisible):
        dossier.read(user_with(Role.OFFICER, tree.other_county), lead.pk)
    head = user_with(Role.UNIT_HEAD, tree.town)
    assert dossier.read(head, lead.pk) == lead
    with pytest.raises(Denied):
        talk(head, lead)


def test_another_way_into_the_dossier(tree, lead, monkeypatch):
    """A project's host works in the dossier of the project's lead."""
    host = user_with(Role.UNIT_HEAD, tree.park)
    with pytest.raises(NotVisible):
        dossier.read(host, lead.pk)
    monkeypatch.setattr(dossier, "_ways", [])
    dossier.also(lambda actor, found, action: actor == host and found == lead)
    assert talk(host, lead).unit == tree.park


def test_a_correction_is_logged_and_a_stale_one_refused(officer, lead):
    row = talk(officer, lead)
    with pytest.raises(Stale):
        follow_up_update(actor=officer, pk=row.pk, version=9, text="另一句")
    follow_up_update(actor=officer, pk=row.pk, version=1, text="层高不够，另找。")
    row.refresh_from_db()
    assert (row.text, row.version) == ("层高不够，另找。", 2)
    assert history(row)[0].changes[0].before == "看了厂房，对层高满意。"


def test_a_task_is_its_assignees(tree, officer, lead):
    colleague = user_with(Role.OFFICER, tree.town)
    task = task_add(actor=officer, lead=lead.pk, title="寄样品", due_on=date(2026, 12, 1), assignee=colleague)
    assert task_add(actor=officer, lead=lead.pk, title="自己的").assignee_id == officer.pk
    with pytest.raises(Denied):
        task_done(actor=user_with(Role.OFFICER, tree.town), pk=task.pk)
    done = task_done(actor=colleague, pk=task.pk, version=1, outcome="已寄")
    assert (done.done_on, done.outcome, done.version) == (clock.today(), "已寄", 2)
    assert task_done(actor=colleague, pk=task.pk).version == 2, "twice changes nothing"
    with pytest.raises(Refused):
        task_update(actor=officer, pk=task.pk, version=2, title="另寄")
    task_reopen(actor=colleague, pk=task.pk)
    assert task_update(actor=officer, pk=task.pk, version=3, title="另寄").title == "另寄"
    assert Lead._base_manager.get(pk=lead.pk).last_sign_on == clock.today()


def test_a_file_counts_once_for_what_it_proves(officer, lead):
    stored = StoredFile.objects.create(sha256="a" * 64, size=3, media_type="application/pdf")
    given = {
        "actor": officer,
        "lead": lead.pk,
        "stored": stored,
        "name": "..\\合同\r\n.pdf",
        "kind": "agreement",
    }
    row = attachment_add(**given)
    assert row.name == "合同.pdf"
    with pytest.raises(ValidationError):
        attachment_add(**given)
    attachment_add(**given | {"kind": "licence"})
    attachment_archive(actor=officer, pk=row.pk, version=1, reason="错了")
    attachment_add(**given)
    assert Attachment._base_manager.filter(archived_at=None).count() == 2
    assert history(row)[0].reason == "错了"


def test_one_line_of_time(officer, lead):
    talk(officer, lead, on=clock.today() - timedelta(days=3))
    task = task_add(actor=System("tests"), lead=lead.pk, title="寄样品", assignee=officer)
    task_done(actor=officer, pk=task.pk, outcome="已寄")
    with CaptureQueriesContext(connection) as few:
        found = timeline(lead)
    assert [one.icon for one in found] == ["check", "user"]
    assert found[1].note == "看了厂房，对层高满意。"
    for _number in range(10):
        talk(officer, lead)
    with CaptureQueriesContext(connection) as many:
        assert len(timeline(lead)) == 12
    assert len(many) == len(few)
