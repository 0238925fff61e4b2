"""A project that is taken over while it is suspended."""

from datetime import date
from decimal import Decimal

import pytest

from leads import stages
from ledger.models import Posting
from projects import services
from tests.support.factories import TESTS
from tests.support.factories_leads import InvestorFactory, yuan
from tests.support.factories_projects import industry

pytestmark = pytest.mark.django_db


def taken_over(tree, **values):
    yuan()
    given = {
        "actor": TESTS, "unit": tree.town, "name": "示例停滞项目", "investor": InvestorFactory(unit=tree.town),
        "industry": industry(), "agreement_number": "示例协9", "signed_on": date(2025, 3, 3), "amount": Decimal(10_000_000),
        "stage": "suspended", "stage_on": date(2026, 2, 2),
    }  # fmt: skip
    return services.project_open(**given | values)


def kinds():
    return set(Posting._base_manager.filter(role="assessed").values_list("kind", flat=True))


def test_it_stands_in_the_last_stage_known_and_goes_on_from_there(tree, pipeline):
    """Started on 1 September 2025: registered and permitted by then at the latest, as with one that isn't suspended."""
    project = taken_over(tree, reached={"started": date(2025, 9, 1)})
    assert (project.stage.code, project.held_from.code) == ("suspended", "started")
    before = {
        "project.signed", "contract.amount", "project.registered", "project.permitted", "project.started",
    }  # fmt: skip
    assert kinds() == before
    again = services.project_move(
        actor=TESTS, pk=project.pk, version=project.version, target="started", reason_text="资金到位，复工"
    )
    assert (again.stage.code, again.held_from) == ("started", None)
    assert kinds() == before


def test_nothing_known_but_the_signing(tree, pipeline):
    project = taken_over(tree)
    assert (project.stage.code, project.held_from.code) == ("suspended", "signed")
    assert kinds() == {"project.signed", "contract.amount"}


def test_days_that_nobody_knows_are_not_shown(tree, pipeline):
    """In construction since 2 February 2026; when it was registered and permitted nobody said."""
    project = taken_over(tree, stage="started")
    shown = [(one.code, one.state, one.on) for one in stages.stage_steps(project)][:4]
    days = [None, None, None, date(2026, 2, 2)]
    codes = ["signed", "registered", "permitted", "started"]
    assert shown == list(zip(codes, ["done"] * 3 + ["now"], days, strict=True))
