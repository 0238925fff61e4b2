import pytest

from common.actors import Grant, System
from reference import services


@pytest.fixture
def system():
    return System("tests")


class Someone:
    """A person with one role at a unit, without an account."""

    is_system = False

    def __init__(self, pk, name, *roles):
        self.pk, self.actor_name = pk, name
        self._grants = tuple(Grant(role, 1, "000001.") for role in roles)

    def grants(self):
        return self._grants


@pytest.fixture
def clerk():
    return Someone(7, "周敏", "bureau_staff")


@pytest.fixture
def officer():
    return Someone(8, "陈立", "officer")


@pytest.fixture
def nobody():
    return Someone(9, "路人")


@pytest.fixture
def calendar(db, system):
    services.load(actor=system, only=["holidays"])


@pytest.fixture
def currencies(db, system):
    services.load(actor=system, only=["currencies"])
