"""Entries: drawn up, changed, reported, withdrawn (docs/algorithms/capital.md)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capital.models import CapitalEntry, MonthlyReturn, ReportingDuty
from capital.services import entries, returns
from capital.services.grid import grid_save
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from ledger.choices import Kind, PeriodState
from ledger.models import Posting
from organizations.choices import Role
from projects.models import Project, ProjectInvestor
from tests.capital.locking import held_by
from tests.projects.support import ProjectFactory
from tests.support.clients import user_with
from tests.support.factories_capital import CapitalEntryFactory, MonthlyReturnFactory, period
from tests.support.factories_leads import InvestorFactory
from tests.support.factories_projects import dollars, signed_project
from tests.support.refusals import refused
from tests.support.suite import state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


@pytest.fixture
def officer(tree):
    return user_with(Role.OFFICER, tree.town)


def draft(actor, project, **values):
    given = {"kind": "registered", "occurred_on": date(2026, 11, 5), "amount": Decimal(3_000_000), **values}
    return entries.entry_create(actor=actor, project=project, **given)


def books(kind=Kind.CAPITAL_REPORTED):
    """Lines of the assessed dimension: (month, basis, yuan)."""
    rows = Posting.objects.unscoped(reason="test").filter(kind=kind, role="assessed").order_by("seq")
    return list(rows.values_list("posted_in", "basis", "base_qty"))


def test_what_is_left_out_comes_from_kind_and_project(tree, officer):
    project = ProjectFactory(unit=tree.town, mode="increase")
    funder = InvestorFactory(unit=tree.town, zone="abroad")
    ProjectInvestor._base_manager.create(project=project, investor=funder, percent=100)
    row = draft(officer, project, kind="equipment")
    assert (row.basis, row.unit, row.zone, row.mode) == ("formed", tree.town, "abroad", "increase")
    assert (str(row.currency_id), row.period_id, row.state) == ("CNY", 202611, "draft")
    assert (row.entered_by, row.number[:6]) == (officer, "C2026-")
    assert draft(officer, project, kind="other", basis="formed").basis == "formed"
    assert draft(officer, project, basis="formed").basis == "arrived"  # paid in has arrived, whatever is said
    assert "never added" in refused("basis", draft, officer, project, kind="other")
    assert refused("in_future", draft, officer, project, occurred_on=date(2026, 11, 21))
    stranger = InvestorFactory(unit=tree.town)
    assert refused("funder", draft, officer, project, funder=stranger)


def test_who_may_enter_for_which_unit(tree, officer):
    project = ProjectFactory(unit=tree.town, host=tree.park)
    staff = user_with(Role.BUREAU_STAFF, tree.city)
    assert draft(staff, project, unit=tree.park).unit == tree.park
    before = state_of(CapitalEntry)
    assert "can't report for it" in refused("unit", draft, staff, project, unit=tree.other_town)
    with pytest.raises(Denied):  # the park's figures are the park's
        draft(officer, project, unit=tree.park)
    for other in (user_with(Role.LEADER, tree.county), user_with(Role.EVALUATOR, tree.city)):
        with pytest.raises(Denied):
            draft(other, project)
    with pytest.raises(NotVisible):
        draft(user_with(Role.OFFICER, tree.other_town), project)
    secret = ProjectFactory(
        unit=tree.town, host=tree.park, code_name="甲一", confidential_until=date(2027, 1, 1)
    )
    with pytest.raises(Denied):
        draft(user_with(Role.OFFICER, tree.park), secret, unit=tree.park)
    Project._base_manager.filter(pk=project.pk).update(archived_at="2026-11-01T00:00Z")
    with pytest.raises(Archived):
        draft(officer, project)
    assert state_of(CapitalEntry) == before
    late = CapitalEntry._base_manager.get()  # a draft from before the project was closed as a mistake
    assert refused("project_closed", entries.entries_report, actor=staff, pks=[late.pk])


def test_the_same_request_makes_one_entry(tree, officer):
    project = ProjectFactory(unit=tree.town)
    first = draft(officer, project, request_key="k1")
    assert draft(officer, project, request_key="k1") == first
    assert refused("key_taken", draft, officer, project, request_key="k1", amount=Decimal(1))
    assert CapitalEntry._base_manager.count() == 1


def test_a_closed_month_gives_the_next_open_one(tree, officer):
    period(202609), period(202610)
    type(period(202610)).objects.update(state=PeriodState.CLOSED)
    row = draft(officer, ProjectFactory(unit=tree.town), occurred_on=date(2026, 9, 30))
    assert (row.occurred_on, row.period_id) == (date(2026, 9, 30), 202611)


def test_a_draft_is_changed_and_a_reported_entry_is_not(tree, officer):
    row = draft(officer, signed_project(tree.town))
    changed = entries.entry_update(
        actor=officer, pk=row.pk, version=1, kind="plant", occurred_on=date(2026, 10, 1)
    )
    assert (changed.basis, changed.period_id, changed.version) == ("formed", 202610, 2)
    with pytest.raises(Stale):
        entries.entry_update(actor=officer, pk=row.pk, version=1, note="晚了")
    entries.entries_report(actor=officer, pks=[row.pk])
    assert "Withdraw it" in refused(
        "not_draft", entries.entry_update, actor=officer, pk=row.pk, version=3, note="改"
    )
    assert refused("not_draft", entries.entries_report, actor=officer, pks=[row.pk])


def test_reporting_keeps_the_rate_and_writes_the_books(tree, officer):
    """1,000,000 dollars at 7.10 of 5 November are 7,100,000 yuan; a later rate changes nothing."""
    usd, project = dollars(on=date(2026, 11, 5)), signed_project(tree.town)
    money = draft(officer, project, currency=usd, amount=Decimal(1_000_000))
    plant = draft(officer, project, kind="plant", amount=Decimal(2_000_000))
    assert books() == []
    done = entries.entries_report(actor=officer, pks=[money.pk, plant.pk])
    assert [(one.state, one.rate) for one in done] == [("reported", Decimal("7.1")), ("reported", 1)]
    assert done[0].rate_note.endswith("2026-11-05")
    assert (done[0].reported_by, done[0].reported_at is None) == (officer, False)
    assert books() == [(202611, "arrived", 7_100_000), (202611, "formed", 2_000_000)]
    entries.entry_withdraw(actor=officer, pk=money.pk, version=done[0].version, reason="金额录错")
    assert books()[2:] == [(202611, "arrived", -7_100_000)]
    again = draft(officer, project, replaces=CapitalEntry._base_manager.get(pk=money.pk))
    assert again.replaces_id == money.pk
    assert refused("replaces", draft, officer, project, replaces=plant)


def test_reporting_is_all_or_nothing(tree, officer):
    project = signed_project(tree.town)
    mine, foreign = draft(officer, project), CapitalEntryFactory(unit=tree.other_town)
    before = state_of(CapitalEntry)
    with pytest.raises(NotVisible):
        entries.entries_report(actor=officer, pks=[mine.pk, foreign.pk])
    with pytest.raises(Denied):
        entries.entries_report(actor=user_with(Role.LEADER, tree.county), pks=[mine.pk])
    usd = dollars(on=date(2026, 1, 1))  # older than a rate may be
    no_rate = draft(officer, project, currency=usd)
    with pytest.raises(Refused, match="exchange rate"):
        entries.entries_report(actor=officer, pks=[mine.pk, no_rate.pk])
    assert [row for row in state_of(CapitalEntry)[0] if row["id"] != no_rate.pk] == before[0]
    assert books() == []


def test_what_was_decided_on_is_not_withdrawn(tree, officer):
    row = CapitalEntryFactory(unit=tree.town, state="final")
    said = refused("decided", entries.entry_withdraw, actor=officer, pk=row.pk, version=1, reason="不要了")
    assert "recognition" in said
    loose = CapitalEntryFactory(unit=tree.town)
    entries.entry_withdraw(actor=officer, pk=loose.pk, version=1, reason="重复")
    assert CapitalEntry._base_manager.get(pk=loose.pk).archived_at is not None


def test_a_nil_return_is_no_longer_nil_when_something_is_reported(tree, officer):
    row = draft(officer, signed_project(tree.town))
    nil = MonthlyReturnFactory(unit=tree.town, period=period(202611), state="nil")
    other = MonthlyReturnFactory(unit=tree.second_town, period=period(202611), state="nil")
    entries.entries_report(actor=officer, pks=[row.pk])
    states = dict(MonthlyReturn._base_manager.values_list("pk", "state"))
    assert states == {nil.pk: "filed", other.pk: "nil"}


def test_as_many_queries_for_many_entries_up_to_the_books(tree, officer):
    """What is ours: seeing, locking, rates and saving cost the same for 2 entries and for 20."""
    project = signed_project(tree.town)

    def ours(count):
        rows = [CapitalEntryFactory(unit=tree.town, project=project) for _one in range(count)]
        with CaptureQueriesContext(connection) as seen:
            entries.entries_report(actor=officer, pks=[row.pk for row in rows])
        return len(
            [q for q in seen.captured_queries if "led_" not in q["sql"] and "SAVEPOINT" not in q["sql"]]
        )

    ours(1)  # what the actor may do is read once
    assert ours(2) == ours(20)


def test_returns(tree, officer):
    row_of_month = draft(officer, signed_project(tree.town))
    given = {"actor": officer, "unit": tree.town, "period": 202611, "preparer": "填报人甲"}
    assert refused("not_nil", returns.return_file, **given, nil=True)
    row = returns.return_file(**given, checker="审核人乙", responsible="负责人丙")
    assert (row.state, row.late, row.version) == ("filed", False, 1)
    assert CapitalEntry._base_manager.get(pk=row_of_month.pk).state == "reported"
    assert len(books()) == 1
    assert returns.return_file(**given, version=1).version == 2
    with pytest.raises(Stale):
        returns.return_file(**given, version=1)
    empty = {**given, "period": 202610}
    assert refused("nothing", returns.return_file, **empty)
    assert refused("future_month", returns.return_file, **{**given, "period": 202612})
    type(period(202610)).objects.filter(code=202610).update(state=PeriodState.CUT_OFF)
    late = returns.return_file(**empty, nil=True)
    assert (late.state, late.late) == ("nil", True)
    with pytest.raises(Denied):
        returns.return_file(**{**given, "actor": user_with(Role.LEADER, tree.county), "period": 202609})
    with pytest.raises(NotVisible):
        returns.return_file(**{**given, "actor": user_with(Role.SERVICE_CLIENT, tree.other_town)})


def test_drafts_of_a_month_that_is_cut_off_go_elsewhere(tree, officer):
    CapitalEntryFactory(unit=tree.town, project=signed_project(tree.town), occurred_on=date(2026, 10, 8))
    type(period(202610)).objects.filter(code=202610).update(state=PeriodState.CUT_OFF)
    said = refused(
        "drafts", returns.return_file, actor=officer, unit=tree.town, period=202610, preparer="填报人甲"
    )
    assert "open month" in said
    (row,) = entries.entries_report(
        actor=officer, pks=CapitalEntry._base_manager.values_list("pk", flat=True)
    )
    assert row.period_id == 202611


def test_drafts_are_held_before_the_month(tree, officer):
    """As cutting it off does (`capital/returns_closing.py`): neither waits for the other in a circle."""
    project = signed_project(tree.town)
    draft(officer, project)
    sent = {"actor": officer, "unit": tree.town, "period": 202611}
    cells = {(project.pk, "land"): Decimal(1)}
    save = {"occurred_on": date(2026, 11, 6), "cells": cells, "seen": {}}
    assert held_by(lambda: grid_save(**sent, **save)) == ["entry", "period"]
    assert held_by(lambda: returns.return_file(**sent, preparer="填报人甲")) == ["entry", "period"]


def test_duties(tree, officer):
    staff = user_with(Role.BUREAU_STAFF, tree.county)
    duty = returns.duty_create(actor=staff, unit=tree.town, since=date(2026, 1, 1))
    with pytest.raises(Denied):
        returns.duty_create(actor=officer, unit=tree.second_town, since=date(2026, 1, 1))
    assert "since 2026-01" in refused(
        "duty_there", returns.duty_create, actor=staff, unit=tree.town, since=date(2026, 2, 1)
    )
    assert returns.duty_update(actor=staff, pk=duty.pk, version=1, until=date(2026, 6, 30)).version == 2
    # It ends in June: July is free, and June isn't, also when the days don't meet.
    assert refused("duty_there", returns.duty_create, actor=staff, unit=tree.town, since=date(2026, 6, 1))
    later = returns.duty_create(actor=staff, unit=tree.town, since=date(2026, 7, 1))
    change = {"actor": staff, "pk": later.pk, "version": 1}
    assert refused("duty_there", returns.duty_update, **change, since=date(2026, 6, 30))
    assert ReportingDuty._base_manager.get(pk=later.pk).since == date(2026, 7, 1)
