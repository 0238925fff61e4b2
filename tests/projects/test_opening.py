"""A project that is taken over while it is suspended."""

from datetime import date
from decimal import Decimal

import pytest

from ledger.models import Posting
from projects import services
from tests.support.factories import TESTS
from tests.support.factories_leads import InvestorFactory, yuan
from tests.support.factories_projects import industry

pytestmark = pytest.mark.django_db


def test_it_counts_with_the_stages_that_are_known(tree, pipeline):
    yuan()
    project = services.project_open(
        actor=TESTS,
        unit=tree.town,
        name="示例停滞项目",
        investor=InvestorFactory(unit=tree.town),
        industry=industry(),
        agreement_number="示例协9",
        signed_on=date(2025, 3, 3),
        amount=Decimal(10_000_000),
        stage="suspended",
        stage_on=date(2026, 2, 2),
        reached={"started": date(2025, 9, 1)},
    )
    assert project.stage.code == "suspended"
    kinds = set(Posting._base_manager.filter(role="assessed").values_list("kind", flat=True))
    assert kinds == {"project.signed", "contract.amount", "project.started"}
