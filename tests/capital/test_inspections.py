"""Inspections of a round: the form on site, the team's result, the committee's, what it recognises (DOMAIN §3, §6)."""

from datetime import date
from decimal import Decimal

import pytest

from capital import rounds
from capital.models import CapitalEntry, EvaluationRound, Inspection
from capital.services import inspections, sheets
from capital.services import rounds as service
from capital.services.outcomes import inspection_recognise
from capital.services.recognition import recognise
from common.errors import Denied, Stale
from organizations.choices import Role
from organizations.models import Reminder
from rules.inspection import Item
from rules.inspection import Kind as Asks
from tests.projects.support import ProjectFactory
from tests.support.clients import user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_capital import CapitalEntryFactory
from tests.support.factories_projects import dollars, signed_project
from tests.support.factories_rounds import (
    RoundFactory,
    a_file,
    a_team,
    running,
)
from tests.support.refusals import refused

D = Decimal
WAN = D(10_000)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "english", "october")]
ANSWERS = {"q1": D(8), "q2": True, "q3": D(9_000_000)}


# on site


@pytest.fixture
def site(tree):
    """A running round with one project of the town, 1,000万 reported; the evaluator is `row.team.user`."""
    round_ = RoundFactory(unit=tree.county, approved=True)
    team = a_team(round_)
    (row,) = running(round_, signed_project(tree.town), team=team)
    Inspection._base_manager.filter(pk=row.pk).update(reported=D(10_000_000))
    row.team.user = team.user
    return row


def saved(row, **values):
    given = {"answers": ANSWERS, "visited_on": date(2026, 10, 18), **values}
    return inspections.inspection_save(actor=row.team.user, pk=row.pk, version=None, **given)


def initial(row, amount=9_000_000, reason="设备缺一台"):
    return inspections.inspection_initial(
        actor=row.team.user, pk=row.pk, version=None, initial=D(amount), reason=reason
    )


def final(jury, row, amount=9_000_000, reason=""):
    return inspections.inspection_final(actor=jury, pk=row.pk, version=None, final=D(amount), reason=reason)


def test_the_form_is_kept_as_far_as_it_is(site):
    row = saved(site, answers={"q1": D("7.5"), "q2": None, "q4": ""}, visited_on=None)
    assert (row.state, row.answers, row.visited_on) == ("inspected", {"q1": "7.5"}, None)
    with pytest.raises(Stale):
        inspections.inspection_save(actor=site.team.user, pk=site.pk, version=row.version - 1, answers={})
    assert Inspection._base_manager.get(pk=site.pk).answers == {"q1": "7.5"}


def test_what_the_form_refuses(tree, site):
    refused("answer", saved, row=site, answers={"q1": D(11)})
    refused("answer", saved, row=site, answers={"moon": D(1)})
    refused("day", saved, row=site, visited_on=date(2026, 10, 21))
    EvaluationRound._base_manager.update(state="prepared")
    refused("not_running", saved, row=site)
    EvaluationRound._base_manager.update(state="running", approval_number="")
    refused("approval", saved, row=site)
    EvaluationRound._base_manager.update(approval_number="1")
    stranger = user_with(Role.EVALUATOR, tree.county)
    with pytest.raises(Denied):
        inspections.inspection_save(actor=stranger, pk=site.pk, version=None, answers={})
    # The project came to a member's own unit after it was given to the team.
    site.team.members.filter(is_head=True).update(works_for=tree.town)
    refused("own_unit", saved, row=site)
    assert Inspection._base_manager.get(pk=site.pk).state == "assigned"


def test_the_teams_result_needs_the_whole_form_and_a_reason_for_a_difference(site):
    refused("form", initial, row=site)
    saved(site, answers={"q1": D(8)})
    refused("lacking", initial, row=site)
    saved(site, visited_on=None)
    refused("visited_on", initial, row=site)
    saved(site)
    refused("reason", initial, row=site, reason=" ")
    row = initial(site)
    # 60 × 8/10 + 40 = 88
    assert (row.state, row.initial, row.initial_score) == ("initial", D(9_000_000), D("88.00"))
    assert row.round.state == "initial"  # all teams' results are in
    refused("initial", saved, row=site)
    photo = {"actor": site.team.user, "pk": row.pk, "stored": a_file(), "name": "现场.pdf"}
    refused("initial", inspections.photo_add, **photo)


def test_the_same_amount_needs_no_reason(site):
    saved(site)
    assert initial(site, 10_000_000, "").initial_reason == ""


def test_the_committee_decides_and_says_why_it_differs(tree, site, jury):
    refused("state", final, jury=jury, row=site)
    saved(site)
    initial(site)
    refused("reason", final, jury=jury, row=site, amount=8_000_000)
    row = final(jury, site, 8_000_000, "凭证不足")
    assert (row.state, row.final, row.final_name) == ("final", D(8_000_000), jury.name)
    assert (row.round.state, row.round.decided_name) == ("final", jury.name)
    row = final(jury, site)  # until it is published it may decide anew
    assert row.final_reason == ""
    with pytest.raises(Denied):
        final(site.team.user, site)


def test_who_inspected_or_works_there_does_not_decide(tree, site):
    saved(site)
    initial(site)
    both = user_with(Role.COMMITTEE, tree.county)
    site.team.members.create(name=both.name, user=both, origin="bureau")
    refused("same_person", final, jury=both, row=site)
    own = user_with(Role.COMMITTEE, tree.county)
    OfficerFactory(unit=tree.town, user=own)
    refused("own_unit", final, jury=own, row=site)
    assert Inspection._base_manager.get(pk=site.pk).final is None


def test_a_result_is_sent_back_to_its_team(site, jury):
    saved(site)
    initial(site)
    row = inspections.inspection_return(actor=jury, pk=site.pk, version=None, reason="请补照片")
    assert (row.state, row.round.state) == ("inspected", "running")
    assert Reminder._base_manager.filter(user=site.team.user, kind="round_team", read_at=None).exists()
    saved(site)
    assert initial(site).round.state == "initial"


def test_it_is_published_when_everything_is_decided(tree, site, bureau, jury):
    publish = {"actor": bureau, "pk": site.round_id, "version": None}
    refused("undecided", service.round_publish, **publish)
    head = user_with(Role.UNIT_HEAD, tree.town)
    saved(site)
    initial(site)
    final(jury, site)
    assert not Inspection.objects.visible_to(head).exists()  # nobody outside reads it before

    row = service.round_publish(**publish)

    assert row.state == "published"
    assert [one.pk for one in Inspection.objects.visible_to(head)] == [site.pk]
    assert not Inspection.objects.visible_to(user_with(Role.UNIT_HEAD, tree.second_town)).exists()
    assert Reminder._base_manager.filter(user=head, kind="round_published").exists()
    refused("published", service.round_publish, **publish)
    refused("published", final, jury=jury, row=site, amount=1, reason="x")


def test_a_project_taken_out_no_longer_holds_the_round_up(tree, site, bureau):
    (other,) = running(site.round, ProjectFactory(unit=tree.second_town), team=site.team)
    saved(site)
    assert initial(site).round.state == "running"
    inspections.inspection_drop(actor=bureau, pk=other.pk, version=None, reason="企业已注销")
    assert EvaluationRound._base_manager.get(pk=site.round_id).state == "initial"
    refused("initial", inspections.inspection_drop, actor=bureau, pk=site.pk, version=None, reason="x")


def test_the_last_project_of_a_round_stays_in_it(tree, site, bureau):
    refused("last", inspections.inspection_drop, actor=bureau, pk=site.pk, version=None, reason="x")
    assert Inspection._base_manager.get(pk=site.pk).archived_at is None


def test_the_gap_by_unit(tree, site):
    """1,000 reported and 900 found beside 500 and 500 of one unit: 1,500, 1,400, 100, 93.33 %. Not in it: what has
    no result yet."""
    two, three, four = running(
        site.round, *(ProjectFactory(unit=unit) for unit in (tree.town, tree.second_town, tree.second_town)), team=site.team
    )  # fmt: skip
    for row, said, got, last in ((site, 1000, 950, 900), (two, 500, 500, None), (three, 200, 0, None)):
        Inspection._base_manager.filter(pk=row.pk).update(reported=said, initial=got, final=last)
    Inspection._base_manager.filter(pk=four.pk).update(reported=9999)

    rows = Inspection._base_manager.filter(round=site.round).select_related("project__unit")
    found = rounds.gaps(rows, {site.project_id: D(1100), two.project_id: D(500)})

    assert [one.books for one in found] == [0, 1600]
    assert [(one.unit.name, one.projects, one.reported, one.found, one.gap, one.rate) for one in found] == [
        ("棣花镇", 1, 200, 0, 200, D("0.00")),
        ("龙驹寨镇", 2, 1500, 1400, 100, D("93.33")),
    ]


# sheets


def test_a_sheet_in_use_stays_and_gets_a_new_version(tree, bureau, site):
    items = [Item("q1", "进度", Asks.POINTS, weight=D(1), full=D(5))]
    sheet = site.round.sheet
    refused(
        "in_use", sheets.scoresheet_update, actor=bureau, pk=sheet.pk, version=None, name="改", items=items
    )
    made = sheets.scoresheet_renew(actor=bureau, pk=sheet.pk)
    assert (made.number, made.document) == (2, sheet.document)
    made = sheets.scoresheet_update(actor=bureau, pk=made.pk, version=made.version, name="改", items=items)
    assert made.document["items"][0]["full"] == "5"
    refused("taken", sheets.scoresheet_create, actor=bureau, code=sheet.code, name="又", items=items)
    refused(
        "full_mark",
        sheets.scoresheet_create,
        actor=bureau,
        code="x",
        name="又",
        items=[Item("q1", "进度", Asks.POINTS, weight=D(1))],
    )


# what becomes recognised


def test_a_result_recognises_waiting_entries_the_earliest_first(tree, site, jury):
    """650万 found; 100万 of them finally recognised before; entries of 300, 500 and 200 wait: 300, 250, 0."""
    about = {"unit": tree.town, "project": site.project, "kind": "equipment", "state": "reported"}
    first, second, third = (
        CapitalEntryFactory(**about, occurred_on=day, amount=amount * WAN)
        for day, amount in ((date(2026, 8, 3), 300), (date(2026, 9, 3), 500), (date(2026, 9, 20), 200))
    )
    before = CapitalEntryFactory(**about, occurred_on=date(2026, 7, 1), amount=100 * WAN)
    recognise(actor=jury, entry=before.pk, level="final", inspection=site)
    CapitalEntryFactory(**about, occurred_on=date(2026, 10, 1), amount=50 * WAN)  # after the round's months
    CapitalEntryFactory(
        **{**about, "kind": "registered"}, occurred_on=date(2026, 8, 1)
    )  # arrived, not formed
    saved(site)
    refused("state", inspection_recognise, actor=jury, pk=site.pk, amounts={first.pk: D(1)})
    initial(site, 6_500_000)
    row = final(jury, site, 6_500_000)

    found = rounds.offered(row)

    assert [(one.entry.pk, one.amount) for one in found] == [
        (first.pk, 300 * WAN), (second.pk, 250 * WAN), (third.pk, 0),
    ]  # fmt: skip
    # What stands for a voucher is what was found: 650 − 100 before, not a cent more.
    more = {first.pk: 300 * WAN, second.pk: 250 * WAN + D("0.01")}
    refused("above_result", inspection_recognise, actor=jury, pk=site.pk, amounts=more)
    done = inspection_recognise(actor=jury, pk=site.pk, amounts={one.entry.pk: one.amount for one in found})
    assert [(one.entry_id, one.verdict, one.delta, one.inspection_id) for one in done] == [
        (first.pk, "full", 300 * WAN, site.pk), (second.pk, "partial", 250 * WAN, site.pk), (third.pk, "refused", 0, site.pk),
    ]  # fmt: skip
    assert done[1].reason == "设备缺一台"  # the team's, since the committee gave none
    refused("not_offered", inspection_recognise, actor=jury, pk=site.pk, amounts={first.pk: D(1)})


def test_who_entered_or_has_no_last_word_recognises_nothing(tree, site, jury, bureau):
    about = {"unit": tree.town, "project": site.project, "kind": "plant", "state": "reported"}
    entry = CapitalEntryFactory(**about, occurred_on=date(2026, 8, 3), entered_by=jury)
    saved(site)
    initial(site)
    final(jury, site)
    refused("own_entry", inspection_recognise, actor=jury, pk=site.pk, amounts={entry.pk: entry.amount})
    with pytest.raises(Denied):
        inspection_recognise(actor=bureau, pk=site.pk, amounts={entry.pk: entry.amount})
    assert CapitalEntry._base_manager.get(pk=entry.pk).state == "reported"


def test_dollars_are_recognised_in_dollars(tree, site, jury):
    """71万元 found at 7.1: 10万美元 of the 30万 reported; a rest of a cent is not recognised."""
    usd = dollars()
    about = {"unit": tree.town, "project": site.project, "kind": "equipment", "state": "reported"}
    CapitalEntryFactory(**about, occurred_on=date(2026, 8, 3), amount=D(300_000), currency=usd, rate=D("7.1"))
    saved(site)
    initial(site, 710_000)
    (one,) = rounds.offered(final(jury, site, 710_000))
    assert (one.amount, one.yuan) == (D("100000.00"), D("710000.00"))
