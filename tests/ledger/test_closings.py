"""Cutting off, closing, reopening, and the two clocks (docs/algorithms/closing.md; DOMAIN §3, §11)."""

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from common.errors import Denied, NotVisible
from ledger import clocks, closings, periods
from ledger.choices import Cause, Kind, Role
from ledger.closings import (
    Found,
    period_close,
    period_cut_off,
    reopening_ask,
    reopening_refuse,
    reopening_sign,
)
from ledger.models import Closing, ClosingTerms, Period, Posting, Reopening, ReopeningAsked
from ledger.selectors import Cut, sums
from ledger.services import take_back
from ledger.tasks import cut_off_due
from organizations import reminders
from organizations.choices import Role as Job
from organizations.models import Reminder, RoleGrant
from tests.ledger.support import arrived, close, noon
from tests.support.clients import user_with
from tests.support.factories import TESTS, RoleGrantFactory
from tests.support.refusals import refused

D = Decimal
CUT = Cut((Kind.CAPITAL_RECOGNISED,), Role.ASSESSED, basis="arrived")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch):
    """Only what a test registers itself: upper apps have tests of their own."""
    monkeypatch.setattr(closings, "_checks", {})
    monkeypatch.setattr(closings, "_before_cut_off", [])
    monkeypatch.setattr(closings, "_before_closing", [])


def wan(unit, **clock):
    """The unit's sum in ten thousands of yuan by a clock; None: not a single line."""
    found = sums(replace(CUT, **clock), [unit], actor=TESTS)
    amount = found.get((unit.pk, Kind.CAPITAL_RECOGNISED))
    return None if amount is None else amount / 10_000


# ---------------------------------------------------------------- states


def test_a_month_is_cut_off_then_closed_in_the_order_of_time(tree):
    with noon(2026, 10, 31):
        arrived(tree.town, 100, (2026, 10, 20))
        refused("not_over", period_cut_off, actor=TESTS, code=202610)
    with noon(2026, 11, 1):
        still_open = refused("not_cut_off", period_close, actor=TESTS, code=202610)
        assert period_cut_off(actor=TESTS, code=202610).state == "cut_off"
        refused("not_open", period_cut_off, actor=TESTS, code=202610)
        late = arrived(tree.town, 5, (2026, 10, 21))[0]
        waited = arrived(tree.town, 7, (2026, 10, 22), accept=periods.OPEN_OR_CUT_OFF)[0]
        assert (late.posted_in_id, waited.posted_in_id) == (202611, 202610)
        Period.objects.create(code=202609, year=2026, number=9, state="cut_off")
        said = refused("earlier_open", period_close, actor=TESTS, code=202610)
        assert "2026-09" in said
        Period.objects.filter(code=202609).update(state="closed")
        closing = period_close(actor=TESTS, code=202610)
        assert Period.objects.get(code=202610).state == "closed"
        assert (closing.revision, closing.lines, closing.watermark) == (1, 2, waited.seq)
        assert refused("not_cut_off", period_close, actor=TESTS, code=202610) != still_open  # another way out
        assert arrived(tree.town, 1, (2026, 10, 23), accept=periods.OPEN_OR_CUT_OFF)[0].posted_in_id == 202611
        refused("no_period", period_close, actor=TESTS, code=202613)
        refused("no_period", period_cut_off, actor=TESTS, code=202600)


def test_the_hash_is_over_the_closing_before_and_every_column(tree):
    """By hand: SHA-256 over the hash before, the head and the line as PostgreSQL writes it as text."""
    with noon(2026, 12, 1):
        line = arrived(
            tree.town, 100, (2026, 10, 20), actor=user_with(Job.BUREAU_STAFF, tree.city, name="甲\t乙")
        )[0]
        first = close(202610)
        second = close(202611)
    when = line.posted_at.strftime("%Y-%m-%d %H:%M:%S")
    columns = [
        line.seq, line.event, 1, "project", 7, "recognition", line.source_id, "capital.recognised", "arrived",
        "assessed", tree.town.pk, "", line.facet.sha, "1.00000000", "1000000.00000000", "1000000.00000000", "CNY",
        "1.00000000", "1000000.00000000", "2026-10-20", 202610, when, "normal", r"\N", line.actor_id, r"甲\t乙",
    ]  # fmt: skip
    text = f"\n202610\t1\t{line.seq}\n" + "\t".join(map(str, columns)) + "\n"
    assert first.hash == hashlib.sha256(text.encode()).hexdigest()
    empty = f"{first.hash}\n202611\t1\t{line.seq}\n"
    assert (second.prev_hash, second.lines) == (first.hash, 0)
    assert second.hash == hashlib.sha256(empty.encode()).hexdigest()


def test_steps_and_checks_of_upper_apps(tree):
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        told = []
        closings.before_cut_off(lambda actor, period: told.append(("cut_off", str(period), period.state)))
        closings.before_closing(lambda actor, period: told.append(("closing", str(period), period.state)))
        open_queries = [Found("两条疑问未答复", "/queries/", blocks=True, count=2)]
        closings.check("queries", "疑问", lambda period: open_queries)
        closings.check("gaps", "凭证缺口", lambda period: [Found("三笔无凭证", count=3)])
        closings.check("returns", "月报", lambda period: [])
        with pytest.raises(ValueError, match="twice"):
            closings.check("gaps", "again", lambda period: [])
        period_cut_off(actor=TESTS, code=202610)
        said = refused("check_blocks", period_close, actor=TESTS, code=202610)
        assert "两条疑问未答复" in said
        assert "三笔" not in said
        assert Period.objects.get(code=202610).state == "cut_off"
        assert not Closing._base_manager.exists()
        open_queries.clear()
        closing = period_close(actor=TESTS, code=202610)
    assert closing.remarks == [{"code": "gaps", "count": 3}]
    assert told == [
        ("cut_off", "2026-10", "open"), ("closing", "2026-10", "cut_off"), ("closing", "2026-10", "cut_off"),
    ]  # fmt: skip
    listed = {one.code: (one.count, one.blocks) for one in closings.checklist(closing.period)}
    assert listed == {
        "month_over": (0, False), "earlier_closed": (0, False), "queries": (0, False), "gaps": (3, False),
        "returns": (0, False),
    }  # fmt: skip


def test_who_may(tree):
    staff, leader = user_with(Job.BUREAU_STAFF, tree.bureau), user_with(Job.LEADER, tree.city)
    stranger = user_with(Job.AUDIT_ADMIN, tree.city)
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        for call in (period_cut_off, period_close):
            with pytest.raises(Denied):
                call(actor=leader, code=202610)
            with pytest.raises(NotVisible):
                call(actor=stranger, code=202610)
            call(actor=staff, code=202610)
        with pytest.raises(Denied):
            reopening_ask(actor=leader, code=202610, reason="补记")
        asked = reopening_ask(actor=staff, code=202610, reason="补记")
        with pytest.raises(Denied):
            reopening_sign(actor=user_with(Job.BUREAU_STAFF, tree.city), pk=asked.pk)
        with pytest.raises(NotVisible):
            reopening_sign(actor=stranger, pk=asked.pk)
        reopening_sign(actor=leader, pk=asked.pk)


# ---------------------------------------------------------------- opened again


def test_two_people_open_a_period_again_and_it_is_closed_as_the_next_revision(tree):
    staff, leader = user_with(Job.BUREAU_STAFF, tree.bureau), user_with(Job.LEADER, tree.city)
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        refused("not_closed", reopening_ask, actor=staff, code=202610, reason="补记")
        first = close(202610)
        refused("no_reason", reopening_ask, actor=staff, code=202610, reason="  ")
        refused("no_person", reopening_ask, actor=TESTS, code=202610, reason="补记")
        asked = reopening_ask(actor=staff, code=202610, reason="验资报告补记")
        refused("asked_already", reopening_ask, actor=staff, code=202610, reason="又一次")
        refused("no_person", reopening_sign, actor=TESTS, pk=asked.pk)
        gone = reopening_refuse(actor=leader, pk=asked.pk, reason="材料不足")
        assert (gone.signed, gone.answered_name) == (False, leader.name)
        refused("answered_already", reopening_sign, actor=leader, pk=asked.pk)
        assert Period.objects.get(code=202610).state == "closed"

        asked = reopening_ask(actor=staff, code=202610, reason="验资报告补记")
        opened = reopening_sign(actor=leader, pk=asked.pk)
        assert (opened.by_name, opened.second_by_name, opened.reason) == (
            staff.name, leader.name, "验资报告补记",
        )  # fmt: skip
        assert Period.objects.get(code=202610).state == "open"
        arrived(tree.town, 11, (2026, 10, 25))
        second = close(202610)
    assert (second.revision, second.prev_hash, second.lines) == (2, first.hash, 2)
    assert wan(tree.town, **clocks.published(first)) == 100
    assert wan(tree.town, **clocks.published(second)) == 111
    assert clocks.latest(202610) == second
    history = [row.state for row in Period.pgh_event_model.objects.filter(code=202610).order_by("pgh_id")]
    assert history == ["open", "cut_off", "closed", "open", "cut_off", "closed"]


def test_whoever_may_sign_is_reminded_once_until_it_is_answered(tree):
    """A leader and a committee, not the clerk, not a leader whose grant has ended, and never who asked."""
    staff = user_with(Job.BUREAU_STAFF, tree.bureau)
    RoleGrantFactory(user=staff, role=Job.LEADER, unit=tree.city)  # has both rights, and asks
    leader, jury = user_with(Job.LEADER, tree.county), user_with(Job.COMMITTEE, tree.city)
    former = user_with(Job.LEADER, tree.city)
    RoleGrant._base_manager.filter(user=former).update(valid_to=date(2026, 11, 4))
    user_with(Job.BUREAU_STAFF, tree.city)

    def told(unread=True):
        rows = Reminder.objects.unscoped(reason="tests").filter(kind="reopening_sign", read_at__isnull=unread)
        return sorted(rows.values_list("user", "params__period", "url"))

    each = [(who.pk, "2026-10", "/periods/202610/") for who in sorted((leader, jury), key=lambda one: one.pk)]
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        close(202610)
        asked = reopening_ask(actor=staff, code=202610, reason="补记")
        refused("asked_already", reopening_ask, actor=staff, code=202610, reason="又一次")
        assert told() == each
        refused("same_person", reopening_sign, actor=staff, pk=asked.pk)
        assert told() == each  # what was refused settles nothing
        reopening_refuse(actor=jury, pk=asked.pk, reason="材料不足")
        assert (told(), told(unread=False)) == ([], each)
        asked = reopening_ask(actor=staff, code=202610, reason="材料补齐")  # asked anew: reminded anew
        assert told() == each
        reopening_sign(actor=leader, pk=asked.pk)
        assert told() == []
        words = Reminder.objects.unscoped(reason="tests").filter(user=leader).first()
        assert reminders.words(words.kind, words.params)


def test_one_person_alone_cant_even_with_both_rights(tree):
    both = user_with(Job.BUREAU_STAFF, tree.bureau)
    RoleGrantFactory(user=both, role=Job.LEADER, unit=tree.city)
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        close(202610)
        asked = reopening_ask(actor=both, code=202610, reason="补记")
        refused("same_person", reopening_sign, actor=both, pk=asked.pk)
        assert reopening_refuse(actor=both, pk=asked.pk, reason="撤回").signed is False
    assert not Reopening._base_manager.exists()
    closing = Closing._base_manager.get()
    with pytest.raises(DatabaseError, match="led_reopening_two_ck"), transaction.atomic():
        Reopening._base_manager.create(
            closing=closing,
            reason="补记",
            by_id=1,
            by_name="甲",
            second_by_id=1,
            second_by_name="甲",
            at=closing.at,
        )


# ---------------------------------------------------------------- the year's end


def test_year_end_deadline_20_january(tree):
    """DOMAIN §11 "Year end": 600 of 28 Dec recognised on 12 Jan: the old year's final account +600, the new year
    0, December's circular unchanged."""
    town = tree.town
    with noon(2026, 1, 5):
        arrived(town, 1000, (2025, 11, 20))
        december = close(202511, 202512)
    assert wan(town, **clocks.published(december)) == 1000
    assert str(Period.objects.get(code=202513)) == "2025-13"
    with noon(2026, 1, 12):
        assert arrived(town, 600, (2025, 12, 28))[0].posted_in_id == 202513
    with noon(2026, 1, 20):
        assert cut_off_due(actor=TESTS, day=date(2026, 1, 20)) == []
    with noon(2026, 1, 21):
        assert cut_off_due(actor=TESTS, day=date(2026, 1, 21)) == [202513]
        final = period_close(actor=TESTS, code=202513)
        late = arrived(town, 50, (2025, 12, 30))[0]
        arrived(town, 70, (2026, 1, 18))
    assert late.posted_in_id == 202601
    assert wan(town, **clocks.published(december)) == 1000
    assert wan(town, **clocks.own(2025, final)) == 1600
    assert wan(town, **clocks.own(2025)) == 1650
    assert wan(town, **clocks.own(2026)) == 70
    assert wan(town, **clocks.prior_year(2026)) == 50
    with noon(2026, 2, 5):
        january = close(202601)
    assert wan(town, **clocks.own(2026, january)) == 70
    assert wan(town, **clocks.prior_year(2026, january)) == 50
    apart = Posting._base_manager.filter(occurred_on__year=2025, posted_in__year=2026)
    assert list(apart.values_list("base_qty", flat=True)) == [500_000]


def test_what_is_published_of_a_reversal_in_the_next_year(tree):
    """DOMAIN §11 "Clawback": 2025: 1,000; in March 2026 300 of it is reversed; 2026 own 500. 2026 is 500, the
    −300 stands apart; 2025 published 1,000, known 700."""
    town = tree.town
    with noon(2026, 1, 22):
        line = arrived(town, 1000, (2025, 6, 20))[0]
        final = close(202506, 202512, 202513)
    with noon(2026, 4, 5):
        arrived(town, -300, (2025, 6, 20), cause=Cause.REVERSAL, not_before=202603)
        arrived(town, 500, (2026, 3, 10))
        march = close(202603)
    assert (line.posted_in_id, final.period_id) == (202506, 202513)
    assert wan(town, **clocks.own(2026)) == wan(town, **clocks.own(2026, march)) == 500
    assert wan(town, **clocks.prior_year(2026)) == wan(town, **clocks.prior_year(2026, march)) == -300
    assert wan(town, **clocks.own(2025, final)) == 1000
    assert wan(town, **clocks.own(2025)) == wan(town, **clocks.own(2025, march)) == 700
    assert wan(town, **clocks.prior_year(2026, final)) is None


def test_a_january_closed_while_the_final_account_is_open_stays_as_published(tree):
    with noon(2026, 2, 5):
        arrived(tree.town, 600, (2025, 12, 28))
        close(202512)
        arrived(tree.town, 70, (2026, 1, 18))
        january = close(202601)
        assert arrived(tree.town, 5, (2025, 12, 29))[0].posted_in_id == 202513
        final = close(202513)
    assert wan(tree.town, **clocks.published(january)) == 670
    assert wan(tree.town, **clocks.own(2025, final)) == 605
    assert final.prev_hash == january.hash


def test_months_are_cut_off_by_themselves_by_the_calendar_in_force(tree):
    arrived(tree.town, 1, (2026, 9, 18))
    arrived(tree.town, 1, (2026, 10, 18))
    arrived(tree.town, 1, (2026, 11, 3))
    with noon(2026, 11, 4):
        assert cut_off_due(actor=TESTS, day=date(2026, 11, 3)) == [202609]
        ClosingTerms._base_manager.create(since=date(2026, 10, 1), cut_off_day=8)
        assert cut_off_due(actor=TESTS, day=date(2026, 11, 8)) == []
    with noon(2026, 11, 9):
        assert cut_off_due(actor=TESTS, day=date(2026, 11, 9)) == [202610]
        assert cut_off_due(actor=TESTS, day=date(2026, 11, 9)) == []
        ClosingTerms._base_manager.create(since=date(2026, 11, 1), by_itself=False)
    with noon(2026, 12, 24):
        assert cut_off_due(actor=TESTS, day=date(2026, 12, 24)) == []


# ---------------------------------------------------------------- what the database holds


def test_the_application_role_closes_and_reopens_and_changes_nothing(tree, app_role):
    staff, leader = user_with(Job.BUREAU_STAFF, tree.bureau), user_with(Job.LEADER, tree.city)
    with noon(2026, 11, 5):
        event = arrived(tree.town, 100, (2026, 10, 20))[0].event
        close(202610)
        asked = reopening_ask(actor=staff, code=202610, reason="补记")
        reopening_sign(actor=leader, pk=asked.pk)
        take_back(actor=staff, event=event, source=("move", 1))
        close(202610)
    assert ReopeningAsked.objects.get().signed
    for table, column in (
        ("led_posting", "qty"), ("led_facet", "zone"), ("led_closing", "hash"), ("led_reopening", "reason"),
    ):  # fmt: skip
        for verb in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                app_role.execute(verb)
    app_role.execute("RESET ROLE")
    for table, column in (("led_closing", "hash"), ("led_reopening", "reason")):
        for verb in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with (
                pytest.raises(DatabaseError, match="append_only"),
                transaction.atomic(),
                connection.cursor() as owner,
            ):
                owner.execute(verb)
