"""Figures of a project: per mu, plan, obligations (DOMAIN §2, §4, §6)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from common.errors import Refused, Stale
from projects.models import HalfYear, Obligation
from projects.selectors import Proposal, due, per_mu, plan_of, proposal
from projects.services import (
    commitment_add,
    commitment_keep,
    commitment_update,
    half_year_set,
    obligation_add,
    obligation_check,
    obligation_update,
    parcel_add,
    parcel_update,
    plan_set,
    project_move,
)
from tests.support.factories import TESTS
from tests.support.factories_projects import signed_project
from tests.support.pipeline import ask

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


@pytest.fixture
def project(tree):
    return signed_project(tree.town, fixed_assets=D(160_000_000))


def half(project, year, number, tax, output, refunded=0, **values):
    return half_year_set(
        actor=TESTS, project=project.pk, year=year, half=number, tax_paid=D(tax), output=D(output),
        tax_refunded=D(refunded), **values,
    )  # fmt: skip


def figures(project, year=2025):
    return {
        key: getattr(cell.fact, "amount", None) or cell.fact.reason
        for key, cell in per_mu(project, year).items()
    }


# ---------------------------------------------------------------- per mu


def test_per_mu_of_a_year(project):
    """40 mu in two parcels. Tax 700 + 600 − 100 = 1,200 (万元): 30.00 a mu; output 20,000: 500; investment
    16,000: 400. These are the limits of Huzhou's "345" (DOMAIN §2)."""
    parcel_add(actor=TESTS, project=project.pk, number="示例1", area_mu=D("25.5"))
    parcel_add(actor=TESTS, project=project.pk, number="示例2", area_mu=D("14.5"))
    half(project, 2025, "1", 7_000_000, 90_000_000)
    half(project, 2025, "2", 6_000_000, 110_000_000, refunded=1_000_000)
    assert figures(project) == {
        "tax_per_mu": D("30.00"),
        "output_per_mu": D("500.00"),
        "investment_per_mu": D("400.00"),
    }


def test_half_a_year_is_no_year_and_no_land_is_no_figure(project):
    half(project, 2025, "1", 7_000_000, 90_000_000)
    assert figures(project)["investment_per_mu"] == "no_land"
    parcel = parcel_add(actor=TESTS, project=project.pk, number="示例1", area_mu=D(40))
    assert figures(project) == {
        "tax_per_mu": "not_reported",
        "output_per_mu": "not_reported",
        "investment_per_mu": D("400.00"),
    }
    parcel_update(actor=TESTS, pk=parcel.pk, version=1, area_mu=D(80))
    assert figures(project)["investment_per_mu"] == D("200.00")
    with pytest.raises(Stale):
        parcel_update(actor=TESTS, pk=parcel.pk, version=1, area_mu=D(90))


def test_a_half_year_is_corrected_and_never_to_come(project):
    half(project, 2025, "1", 7_000_000, 1)
    half(project, 2025, "1", 8_000_000, 1, version=1)
    assert HalfYear.objects.get().tax_paid == 8_000_000
    with pytest.raises(Stale):
        half(project, 2025, "1", 9_000_000, 1, version=1)
    with pytest.raises(Refused, match="still to come"):
        half(project, 2027, "1", 1, 1)
    with pytest.raises(ValidationError, match="More tax was refunded"):
        half(project, 2025, "2", 1, 1, refunded=2)
    assert HalfYear.objects.get().tax_paid == 8_000_000


def test_the_plan_adds_up_month_by_month(project):
    plan = {date(2026, 7, 1): D(20), date(2026, 9, 1): D(30)}
    plan_set(actor=TESTS, project=project.pk, version=None, plan=plan)
    assert [(x.month.month, x.amount, x.so_far) for x in plan_of(project)] == [(7, 20, 20), (9, 30, 50)]


# ---------------------------------------------------------------- what the investor owes


def owed(project, kind, due_on, target=None):
    return obligation_add(actor=TESTS, project=project.pk, kind=kind, due_on=due_on, target=target)


def test_a_start_by_a_day_is_found_in_the_books(project):
    early, late = (owed(project, "start", day) for day in (date(2026, 9, 30), date(2026, 10, 31)))
    today = date(2026, 11, 1)
    assert proposal(late, date(2026, 10, 31)) is None, "the day isn't over"
    assert proposal(late, today) == Proposal("missed")
    for code in ("registered", "permitted", "started"):
        ask("project", code, evidence=[])
        project_move(actor=TESTS, pk=project.pk, version=None, target=code, on=date(2026, 10, 20))
    assert proposal(early, today) == Proposal("missed", on=date(2026, 10, 20))
    assert proposal(late, today) == Proposal("met", on=date(2026, 10, 20))


def test_tax_per_mu_is_compared_unrounded_with_the_last_full_year(project):
    """1,199.9999 万元 on 40 mu are 299,999.975 yuan a mu: printed 300,000 in 万元 it would pass, it doesn't."""
    parcel_add(actor=TESTS, project=project.pk, number="示例1", area_mu=D(40))
    one = owed(project, "tax_mu", date(2026, 6, 30), D(300_000))
    assert proposal(one, date(2026, 11, 1)) is None, "nothing is known of 2025"
    half(project, 2025, "1", 6_000_000, 1)
    half(project, 2025, "2", D("5999999.00"), 1)
    assert proposal(one, date(2026, 11, 1)) == Proposal("missed", D("299999.98"))
    half(project, 2025, "2", 6_000_000, 1, version=1)
    assert proposal(one, date(2026, 11, 1)) == Proposal("met", D("300000.00"))
    at_year_end = owed(project, "tax_mu", date(2025, 12, 31), D(300_000))
    assert proposal(at_year_end, date(2026, 11, 1)).finding == "met"
    assert proposal(owed(project, "jobs", date(2026, 6, 30), D(100)), date(2026, 11, 1)) is None


def test_a_finding_is_a_persons(project):
    one = owed(project, "jobs", date(2026, 6, 30), D(100))
    assert due([one], date(2026, 6, 30)) == [one]
    assert due([one], date(2026, 6, 29)) == []
    check = {"actor": TESTS, "pk": one.pk, "version": None}
    with pytest.raises(Refused, match="Write down why"):
        obligation_check(**check, finding="missed", actual=D(60))
    with pytest.raises(Refused, match="still to come"):
        obligation_check(**check, finding="met", on=date(2026, 11, 2))
    one = obligation_check(**check, finding="missed", actual=D(60), remark="招工不足")
    assert (one.finding, one.actual, one.checked_on, one.checked_by) == (
        "missed",
        60,
        date(2026, 11, 1),
        "tests",
    )
    assert due([one], date(2026, 11, 1)) == []
    with pytest.raises(Refused, match="has a finding"):
        obligation_update(actor=TESTS, pk=one.pk, version=None, target=D(50))
    obligation_check(**check, finding="open", remark="复核")
    again = Obligation.objects.get()
    assert (again.finding, again.actual, again.checked_on, again.remark) == ("open", None, None, "复核")


# ---------------------------------------------------------------- what we promised


def test_a_commitment_is_followed_until_it_is_kept(project):
    with pytest.raises(ValidationError, match="legal basis"):
        commitment_add(actor=TESTS, project=project.pk, text="设备补助")
    one = commitment_add(
        actor=TESTS, project=project.pk, text="设备补助", legal_basis="示例办法第三条", review_number="示例审〔2026〕1号",
        review_on=date(2026, 5, 1), due_on=date(2026, 10, 1),
    )  # fmt: skip
    with pytest.raises(Refused, match="still to come"):
        commitment_keep(actor=TESTS, pk=one.pk, version=1, kept_on=date(2026, 12, 1), outcome="已兑现")
    one = commitment_keep(actor=TESTS, pk=one.pk, version=1, kept_on=date(2026, 9, 1), outcome="已兑现")
    assert (one.kept_on, one.outcome, one.version) == (date(2026, 9, 1), "已兑现", 2)
    for change in (
        lambda: commitment_keep(actor=TESTS, pk=one.pk, version=2, kept_on=date(2026, 9, 2), outcome=""),
        lambda: commitment_update(actor=TESTS, pk=one.pk, version=2, text="别的"),
    ):
        with pytest.raises(Refused, match="was kept"):
            change()
