from datetime import UTC, datetime

import pytest

from capital import shipped_rules
from common import clock
from leads import shipping
from organizations.choices import Role
from tests.support.clients import user_with
from tests.support.factories_projects import signed_project


@pytest.fixture
def november():
    """It is 20 November 2026, noon in the bureau."""
    with clock.at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def project(tree):
    return signed_project(tree.town)


@pytest.fixture
def checker(tree):
    """First check."""
    return user_with(Role.EVALUATOR, tree.city)


@pytest.fixture
def head(tree):
    """Last word."""
    return user_with(Role.COMMITTEE, tree.city)


@pytest.fixture
def october():
    """Noon of 20 October 2026."""
    with clock.at(datetime(2026, 10, 20, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def bureau(tree):
    return user_with(Role.BUREAU_STAFF, tree.county)


@pytest.fixture
def jury(tree):
    return user_with(Role.COMMITTEE, tree.county)


@pytest.fixture
def staff(tree):
    """The city's bureau."""
    return user_with(Role.BUREAU_STAFF, tree.city)


@pytest.fixture
def rulebook():
    """The counting rules and signal thresholds that are shipped."""
    shipped_rules.load_rules(shipping.document(shipped_rules.FOLDER / "counting.yaml"))
    shipped_rules.load_terms(shipping.document(shipped_rules.FOLDER / "signals.yaml"))
