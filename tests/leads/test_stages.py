"""The ladder of leads on real rows: what is missing, who may move, what a move writes (DOMAIN 2)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.changelog import history
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from leads import facts, stages
from leads.models import Attachment, FollowUp, Gate, Lead, LeadMove, Screening, Stage
from leads.services.moves import lead_move, lead_won
from rules.stages import Direction, Why
from tests.support.clients import user_with
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_leads import ContactFactory
from tests.support.pipeline import a_lead, ask, paper, stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]

NOON = datetime(2026, 11, 18, 12, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Wednesday
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def head(tree):
    return user_with("unit_head", tree.town)


@pytest.fixture
def lead(tree):
    return a_lead(tree.town, on=date(2026, 11, 2))


def move(lead, actor, target, **given):
    return lead_move(actor=actor, pk=lead.pk, version=lead.version, target=target, **given)


def lacks(row, actor=TESTS, target=""):
    return [(one.kind, one.code) for one in stages.missing_for(row, actor, target)]


def talked(lead, kind="call"):
    FollowUp._base_manager.create(lead=lead, unit=lead.unit, kind=kind, on=TODAY, text="谈")


def screened(lead, outcome="passed", **values):
    gate = Gate._base_manager.create(
        code=f"g{lead.pk}", name="准入", valid_from=date(2026, 1, 1), valid_to=None
    )
    return Screening._base_manager.create(lead=lead, gate=gate, outcome=outcome, **values)


# What is missing


def test_the_list_of_what_is_missing_names_each_thing_with_its_field(lead):
    found = stages.missing_for(lead, TESTS)
    assert [(one.code, one.stage, one.fields) for one in found] == [
        ("industry", "screened", ("industry",)),
        ("admitted", "screened", ()),
    ]
    assert lacks(lead, target="intent") == [
        ("fact", "industry"), ("fact", "admitted"), ("fact", "officer"), ("fact", "contact"),
        ("fact", "next_step"), ("fact", "follow_up"), ("fact", "visited"), ("fact", "land"),
        ("fact", "host"), ("evidence", "intent"),
    ]  # fmt: skip


def test_each_fact_is_seen_when_it_is_there_and_only_then(tree, lead):
    contact = ContactFactory(unit=tree.town, investor=lead.investor)
    for code, values in {
        "land": {"land_mu": 0},
        "host": {"host": tree.park},
        "contact": {"contact": contact},
        "officer": {"officer": OfficerFactory(unit=tree.town)},
        "signing_date": {"signing_on": TODAY},
        "visited": {"visited_on": TODAY},
        "next_step": {"next_step": "再访", "next_on": TODAY},
    }.items():
        assert code not in read(lead)
        Lead._base_manager.filter(pk=lead.pk).update(**values)
        assert code in read(lead)
    Lead._base_manager.filter(pk=lead.pk).update(next_on=None, amount=0)
    assert not {"next_step", "amount"} & read(lead)
    assert "credit_code" not in read(lead)
    lead.investor.credit_code = "91610000MA0000000X"
    lead.investor.save()
    assert "credit_code" in read(lead)


def read(lead):
    return facts.read("lead", Lead, [lead.pk])[lead.pk]


def test_a_call_is_a_follow_up_and_a_visit_is_a_visit_too(lead):
    talked(lead)
    assert "follow_up" in read(lead)
    assert "visited" not in read(lead)
    talked(lead, "visit")
    assert "visited" in read(lead)
    FollowUp._base_manager.update(archived_at=NOON)
    assert not {"follow_up", "visited"} & read(lead)


def test_screening_counts_when_it_is_decided_and_admits_when_passed_or_overridden(lead):
    one = screened(lead, "open")
    assert not {"screened", "admitted"} & read(lead)
    Screening._base_manager.filter(pk=one.pk).update(outcome="failed")
    assert {"screened", "admitted"} & read(lead) == {"screened"}
    Screening._base_manager.filter(pk=one.pk).update(overridden_at=NOON)
    assert {"screened", "admitted"} <= read(lead)
    Screening._base_manager.filter(pk=one.pk).update(overridden_at=None, outcome="passed")
    assert {"screened", "admitted"} <= read(lead)


def test_evidence_counts_while_it_is_in_the_dossier(lead):
    assert ("evidence", "intent") in lacks(lead, target="intent")
    paper(lead, "intent")
    assert ("evidence", "intent") not in lacks(lead, target="intent")
    Attachment._base_manager.update(archived_at=NOON)
    assert ("evidence", "intent") in lacks(lead, target="intent")


def test_as_many_queries_for_ten_rows_as_for_one(tree, lead):
    rows = [lead, *(a_lead(tree.town) for _number in range(9))]
    with CaptureQueriesContext(connection) as one:
        stages.missing_for_all(rows[:1])
    with CaptureQueriesContext(connection) as ten:
        found = stages.missing_for_all(rows)
    assert len(one) == len(ten) == 4  # stages, reasons, facts, files
    assert {len(missing) for missing in found.values()} == {2}
    assert stages.missing_for_all([]) == {}


# Moving


def test_a_move_writes_stage_log_due_day_and_clears_the_stale_mark(lead, head):
    ask("lead", "screened", due_days=15)
    Lead._base_manager.filter(pk=lead.pk).update(stale_on=TODAY)
    lead.refresh_from_db()
    moved = move(lead, head, "screened", on=date(2026, 11, 16))
    moved.refresh_from_db()
    assert (moved.stage.code, moved.stage_on, moved.stale_on) == ("screened", date(2026, 11, 16), None)
    # 16 November 2026 is a Monday; the year has no calendar here, so weekdays count: 15 are three weeks.
    assert moved.due_on == date(2026, 12, 7)
    assert (moved.last_sign_on, moved.version) == (date(2026, 11, 16), 2)
    line = LeadMove._base_manager.get()
    assert (line.from_stage.code, line.to_stage.code, line.days) == ("registered", "screened", 14)
    assert (line.direction, line.actor_name) == (Direction.FORWARD, head.actor_name)
    assert history(moved)[0].actor == head.actor_name


def test_a_move_without_its_facts_changes_nothing_and_says_what_is_missing(lead, head):
    with pytest.raises(stages.MissingFacts) as refusal:
        move(lead, head, "screened")
    assert [one.code for one in refusal.value.missing] == ["industry", "admitted"]
    assert [one["fields"] for one in refusal.value.fields["missing"]] == [["industry"], []]
    assert refusal.value.code == "missing_facts"
    assert_unmoved(lead)


def assert_unmoved(lead):
    now = Lead._base_manager.get(pk=lead.pk)
    assert (now.stage_id, now.version, now.stage_on) == (lead.stage_id, lead.version, lead.stage_on)
    assert not LeadMove._base_manager.filter(lead=lead, from_stage__isnull=False).exists()


def test_facts_given_along_are_saved_with_the_move_or_not_at_all(lead, head):
    ask("lead", "screened", "land", "signing_date")
    with pytest.raises(stages.MissingFacts):
        move(lead, head, "screened", values={"land_mu": 30})
    lead.refresh_from_db()
    assert lead.land_mu is None
    with pytest.raises(ValidationError):
        move(lead, head, "screened", values={"land_mu": -1, "signing_on": TODAY})
    moved = move(lead, head, "screened", values={"land_mu": 30, "signing_on": TODAY})
    moved.refresh_from_db()
    assert (moved.stage.code, moved.land_mu, moved.signing_on) == ("screened", 30, TODAY)


def test_nothing_but_facts_comes_along_with_a_move(tree, lead, head):
    ask("lead", "screened")
    with pytest.raises(Refused) as refusal:
        move(lead, head, "screened", values={"unit": tree.other_town, "custody": "pool"})
    assert refusal.value.code == "unknown_fields"
    assert_unmoved(lead)


@pytest.mark.parametrize(("on", "words"), [(date(2026, 11, 1), "2026-11-02"), (date(2026, 11, 19), "")])
def test_the_date_lies_between_the_last_move_and_today(lead, head, on, words):
    ask("lead", "screened")
    with pytest.raises(Refused) as refusal:
        move(lead, head, "screened", on=on)
    assert refusal.value.code == "wrong_date"
    assert words in str(refusal.value)
    assert_unmoved(lead)


def test_who_may_move(tree, lead, head):
    ask("lead", "screened", movers=["bureau_staff"])
    with pytest.raises(Denied):
        move(lead, head, "screened")
    with pytest.raises(Denied):  # a colleague reads the lead, but it is not his
        move(lead, user_with("officer", tree.town), "screened")
    with pytest.raises(NotVisible):
        move(lead, user_with("bureau_staff", tree.other_county), "screened")
    assert_unmoved(lead)
    move(lead, user_with("bureau_staff", tree.county), "screened")


def test_an_officer_moves_his_own_lead(tree):
    user = user_with("officer", tree.town)
    lead = a_lead(tree.town, officer=OfficerFactory(unit=tree.town, user=user))
    ask("lead", "screened")
    assert move(lead, user, "screened").stage.code == "screened"


def test_stale_and_archived_rows_are_refused(lead, head):
    ask("lead", "screened")
    with pytest.raises(Stale):
        lead_move(actor=head, pk=lead.pk, version=0, target="screened")
    Lead._base_manager.filter(pk=lead.pk).update(archived_at=NOON)
    with pytest.raises(Archived):
        move(lead, head, "screened")
    assert_unmoved(lead)


def test_losing_asks_for_a_listed_reason_and_closes_the_lead(lead, head):
    for given, code, field in (
        ({}, Why.REASON_CODE_NEEDED, "reason_code"),
        ({"reason_code": "weather"}, Why.UNKNOWN_REASON, "reason_code"),
        ({"reason_code": "other"}, Why.REASON_TEXT_NEEDED, "reason_text"),
    ):
        with pytest.raises(Refused) as refusal:
            move(lead, head, "lost", **given)
        assert (refusal.value.code, list(refusal.value.fields)) == (code, [field])
    assert_unmoved(lead)
    lost = move(lead, head, "lost", reason_code="elsewhere", reason_text="去了邻县")
    assert (lost.custody, lost.held_from.code, lost.due_on) == ("closed", "registered", None)
    line = LeadMove._base_manager.get()
    assert (line.reason.code, line.reason_text, line.direction) == ("elsewhere", "去了邻县", "aside")


def test_only_the_bureau_reopens_and_the_lead_is_held_again(tree, head, lead):
    lost = move(lead, head, "lost", reason_code="silent")
    with pytest.raises(Denied):
        move(lost, head, "registered", reason_text="又来了")
    bureau = user_with("bureau_staff", tree.county)
    with pytest.raises(Refused):
        move(lost, bureau, "registered")
    again = move(lost, bureau, "registered", reason_text="又来了")
    assert (again.custody, again.stage.code, again.held_from) == ("held", "registered", None)


def test_suspended_resumes_where_it_stood_and_back_needs_words(tree, head):
    ask("lead", "screened")
    lead = a_lead(tree.town, "screened")
    held = move(lead, head, "suspended", reason_code="land")
    assert held.held_from.code == "screened"
    assert lacks(held, head) == []
    resumed = move(held, head, "screened")
    assert (resumed.stage.code, resumed.held_from_id) == ("screened", None)
    with pytest.raises(Refused) as refusal:
        move(resumed, head, "registered")
    assert refusal.value.code == Why.REASON_TEXT_NEEDED
    back = move(resumed, head, "registered", reason_text="误推进")
    assert back.stage.code == "registered"
    assert [m.direction for m in LeadMove._base_manager.order_by("id")] == ["aside", "resume", "back"]


def test_signing_has_a_way_of_its_own(tree, head):
    lead = a_lead(tree.town, "ready")
    ask("lead", "signed")
    with pytest.raises(Refused) as refusal:
        move(lead, head, "signed")
    assert refusal.value.code == "sign_instead"
    won = lead_won(actor=head, pk=lead.pk, version=lead.version, on=TODAY)
    assert won.stage.code == "signed"
    with pytest.raises(Refused) as refusal:
        move(won, head, "ready", reason_text="退回")
    assert refusal.value.code == "is_project"


def test_a_lead_in_the_pool_is_claimed_first(tree, head):
    lead = a_lead(tree.town, custody="pool")
    ask("lead", "screened")
    with pytest.raises(Refused) as refusal:
        move(lead, head, "screened")
    assert refusal.value.code == "in_pool"


def test_hooks_hear_what_was_entered_and_what_was_left(tree, head, monkeypatch):
    heard = []
    monkeypatch.setattr(
        stages.track("lead"), "hooks", [lambda *, actor, moved: heard.append((moved.entered, moved.left))]
    )
    for code in ("screened", "negotiating", "visiting"):
        ask("lead", code)
    lead = move(a_lead(tree.town), head, "visiting")
    lead = move(lead, head, "screened", reason_text="退回")
    lead = move(lead, head, "suspended", reason_code="land")
    move(lead, head, "negotiating")
    assert heard == [
        (("screened", "negotiating", "visiting"), ()),
        ((), ("negotiating", "visiting")),
        ((), ()),
        (("negotiating",), ()),
    ]


# Beginning


def test_a_new_record_is_checked_like_every_move(tree, head):
    ask("lead", "registered", "industry")
    given = stages.starting("lead", on=TODAY)
    assert given == {
        "stage": stage("lead", "registered"),
        "stage_on": TODAY,
        "last_sign_on": TODAY,
        "due_on": date(2026, 12, 2),  # ten weekdays after Wednesday the 18th of November
    }
    lead = a_lead(tree.town)
    with pytest.raises(stages.MissingFacts):
        stages.begin(actor=head, row=lead)
    ask("lead", "registered")
    line = stages.begin(actor=head, row=lead)
    assert (line.from_stage, line.to_stage.code, line.days) == (None, "registered", None)
    lead.refresh_from_db()
    assert lead.due_on == date(2026, 12, 2)


def test_one_who_begins_higher_up_needs_all_that_was_passed(tree, head):
    lead = a_lead(tree.town, "intent")
    with pytest.raises(stages.MissingFacts) as refusal:
        stages.begin(actor=head, row=lead)
    assert {"industry", "follow_up", "land", "intent"} <= {one.code for one in refusal.value.missing}
    assert stages.begin(actor=head, row=lead, opening=True).to_stage.code == "intent"


def test_without_stages_the_message_says_what_to_run():
    Stage._base_manager.filter(pipeline="lead").update(archived_at=NOON)
    with pytest.raises(stages.NoStages, match="manage.py pipeline load"):
        stages.starting("lead", on=TODAY)


def test_due_days_follow_the_calendar_where_there_is_one(lead, head):
    from tests.support.world import CalendarYearFactory, HolidayFactory

    CalendarYearFactory(year=2026)
    HolidayFactory(date=TODAY + timedelta(days=1), kind="off")
    ask("lead", "screened", due_days=2)
    moved = move(lead, head, "screened")
    assert moved.due_on == date(2026, 11, 23)  # Thursday is off: Friday is one, Monday is two
