"""People at the keyboard and programs at the API."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string
from knox.models import AuthToken
from rest_framework.test import APIClient

from common.middleware import SEEN
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


ALWAYS = 2**40  # seconds since 1970: whoever was seen then never paused too long, and need not be noted again


def session_of(user, seen=ALWAYS):
    """The key of a new session of this user, as if he had signed in before. One row instead of the twenty
    statements of signing in, which has tests of its own (`tests/organizations/test_sign_in.py`); pauses have
    theirs in `tests/common/test_middleware.py`."""
    about = {
        **({SEEN: seen} if seen else {}),
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    session = Session(
        session_key=get_random_string(32),
        session_data=SessionStore().encode(about),
        expire_date=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
    Session.objects.bulk_create([session])
    return session.session_key


def sign_in(client, user):
    """The client has this user's session; he is `client.user`."""
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
    client.user = user
    return client


def client_of(user):
    return sign_in(Client(raise_request_exception=True), user)


def client_for(role, unit, **values):
    """A browser in which somebody with this role at this unit has signed in; he is `client.user`."""
    return client_of(user_with(role, unit, **values))


def session_api(role, unit):
    """An API client that is signed in by session, as a page's script is."""
    return sign_in(APIClient(), user_with(role, unit))


def token_api(role, unit):
    """An API client with a token, as a program has."""
    client, user = APIClient(), user_with(role, unit)
    _row, token = AuthToken.objects.create(user=user)
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    client.user = user
    return client
