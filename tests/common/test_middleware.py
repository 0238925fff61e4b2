"""Request numbers, idle log-out, expired passwords, answers that nobody keeps."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common import clock
from organizations.choices import Role
from organizations.models import User
from tests.support.clients import client_for, session_api, session_of, token_api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]

IDLE = timedelta(seconds=settings.IDLE_LOGOUT_SECONDS)


def test_every_answer_has_its_own_number():
    first, second = (Client().get(reverse("health"))["X-Request-Id"] for _n in range(2))
    assert len(first) == len(second) == 12
    assert first != second


def just_signed_in(client):
    """Other tests are never too long away: see `session_of`."""
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(client.user, seen=None)
    return client


def test_who_works_stays_signed_in(tree):
    client, now = just_signed_in(client_for(Role.LEADER, tree.county)), timezone.now()
    for minutes in range(0, 120, 20):
        with clock.at(now + timedelta(minutes=minutes)):
            assert client.get(reverse("home")).status_code == 200


def test_a_long_pause_signs_out_and_leads_back(tree):
    client, now = just_signed_in(client_for(Role.LEADER, tree.county)), timezone.now()
    with clock.at(now):
        client.get(reverse("home"))
    with clock.at(now + IDLE + timedelta(minutes=2)):
        response = client.get(reverse("unit_list") + "?q=a", follow=True)
    assert response.redirect_chain == [(f"{reverse('login')}?next=/units/%3Fq%3Da", 302)]
    assert response.status_code == 200
    assert response.context["messages"]
    assert client.get(reverse("home")).status_code == 302


def test_looking_at_a_job_is_not_working(tree):
    client, now = just_signed_in(client_for(Role.LEADER, tree.county)), timezone.now()
    with clock.at(now):
        client.get(reverse("home"))
    with clock.at(now + IDLE - timedelta(minutes=1)):
        assert client.get(reverse("home"), headers={"X-Polling": "1"}).status_code == 200
    with clock.at(now + IDLE + timedelta(minutes=1)):
        assert client.get(reverse("home")).status_code == 302


def test_the_api_answers_a_stale_session_in_its_own_format(tree):
    client, now = just_signed_in(session_api(Role.BUREAU_STAFF, tree.county)), timezone.now()
    with clock.at(now):
        assert client.get("/api/v1/units/").status_code == 200
    with clock.at(now + IDLE + timedelta(minutes=2)):
        response = client.get("/api/v1/units/")
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("why", ["first", "old"])
def test_an_expired_password_opens_one_page_only(tree, why):
    client = client_for(Role.BUREAU_STAFF, tree.county)
    values = {"must_change_password": True}
    if why == "old":
        values = {
            "password_set_at": timezone.now() - timedelta(days=settings.PASSWORD_MAX_AGE_DAYS, seconds=1)
        }
    User._base_manager.filter(pk=client.user.pk).update(**values)
    for name in ("home", "unit_list", "import_list"):
        response = client.get(reverse(name))
        assert (response.status_code, response["Location"]) == (302, reverse("own_password"))
    assert client.get(reverse("own_password")).status_code == 200
    refused = client.get("/api/v1/units/")
    assert (refused.status_code, refused.json()["code"]) == (403, "password_expired")


def test_a_password_of_the_last_day_still_works(tree):
    client = client_for(Role.BUREAU_STAFF, tree.county)
    User._base_manager.filter(pk=client.user.pk).update(
        password_set_at=timezone.now() - timedelta(days=settings.PASSWORD_MAX_AGE_DAYS - 1)
    )
    assert client.get(reverse("home")).status_code == 200


def test_a_client_program_has_no_session_to_expire(tree):
    client = token_api(Role.SERVICE_CLIENT, tree.county)
    User._base_manager.filter(pk=client.user.pk).update(must_change_password=True)
    assert client.get("/api/v1/units/").status_code == 200


def test_pages_are_kept_by_nobody(tree):
    response = client_for(Role.LEADER, tree.county).get(reverse("unit_list"))
    assert response["Cache-Control"] == "private, no-store"
