"""The rules of protection and the admission gate that a new installation begins with."""

from datetime import date
from decimal import Decimal

import pytest

from leads import shipping
from leads.models import Gate, GateCheck, ProtectionTerms
from leads.terms import NoTerms, rules_of, terms_on
from tests.support.factories import TESTS

pytestmark = pytest.mark.django_db


def test_huzhous_gate_is_shipped(pipeline):
    """DOMAIN 2: tax per mu 30 (10k yuan), investment per mu 400, output per mu 500, plot ratio 1.5."""
    numbers = {
        check.code: (check.comparison, check.limit, check.measured_in)
        for check in GateCheck._base_manager.filter(gate__code="huzhou_345", limit__isnull=False)
    }
    assert numbers == {
        "tax_per_mu": ("ge", Decimal(30), "wan_per_mu"),
        "investment_per_mu": ("ge", Decimal(400), "wan_per_mu"),
        "output_per_mu": ("ge", Decimal(500), "wan_per_mu"),
        "plot_ratio": ("ge", Decimal("1.5"), "ratio"),
    }
    questions = GateCheck._base_manager.filter(limit=None).values_list("code", "comparison")
    assert dict(questions) == {"industry_fit": "yes", "environment": "yes", "forbidden": "no"}
    for row in (
        *Gate._base_manager.all(),
        *GateCheck._base_manager.all(),
        *ProtectionTerms._base_manager.all(),
    ):
        row.full_clean()


def test_what_the_bureau_changed_stays(pipeline):
    GateCheck._base_manager.filter(code="tax_per_mu").update(limit=25)
    GateCheck._base_manager.filter(code="plot_ratio").delete()
    ProtectionTerms._base_manager.update(first_days=30)
    done = shipping.load(actor=TESTS, only=["protection", "gates"])
    assert [(one.name, one.created, one.kept) for one in done] == [("protection", 0, 1), ("gates", 0, 1)]
    assert GateCheck._base_manager.get(code="tax_per_mu").limit == 25
    assert not GateCheck._base_manager.filter(code="plot_ratio").exists()
    assert ProtectionTerms._base_manager.get().first_days == 30


def test_the_rules_of_a_day_are_the_latest_that_began(pipeline):
    ours = ProtectionTerms._base_manager.get()
    assert terms_on(date(2026, 11, 22)) == ours
    assert rules_of(ours).real_kinds == {"visit", "reception", "meeting"}
    new = ProtectionTerms._base_manager.create(
        valid_from=date(2026, 7, 1),
        first_days=15,
        prolong_days=10,
        remind_before=[3],
        real_kinds=["visit"],
        claim_limit=2,
        rest_days=5,
        collision_days=30,
        hearing_days=10,
    )
    assert terms_on(date(2026, 6, 30)) == ours
    assert terms_on(date(2026, 7, 1)) == new
    with pytest.raises(NoTerms):
        terms_on(date(2019, 12, 31))
    new.archived_at = "2026-07-02T00:00:00Z"
    new.save()
    assert terms_on(date(2026, 7, 1)) == ours
