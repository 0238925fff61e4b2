"""A lead becomes a project without anything typed twice (DOMAIN §2)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from common.errors import Denied, NotVisible, Refused, Stale
from leads.models import Lead, LeadMove
from leads.stages import MissingFacts
from ledger.choices import Kind, Role
from ledger.models import Posting
from ledger.selectors import Cut, sums
from ledger.services import standing_of
from organizations.choices import Role as Job
from projects import services
from projects.models import Agreement, AttributionVersion, Project, ProjectInvestor
from projects.services import Share, project_open, project_sign
from reference.selectors import RateMissing
from tests.support.clients import user_with
from tests.support.factories import TESTS, UserFactory
from tests.support.factories_leads import IntroducerFactory, InvestorFactory, OfferFactory, yuan
from tests.support.factories_projects import (
    credited,
    dollars,
    industry,
    ready_lead,
    signed_project,
    terms,
)

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def books(project, **values):
    return {
        (x.kind, x.role, x.unit_id, x.holder): x.base_qty
        for x in standing_of(("project", project.pk), **values)
    }


def nothing_written():
    return not Project._base_manager.exists() and not Posting._base_manager.exists()


def test_everything_the_lead_knows_is_taken_over(tree):
    offer = OfferFactory(unit=tree.town)
    lead = ready_lead(
        tree.town, host=tree.park, land_mu=D(35), introducer=IntroducerFactory(unit=tree.town),
        tip_from=tree.bureau, offer=offer, code_name="代号甲", confidential_until=date(2027, 1, 1),
    )  # fmt: skip
    leader = UserFactory(unit=tree.county)
    project = signed_project(tree.town, lead=lead, leader=leader, registered_capital=D(30_000_000))
    assert (project.name, project.pinyin[:6]) == (lead.name, "shilid")
    assert project.grams
    assert (project.unit, project.host, project.industry.code) == (tree.town, tree.park, "3981")
    assert (project.land_mu, project.sector, project.code_name) == (D(35), "secondary", "代号甲")
    assert (project.stage.code, project.stage_on, project.contract_amount) == (
        "signed",
        date(2026, 6, 10),
        120_000_000,
    )
    assert [(x.investor, x.percent) for x in project.investors.all()] == [(lead.investor, 100)]
    assert [(x.kind, x.number, x.amount) for x in project.agreements.all()] == [
        ("main", "示例协议1", 120_000_000)
    ]
    lead, offer = Lead._base_manager.get(pk=lead.pk), type(offer)._base_manager.get(pk=offer.pk)
    assert (lead.stage.code, lead.custody, offer.state) == ("signed", "closed", "taken")
    assert LeadMove.objects.filter(lead=lead).latest("id").on == date(2026, 6, 10)

    town, officer = tree.town.pk, f"officer:{lead.officer_id}"
    holders = {
        (Role.PLACE, tree.park.pk, ""),
        (Role.ASSESSED, town, ""),
        (Role.DEPARTMENT, tree.bureau.pk, ""),
        (Role.OFFICER, town, officer),
        (Role.LEADER, town, f"user:{leader.pk}"),
        (Role.REFERRER, town, f"introducer:{lead.introducer_id}"),
    }
    amounts = {Kind.SIGNED: 1, Kind.CONTRACT: 120_000_000, Kind.REGISTERED_CAPITAL: 30_000_000}
    assert books(project) == {
        (str(kind), str(role), unit, who): amount
        for kind, amount in amounts.items()
        for role, unit, who in holders
    }
    line = standing_of(("project", project.pk))[0]
    assert (line.occurred_on, line.facet.sector, line.facet.industry, line.facet.source, line.facet.zone) == (
        date(2026, 6, 10), "secondary", "3981", "approach", "outside_province",
    )  # fmt: skip
    assert (line.facet.mode, line.facet.park) == ("new", tree.park)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # shares add up in the database too


def test_all_that_is_agreed_comes_along(tree):
    other = InvestorFactory(unit=tree.town)
    lead = ready_lead(tree.town)
    project = signed_project(
        tree.town,
        lead=lead,
        investors=[(lead.investor, D("66.5")), (other, D("33.5"))],
        plan={date(2026, 7, 15): D(20_000_000), date(2026, 8, 1): D(100_000_000), date(2026, 9, 1): D(0)},
        shares=credited((tree.town, "0.6"), (tree.park, "0.4")),
        commitments=[{"text": "协助办理", "incentive": False}],
        obligations=[{"kind": "tax_mu", "target": D(300_000), "due_on": date(2028, 12, 31)}],
        parcels=[{"number": "示例地块1", "area_mu": D(35)}],
        start_due=date(2026, 12, 1),
    )
    assert [(x.month, x.amount) for x in project.plan.all()] == [
        (date(2026, 7, 1), 20_000_000),
        (date(2026, 8, 1), 100_000_000),
    ]
    assert [x.percent for x in project.investors.all()] == [D("66.5"), D("33.5")]
    assert [len(project.commitments.all()), len(project.obligations.all()), len(project.parcels.all())] == [
        1,
        1,
        1,
    ]
    assert sums(Cut((Kind.CONTRACT,), Role.ASSESSED), actor=TESTS) == {
        (tree.town.pk, Kind.CONTRACT): D(72_000_000),
        (tree.park.pk, Kind.CONTRACT): D(48_000_000),
    }
    assert Project.objects.visible_to(user_with(Job.UNIT_HEAD, tree.park)).get() == project


def test_foreign_money_needs_the_rate_of_the_day(tree):
    abroad = InvestorFactory(unit=tree.town, zone="abroad")  # no credit code: it can't have one
    lead = ready_lead(tree.town, investor=abroad)
    currency = dollars("7.1", on=date(2026, 5, 1))  # 40 days before: too old
    deal = terms(amount=D("10000000.01"), currency=currency)
    with pytest.raises(RateMissing, match="no exchange rate of USD for 2026-06-10. Enter it"):
        project_sign(actor=TESTS, lead_pk=lead.pk, version=lead.version, **deal)
    assert nothing_written()
    assert Lead._base_manager.get(pk=lead.pk).stage.code == "ready"
    dollars("7.2", on=date(2026, 6, 9))
    project = project_sign(actor=TESTS, lead_pk=lead.pk, version=lead.version, **deal)
    (line,) = [
        x for x in standing_of(("project", project.pk), kinds=[Kind.CONTRACT]) if x.role == Role.ASSESSED
    ]
    # 10,000,000.01 × 7.2 = 72,000,000.072
    assert (line.qty, line.rate, line.base_qty) == (D("10000000.01"), D("7.2"), D("72000000.07"))


REFUSED = {
    "parts of investors": ({"investors": [("self", D(99))]}, Refused, "99 %, they must make 100"),
    "shares": ({"shares": {Role.ASSESSED: [("town", "0.6"), ("park", "0.3")]}}, Refused, "add up to 100"),
    "an officer without a name": ({"shares": {Role.OFFICER: [("town", "1")]}}, Refused, "say who"),
    "signed tomorrow": ({"signed_on": date(2026, 11, 2)}, Refused, "future"),
    "a promise of money without its basis": (
        {"commitments": [{"text": "奖励", "incentive": True}]}, Exception, "legal basis",
    ),
    "a month twice": ({"plan": {date(2026, 7, 1): D(1), date(2026, 7, 2): D(1)}}, Exception, "planned twice"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_signing_leaves_the_lead_as_it_was(tree, case):
    values, error, words = REFUSED[case]
    lead = ready_lead(tree.town)
    if "investors" in values:
        values = {"investors": [(lead.investor, percent) for _self, percent in values["investors"]]}
    if "shares" in values:
        values = {
            "shares": {
                role: [Share(getattr(tree, name).pk, D(share)) for name, share in some]
                for role, some in values["shares"].items()
            }
        }
    with pytest.raises(error, match=words):
        project_sign(actor=TESTS, lead_pk=lead.pk, version=lead.version, **terms(**values))
    assert nothing_written()
    assert Lead._base_manager.get(pk=lead.pk).stage.code == "ready"


def test_a_lead_that_lacks_a_fact_is_not_signed_and_the_list_says_what(tree):
    lead = ready_lead(tree.town, investor=InvestorFactory(unit=tree.town))
    with pytest.raises(MissingFacts, match="credit code"):
        project_sign(actor=TESTS, lead_pk=lead.pk, version=lead.version, **terms())
    assert nothing_written()


def test_terms_supply_what_the_lead_lacks(tree):
    lead = ready_lead(tree.town, host=None, amount=None, industry=None, sector="")
    project = signed_project(tree.town, lead=lead, host=tree.park, industry=industry("3990"))
    lead = Lead._base_manager.get(pk=lead.pk)
    assert (lead.host, lead.amount, lead.industry.code) == (tree.park, 120_000_000, "3990")
    assert project.industry.code == "3990"


def test_who_may_sign(tree):
    lead = ready_lead(tree.town)
    deal = terms()
    for actor, error in (
        (user_with(Job.LEADER, tree.county), Denied),
        (user_with(Job.OFFICER, tree.town), Denied),  # a colleague's lead
        (user_with(Job.UNIT_HEAD, tree.other_town), NotVisible),
    ):
        with pytest.raises(error):
            project_sign(actor=actor, lead_pk=lead.pk, version=lead.version, **deal)
    assert nothing_written()
    own = user_with(Job.OFFICER, tree.town)
    type(lead.officer)._base_manager.filter(pk=lead.officer_id).update(user_id=own.pk)
    project = project_sign(actor=own, lead_pk=lead.pk, version=lead.version, **deal)
    assert Posting._base_manager.filter(subject_id=project.pk).first().actor_name == own.actor_name


def test_an_old_form_cant_sign_and_a_signed_lead_not_again(tree):
    lead = ready_lead(tree.town)
    with pytest.raises(Stale):
        project_sign(actor=TESTS, lead_pk=lead.pk, version=lead.version + 1, **terms())
    signed_project(tree.town, lead=lead)
    with pytest.raises(Refused, match="become a project"):
        project_sign(actor=TESTS, lead_pk=lead.pk, version=None, **terms())
    assert Project._base_manager.count() == 1


# ---------------------------------------------------------------- taken over while running


def running(tree, **values):
    given = {
        "unit": tree.town, "name": "示例在建项目", "investor": InvestorFactory(unit=tree.town), "industry": industry(),
        "agreement_number": "示例协议9", "signed_on": date(2024, 3, 1), "amount": D(50_000_000), "stage": "started",
        "stage_on": date(2025, 2, 1), "reached": {"registered": date(2024, 6, 1)},
    }  # fmt: skip
    return project_open(actor=TESTS, **{**given, **values})


def test_a_running_project_is_taken_over_as_an_opening_balance(tree):
    yuan()
    project = running(tree)
    assert (project.is_opening, project.stage.code, project.lead.stage.code) == (True, "started", "signed")
    assert project.lead.custody == "closed"
    lines = [x for x in standing_of(("project", project.pk)) if x.role == Role.ASSESSED]
    assert {x.cause for x in lines} == {"opening"}
    assert {(x.kind, x.occurred_on) for x in lines} == {
        (Kind.SIGNED, date(2024, 3, 1)),
        (Kind.CONTRACT, date(2024, 3, 1)),
        (Kind.REGISTERED, date(2024, 6, 1)),
        (Kind.PERMITTED, date(2025, 2, 1)),  # at the latest by then
        (Kind.STARTED, date(2025, 2, 1)),
    }
    assert not Posting._base_manager.filter(subject_type="lead").exists()


def test_what_was_taken_over_stays_marked_when_it_is_written_anew(tree):
    yuan()
    project = running(tree)
    services.attribution_set(
        actor=TESTS, project=project.pk, role=Role.ASSESSED, valid_from=project.signed_on,
        shares=[Share(tree.park.pk, D(1))], reason="划转",
    )  # fmt: skip
    lines = standing_of(("project", project.pk))
    assert {(x.unit_id, x.cause) for x in lines if x.role == Role.ASSESSED} == {(tree.park.pk, "opening")}


def test_days_of_stages_that_contradict_each_other_are_refused(tree):
    yuan()
    with pytest.raises(Refused, match="doesn't fit"):
        running(tree, reached={"registered": date(2025, 3, 1)})
    assert nothing_written()


def test_the_people_of_a_project_read_its_books_by_number(tree):
    from ledger.subjects import named

    project = signed_project(tree.town)
    assert str(named([("project", project.pk)])["project", project.pk]) == f"project {project.number}"


def test_who_gave_the_lead_and_kept_the_credit_is_assessed(tree):
    """谁办谁有 (DOMAIN §2): the park holds and hosts it, the town that found it keeps the credit."""
    lead = ready_lead(tree.park, credit_unit=tree.town)
    shares = {role: some[0].unit for role, some in services.default_shares(lead, tree.park).items()}
    assert (shares[Role.ASSESSED], shares[Role.PLACE]) == (tree.town.pk, tree.park.pk)


def test_nothing_is_left_out(tree):
    """Tables that hang on a project are written by the service that says so."""
    signed_project(tree.town)
    assert (
        Agreement.objects.count(),
        ProjectInvestor.objects.count(),
        AttributionVersion.objects.count(),
    ) == (1, 1, 4)
    assert services.default_shares(Lead._base_manager.get(), tree.park)[Role.PLACE] == [
        Share(tree.park.pk, D(1))
    ]
