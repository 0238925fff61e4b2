import pytest

from common.actors import Grant, System
from reference import services
from tests.support.clients import sign_in


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


@pytest.fixture
def account(db, system):
    """account("bureau_staff") → a signed-up user with this role at the city."""
    from organizations import services as org
    from organizations.models import Unit

    def make(*roles):
        city = Unit.objects.unscoped(reason="tests").filter(code="yunchuan").first() or org.unit_create(
            actor=system, parent=None, name="云川市", code="yunchuan", kind="city"
        )
        name = "-".join(roles) or "nobody"
        user = org.user_create(actor=system, password="Yunchuan-2026-x", username=name, name=name, unit=city)
        org.password_set(actor=system, user=user, password="Yunchuan-2026-y")
        for role in roles:
            org.role_grant(actor=system, user=user, role=role, unit=city)
        user.refresh_from_db()
        return user

    return make


@pytest.fixture
def browser(client, account):
    """browser("officer") → a test client that is signed in with this role."""

    def signed_in(*roles):
        return sign_in(client, account(*roles))

    return signed_in
