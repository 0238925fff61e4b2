"""Changes after signing, and what the books say then (docs/algorithms/ledger.md)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from common.errors import Archived, Denied, NotVisible, Refused, Stale
from leads import dossier
from leads.models import Attachment
from ledger.choices import Kind, Role
from ledger.models import Period, Posting
from ledger.services import standing_of
from organizations.choices import Role as Job
from projects.models import Project
from projects.services import (
    Share,
    agreement_add,
    attribution_set,
    investors_set,
    plan_set,
    project_archive,
    project_move,
    project_open,
    project_update,
)
from tests.support.clients import user_with
from tests.support.factories import TESTS
from tests.support.factories_leads import InvestorFactory, yuan
from tests.support.factories_projects import all_of, credited, industry, signed_project
from tests.support.pipeline import paper

D = Decimal
AUGUST = date(2026, 8, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


@pytest.fixture
def project(tree):
    return signed_project(tree.town, registered_capital=D(30_000_000))


def lines(project, *kinds, role=Role.ASSESSED):
    found = standing_of(("project", project.pk), kinds=[str(k) for k in kinds] or None)
    return [x for x in found if x.role == role]


def count():
    return Posting._base_manager.count()


# ---------------------------------------------------------------- facts


def test_another_industry_takes_the_lines_back_and_writes_them_anew_in_an_open_month(project):
    Period.objects.filter(code=202606).update(state="closed")
    before = count()
    changed = project_update(
        actor=TESTS, pk=project.pk, version=project.version, industry=industry("5131", "tertiary")
    )
    assert (changed.sector, changed.version) == ("tertiary", project.version + 1)
    assert {x.facet.sector for x in lines(project)} == {"tertiary"}
    assert {(x.occurred_on, x.posted_in_id, x.cause) for x in lines(project)} == {
        (date(2026, 6, 10), 202607, "correction")
    }
    assert count() == before * 3  # each line, its mirror, and the new one


def test_a_change_that_doesnt_count_writes_no_line(project):
    before = count()
    project = project_update(actor=TESTS, pk=project.pk, version=project.version, note="电话", land_mu=D(30))
    assert count() == before
    project_update(actor=TESTS, pk=project.pk, version=project.version, note="电话")
    assert count() == before


def test_the_registered_capital_is_corrected_alone_or_entered_later(tree):
    project = signed_project(tree.town)
    assert not lines(project, Kind.REGISTERED_CAPITAL)
    project = project_update(actor=TESTS, pk=project.pk, version=None, registered_capital=D(20_000_000))
    assert [x.base_qty for x in lines(project, Kind.REGISTERED_CAPITAL)] == [20_000_000]
    project_update(actor=TESTS, pk=project.pk, version=None, registered_capital=D(25_000_000))
    assert [x.base_qty for x in lines(project, Kind.REGISTERED_CAPITAL)] == [25_000_000]
    assert [x.base_qty for x in lines(project, Kind.CONTRACT)] == [120_000_000]


def test_a_corrected_host_has_the_landing_place_from_the_signing_on(tree, project):
    project_update(actor=TESTS, pk=project.pk, version=None, host=tree.park)
    assert {x.unit_id for x in lines(project, role=Role.PLACE)} == {tree.park.pk}
    assert {x.unit_id for x in lines(project)} == {tree.town.pk}
    assert {x.facet.park for x in lines(project)} == {tree.park}


def test_the_due_day_of_a_stage_follows_the_plan(tree):
    """Standing at "permitted", the next stage is the start: its planned day is the last one here."""
    yuan()
    project = project_open(
        actor=TESTS, unit=tree.town, name="示例续建", investor=InvestorFactory(unit=tree.town), industry=industry(),
        agreement_number="示例旧约", signed_on=date(2026, 6, 1), amount=D(1), stage="permitted",
        stage_on=date(2026, 7, 1), start_due=date(2026, 12, 1),
    )  # fmt: skip
    assert project.due_on == date(2026, 12, 1)
    project = project_update(actor=TESTS, pk=project.pk, version=None, start_due=date(2026, 12, 20))
    assert project.due_on == date(2026, 12, 20)


def given_papers(project):
    paper(project.lead, "agreement", "licence")
    return project


def test_moving_on_counts_and_the_credit_code_is_checked(project):
    given_papers(project)
    move = {"actor": TESTS, "pk": project.pk, "version": None, "target": "registered", "on": date(2026, 7, 1)}
    with pytest.raises(ValidationError, match="18 characters"):
        project_move(**move, values={"registered_name": "示例新设公司", "registered_code": "91"})
    assert not lines(project, Kind.REGISTERED)
    # 91350100M000100Y43: the worked example of GB 32100-2015
    project_move(**move, values={"registered_name": "示例新设公司", "registered_code": "91350100M000100Y43"})
    (line,) = lines(project, Kind.REGISTERED)
    assert (line.base_qty, line.occurred_on, line.source_type) == (1, date(2026, 7, 1), "move")


def test_what_may_not_be_changed(project):
    for name in ("unit", "contract_amount", "signed_on", "currency", "lead", "stage"):
        with pytest.raises(TypeError, match=name):
            project_update(actor=TESTS, pk=project.pk, version=None, **{name: None})


def test_an_archived_project_counts_no_longer_and_takes_nothing_more(tree, project):
    project_archive(actor=TESTS, pk=project.pk, version=None, reason="重复录入")
    assert standing_of(("project", project.pk)) == []
    assert sum(x.base_qty for x in Posting._base_manager.all()) == 0
    for change in (
        lambda: project_update(actor=TESTS, pk=project.pk, version=None, note="x"),
        lambda: plan_set(actor=TESTS, project=project.pk, version=None, plan={}),
        lambda: attribution_set(
            actor=TESTS,
            project=project.pk,
            role=Role.ASSESSED,
            valid_from=AUGUST,
            shares=all_of(tree.park),
            reason="x",
        ),
    ):
        with pytest.raises(Archived):
            change()


# ---------------------------------------------------------------- who may


def test_who_may_change_and_who_may_share(tree):
    project = signed_project(tree.town, shares={Role.PLACE: all_of(tree.park)}, host=tree.park)
    hosting, officer = user_with(Job.UNIT_HEAD, tree.park), user_with(Job.OFFICER, tree.town)
    project_update(actor=hosting, pk=project.pk, version=project.version, note="场地平整")
    share = {"role": Role.ASSESSED, "valid_from": AUGUST, "shares": all_of(tree.park), "reason": "划转"}
    for actor, error in (
        (hosting, Denied),
        (officer, Denied),
        (user_with(Job.UNIT_HEAD, tree.other_town), NotVisible),
    ):
        with pytest.raises(error):
            attribution_set(actor=actor, project=project.pk, **share)
    assert {x.unit_id for x in lines(project)} == {tree.town.pk}
    attribution_set(actor=user_with(Job.UNIT_HEAD, tree.town), project=project.pk, **share)
    assert Project._base_manager.get(pk=project.pk).version == project.version + 2


def test_who_works_on_the_project_works_in_its_dossier(tree):
    from common.access import Action

    project = signed_project(tree.town, host=tree.park)
    assert dossier.may(user_with(Job.OFFICER, tree.park), Action.CHANGE, project.lead)
    assert not dossier.may(user_with(Job.OFFICER, tree.other_town), Action.VIEW, project.lead)


WRONG = {
    "before the signing": ({"valid_from": date(2026, 6, 9)}, "signed on"),
    "no reason": ({"reason": " "}, "Say why"),
    "not one": ({"shares": [("town", "0.5")]}, "add up to 100"),
    "too fine": ({"shares": [("town", "0.333333333"), ("park", "0.666666667")]}, "8 decimals"),
    "twice": ({"shares": [("town", "0.5"), ("town", "0.5")]}, "twice"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_shares_change_nothing(tree, project, case):
    values, words = WRONG[case]
    if "shares" in values:
        values = {"shares": [Share(getattr(tree, name).pk, D(share)) for name, share in values["shares"]]}
    given = {
        "role": Role.ASSESSED,
        "valid_from": AUGUST,
        "shares": all_of(tree.park),
        "reason": "划转",
        **values,
    }
    before = count()
    with pytest.raises(Refused, match=words):
        attribution_set(actor=TESTS, project=project.pk, **given)
    assert (count(), project.attributions.count()) == (before, 4)


def test_a_stale_form_is_told(project):
    old = project.version
    project_update(actor=TESTS, pk=project.pk, version=old, note="甲")
    for change in (
        lambda: project_update(actor=TESTS, pk=project.pk, version=old, note="乙"),
        lambda: agreement_add(
            actor=TESTS, project=project.pk, version=old, number="补1", signed_on=AUGUST, amount=D(1)
        ),
        lambda: plan_set(actor=TESTS, project=project.pk, version=old, plan={}),
    ):
        with pytest.raises(Stale):
            change()


# ---------------------------------------------------------------- agreements, investors, plan


def test_a_supplement_may_take_away_but_not_below_zero(tree):
    project = signed_project(tree.town, shares=credited((tree.town, "0.6"), (tree.park, "0.4")))
    add = {"actor": TESTS, "project": project.pk, "version": None, "signed_on": AUGUST}
    agreement_add(**add, number="补1", amount=D(-20_000_000))
    assert {x.unit_id: x.base_qty for x in lines(project, Kind.CONTRACT) if x.base_qty < 0} == {
        tree.town.pk: -12_000_000,
        tree.park.pk: -8_000_000,
    }
    before = count()
    with pytest.raises(Refused, match="below zero"):
        agreement_add(**add, number="补2", amount=D(-100_000_001))
    with pytest.raises(ValidationError, match="already entered"):
        agreement_add(**add, number="补1", amount=D(1))
    for day in (date(2026, 6, 9), date(2026, 11, 2)):
        with pytest.raises(Refused, match="dated between"):
            agreement_add(**{**add, "signed_on": day}, number="补3", amount=D(1))
    assert (count(), Project._base_manager.get(pk=project.pk).contract_amount) == (before, 100_000_000)


def test_a_file_of_another_dossier_is_refused(tree, project):
    other = signed_project(tree.town)
    paper(other.lead, "agreement")
    file = Attachment._base_manager.get(lead=other.lead)
    with pytest.raises(Refused, match="of this project"):
        agreement_add(
            actor=TESTS,
            project=project.pk,
            version=None,
            number="补1",
            signed_on=AUGUST,
            amount=D(1),
            file=file,
        )


def test_investors_change_and_the_zone_of_the_largest_counts(tree, project):
    own, abroad = project.lead.investor, InvestorFactory(unit=tree.town, zone="abroad")
    project = investors_set(
        actor=TESTS, project=project.pk, version=project.version, investors=[(abroad, D(60)), (own, D(40))]
    )
    assert [(x.investor_id, x.percent) for x in project.investors.all()] == [(abroad.pk, 60), (own.pk, 40)]
    assert {x.facet.zone for x in lines(project)} == {"abroad"}
    investors_set(actor=TESTS, project=project.pk, version=None, investors=[(abroad, D(100))])
    assert project.investors.get().investor == abroad
    with pytest.raises(Refused, match="60 %"):
        investors_set(actor=TESTS, project=project.pk, version=None, investors=[(own, D(60))])
    assert project.investors.get().investor == abroad


def test_the_plan_is_replaced(project):
    june, july, august = (date(2026, month, 1) for month in (6, 7, 8))
    plan_set(actor=TESTS, project=project.pk, version=None, plan={june: D(10), july: D(20)})
    plan_set(actor=TESTS, project=project.pk, version=None, plan={july: D(25), august: D(5), june: D(0)})
    assert list(project.plan.values_list("month", "amount")) == [(july, 25), (august, 5)]
    with pytest.raises(ValidationError):
        plan_set(actor=TESTS, project=project.pk, version=None, plan={july: D(-1)})
    assert list(project.plan.values_list("month", "amount")) == [(july, 25), (august, 5)]


def test_steps_are_planned_one_after_the_other(project):
    spring, autumn = date(2027, 3, 1), date(2027, 9, 1)
    changed = project_update(
        actor=TESTS, pk=project.pk, version=project.version, start_due=spring, completion_due=autumn
    )
    assert (changed.start_due, changed.completion_due) == (spring, autumn)
    with pytest.raises(ValidationError) as refused:
        project_update(actor=TESTS, pk=project.pk, version=changed.version, capacity_due=spring)
    assert set(refused.value.message_dict) == {"capacity_due"}
    # Old rows may hold days in another order: an edit that doesn't touch them is not stopped by it.
    Project._base_manager.filter(pk=project.pk).update(start_due=date(2028, 1, 1))
    project_update(actor=TESTS, pk=project.pk, version=changed.version, note="电话")
