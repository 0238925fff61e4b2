"""People at the keyboard and programs at the API."""

from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient

from organizations.choices import Role
from organizations.models import User
from tests.support.factories import RoleGrantFactory, UserFactory

BACKEND = "organizations.auth.Backend"


def user_with(role, unit, **values):
    """An account that holds this role at this unit, as a request would read it."""
    user = UserFactory(unit=unit, **values)
    if role:
        RoleGrantFactory(user=user, role=Role(role), unit=unit)
    return User._base_manager.select_related("unit").get(pk=user.pk)


def client_of(user):
    client = Client(raise_request_exception=True)
    client.force_login(user, backend=BACKEND)
    client.user = user
    return client


def client_for(role, unit, **values):
    """A browser in which somebody with this role at this unit has signed in; he is `client.user`."""
    return client_of(user_with(role, unit, **values))


def session_api(role, unit):
    """An API client that is signed in by session, as a page's script is."""
    client, user = APIClient(), user_with(role, unit)
    client.force_login(user, backend=BACKEND)
    client.user = user
    return client


def token_api(role, unit):
    """An API client with a token, as a program has."""
    client, user = APIClient(), user_with(role, unit)
    _row, token = AuthToken.objects.create(user=user)
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    client.user = user
    return client
