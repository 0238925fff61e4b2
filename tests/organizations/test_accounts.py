"""Tokens of programs, telephone numbers that are masked, passwords of others."""

import pytest
from django.urls import reverse
from knox.models import AuthToken

from common.errors import Denied, NotVisible, Refused
from common.models import ExportLog
from organizations import services as org
from organizations.choices import Role
from organizations.models import Officer, User
from tests.support.api import assert_problem
from tests.support.clients import client_for, user_with
from tests.support.factories import (
    TESTS,
    OfficerFactory,
)

pytestmark = pytest.mark.django_db


# tokens


@pytest.fixture
def program(tree):
    return user_with(Role.SERVICE_CLIENT, tree.county)


@pytest.mark.usefixtures("fresh_counters")
def test_a_token_is_shown_once_and_kept_as_a_hash(tree, program):
    from rest_framework.test import APIClient

    client, url = client_for(Role.SYSTEM_ADMIN, tree.city), reverse("user_detail", args=[program.pk])
    answer = client.post(url)
    token = answer.context["view"].token
    assert token.startswith("ip_")
    assert token in answer.content.decode()
    assert token not in client.get(url).content.decode()
    row = AuthToken.objects.get()
    assert token not in {row.digest, row.token_key, row.pk}
    assert row.expiry is not None
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert api.get("/api/v1/units/").status_code == 200
    org.user_archive(actor=TESTS, pk=program.pk, version=program.version, reason="停用")
    assert_problem(api.get("/api/v1/units/"), 401, "authentication_failed")
    assert not AuthToken.objects.exists()


def test_tokens_are_for_programs_and_from_the_administrator(tree, program):
    admin = user_with(Role.SYSTEM_ADMIN, tree.city)
    with pytest.raises(Refused) as refused:
        org.token_issue(actor=admin, user=user_with(Role.LEADER, tree.county))
    assert refused.value.code == "not_a_client"
    for role, unit in ((Role.SECURITY_ADMIN, tree.city), (Role.SYSTEM_ADMIN, tree.other_county)):
        with pytest.raises((Denied, NotVisible)):
            org.token_issue(actor=user_with(role, unit), user=program)
    assert not AuthToken.objects.exists()


def test_tokens_are_revoked(tree, program):
    admin = user_with(Role.SYSTEM_ADMIN, tree.city)
    org.token_issue(actor=admin, user=program)
    org.token_issue(actor=admin, user=program)
    assert org.token_revoke(actor=admin, user=program) == 2
    assert not AuthToken.objects.exists()


# telephone numbers

NUMBER, MASKED = "13812341234", "138****1234"


@pytest.fixture
def officer(tree):
    return OfficerFactory(unit=tree.town, phone=NUMBER)


def test_a_number_is_masked_on_pages_and_in_exports(tree, officer):
    client = client_for(Role.BUREAU_STAFF, tree.county)
    for url in (
        reverse("officer_list"),
        reverse("officer_detail", args=[officer.pk]),
        reverse("officer_update", args=[officer.pk]),
    ):
        page = client.get(url).content.decode()
        assert NUMBER not in page
        assert MASKED in page
    file = b"".join(client.get(reverse("officer_list") + "?format=csv").streaming_content).decode()
    assert NUMBER not in file
    assert MASKED in file


def test_the_logs_show_no_number_either(tree, officer):
    clerk = user_with(Role.BUREAU_STAFF, tree.county)
    org.officer_update(actor=clerk, pk=officer.pk, version=1, phone="13900005678")
    history = client_for(Role.BUREAU_STAFF, tree.county).get(reverse("officer_detail", args=[officer.pk]))
    log = client_for(Role.AUDIT_ADMIN, tree.city).get(reverse("change_log"))
    for page in (history.content.decode(), log.content.decode()):
        assert "139****5678" in page
        assert NUMBER not in page
        assert "13900005678" not in page


def test_unmasking_is_a_right_and_is_logged(tree, officer):
    url = reverse("officer_detail", args=[officer.pk])
    client = client_for(Role.BUREAU_STAFF, tree.county)
    assert NUMBER in client.post(url).content.decode()
    log = ExportLog.objects.get()
    assert (log.kind, log.actor_id, log.query) == ("unmask:officer", client.user.pk, f"id={officer.pk}")
    leader = client_for(Role.LEADER, tree.county).post(url)
    assert leader.status_code == 403
    assert NUMBER not in leader.content.decode()
    assert ExportLog.objects.count() == 1


def test_an_empty_number_in_the_form_keeps_it(tree, officer):
    client = client_for(Role.BUREAU_STAFF, tree.county)
    url = reverse("officer_update", args=[officer.pk])
    sent = {"unit": tree.town.pk, "name": "改名", "phone": "", "version": 1}
    assert client.post(url, sent).status_code == 302
    assert Officer._base_manager.get(pk=officer.pk).phone == NUMBER
    assert client.post(url, {**sent, "phone": "13900005678", "version": 2}).status_code == 302
    assert Officer._base_manager.get(pk=officer.pk).phone == "13900005678"


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_nobody_sets_the_password_of_another_administrator(tree, role):
    """Whoever set it could sign in as the other, and the three would no longer exclude each other."""
    admin, other = user_with(Role.SYSTEM_ADMIN, tree.city), user_with(role, tree.city)
    before = other.password
    with pytest.raises(Denied):
        org.password_set(actor=admin, user=other, password="Another-2026-x")
    assert User._base_manager.get(pk=other.pk).password == before
    officer = user_with(Role.OFFICER, tree.town)
    org.password_set(actor=admin, user=officer, password="Another-2026-x")
    assert User._base_manager.get(pk=officer.pk).check_password("Another-2026-x")
