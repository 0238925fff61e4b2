"""First-contact protection: certificate, clock, release, claim, and what lapses at night.

No holidays are entered here, so working days are Monday to Friday; 2 March 2026 is a Monday. The shipped rules:
20 days first, 20 by a real follow-up, reminders 10 and 3 days before, five claims, 10 days of rest.
"""

import hashlib
import os
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common import clock, jobs
from common.actors import System
from common.changelog import acting
from common.errors import Denied, NotVisible, Refused, Stale
from investpro.embedded import state
from leads import certificates, dossier, nightly
from leads.choices import Custody
from leads.models import Contact, FirstContact, FollowUp, Handover, Lead, ProtectionTerms, Task
from leads.services.follow_ups import follow_up_add, follow_up_update
from leads.services.protection import lead_claim, lead_release, protection_begin
from organizations.choices import Role
from organizations.models import Officer, Reminder
from tests.support.clients import user_with
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_leads import ContactFactory, LeadFactory, lead_stage
from tests.support.overlap import at_once

pytestmark = pytest.mark.django_db


def on(month, day, hour=9):
    return clock.at(datetime(2026, month, day, hour, tzinfo=ZoneInfo("Asia/Shanghai")))


def officer_at(unit):
    """An account with the role and the record of an officer."""
    user = user_with(Role.OFFICER, unit)
    OfficerFactory(unit=unit, user=user, name=user.name)
    return user


@pytest.fixture
def ours(tree, pipeline):
    return officer_at(tree.town)


@pytest.fixture
def theirs(tree):
    return officer_at(tree.other_town)


@pytest.fixture
def lead(tree, ours):
    """Registered on Monday, 2 March 2026."""
    with on(3, 2), acting(TESTS):
        found = LeadFactory(unit=tree.town, officer=ours.officer, protected_from=None, protected_until=None)
        protection_begin(actor=ours, lead=found)
    return found


@pytest.fixture
def pooled(tree, pipeline):
    return LeadFactory(unit=tree.town, officer=None, custody="pool", pooled_on=clock.today())


def fresh(lead):
    return Lead._base_manager.get(pk=lead.pk)


def night(day, kind=nightly.PROTECTION):
    """The nightly run of a day in 2026 (month, day)."""
    text = date(2026, *day).isoformat()
    with on(*day, 1):
        run = jobs.enqueue(kind, params={"day": text}, key=f"{kind}:{text}", actor=System("calendar"))
        jobs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == "done", run.error
    return run.result


# certificate and clock


def test_the_certificate_says_who_came_first_and_shows_when_it_was_tampered_with(lead):
    paper = FirstContact._base_manager.get(lead=lead)
    assert (paper.number, paper.unit_name, paper.investor_name) == (
        "S2026-000001",
        lead.unit.name,
        lead.investor.name,
    )
    assert paper.first_until == fresh(lead).protected_until == date(2026, 3, 30)
    said = (
        f'{{"first_until":"2026-03-30","investor_name":"{lead.investor.name}","issued_at":'
        f'"2026-03-02T01:00:00.000000+00:00","lead":{lead.pk},"lead_name":"{lead.name}","number":"S2026-000001",'
        f'"officer_name":"{lead.officer.name}","token":"{paper.token}","unit":{lead.unit_id},'
        f'"unit_name":"{lead.unit.name}"}}'
    )
    assert paper.sha256 == hashlib.sha256(said.encode()).hexdigest()
    assert certificates.is_genuine(paper)
    paper.investor_name = "别的公司"
    assert not certificates.is_genuine(paper)


def test_only_real_follow_ups_prolong_protection(lead, ours):
    def talk(kind, month, day):
        return follow_up_add(
            actor=ours, lead=lead.pk, kind=kind, on=date(2026, month, day), text="谈了用地。"
        )

    with on(3, 20):
        for kind in ("call", "message"):
            talk(kind, 3, 13)
            assert fresh(lead).protected_until == date(2026, 3, 30)
        visit = talk("visit", 3, 13)  # 20 working days after Friday the 13th: Friday, 10 April
        assert fresh(lead).protected_until == date(2026, 4, 10)
        follow_up_update(actor=ours, pk=visit.pk, version=visit.version, kind="call")
        assert fresh(lead).protected_until == date(2026, 3, 30)


# release and claim


def test_what_is_given_up_lies_in_the_pool_without_its_people(tree, lead, ours, theirs):
    contact = ContactFactory(unit=tree.town, investor=lead.investor)
    talk = FollowUp._base_manager.create(lead=lead, unit=tree.town, kind="call", on="2026-03-03", text="谈")
    assert not Lead.objects.visible_to(theirs).filter(pk=lead.pk).exists()
    with pytest.raises(NotVisible):
        lead_claim(actor=theirs, pk=lead.pk)
    with on(3, 10):
        with pytest.raises(Refused):
            lead_release(actor=ours, pk=lead.pk, version=1, reason=" ")
        with pytest.raises(Stale):
            lead_release(actor=ours, pk=lead.pk, version=9, reason="方向不合")
        lead_release(actor=ours, pk=lead.pk, version=1, reason="方向不合")
    found = fresh(lead)
    assert (
        found.custody,
        found.officer,
        found.unit,
        found.pooled_on,
        found.protected_until,
        found.version,
    ) == (
        Custody.POOL,
        None,
        tree.town,
        date(2026, 3, 10),
        None,
        2,
    )
    line = Handover.objects.get(lead=lead)
    assert (line.kind, line.from_officer, line.reason) == ("released", ours.officer, "方向不合")
    assert Lead.objects.visible_to(theirs).filter(pk=lead.pk).exists()
    for model, row in ((Contact, contact), (FollowUp, talk)):
        assert not model.objects.visible_to(theirs).filter(pk=row.pk).exists()
    with pytest.raises(NotVisible):
        dossier.read(theirs, lead.pk)
    with pytest.raises(Denied):
        lead_release(actor=theirs, pk=LeadFactory(unit=tree.other_town).pk, version=1, reason="不是我的")


def test_a_claim_gives_a_new_period_and_the_one_who_gave_up_rests(tree, lead, ours, theirs):
    with on(3, 10):
        lead_release(actor=ours, pk=lead.pk, version=1, reason="方向不合")
    with on(3, 24), pytest.raises(Refused) as refused:  # ten working days after the 10th: through the 24th
        lead_claim(actor=ours, pk=lead.pk)
    assert (refused.value.code, "2026-03-24" in str(refused.value)) == ("rest_period", True)
    with on(3, 24):
        lead_claim(actor=theirs, pk=lead.pk)
    found = fresh(lead)
    assert (found.unit, found.officer, found.custody, found.claimed) == (
        tree.other_town,
        theirs.officer,
        "held",
        True,
    )
    assert (found.protected_from, found.protected_until) == (date(2026, 3, 24), date(2026, 4, 21))
    line = Handover.objects.filter(lead=lead).first()
    assert (line.kind, line.from_unit, line.to_unit, line.to_officer) == (
        "claimed",
        tree.town,
        tree.other_town,
        theirs.officer,
    )
    with pytest.raises(NotVisible):  # poaching back what is protected there
        lead_claim(actor=ours, pk=lead.pk)


def test_who_may_claim(tree, pooled, ours, theirs):
    reader, bureau = user_with(Role.LEADER, tree.city), user_with(Role.BUREAU_STAFF, tree.city)
    for actor, problem in ((reader, Denied), (bureau, Refused)):  # the bureau is no officer
        with pytest.raises(problem):
            lead_claim(actor=actor, pk=pooled.pk)
    OfficerFactory(unit=tree.town, user=reader)
    reader = type(reader)._base_manager.get(pk=reader.pk)
    with pytest.raises(Denied):
        lead_claim(actor=reader, pk=pooled.pk)
    with pytest.raises(NotVisible):  # an officer of another unit
        lead_claim(actor=ours, pk=pooled.pk, officer=theirs.officer.pk)
    assert fresh(pooled).custody == "pool"
    lead_claim(actor=bureau, pk=pooled.pk, officer=theirs.officer.pk)
    assert fresh(pooled).officer == theirs.officer


def test_the_limit_of_claims(tree, pooled, theirs):
    ProtectionTerms._base_manager.update(claim_limit=1)
    held = LeadFactory(unit=tree.other_town, officer=theirs.officer, claimed=True)
    with pytest.raises(Refused) as refused:
        lead_claim(actor=theirs, pk=pooled.pk)
    assert refused.value.code == "claim_limit"
    held.stage = lead_stage("signed")  # brought to its end, it is no claim any more
    held.save()
    lead_claim(actor=theirs, pk=pooled.pk)


def test_a_signed_lead_goes_nowhere(tree, ours):
    signed = LeadFactory(unit=tree.town, officer=ours.officer, stage=lead_stage("signed"))
    with pytest.raises(Refused) as refused:
        lead_release(actor=ours, pk=signed.pk, version=1, reason="方向不合")
    assert refused.value.code == "is_project"


# at night


def test_reminders_come_on_their_days_and_once(lead, ours):
    """The end is Monday 30 March: 10 working days before is the 16th, 3 before is Wednesday the 25th."""

    def told():
        return Reminder._base_manager.filter(user=ours, kind="protection_ends").count()

    for day, wanted in ((15, 0), (16, 1), (17, 1), (24, 1), (25, 2), (30, 2)):
        night((3, day))
        assert told() == wanted, day
    with on(3, 30):
        follow_up_add(actor=ours, lead=lead.pk, kind="visit", on=date(2026, 3, 30), text="看地块。")
    assert not Reminder._base_manager.filter(kind="protection_ends", read_at=None).exists()
    night((3, 31))
    assert (told(), fresh(lead).custody) == (2, "held")


def test_what_has_lapsed_falls_to_the_pool_and_the_same_night_again_changes_nothing(tree, lead, ours):
    head = user_with(Role.UNIT_HEAD, tree.town)
    kept = LeadFactory(unit=tree.town, protected_until=date(2026, 3, 31))
    signed = LeadFactory(unit=tree.town, protected_until=date(2026, 3, 1), stage=lead_stage("signed"))
    assert night((3, 30))["released"] == 0, "the last day is protected"
    assert night((3, 31))["released"] == 1
    assert [fresh(x).custody for x in (lead, kept, signed)] == ["pool", "held", "held"]
    line = Handover.objects.get(lead=lead)
    assert (line.kind, line.from_officer, line.actor_name) == ("lapsed", ours.officer, "calendar")
    assert set(Reminder._base_manager.filter(kind="protection_lapsed").values_list("user", flat=True)) == {
        ours.pk,
        head.pk,
    }
    with on(3, 31, 2):
        again = jobs.enqueue(nightly.PROTECTION, params={"day": "2026-03-31"}, key="again", actor=TESTS)
        jobs.execute(again.pk)
    assert Handover.objects.filter(lead=lead).count() == 1


def test_tasks_are_reminded_of(lead, ours):
    def task(**values):
        return Task._base_manager.create(lead=lead, title="补材料", due_on=date(2026, 3, 20), **values)

    own, far, done = task(remind_days=2, assignee=ours), task(remind_days=1), task(done_on=date(2026, 3, 3))
    for day, wanted in ((17, set()), (18, {own.pk}), (18, {own.pk}), (19, {own.pk, far.pk})):
        run = jobs.enqueue(
            nightly.TASKS, params={"day": f"2026-03-{day}"}, key=f"{day}{wanted}{id(wanted)}", actor=TESTS
        )
        jobs.execute(run.pk)
        told = list(Reminder._base_manager.filter(kind="task_due").values_list("subject_id", flat=True))
        assert sorted(told) == sorted(wanted)
    assert done.pk not in told


DIES = """
import os, signal, sys
import django
django.setup()
from common import jobs
from leads import nightly
nightly.BATCH, plain, seen = 2, nightly.lapse, []
def dying(lead, today, *, actor):
    seen.append(lead.pk)
    if len(seen) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(lead, today, actor=actor)
nightly.lapse = dying
jobs.execute(int(sys.argv[1]))
"""


@pytest.mark.commits
def test_a_night_that_was_killed_half_way_is_finished_once(tree, pipeline, broker):
    """Five lapsed leads, two a transaction; the process dies in the second one, at the fourth lead."""
    head = user_with(Role.UNIT_HEAD, tree.town)
    for _n in range(5):
        LeadFactory(unit=tree.town, protected_until=date(2026, 3, 30))
    run = jobs.enqueue(nightly.PROTECTION, params={"day": "2026-03-31"}, key="night", actor=TESTS)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "investpro.settings.test"}
    command = [sys.executable, "-c", DIES, str(run.pk)]
    died = subprocess.run(command, cwd=state.BASE_DIR, env=env, check=False)
    assert died.returncode == -signal.SIGKILL

    def lapsed():
        return Handover.objects.filter(kind="lapsed").count(), Lead._base_manager.filter(
            custody="pool"
        ).count()

    assert lapsed() == (2, 2)
    with clock.at(clock.now() + jobs.LOST_AFTER + timedelta(seconds=1)):
        assert jobs.tick() >= 1
    assert jobs.execute(run.pk) == run.State.DONE
    assert lapsed() == (5, 5)
    assert Reminder._base_manager.filter(user=head, kind="protection_lapsed").count() == 5


# two at once


@pytest.mark.commits
def test_two_officers_claim_one_lead_and_one_officer_claims_two(tree, pooled, ours, theirs):
    found = at_once(
        Lead._base_manager.filter(pk=pooled.pk),
        lambda: lead_claim(actor=ours, pk=pooled.pk),
        lambda: lead_claim(actor=theirs, pk=pooled.pk),
    )
    winners = [one for one in found if isinstance(one, Lead)]
    losers = [one for one in found if isinstance(one, Refused | NotVisible)]
    assert (len(winners), len(losers)) == (1, 1), found
    assert Handover.objects.filter(lead=pooled, kind="claimed").count() == 1
    assert fresh(pooled).officer_id == winners[0].officer_id

    third = officer_at(tree.park)
    ProtectionTerms._base_manager.update(claim_limit=1)
    two = [LeadFactory(unit=tree.town, officer=None, custody="pool") for _n in range(2)]
    claims = [lambda pk=row.pk: lead_claim(actor=third, pk=pk) for row in two]
    found = at_once(Officer._base_manager.filter(pk=third.officer.pk), *claims)
    assert sorted(type(one).__name__ for one in found) == ["Lead", "Refused"], found
    assert Lead._base_manager.filter(officer=third.officer).count() == 1
