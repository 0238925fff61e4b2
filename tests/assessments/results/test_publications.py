"""A result is told, contested, answered, set by hand, final (DOMAIN §4)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from assessments import services
from assessments.choices import ObjectionState, Step
from assessments.models import Objection, SchemeRun, SchemeVersion
from common import clock
from common.errors import Denied, NotVisible, Refused
from organizations.models import Reminder
from rules import scheme as rules
from tests.support.schemes import document, stored_run

MOMENT = clock.now().replace(year=2026, month=10, day=12, hour=9)  # a Monday


@pytest.fixture(autouse=True)
def monday(db):
    with clock.at(MOMENT):
        yield


def later(days):
    return clock.at(MOMENT + timedelta(days=days))


def refused(code, call, **values):
    with pytest.raises(Refused) as said:
        call(**values)
    assert said.value.code == code
    return str(said.value)


def filed(told, **values):
    about = {"actor": told.head, "run": told.run, "unit": told.units["equipment"], "text": "到位资金少计一笔"}
    return services.objection_file(**{**about, **values})


def reminders(user):
    return list(
        Reminder.objects.unscoped(reason="test")
        .filter(user_id=user.pk, read_at=None)
        .values_list("kind", flat=True)
    )


def test_who_was_assessed_sees_nothing_before_it_is_told(told):
    assert not SchemeRun.objects.visible_to(told.head).filter(pk=told.run.pk).exists()
    with pytest.raises(NotVisible):
        filed(told)
    with pytest.raises(Denied):
        services.schemerun_tell(actor=told.committee, pk=told.run.pk)
    refused("days", services.schemerun_tell, actor=told.staff, pk=told.run.pk, days=0)
    row = services.schemerun_tell(actor=told.staff, pk=told.run.pk, days=5)
    assert row.objections_until.isoformat() == "2026-10-19"  # Tuesday to Friday, and Monday
    assert reminders(told.head) == ["result_open"]
    assert SchemeRun.objects.visible_to(told.head).filter(pk=told.run.pk).exists()
    refused("told", services.schemerun_tell, actor=told.staff, pk=told.run.pk)


def test_an_objection_is_filed_in_the_window_by_its_own_unit_once(told):
    services.schemerun_tell(actor=told.staff, pk=told.run.pk, days=2)
    with pytest.raises(Denied):
        filed(told, actor=told.other_head)
    refused("unknown", filed, told=told, indicator="nothing")
    refused("text", filed, told=told, text=" ")
    row = filed(told, indicator="arrived")
    assert (row.state, row.filed_name) == (ObjectionState.FILED, told.head.actor_name)
    refused("twice", filed, told=told, indicator="arrived")
    assert filed(told).pk  # the whole result is another matter
    assert reminders(told.staff) == reminders(told.committee) == ["objection_filed"] * 2
    with later(3):
        refused("over", filed, told=told, indicator="fit")


def test_it_is_answered_by_others_and_only_then_the_result_is_final(told):
    services.schemerun_tell(actor=told.staff, pk=told.run.pk, days=2)
    row = filed(told)
    finish = {"call": services.schemerun_finish, "actor": told.staff, "pk": told.run.pk}
    refused("window", **finish)
    with later(3):
        refused("open", **finish)
        with pytest.raises(Denied):
            services.objection_answer(
                actor=told.head, pk=row.pk, version=row.version, accept=True, answer="好"
            )
        with pytest.raises(NotVisible):
            services.objection_answer(
                actor=told.other_head, pk=row.pk, version=row.version, accept=True, answer="好"
            )
        refused(
            "answer",
            services.objection_answer,
            actor=told.committee,
            pk=row.pk,
            version=row.version,
            accept=True,
            answer="",
        )
        row = services.objection_answer(
            actor=told.committee, pk=row.pk, version=row.version, accept=True, answer="凭证有效"
        )
        assert (row.state, row.answered_id) == (ObjectionState.ACCEPTED, told.committee.pk)
        assert "objection_answered" in reminders(told.head)
        assert "objection_filed" not in reminders(told.staff)
        refused("closed", services.objection_withdraw, actor=told.head, pk=row.pk, version=None)
        refused("not_mended", **finish)
        services.override_set(
            actor=told.staff,
            run=told.run,
            unit=told.units["equipment"],
            what="total",
            value=Decimal("71.5"),
            reason="复核",
            signatory="委员会",
        )
        assert services.schemerun_finish(actor=told.staff, pk=told.run.pk).step == Step.FINAL
        refused("final", **finish)
        refused("final", filed, told=told, indicator="fit")


def test_who_filed_never_answers(told):
    services.schemerun_tell(actor=told.staff, pk=told.run.pk)
    row = filed(told)
    Objection._base_manager.filter(pk=row.pk).update(filed_id=told.staff.pk)
    refused(
        "own", services.objection_answer, actor=told.staff, pk=row.pk, version=None, accept=False, answer="不"
    )


def test_a_corrected_run_takes_the_place_of_the_contested_one(told):
    services.schemerun_tell(actor=told.staff, pk=told.run.pk, days=1)
    row = filed(told)
    services.objection_answer(actor=told.staff, pk=row.pk, version=None, accept=True, answer="对")
    content = document("specialist-teams-2026-09")
    content["units"][1]["facts"]["arrived"] = 400000000
    facts, _problems = rules.read_facts(content, rules.read(told.version.document)[0])
    again = services.schemerun_store(
        actor=told.staff,
        version=told.version,
        year=2026,
        month=9,
        facts=facts,
        restates=told.run,
        reason="异议成立",
    )
    with later(3):
        said = refused("restated", services.schemerun_finish, actor=told.staff, pk=told.run.pk)
    assert f"Run {again.number}" in said


def test_an_accepted_objection_is_mended_by_what_it_names_and_afterwards(told):
    about = {"actor": told.staff, "run": told.run, "unit": told.units["equipment"], "value": Decimal(7)}
    about |= {"reason": "复核", "signatory": "委员会"}
    services.schemerun_tell(actor=told.staff, pk=told.run.pk, days=2)
    row = filed(told, indicator="arrived")
    services.override_set(**about, what="arrived")  # before the answer: that is not what it answers
    with later(3):
        services.objection_answer(actor=told.staff, pk=row.pk, version=None, accept=True, answer="对")
        refused("not_mended", services.schemerun_finish, actor=told.staff, pk=told.run.pk)
        services.override_set(**about, what="fit")
        refused("not_mended", services.schemerun_finish, actor=told.staff, pk=told.run.pk)
        services.override_set(**about, what="arrived")
        assert services.schemerun_finish(actor=told.staff, pk=told.run.pk).step == Step.FINAL


def another(told, count, **more):
    """September computed again with so many visits."""
    content = document("specialist-teams-2026-09")
    content["units"][0]["facts"]["visits"] = count
    facts, _problems = rules.read_facts(content, rules.read(told.version.document)[0])
    about = {"actor": told.staff, "version": told.version, "year": 2026, "month": 9, "facts": facts}
    return services.schemerun_store(**about, **more)


def test_a_period_has_one_published_result(told):
    tell = services.schemerun_tell
    tell(actor=told.staff, pk=told.run.pk, days=1)
    stray = another(told, 1)
    said = refused("other_told", tell, actor=told.staff, pk=stray.pk)
    assert f"Run {told.run.number} of" in said
    with later(3):
        services.schemerun_finish(actor=told.staff, pk=told.run.pk)
        one = another(told, 2, restates=told.run, reason="更正")
        tell(actor=told.staff, pk=one.pk, days=1)
        two = another(told, 3, restates=told.run, reason="更正")  # the same one corrected twice
        refused("other_told", tell, actor=told.staff, pk=two.pk)
        last = another(told, 4, restates=one, reason="再更正")
        tell(actor=told.staff, pk=last.pk, days=1)
    two.publications.create(
        step=Step.PRELIMINARY, objections_until=clock.today(), at=clock.now(), actor_name="tests"
    )
    with later(9):
        assert services.schemerun_finish(actor=told.staff, pk=last.pk).step == Step.FINAL
        refused("other_told", services.schemerun_finish, actor=told.staff, pk=two.pk)


def test_facts_that_come_back_can_be_published(told):
    wrong = another(told, 1)
    refused("newer", services.schemerun_tell, actor=told.staff, pk=told.run.pk)
    right = stored_run(told.staff, told.version, told.tree.county)
    assert (right.number, right.input_hash) == (wrong.number + 1, told.run.input_hash)
    assert stored_run(told.staff, told.version, told.tree.county).pk == right.pk
    assert services.schemerun_tell(actor=told.staff, pk=right.pk).pk


@pytest.mark.parametrize("day", [29, 30])
def test_only_the_version_in_force_on_the_last_day_is_told(told, day):
    SchemeVersion._base_manager.filter(pk=told.version.pk).update(until=date(2026, 9, day))
    tell = {"actor": told.staff, "pk": told.run.pk}
    if day == 29:
        refused("not_in_force", services.schemerun_tell, **tell)
    else:
        assert services.schemerun_tell(**tell).pk


def test_a_value_set_by_hand_needs_reason_and_signature_and_keeps_the_computed_one(told):
    about = {
        "actor": told.staff,
        "run": told.run,
        "unit": told.units["equipment"],
        "what": "place",
        "value": Decimal(1),
        "reason": "并列处理",
        "signatory": "委员会",
    }
    refused("not_told", services.override_set, **about)
    services.schemerun_tell(actor=told.staff, pk=told.run.pk)
    for code, change in (
        ("reason", {"reason": " "}),
        ("signatory", {"signatory": ""}),
        ("place", {"value": Decimal("1.5")}),
        ("unknown", {"what": "nothing"}),
    ):
        refused(code, services.override_set, **{**about, **change})
    with pytest.raises(Denied):
        services.override_set(**{**about, "actor": told.head})
    row = services.override_set(**about)
    assert (row.computed, row.value) == (Decimal(2), Decimal(1))
