"""The admission gate on real leads: proposed values, results, outcome, the committee's override."""

from decimal import Decimal

import pytest

from common.errors import Denied, NotVisible, Refused, Stale
from leads import facts
from leads.models import Gate, GateCheck, ScreeningCheck
from leads.screening import checks_of, gate_for
from leads.services.screenings import Found, screening_begin, screening_override, screening_record
from organizations.choices import Role
from tests.support.clients import user_with
from tests.support.factories_leads import LeadFactory

pytestmark = pytest.mark.django_db

# On 40 mu: tax 1,200 / 40 = 30, output 20,000 / 40 = 500 (10,000 yuan): each exactly on Huzhou's limit.
GOOD = {
    "tax_per_mu": Found(Decimal(30)),
    "investment_per_mu": Found(Decimal(400)),
    "output_per_mu": Found(Decimal(500)),
    "plot_ratio": Found(Decimal("1.5")),
    "industry_fit": Found(answer=True),
    "environment": Found(answer=True),
    "forbidden": Found(answer=False),
}


@pytest.fixture
def lead(tree, pipeline):
    return LeadFactory(unit=tree.town, amount=Decimal(160_000_000), land_mu=Decimal(40))


@pytest.fixture
def officer(tree):
    return user_with(Role.OFFICER, tree.town)


def record(actor, row, **findings):
    return screening_record(actor=actor, pk=row.pk, version=None, findings=findings)


def check(row, code):
    return ScreeningCheck.objects.get(screening=row, check_def__code=code)


def admitted(lead):
    return "admitted" in facts.read("lead", type(lead), [lead.pk])[lead.pk]


def test_the_leads_figures_are_proposed_and_wait_to_be_checked(tree, lead, officer):
    """16,000 (10,000 yuan) / 40 mu = 400."""
    row = screening_begin(actor=officer, lead=lead.pk)
    found = check(row, "investment_per_mu")
    assert (found.value, found.limit, found.result, found.checked_by) == (
        Decimal(400),
        Decimal(400),
        "open",
        "",
    )
    assert [one.value for one in checks_of(row) if one.check_def.code != "investment_per_mu"] == [None] * 6
    with pytest.raises(Refused):
        screening_begin(actor=officer, lead=lead.pk)
    near = LeadFactory(unit=tree.town, amount=Decimal("159999999.99"), land_mu=Decimal(40))
    row = screening_begin(actor=officer, lead=near.pk)  # 399.999999975: rounded it would be 400.0000 and pass
    assert check(row, "investment_per_mu").value == Decimal("399.9999")


def test_every_check_on_its_limit_passes(lead, officer):
    row = screening_begin(actor=officer, lead=lead.pk)
    part = dict(GOOD)
    part.pop("forbidden")
    row = record(officer, row, **part)
    assert (row.outcome, admitted(lead)) == ("open", False), "a blank is not “none of the forbidden”"
    row = record(officer, row, forbidden=GOOD["forbidden"])
    assert (row.outcome, admitted(lead)) == ("passed", True)
    assert check(row, "forbidden").checked_by == officer.actor_name


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("tax_per_mu", Found(Decimal("29.9999"))),
        ("plot_ratio", Found(Decimal("1.4"))),
        ("industry_fit", Found(answer=False)),
        ("forbidden", Found(answer=True, remark="小电镀")),
    ],
)
def test_one_failed_check_turns_it_away_and_only_the_committee_admits_it(tree, lead, officer, code, found):
    row = record(officer, screening_begin(actor=officer, lead=lead.pk), **{**GOOD, code: found})
    assert (row.outcome, check(row, code).result, admitted(lead)) == ("failed", "failed", False)
    committee = user_with(Role.COMMITTEE, tree.county)
    with pytest.raises(Denied):
        screening_override(actor=officer, pk=row.pk, version=row.version, reason="好项目")
    with pytest.raises(Refused):
        screening_override(actor=committee, pk=row.pk, version=row.version, reason=" ")
    with pytest.raises(Stale):
        screening_override(actor=committee, pk=row.pk, version=0, reason="补链项目")
    with pytest.raises(Denied):
        record(committee, row, **GOOD)
    assert not admitted(lead)
    row = screening_override(actor=committee, pk=row.pk, version=row.version, reason="补链项目")
    assert (row.outcome, row.admitted, row.overridden_by) == ("failed", True, committee.actor_name)
    assert admitted(lead)


def test_limits_are_those_of_the_day_it_began(lead, officer):
    row = screening_begin(actor=officer, lead=lead.pk)
    GateCheck._base_manager.filter(code="tax_per_mu").update(limit=50)
    assert record(officer, row, **GOOD).outcome == "passed"
    row = screening_begin(actor=officer, lead=lead.pk, again=True)
    assert record(officer, row, **GOOD).outcome == "failed"


def test_only_what_differs_gets_a_new_checker(tree, lead, officer):
    row = record(officer, screening_begin(actor=officer, lead=lead.pk), **GOOD)
    other = user_with(Role.OFFICER, tree.town)
    row = record(other, row, **{**GOOD, "plot_ratio": Found(Decimal(2))})
    names = {one.check_def.code: one.checked_by for one in checks_of(row)}
    assert {code for code, name in names.items() if name == other.actor_name} == {"plot_ratio"}
    row = record(other, row, plot_ratio=Found())
    assert (row.outcome, check(row, "plot_ratio").checked_by) == ("open", "")
    with pytest.raises(Refused):
        record(other, row, unheard_of=Found(Decimal(1)))
    with pytest.raises(NotVisible):
        record(user_with(Role.OFFICER, tree.other_town), row, **GOOD)


def test_the_nearest_unit_has_its_own_gate(tree, lead):
    assert gate_for(lead).code == "huzhou_345"
    county = Gate._base_manager.create(code="county", name="县", unit=tree.county, valid_from="2026-01-01")
    assert gate_for(lead) == county
    lead.host = tree.park
    assert gate_for(lead).code == "huzhou_345"
