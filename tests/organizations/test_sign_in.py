"""Signing in, lock-out, passwords of one's own."""

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from organizations import services as org
from organizations.choices import Role
from organizations.models import User
from tests.support.clients import client_for, user_with
from tests.support.factories import PASSWORD, TESTS, UserFactory

pytestmark = pytest.mark.django_db

RULES = {
    "short": "Ab1-Ab1-x",
    "digits only": "20261122202611",
    "common": "password123",
    "two kinds only": "yunchuanyunchuan1",
    "like the name": "Zhoumin-2026",
}


@pytest.fixture
def account(tree):
    return UserFactory(unit=tree.county, username="zhoumin", name="周敏", secret=PASSWORD)


def sign_in(client, password, username="zhoumin"):
    return client.post(reverse("login"), {"username": username, "password": password})


def test_signing_in(account):
    response = sign_in(Client(), PASSWORD)
    assert (response.status_code, response["Location"]) == (302, reverse("home"))


def test_a_wrong_password_says_nothing_about_the_name(account):
    known = sign_in(Client(), "wrong").context["form"].non_field_errors()
    unknown = sign_in(Client(), "wrong", "nobody").context["form"].non_field_errors()
    assert known == unknown


@pytest.mark.parametrize("values", [{"is_active": False}, {"archived_at": "2026-01-01T00:00:00Z"}])
def test_a_closed_account_does_not_sign_in_and_its_session_ends(account, values):
    client = Client()
    sign_in(client, PASSWORD)
    assert client.get(reverse("home")).status_code == 200
    User._base_manager.filter(pk=account.pk).update(**values)
    assert client.get(reverse("home")).status_code == 302
    assert sign_in(Client(), PASSWORD).status_code == 200  # the form again


def test_five_failures_lock_the_account_and_no_other(account, tree):
    UserFactory(unit=tree.county, username="lichen", secret=PASSWORD)
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(Client(), "wrong")
    assert response.status_code == 429
    assert sign_in(Client(), PASSWORD).status_code == 429
    assert sign_in(Client(), PASSWORD, "lichen").status_code == 302
    AccessAttempt.objects.all().delete()
    assert sign_in(Client(), PASSWORD).status_code == 302


def test_success_forgets_earlier_failures(account):
    for _round in range(2):
        for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
            sign_in(Client(), "wrong")
        assert sign_in(Client(), PASSWORD).status_code == 302


@pytest.mark.parametrize("password", RULES.values(), ids=RULES.keys())
def test_weak_passwords_are_refused(account, password):
    before = account.password
    with pytest.raises(ValidationError):
        org.password_set(actor=account, user=account, password=password)
    assert User._base_manager.get(pk=account.pk).password == before


@pytest.mark.parametrize("password", ["Abcdefgh12", "abcdefgh1-", "招商Yunchuan1"])
def test_three_kinds_of_characters_are_enough(account, password):
    org.password_set(actor=account, user=account, password=password)
    assert User._base_manager.get(pk=account.pk).check_password(password)


def own(client, old, new, again=None):
    return client.post(reverse("own_password"), {"old": old, "new": new, "again": again or new})


def test_a_new_password_of_ones_own_keeps_the_session(account):
    client = Client()
    sign_in(client, PASSWORD)
    User._base_manager.filter(pk=account.pk).update(must_change_password=True)
    assert own(client, "wrong", "Another-2026-z").status_code == 422
    assert own(client, PASSWORD, "Another-2026-z", "Another-2026-y").status_code == 422
    assert own(client, PASSWORD, PASSWORD).status_code == 422
    assert own(client, PASSWORD, "Another-2026-z").status_code == 302
    assert client.get(reverse("home")).status_code == 200
    account.refresh_from_db()
    assert account.check_password("Another-2026-z")
    assert not account.must_change_password
    assert account.password_set_at is not None


def test_a_new_account_must_set_its_own_password(tree):
    user = org.user_create(
        actor=TESTS, username="xin", name="新人", unit=tree.town, password="First-password-2026"
    )
    client = Client()
    sign_in(client, "First-password-2026", "xin")
    assert client.get(reverse("home"))["Location"] == reverse("own_password")
    assert user.must_change_password


def test_the_system_administrator_sets_a_password_in_his_tree_only(tree, account):
    from common.errors import Denied, NotVisible

    org.password_set(
        actor=user_with(Role.SYSTEM_ADMIN, tree.city),
        user=account,
        password="Set-by-admin-2026",
        must_change=True,
    )
    account.refresh_from_db()
    assert account.must_change_password
    before = account.password
    for role, unit in (
        (Role.SYSTEM_ADMIN, tree.other_county),
        (Role.SECURITY_ADMIN, tree.city),
        (Role.UNIT_HEAD, tree.county),
    ):
        with pytest.raises((Denied, NotVisible)):
            org.password_set(actor=user_with(role, unit), user=account, password="Set-by-other-2026")
    account.refresh_from_db()
    assert account.password == before


def test_the_password_is_on_no_page(tree, account):
    client = client_for(Role.SYSTEM_ADMIN, tree.city)
    for name in ("user_detail", "user_update"):
        page = client.get(reverse(name, args=[account.pk])).content.decode()
        assert account.password not in page
        assert PASSWORD not in page
