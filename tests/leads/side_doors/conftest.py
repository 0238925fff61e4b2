import pytest

from common import clock
from organizations.choices import Role
from tests.leads.side_doors.kept import INVESTOR
from tests.support.clients import user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import (
    InvestorFactory,
    LeadFactory,
)
from tests.support.pipeline import ship


@pytest.fixture(autouse=True)
def stages(db):
    ship()


@pytest.fixture
def officer(tree):
    """An officer of the town; 青石县 and its town are other units to him."""
    return user_with(Role.OFFICER, tree.town)


@pytest.fixture
def own(tree, officer):
    """His own lead."""
    return LeadFactory(unit=tree.town, officer=OfficerFactory(unit=tree.town, user=officer), name="自家项目")


@pytest.fixture
def pooled(tree):
    """Another unit's lead in the pool: the idea may be read, not whose it is."""
    return LeadFactory(
        unit=tree.other_town,
        officer=None,
        custody="pool",
        pooled_on=clock.today(),
        name="高性能纤维项目",
        investor=InvestorFactory(unit=tree.other_town, name=INVESTOR),
    )
