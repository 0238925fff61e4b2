"""What of an entry counts (docs/algorithms/recognition.md, DOMAIN §3): decisions."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from capital import desk_queue
from capital.models import CapitalEntry, Recognition, RecognitionTerms
from capital.services.recognition import recognise, refuse, reverse
from common.errors import Archived, Denied, NotVisible, Stale
from ledger.choices import Kind
from ledger.models import Posting
from organizations.choices import Role
from organizations.models import Officer
from projects.models import Project
from projects.services import attribution_set, project_archive, project_update
from tests.capital.recognising import counted, now, refused, reported
from tests.support.clients import user_with
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_capital import period
from tests.support.factories_projects import all_of, dollars, signed_project
from tests.support.world import ExchangeRateFactory

D = Decimal
FIRST, LAST = "preliminary", "final"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def lines(entry, kind=Kind.CAPITAL_RECOGNISED):
    rows = Posting._base_manager.filter(event__startswith=f"capital:{entry.pk}:", kind=kind, role="assessed")
    return list(rows.order_by("seq").values_list("event", "unit", "qty", "posted_in", "cause"))


# ---------------------------------------------------------------- decisions


def test_first_check_then_last_word(project, checker, head):
    """1000 reported; 800 at first, 1000 in the end: best known 800, then 1000; recognised 0, then 1000."""
    entry = reported(project)
    assert counted(entry) == (1000, 0, 0)
    row = recognise(actor=checker, entry=entry.pk, level=FIRST, amount=D(800), reason="凭证缺一张", version=2)
    assert (row.ordinal, row.verdict, row.delta, row.decided_by, row.second_by) == (
        1,
        "partial",
        800,
        checker,
        None,
    )
    assert (now(entry).state, now(entry).version, counted(entry)) == ("preliminary", 3, (1000, 800, 0))
    row = recognise(actor=head, entry=entry.pk, level=LAST)
    assert (row.ordinal, row.verdict, row.delta) == (2, "full", 1000)
    assert (now(entry).state, counted(entry)) == ("final", (1000, 1000, 1000))
    posted = Posting._base_manager.filter(event=f"capital:{entry.pk}:r2", role="assessed").order_by("kind")
    assert [(x.kind, x.qty, x.basis, x.subject_id, x.source_id, x.occurred_on) for x in posted] == [
        (Kind.CAPITAL_PRELIMINARY, 200, "arrived", project.pk, row.pk, entry.occurred_on),
        (Kind.CAPITAL_RECOGNISED, 1000, "arrived", project.pk, row.pk, entry.occurred_on),
    ]
    facet = posted[0].facet
    assert (facet.zone, facet.fund_source, facet.mode, facet.sector) == (
        "outside_province", "own", "new", "secondary",
    )  # fmt: skip


def test_the_last_word_may_be_less_and_may_overrule_a_refusal(project, checker, head):
    entry, other = reported(project), reported(project, 500)
    recognise(actor=checker, entry=entry.pk, level=FIRST)
    recognise(actor=head, entry=entry.pk, level=LAST, amount=D(600), reason="设备未到")
    assert counted(entry) == (1000, 600, 600)
    refuse(actor=checker, entry=other.pk, level=FIRST, reason="非本项目款项")
    assert (now(other).state, counted(other)) == ("refused", (500, 0, 0))
    recognise(actor=head, entry=other.pk, level=LAST)
    assert counted(other) == (500, 500, 500)
    third = reported(project, 300)
    recognise(actor=checker, entry=third.pk, level=FIRST)
    row = refuse(actor=head, entry=third.pk, level=LAST, reason="资金已抽回")
    assert (row.delta, now(third).state, counted(third)) == (0, "refused", (300, 0, 0))
    assert "Take the decision back" in refused("decided", recognise, actor=head, entry=third.pk, level=LAST)


def test_a_request_sent_twice_decides_once(project, checker):
    entry = reported(project)
    sent = {"actor": checker, "entry": entry.pk, "level": FIRST, "version": 2, "request_key": "k1"}
    assert recognise(**sent) == recognise(**sent)
    other = reported(project)
    assert refused("key_taken", recognise, **{**sent, "entry": other.pk})
    refused("key_taken", recognise, **sent, amount=D(999), reason="x")  # the same key, another amount
    refused("key_taken", refuse, **sent, reason="x")
    refused("key_taken", reverse, actor=checker, entry=entry.pk, reason="x", request_key="k1")
    back = {"actor": checker, "entry": entry.pk, "reason": "退回", "request_key": "k2"}
    assert reverse(**back, amount=D(300)) == reverse(**back, amount=D(300))
    refused("key_taken", reverse, **back, amount=D(301))
    assert counted(entry) == (1000, 700, 0)
    with pytest.raises(Stale):
        recognise(actor=checker, entry=other.pk, level=FIRST, version=1)
    assert Recognition._base_manager.count() == 2


def test_amounts_that_cant_be_recognised(project, checker):
    entry = reported(project)
    for wrong in ("0", "-5", "0.001"):
        assert "refuse the entry" in refused(
            "amount", recognise, actor=checker, entry=entry.pk, level=FIRST, amount=D(wrong), reason="x"
        )
    assert "override" in refused(
        "above_reported", recognise, actor=checker, entry=entry.pk, level=FIRST, amount=D("1000.01")
    )
    less = {"actor": checker, "entry": entry.pk, "level": FIRST, "amount": D(999)}
    assert "reason" in refused("reason_needed", recognise, **less, reason=" ")
    refused("reason_needed", refuse, actor=checker, entry=entry.pk, level=FIRST, reason="")


# ---------------------------------------------------------------- who


def test_who_decides_and_who_does_not(tree, project, checker, head):
    entry = reported(project)
    with pytest.raises(Denied):
        recognise(actor=checker, entry=entry.pk, level=LAST)  # only the committee has the last word
    for role in (Role.OFFICER, Role.UNIT_HEAD):
        with pytest.raises(Denied):
            recognise(actor=user_with(role, tree.town), entry=entry.pk, level=FIRST)
    with pytest.raises(NotVisible):
        recognise(actor=user_with(Role.EVALUATOR, tree.other_county), entry=entry.pk, level=FIRST)
    near = user_with(Role.EVALUATOR, tree.town)
    assert "own unit" in refused("own_unit", recognise, actor=near, entry=entry.pk, level=FIRST)
    lent = user_with(Role.EVALUATOR, tree.city)
    OfficerFactory(unit=tree.town, user=lent)
    refused("own_unit", refuse, actor=lent, entry=entry.pk, level=FIRST, reason="x")
    assert not desk_queue.queue(lent, FIRST).exists()
    Officer._base_manager.update(archived_at="2026-11-01T00:00Z")  # that record was a mistake
    assert desk_queue.queue(lent, FIRST).get() == entry
    CapitalEntry._base_manager.filter(pk=entry.pk).update(entered_by=checker)
    assert "Nobody decides what he entered" in refused(
        "own_entry", recognise, actor=checker, entry=entry.pk, level=FIRST
    )
    CapitalEntry._base_manager.filter(pk=entry.pk).update(entered_by=None, reported_by=checker)
    refused("own_entry", refuse, actor=checker, entry=entry.pk, level=FIRST, reason="x")
    RecognitionTerms._base_manager.create(since=date(2026, 1, 1), own_unit=True)
    assert recognise(actor=near, entry=entry.pk, level=FIRST).delta == 1000


def test_a_confidential_project_is_decided_by_those_who_may_know_it(tree, checker):
    project = signed_project(tree.town)
    entry = reported(project, unit=tree.town)
    Project._base_manager.filter(pk=project.pk).update(
        code_name="甲一", confidential_until=date(2027, 1, 1), unit=tree.other_town
    )
    with pytest.raises(Denied, match="confidential"):  # his part of the tree holds the entry, not the project
        recognise(actor=user_with(Role.EVALUATOR, tree.county), entry=entry.pk, level=FIRST)
    assert recognise(actor=checker, entry=entry.pk, level=FIRST).delta == 1000


def test_the_database_holds_the_rules_too(project, checker, head):
    entry = reported(project)
    base = {"entry": entry, "level": FIRST, "verdict": "full", "decided_at": entry.reported_at}

    def insert(**values):
        with transaction.atomic():
            Recognition._base_manager.create(**{**base, "decided_name": "x", **values})

    with pytest.raises(IntegrityError, match="recognised 1000.01"):
        insert(ordinal=1, delta=D("1000.01"))
    with pytest.raises(IntegrityError, match="recognised -1"):
        insert(ordinal=1, delta=D(-1), verdict="reversal", reason="x")
    CapitalEntry._base_manager.filter(pk=entry.pk).update(entered_by=checker)
    for who in ("decided_by", "second_by"):
        with pytest.raises(IntegrityError, match="nobody decides what he entered"):
            insert(ordinal=1, delta=D(1), **{who: checker})
    with pytest.raises(IntegrityError, match="cap_recognition_two_ck"):
        insert(ordinal=1, delta=D(2000), verdict="override", reason="x", decided_by=head, second_by=head)
    insert(ordinal=1, delta=D(1000))
    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{settings.DATABASE_APP_ROLE}"')
        for verb in ("UPDATE cap_recognition SET delta = 1", "DELETE FROM cap_recognition"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(verb)
        cursor.execute("RESET ROLE")
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            cursor.execute("UPDATE cap_recognition SET delta = 1")


# ---------------------------------------------------------------- when and on what


def test_no_voucher_no_recognition(project, checker):
    bare, invoice = reported(project, proof=False), reported(project, 100, type="invoice")
    assert "by a query" in refused("evidence_missing", recognise, actor=checker, entry=bare.pk, level=FIRST)
    RecognitionTerms._base_manager.create(
        since=date(2026, 11, 1), evidence={"registered": ["bank_slip", "verification"]}
    )
    said = refused("evidence_missing", recognise, actor=checker, entry=invoice.pk, level=FIRST)
    assert "bank slip、capital verification report" in said
    refuse(actor=checker, entry=bare.pk, level=FIRST, reason="没有凭证")
    RecognitionTerms._base_manager.create(since=date(2026, 11, 6))  # begins after the entry's day
    refused("evidence_missing", recognise, actor=checker, entry=invoice.pk, level=FIRST)
    RecognitionTerms._base_manager.filter(since=date(2026, 11, 6)).update(since=date(2026, 11, 5))
    assert recognise(actor=checker, entry=invoice.pk, level=FIRST).delta == 100


def test_drafts_and_withdrawn_entries_wait_for_nobody(project, checker):
    entry = reported(project)
    rows = CapitalEntry._base_manager.filter(pk=entry.pk)
    rows.update(state="draft")
    assert "monthly return" in refused("draft", recognise, actor=checker, entry=entry.pk, level=FIRST)
    rows.update(state="withdrawn")
    refused("withdrawn", recognise, actor=checker, entry=entry.pk, level=FIRST)
    rows.update(state="reported", archived_at="2026-11-01T00:00Z")
    with pytest.raises(Archived):
        recognise(actor=checker, entry=entry.pk, level=FIRST)


def test_a_month_cut_off_takes_decisions_about_its_own_entries_only(project, checker, head):
    """Reported in October and November. October is cut off: its entry is still decided in it. Once it is closed,
    a reversal goes to December, the first open month: November is cut off and takes only its own."""
    october, november = reported(project, occurred_on=date(2026, 10, 20)), reported(project)
    assert (october.period_id, november.period_id) == (202610, 202611)
    for code in (202610, 202611):
        row = period(code)
        row.state = "cut_off"
        row.save()
    recognise(actor=head, entry=october.pk, level=LAST)
    assert lines(october)[0][3] == 202610
    row = period(202610)
    row.state = "closed"
    row.save()
    reverse(actor=head, entry=october.pk, amount=D(300), reason="退回部分出资")
    assert [(x[2], x[3], x[4]) for x in lines(october)] == [
        (1000, 202610, "normal"),
        (-300, 202612, "reversal"),
    ]
    recognise(actor=head, entry=november.pk, level=LAST)
    assert lines(november)[0][3] == 202611


def test_the_rate_is_kept(project, head, tree):
    """1,000 dollars at 7.10 of 5 November: 7,100 yuan. The rate of today is another; the reversal of 400 uses the
    old one: −2,840."""
    usd = dollars(on=date(2026, 11, 5))
    entry = reported(project, 1000, currency=usd)
    ExchangeRateFactory(currency=usd, date=date(2026, 11, 19), rate=D("6.9"))
    recognise(actor=head, entry=entry.pk, level=LAST)
    reverse(actor=head, entry=entry.pk, amount=D(400), reason="退回")
    rows = Posting._base_manager.filter(kind=Kind.CAPITAL_RECOGNISED, role="assessed").order_by("seq")
    assert [(x.qty, x.rate, x.base_qty) for x in rows] == [
        (1000, D("7.1"), 7100),
        (-400, D("7.1"), -2840),
    ]


def test_whose_it_is_says_the_day_on_which_it_came(tree, project, head):
    """Transfer on 1 November (DOMAIN §11): what came on 20 October counts for the town although it is recognised
    later; what comes on 5 November for the other. Money before the signing (10 June) counts by the first shares."""
    early = reported(project, 100, occurred_on=date(2026, 5, 1))
    before = reported(project, 800, occurred_on=date(2026, 10, 20))
    after = reported(project, 500)
    attribution_set(
        actor=TESTS, project=project.pk, role="assessed", valid_from=date(2026, 11, 1),
        shares=all_of(tree.other_town), reason="移交",
    )  # fmt: skip
    for one in (early, before, after):
        recognise(actor=head, entry=one.pk, level=LAST)
    assert [(x[1], x[2]) for one in (early, before, after) for x in lines(one)] == [
        (tree.town.pk, 100), (tree.town.pk, 800), (tree.other_town.pk, 500),
    ]  # fmt: skip
    reports = [(x[1], x[2]) for x in lines(after, Kind.CAPITAL_REPORTED)]
    assert reports == [(tree.town.pk, 500), (tree.town.pk, -500), (tree.other_town.pk, 500)]


def test_a_change_of_the_project_leaves_an_entrys_own_look(tree, project, head):
    entry = reported(project, zone="abroad", fund_source="loan", mode="increase")
    recognise(actor=head, entry=entry.pk, level=LAST)
    project_update(actor=TESTS, pk=project.pk, version=None, mode="merger")
    rows = Posting._base_manager.filter(subject_id=project.pk, reversed_by=None, reverses=None)
    looks = {(x.kind, x.facet.zone, x.facet.fund_source, x.facet.mode) for x in rows.select_related("facet")}
    assert (Kind.CAPITAL_RECOGNISED, "abroad", "loan", "increase") in looks
    assert {mode for kind, _z, _s, mode in looks if kind == Kind.SIGNED} == {"merger"}
    assert counted(entry) == (1000, 1000, 1000)


def test_a_project_whose_capital_counts_is_not_closed_as_a_mistake(tree, project):
    reported(project)
    close = {"actor": user_with(Role.BUREAU_STAFF, tree.city), "pk": project.pk, "reason": "录错"}
    assert "terminate" in refused("capital_reported", project_archive, **close, version=None)
    CapitalEntry._base_manager.update(state="withdrawn")
    assert project_archive(**close, version=None).archived_at is not None


# ---------------------------------------------------------------- taking back


def test_money_flows_back_in_parts(project, checker, head):
    entry = reported(project)
    recognise(actor=checker, entry=entry.pk, level=FIRST)
    refused("reason_needed", reverse, actor=checker, entry=entry.pk, amount=D(1), reason="")
    reverse(actor=checker, entry=entry.pk, amount=D(300), reason="退回 300")
    assert (now(entry).state, counted(entry)) == ("preliminary", (1000, 700, 0))
    recognise(actor=head, entry=entry.pk, level=LAST)
    with pytest.raises(Denied):
        reverse(actor=checker, entry=entry.pk, reason="x")  # the last word is taken back by who has it
    reverse(actor=head, entry=entry.pk, amount=D(400), reason="退回")
    assert "600.00 of" in refused("amount", reverse, actor=head, entry=entry.pk, amount=D(601), reason="x")
    refused("again_whole", reverse, actor=head, entry=entry.pk, amount=D(1), again=True, reason="x")
    reverse(actor=head, entry=entry.pk, reason="全部退回")
    assert (now(entry).state, counted(entry)) == ("final", (1000, 0, 0))
    refused("amount", reverse, actor=head, entry=entry.pk, reason="x")


def test_a_mistake_is_taken_back_and_decided_again(project, checker, head):
    entry = reported(project)
    refused("not_decided", reverse, actor=checker, entry=entry.pk, reason="x", again=True)
    refuse(actor=checker, entry=entry.pk, level=FIRST, reason="看错")
    reverse(actor=checker, entry=entry.pk, reason="看错了", again=True)
    assert now(entry).state == "reported"
    recognise(actor=checker, entry=entry.pk, level=FIRST, amount=D(10), reason="看错单位")
    row = reverse(actor=checker, entry=entry.pk, reason="单位是万元", again=True)
    assert (row.delta, now(entry).state, counted(entry)) == (-10, "reported", (1000, 0, 0))
    recognise(actor=checker, entry=entry.pk, level=FIRST)
    recognise(actor=head, entry=entry.pk, level=LAST, amount=D(1), reason="x")
    reverse(actor=head, entry=entry.pk, reason="错了", again=True)
    assert (now(entry).state, counted(entry)) == ("preliminary", (1000, 0, 0))  # the committee has it now
    recognise(actor=head, entry=entry.pk, level=LAST)
    assert counted(entry) == (1000, 1000, 1000)
    direct = reported(project, 50)
    recognise(actor=head, entry=direct.pk, level=LAST)
    reverse(actor=head, entry=direct.pk, reason="错了", again=True)
    assert now(direct).state == "reported"
    assert "who confirms" in refused("final_began", recognise, actor=checker, entry=direct.pk, level=FIRST)
