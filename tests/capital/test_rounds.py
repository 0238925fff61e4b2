"""Evaluation rounds: what the services allow, refuse and write (DOMAIN §1, §3, §6)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capital import rounds
from capital.models import EvaluationRound, Inspection, Team
from capital.services import inspections
from capital.services import rounds as service
from capital.services.rounds import Member
from common.errors import Denied, NotVisible
from ledger.choices import Kind
from ledger.services import Entry, Look, Part, post
from organizations.choices import Role
from organizations.models import Reminder
from tests.projects.support import ProjectFactory
from tests.support.clients import user_with
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_capital import CapitalEntryFactory, period
from tests.support.factories_projects import dollars, signed_project, terms
from tests.support.factories_rounds import (
    InspectionFactory,
    RoundFactory,
    ScoreSheetFactory,
    a_file,
    a_team,
)
from tests.support.refusals import refused

D = Decimal
WAN = D(10_000)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "english", "october")]
ANSWERS = {"q1": D(8), "q2": True, "q3": D(9_000_000)}


def prepare(actor, tree, **values):
    given = {
        "unit": tree.county, "kind": "on_site", "period": 202609, "name": "三季度", "sheet": ScoreSheetFactory(),
        "due_on": date(2026, 10, 31), "threshold": 10_000 * WAN,
    }  # fmt: skip
    return service.round_prepare(actor=actor, **{**given, **values})


def chosen(round_):
    return set(
        Inspection._base_manager.filter(round=round_, archived_at=None).values_list("project_id", flat=True)
    )


# which projects


def test_a_quarters_round_takes_every_project_from_its_size_line_on(tree, bureau):
    dollars()  # 7.1 on 1 June 2026
    large = signed_project(tree.town)  # 1.2亿
    on_line = signed_project(tree.second_town, **terms(agreement_number="b", amount=10_000 * WAN))
    small = signed_project(tree.town, **terms(agreement_number="c", amount=10_000 * WAN - 1))
    from reference.models import Currency

    usd = Currency._base_manager.get(code="USD")
    # 1,500万美元 at 7.1 are 1.065亿; 1,400万 are 9,940万.
    foreign = signed_project(
        tree.town, **terms(agreement_number="d", amount=1_500 * WAN, currency=usd, signed_on=date(2026, 6, 5))
    )
    signed_project(
        tree.town, **terms(agreement_number="e", amount=1_400 * WAN, currency=usd, signed_on=date(2026, 6, 5))
    )
    signed_project(tree.other_town, **terms(agreement_number="f"))  # another county's
    signed_project(tree.town, **terms(agreement_number="g", signed_on=date(2026, 10, 5)))  # after the quarter

    found = prepare(bureau, tree)

    assert chosen(found) == {large.pk, on_line.pk, foreign.pk}
    assert small.pk not in chosen(found)
    assert rounds.months_of("on_site", found.period) == (date(2026, 7, 1), date(2026, 9, 30))


def test_a_months_round_takes_what_was_completed_in_it(tree, bureau):
    def completed(day):
        project = ProjectFactory(unit=tree.town)
        type(project)._base_manager.filter(pk=project.pk).update(signed_on=date(2026, 1, 5))
        post(
            actor=TESTS, event=f"done:{project.pk}", subject=("project", project.pk), source=("project", project.pk),
            entries=[Entry(Kind.COMPLETED, D(1), {"place": [Part(tree.town.pk, D(1))]})], occurred_on=day, facet=Look(),
        )  # fmt: skip
        return project

    inside = [completed(date(2026, 9, 1)), completed(date(2026, 9, 30))]
    completed(date(2026, 8, 31))
    completed(date(2026, 10, 1))
    ProjectFactory(unit=tree.town)

    found = prepare(bureau, tree, kind="completed")

    assert chosen(found) == {one.pk for one in inside}
    assert found.threshold is None


def test_what_was_reported_is_written_beside_each_project(tree, bureau):
    project = signed_project(tree.town)
    about = {"unit": tree.town, "project": project, "kind": "equipment", "occurred_on": date(2026, 8, 3)}
    CapitalEntryFactory(**about, state="reported", amount=D(3_000_000))
    CapitalEntryFactory(**about, state="final", amount=D(1_000_000), rate=D(7), currency=dollars())
    CapitalEntryFactory(**about, state="refused", amount=D(500_000))  # it was reported all the same
    CapitalEntryFactory(**about, amount=D(77))  # a draft
    CapitalEntryFactory(**about, state="withdrawn", amount=D(77))
    CapitalEntryFactory(
        **{**about, "kind": "registered"}, state="reported", amount=D(77)
    )  # arrived, not formed
    CapitalEntryFactory(**{**about, "occurred_on": date(2026, 10, 1)}, state="reported", amount=D(77))

    found = prepare(bureau, tree)

    assert Inspection._base_manager.get(round=found).reported == D(10_500_000)


def test_preparing_is_refused_with_its_rule(tree, bureau):
    refused("threshold", prepare, actor=bureau, tree=tree, threshold=None)
    refused("empty", prepare, actor=bureau, tree=tree)
    signed_project(tree.town)
    prepare(bureau, tree)
    refused("there", prepare, actor=bureau, tree=tree)
    first = EvaluationRound._base_manager.get()
    service.round_archive(actor=bureau, pk=first.pk, version=None, reason="月份选错")
    prepare(bureau, tree)  # one that was closed by mistake doesn't keep the month
    with pytest.raises(Denied):
        prepare(user_with(Role.EVALUATOR, tree.county), tree, kind="completed")
    assert EvaluationRound._base_manager.filter(archived_at=None).count() == 1


# teams, and the own unit


def members(**values):
    return [
        Member(name="组长甲", origin="conference", is_head=True),
        Member(**{"name": "组员乙", "origin": "audit", **values}),
    ]


def test_a_team_has_one_head_from_congress_or_conference(tree, bureau):
    about = {"actor": bureau, "round_pk": RoundFactory(unit=tree.county).pk, "name": "第一组"}
    refused("head", service.team_set, **about, members=members()[1:])
    refused("head", service.team_set, **about, members=[Member(name="甲", origin="audit", is_head=True)])
    refused("head", service.team_set, **about, members=members()[:1] * 2)
    team = service.team_set(**about, members=members())
    again = service.team_set(**about, members=members(name="组员丙"), pk=team.pk)
    assert [one.name for one in again.members.filter(archived_at=None)] == ["组长甲", "组员丙"]
    with pytest.raises(Denied):
        service.team_set(**{**about, "actor": user_with(Role.EVALUATOR, tree.county)}, members=members())


@pytest.mark.parametrize(
    ("own", "place", "forbidden"),
    [
        ("1.2.3.", "1.2.3.", True),  # his town's project
        ("1.2.", "1.2.3.", False),  # his county holds the round: towns below it are not "his"
        ("1.2.", "1.2.", True),  # the county's own project is
        ("1.", "1.2.3.", False),
        ("1.2.4.", "1.2.3.", False),
        ("1.2.3.", "1.2.3.9.", True),  # below his town
    ],
)
def test_whose_own_unit_a_project_is(own, place, forbidden):
    assert rounds.is_own(own, place, held_by="1.2.") is forbidden


def test_nobody_is_sent_to_his_own_unit(tree, bureau):
    row = RoundFactory(unit=tree.county)
    inspection = InspectionFactory(round=row, unit=tree.town)
    bound = a_team(row, works_for=tree.town)
    free = a_team(row, works_for=tree.second_town, name="第二组")
    give = {"actor": bureau, "pk": inspection.pk, "version": None}

    refused("own_unit", inspections.inspection_assign, **give, team=bound.pk)
    assert inspections.inspection_assign(**give, team=free.pk).team == free
    # Nor is somebody put into a team that has such a project.
    refused(
        "own_unit", service.team_set, actor=bureau, round_pk=row.pk, pk=free.pk, name="第二组", members=members(works_for=tree.town),
    )  # fmt: skip
    # Where the round allows it, he may.
    EvaluationRound._base_manager.update(own_unit=True)
    assert inspections.inspection_assign(**give, team=bound.pk).team == bound
    elsewhere = a_team(RoundFactory(unit=tree.county, period=period(202606)), name="别的")
    with pytest.raises(NotVisible):
        inspections.inspection_assign(**give, team=elsewhere.pk)


def test_the_host_the_credited_unit_and_the_account_count_too(tree, bureau):
    row = RoundFactory(unit=tree.county)
    inspection = InspectionFactory(round=row, project=ProjectFactory(unit=tree.second_town, host=tree.town))
    hosted = a_team(row, works_for=tree.town)
    at_home = a_team(row, user=_evaluator(tree), name="第二组")
    give = {"actor": bureau, "pk": inspection.pk, "version": None}
    refused("own_unit", inspections.inspection_assign, **give, team=hosted.pk)
    refused("own_unit", inspections.inspection_assign, **give, team=at_home.pk)


def _evaluator(tree):
    """An evaluator of the county who serves as an officer in the second town."""
    user = user_with(Role.EVALUATOR, tree.county)
    OfficerFactory(unit=tree.second_town, user=user)
    return user


# the approval


def test_a_round_begins_with_its_approval_heads_and_teams(tree, bureau):
    row = RoundFactory(unit=tree.county)
    inspection = InspectionFactory(round=row, unit=tree.town)
    begin = {"actor": bureau, "pk": row.pk, "version": None}
    refused("approval", service.round_start, **begin)
    service.round_update(actor=bureau, pk=row.pk, version=row.version, approval_number="示例检字1号")
    refused("approval", service.round_start, **begin)  # a number without its file
    service.approval_set(
        actor=bureau, pk=row.pk, version=None, number="示例检字1号", stored=a_file(), name="批件.pdf"
    )
    headless = Team.objects.create(round=row, name="无组长")
    refused("head", service.round_start, **begin)
    headless.delete()
    team = a_team(row)
    refused("unassigned", service.round_start, **begin)
    inspections.inspection_assign(actor=bureau, pk=inspection.pk, version=None, team=team.pk)

    row = service.round_start(**begin)

    assert row.state == "running"
    told = Reminder._base_manager.get(kind="round_team")
    assert (told.user_id, told.due_on) == (team.user.pk, row.due_on)
    refused("begun", service.round_start, **begin)
    refused("begun", service.round_update, actor=bureau, pk=row.pk, version=None, approval_number="另一号")
    refused("begun", service.round_archive, actor=bureau, pk=row.pk, version=None, reason="x")


def test_beginning_asks_as_much_for_many_projects_as_for_few(tree, bureau):
    def asked(number, month):
        row = RoundFactory(unit=tree.county, approved=True, period=period(month))
        team = a_team(row)
        for _one in range(number):
            InspectionFactory(round=row, unit=tree.town, team=team)
        with CaptureQueriesContext(connection) as seen:
            service.round_start(actor=bureau, pk=row.pk, version=None)
        return len(seen)

    asked(1, 202603)  # what the actor may do is read once
    assert asked(2, 202606) == asked(9, 202609)
