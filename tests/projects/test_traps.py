"""Traps of DOMAIN §11 on real projects: size line and split, transfer, start rate. Amounts there in 万元."""

from datetime import date
from decimal import Decimal

import pytest

from common.errors import Refused
from ledger.choices import Kind, Role
from ledger.models import Period, Posting
from ledger.selectors import Cut, Size, rows, sums
from ledger.services import standing_of
from organizations.choices import Role as Job
from projects.models import AttributionVersion
from projects.selectors import rate
from projects.services import (
    Share,
    agreement_add,
    attribution_end,
    attribution_set,
    project_move,
    project_open,
    project_update,
)
from rules.cohort import Basis, Window
from rules.shares import Credit
from tests.support.clients import user_with
from tests.support.factories import TESTS
from tests.support.factories_leads import InvestorFactory, yuan
from tests.support.factories_projects import all_of, credited, industry, signed_project
from tests.support.pipeline import ask

D = Decimal
WAN, YI = D(10_000), D(100_000_000)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def of(unit, kind, *, credit=Credit.SHARE, **cut):
    return sums(Cut((kind,), Role.ASSESSED, **cut), [unit], actor=TESTS, credit=credit).get((unit.pk, kind))


# ---------------------------------------------------------------- size line and split


def test_size_line_and_split(tree):
    """12亿, 60/40: the line is tested on the whole; 7.2/4.8亿; count 0.6/0.4 or 1/0 by setting; city 1."""
    shares = credited((tree.town, "0.6"), (tree.park, "0.4"))
    signed_project(tree.town, amount=12 * YI, shares=shares)
    signed_project(tree.town, amount=D("9.99") * YI)  # below the line of 10亿
    line = Size(Kind.CONTRACT, 10 * YI)
    units = (tree.town, tree.park, tree.city)
    assert [of(u, Kind.CONTRACT, size=line) for u in units] == [D("7.2") * YI, D("4.8") * YI, 12 * YI]
    assert [of(u, Kind.SIGNED, size=line) for u in units] == [D("0.6"), D("0.4"), 1]
    assert [of(u, Kind.SIGNED, size=line, credit=Credit.LEAD) for u in units] == [1, 0, 1]
    assert [of(u, Kind.SIGNED, size=line, credit=Credit.WHOLE) for u in units] == [1, 1, 1]
    assert of(tree.city, Kind.SIGNED) == 2


def test_the_city_counts_a_project_once_whichever_dimension(tree):
    signed_project(tree.town, amount=12 * YI, shares=credited((tree.town, "0.6"), (tree.park, "0.4")))
    for role in (Role.ASSESSED, Role.PLACE, Role.OFFICER, Role.DEPARTMENT):
        found = sums(Cut((Kind.SIGNED,), role), [tree.city], actor=TESTS)
        assert found == {(tree.city.pk, Kind.SIGNED): 1}


# ---------------------------------------------------------------- transfer


def supplement(project, number, day, amount):
    return agreement_add(
        actor=TESTS, project=project.pk, version=None, number=number, signed_on=day, amount=D(amount) * WAN
    )


def transferred(tree, project, day=date(2026, 7, 1), **values):
    given = {"role": Role.ASSESSED, "shares": all_of(tree.park), "reason": "划转", **values}
    return attribution_set(actor=TESTS, project=project.pk, valid_from=day, **given)


def test_transfer(tree):
    """A→B on 1 July; 800 dated 20 June entered 15 July, 500 of 5 August: A 800, B 500."""
    project = signed_project(tree.town, amount=D(0))
    transferred(tree, project)
    supplement(project, "补1", date(2026, 6, 20), 800)
    supplement(project, "补2", date(2026, 8, 5), 500)
    assert [of(u, Kind.CONTRACT) / WAN for u in (tree.town, tree.park, tree.city)] == [800, 500, 1300]
    assert (of(tree.town, Kind.SIGNED), of(tree.park, Kind.SIGNED)) == (1, None)
    project.refresh_from_db()
    assert project.contract_amount == 1300 * WAN


def test_a_transfer_entered_late_moves_what_happened_after_it_in_an_open_month(tree):
    """The same, entered in November for 1 July: August's 500 moves; August is closed, so September is told."""
    project = signed_project(tree.town, amount=D(0))
    supplement(project, "补1", date(2026, 6, 20), 800)
    supplement(project, "补2", date(2026, 8, 5), 500)
    Period.objects.filter(code__lte=202608).update(state="closed")
    transferred(tree, project)
    assert [of(u, Kind.CONTRACT) / WAN for u in (tree.town, tree.park, tree.city)] == [800, 500, 1300]
    august, september = {"posted": (202601, 202608)}, {"posted": (202609, 202609)}
    assert of(tree.town, Kind.CONTRACT, **august) == 1300 * WAN  # as it was told then, for ever
    assert of(tree.park, Kind.CONTRACT, **august) is None
    assert (of(tree.town, Kind.CONTRACT, **september), of(tree.park, Kind.CONTRACT, **september)) == (
        -500 * WAN,
        500 * WAN,
    )
    places = Posting._base_manager.filter(role=Role.PLACE, kind=Kind.CONTRACT)
    assert places.count() == 3, "the other dimensions stay as they are"


def test_a_department_leaves_without_a_successor(tree):
    """It brought the project and goes on 1 July: 800 of 20 June stay its own, 500 of 5 August (entered before it was
    known, August closed) are taken back in September, 200 of October have no department. The city keeps 1500."""
    brought = {**credited((tree.town, "1")), Role.DEPARTMENT: all_of(tree.second_town)}
    project = signed_project(tree.town, amount=D(0), shares=brought)
    supplement(project, "补1", date(2026, 6, 20), 800)
    supplement(project, "补2", date(2026, 8, 5), 500)
    Period.objects.filter(code__lte=202608).update(state="closed")
    ended = attribution_end(
        actor=TESTS, project=project.pk, role=Role.DEPARTMENT, valid_from=date(2026, 7, 1), reason="部门撤出"
    )
    assert not ended.shares.exists()
    supplement(project, "补3", date(2026, 10, 9), 200)

    def department(**cut):
        found = sums(Cut((Kind.CONTRACT,), Role.DEPARTMENT, **cut), [tree.second_town], actor=TESTS)
        return found.get((tree.second_town.pk, Kind.CONTRACT))

    assert department() == 800 * WAN
    assert (department(posted=(202601, 202608)), department(posted=(202609, 202609))) == (
        1300 * WAN,
        -500 * WAN,
    )
    assert department(occurred=(date(2026, 10, 1), None)) is None
    assert of(tree.town, Kind.CONTRACT) == of(tree.city, Kind.CONTRACT) == 1500 * WAN
    spans = project.attributions.filter(role=Role.DEPARTMENT, superseded_by=None).order_by("valid")
    assert [(v.valid.lower, v.valid.upper, v.shares.count()) for v in spans] == [
        (project.signed_on, date(2026, 7, 1), 1),
        (date(2026, 7, 1), None, 0),
    ]
    before = Posting._base_manager.count()
    project_update(actor=TESTS, pk=project.pk, version=None, industry=industry("5131", "tertiary"))
    assert Posting._base_manager.count() > before, "the other dimensions are written anew"
    assert department() == 800 * WAN

    again = {"role": Role.DEPARTMENT, "shares": all_of(tree.park), "reason": "新部门"}
    attribution_set(actor=TESTS, project=project.pk, valid_from=date(2026, 9, 1), **again)
    found = sums(Cut((Kind.CONTRACT,), Role.DEPARTMENT), [tree.park, tree.city], actor=TESTS)
    assert (found[tree.park.pk, Kind.CONTRACT], found[tree.city.pk, Kind.CONTRACT]) == (200 * WAN, 1000 * WAN)


def test_a_leader_who_takes_over_later_has_nothing_of_what_was_before(tree):
    """Signed on 10 June without a leader, one from 1 August: 800 of 20 June are nobody's, 500 of 5 August are his; also
    when the books are written anew."""
    project = signed_project(tree.town, amount=D(0))
    leader = user_with(Job.LEADER, tree.county)
    supplement(project, "补1", date(2026, 6, 20), 800)
    shares = [Share(tree.town.pk, D(1), leader=leader.pk)]
    given = {"role": Role.LEADER, "valid_from": date(2026, 8, 1), "reason": "包保"}
    attribution_set(actor=TESTS, project=project.pk, shares=shares, **given)
    supplement(project, "补2", date(2026, 8, 5), 500)
    supplement(project, "补3", date(2026, 7, 31), 30)

    def led():
        found = sums(Cut((Kind.CONTRACT,), Role.LEADER), [tree.town], actor=TESTS)
        return found[tree.town.pk, Kind.CONTRACT] / WAN

    assert led() == 500
    project_update(actor=TESTS, pk=project.pk, version=None, industry=industry("5131", "tertiary"))
    assert led() == 500


def test_what_never_ends_and_what_nobody_holds(tree):
    project = signed_project(tree.town, shares=credited((tree.town, "1")))
    before = Posting._base_manager.count()
    given = {"actor": TESTS, "project": project.pk, "valid_from": date(2026, 7, 1), "reason": "撤出"}
    for role, values, code in (
        (Role.ASSESSED, {}, "never_ends"),
        (Role.PLACE, {}, "never_ends"),
        (Role.REFERRER, {}, "never_ends"),
        (Role.LEADER, {}, "not_held"),
        (Role.DEPARTMENT, {"reason": " "}, "reason_needed"),
        (Role.DEPARTMENT, {"valid_from": date(2026, 1, 1)}, "before_signing"),
    ):
        with pytest.raises(Refused) as refused:
            attribution_end(role=role, **{**given, **values})
        assert refused.value.code == code
    assert Posting._base_manager.count() == before
    attribution_end(role=Role.DEPARTMENT, **given)
    with pytest.raises(Refused) as refused:
        attribution_end(role=Role.DEPARTMENT, **given)
    assert refused.value.code == "not_held"


def test_back_and_forth_leaves_what_was_at_first(tree):
    project = signed_project(tree.town)
    transferred(tree, project, date(2026, 6, 10))
    transferred(tree, project, date(2026, 6, 10), shares=all_of(tree.town))
    assert (of(tree.town, Kind.SIGNED), of(tree.park, Kind.SIGNED)) == (1, 0)
    behind = rows(Cut((Kind.SIGNED,), Role.ASSESSED), tree.park, actor=TESTS)
    assert sorted(x.base_qty for x in behind) == [-1, 1]


def test_shares_of_every_day_are_kept(tree):
    """A until 30 June, A and B by halves until August, B from September; then a change inside July."""
    project = signed_project(tree.town)
    halves = [Share(tree.town.pk, D("0.5")), Share(tree.park.pk, D("0.5"))]
    transferred(tree, project, date(2026, 7, 1), shares=halves)
    transferred(tree, project, date(2026, 9, 1))

    def in_force():
        found = AttributionVersion.objects.filter(project=project, role=Role.ASSESSED, superseded_by=None)
        return [
            (v.valid.lower, v.valid.upper, sorted((s.unit.name, s.share) for s in v.shares.all()))
            for v in found.order_by("valid")
        ]

    half = [("高新区", D("0.5")), ("龙驹寨镇", D("0.5"))]
    assert in_force() == [
        (date(2026, 6, 10), date(2026, 7, 1), [("龙驹寨镇", 1)]),
        (date(2026, 7, 1), date(2026, 9, 1), half),
        (date(2026, 9, 1), None, [("高新区", 1)]),
    ]
    transferred(tree, project, date(2026, 7, 15), shares=all_of(tree.town))
    assert in_force() == [
        (date(2026, 6, 10), date(2026, 7, 1), [("龙驹寨镇", 1)]),
        (date(2026, 7, 1), date(2026, 7, 15), half),
        (date(2026, 7, 15), None, [("龙驹寨镇", 1)]),
    ]
    assert AttributionVersion.objects.exclude(superseded_by=None).exists()


def test_a_new_dimension_is_counted_from_its_day(tree):
    """A leader is named in July: what happens from then on counts for him, the signing in June doesn't."""
    from tests.support.factories import UserFactory

    project, leader = signed_project(tree.town), UserFactory(unit=tree.county)
    supplement(project, "补1", date(2026, 8, 5), 500)
    shares = [Share(tree.town.pk, D(1), leader=leader.pk)]
    transferred(tree, project, role=Role.LEADER, shares=shares)
    lines = [x for x in standing_of(("project", project.pk)) if x.role == Role.LEADER]
    assert [(x.kind, x.holder, x.base_qty) for x in lines] == [
        (Kind.CONTRACT, f"user:{leader.pk}", 500 * WAN)
    ]


# ---------------------------------------------------------------- start rate


def window(**values):
    return Window(
        **{"start": date(2026, 1, 1), "end": date(2027, 1, 1), "as_of": date(2026, 11, 1), **values}
    )


def moved(project, *codes):
    for code in codes:
        project = project_move(actor=TESTS, pk=project.pk, version=None, target=code, on=date(2026, 10, 1))
    return project


@pytest.fixture
def thirteen(tree):
    """10 signed this year, 4 of them started; 3 older ones started this year. Stages ask for nothing here."""
    for code in ("registered", "permitted", "started"):
        ask("project", code, evidence=[])
    yuan()
    for number in range(10):
        shares = credited((tree.town, "0.6"), (tree.park, "0.4")) if number == 0 else None
        project = signed_project(tree.town, shares=shares)
        if number < 4:
            moved(project, "registered", "permitted", "started")
    for number in range(3):
        old = project_open(
            actor=TESTS, unit=tree.town, name=f"示例续建{number}", investor=InvestorFactory(unit=tree.town),
            industry=industry(), agreement_number=f"示例旧约{number}", signed_on=date(2025, 5, 1), amount=YI,
            stage="permitted", stage_on=date(2025, 9, 1),
        )  # fmt: skip
        moved(old, "started")
    return tree


def test_start_rate(thirteen):
    """40 % of the cohort; 70 % only if the scheme says so."""

    def found(unit=thirteen.city, **values):
        return rate("start_rate", unit, window(), actor=TESTS, **values).fact.amount

    assert found() == D("40.00")
    assert found(basis=Basis.EVENTS) == D("70.00")
    assert found(thirteen.park) == D("100.00"), "the one project that it shares is started"
    assert found(size=Size(Kind.CONTRACT, D("0.5") * YI)) == D("40.00")
    early = rate("start_rate", thirteen.city, window(as_of=date(2026, 9, 30)), actor=TESTS)
    assert early.fact.amount == 0
    nobody = rate("start_rate", thirteen.other_county, window(), actor=TESTS)
    assert nobody.fact.reason == "no_cohort"


def test_stepping_back_takes_the_start_back(thirteen):
    from projects.models import Project

    started = Project._base_manager.filter(stage__code="started", is_opening=False).first()
    project_move(
        actor=TESTS,
        pk=started.pk,
        version=None,
        target="permitted",
        on=date(2026, 10, 2),
        reason_text="误报开工",
    )
    assert rate("start_rate", thirteen.city, window(), actor=TESTS).fact.amount == D("30.00")
    assert of(thirteen.city, Kind.STARTED) == 6
    assert of(thirteen.city, Kind.PERMITTED) == 7
    project_move(actor=TESTS, pk=started.pk, version=None, target="started", on=date(2026, 10, 5))
    assert of(thirteen.city, Kind.STARTED) == 7
