"""A person's own API tokens: who makes one, what it opens, and when it ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from common import clock
from common.changelog import history
from common.errors import Denied, NotVisible, Refused
from organizations import services as org
from organizations.choices import Role
from organizations.models import ApiToken, RoleGrant, User
from tests.capital.recognising import reported
from tests.support.api import assert_problem
from tests.support.clients import client_of, user_with
from tests.support.factories import TESTS
from tests.support.factories_projects import signed_project
from tests.support.refusals import refused

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
PASSWORD = "Zh-shangyin-9"  # noqa: S105  (of an account of the tests)
UNITS = "/api/v1/units/"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("english", "fresh_counters"),
]


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOW):
        yield


@pytest.fixture
def officer(tree):
    user = user_with(Role.OFFICER, tree.town)
    user.set_password(PASSWORD)
    user.password_set_at = NOW
    user.save()
    return user


def made(user, days=30, name="月报表"):
    return org.own_token_create(actor=user, name=name, days=days)


def api(token):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def test_made_on_the_page_after_the_password_and_shown_once(officer):
    client, url = client_of(officer), reverse("apitoken_create")
    assert reverse("apitoken_list") in client.get("/").content.decode()
    given = {"name": "月报表", "days": "90"}
    wrong = client.post(url, {**given, "password": "falsch-Falsch-1"})
    assert wrong.status_code == 422
    assert "not your present password" in wrong.content.decode()
    assert not ApiToken._base_manager.exists()

    page = client.post(url, {**given, "password": PASSWORD})

    row, token = ApiToken._base_manager.get(), page.context["token"]
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    assert token.startswith("ipp_")
    assert f'value="{token}"' in page.content.decode()
    assert (row.user_id, row.hint, row.expires_at) == (officer.pk, token[:10], NOW + timedelta(days=90))
    assert token not in (row.digest, row.hint)
    for name in ("apitoken_list", "apitoken_detail"):
        args = [row.pk] if name == "apitoken_detail" else []
        text = client.get(reverse(name, args=args)).content.decode()
        assert row.hint in text
        assert token not in text
        assert row.digest not in text
    assert history(row)[0].reason == "token issued"
    assert client.post(url, {**given, "password": PASSWORD}).status_code == 422  # the name is taken


def test_wrong_passwords_lock_as_at_the_sign_in(officer):
    client, url = client_of(officer), reverse("apitoken_create")
    for _ in range(5):
        client.post(url, {"name": "x", "days": "30", "password": "falsch-Falsch-1"})
    late = client.post(url, {"name": "x", "days": "30", "password": PASSWORD})
    assert late.status_code in (403, 422, 429)
    assert not ApiToken._base_manager.exists()


def test_it_opens_what_the_person_may_and_says_when_it_was_used(tree, officer):
    row, token = made(officer)
    answer = api(token).get(UNITS)
    assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.last_used_at, row.version) == (NOW, 1)
    assert len(history(row)) == 1  # use isn't a change
    assert (
        api(token).get("/api/v1/targets/").status_code
        == client_of(officer).get("/api/v1/targets/").status_code
    )
    assert_problem(api(token[:-1] + "g").get(UNITS), 401, "authentication_failed")
    with clock.at(NOW + timedelta(minutes=4)):
        api(token).get(UNITS)
    row.refresh_from_db()
    assert row.last_used_at == NOW  # not a write for each call


def test_it_ends(tree, officer):
    """By its day, by its owner, by the administrator, with the account, with a password set by somebody else."""
    admin = user_with(Role.SYSTEM_ADMIN, tree.city)

    def closed(token):
        assert_problem(api(token).get(UNITS), 401, "authentication_failed")

    _row, token = made(officer, days=1)
    with clock.at(NOW + timedelta(days=1, seconds=1)):
        closed(token)
    client = client_of(officer)
    row, token = made(officer, name="二")
    sent = {"version": row.version, "reason": "电脑换了"}
    assert client.post(reverse("apitoken_archive", args=[row.pk]), sent).status_code == 302
    closed(token)
    assert history(ApiToken._base_manager.get(pk=row.pk))[0].reason == "电脑换了"
    row, token = made(officer, name="三")
    page = client_of(admin).get(reverse("user_detail", args=[officer.pk]))
    assert row.hint in page.content.decode()
    org.own_token_revoke(actor=admin, pk=row.pk, version=None, reason="人员调离")
    closed(token)
    _row, token = made(officer, name="四")
    org.password_set(actor=admin, user=officer, password="Neu-und-lang-7")
    closed(token)
    row, token = made(officer, name="四之二")
    org.password_set(actor=officer, user=officer, password="Selbst-und-lang-8")
    closed(token)
    assert history(ApiToken._base_manager.get(pk=row.pk))[0].reason == "the password was changed"
    _row, token = made(officer, name="五")
    User._base_manager.filter(pk=officer.pk).update(must_change_password=True)
    closed(token)
    User._base_manager.filter(pk=officer.pk).update(must_change_password=False, is_active=False)
    closed(token)
    User._base_manager.filter(pk=officer.pk).update(is_active=True)
    assert api(token).get(UNITS).status_code == 200
    org.user_archive(actor=TESTS, pk=officer.pk, version=None, reason="停用")
    closed(token)
    assert not ApiToken._base_manager.filter(
        user=officer, archived_at=None, expires_at__gt=NOW + timedelta(days=2)
    )


def test_who_makes_and_revokes_whose(tree, officer):
    program = user_with(Role.SERVICE_CLIENT, tree.county)
    with pytest.raises(Denied):
        made(program)
    row, token = made(officer)
    for role, unit in (
        (Role.SECURITY_ADMIN, tree.city),
        (Role.SYSTEM_ADMIN, tree.other_county),
        (Role.UNIT_HEAD, tree.town),
    ):
        with pytest.raises((Denied, NotVisible)):
            org.own_token_revoke(actor=user_with(role, unit), pk=row.pk, version=None, reason="x")
        other = client_of(user_with(role, unit))
        assert other.get(reverse("apitoken_detail", args=[row.pk])).status_code == 404
        assert row.hint not in other.get(reverse("apitoken_list")).content.decode()
    assert api(token).get(UNITS).status_code == 200
    # A person who becomes a program's account has no tokens of his own any more.
    RoleGrant._base_manager.filter(user=officer).update(role=Role.SERVICE_CLIENT)
    assert_problem(api(token).get(UNITS), 401, "authentication_failed")


def test_at_most_a_year_and_ten(officer):
    for days in (0, 366):
        refused("days", made, officer, days=days)
    row, _token = made(officer, days=365)
    with pytest.raises(IntegrityError, match="org_api_token_expiry_ck"), transaction.atomic():
        ApiToken._base_manager.filter(pk=row.pk).update(expires_at=row.created_at + timedelta(days=367))
    for number in range(9):
        made(officer, name=str(number))
    with pytest.raises(Refused) as said:
        made(officer, name="十一")
    assert said.value.code == "too_many"


@pytest.mark.usefixtures("pipeline")
def test_capital_is_entered_with_it_and_never_recognised_by_the_same(tree, officer):
    """201 for a draft of his unit, its report, no word about recognition; nothing once his role has ended."""
    project = signed_project(tree.town)
    _row, token = made(officer)
    client = api(token)
    given = {
        "project": project.pk, "kind": "registered", "occurred_on": "2026-11-05", "amount": "700000.00",
        "zone": "outside_city", "fund_source": "own", "mode": "new",
    }  # fmt: skip
    answer = client.post("/api/v1/capital-entries/", given, format="json")
    assert answer.status_code == 201, answer.content
    entry = answer.json()["id"]
    got = client.get(f"/api/v1/capital-entries/{entry}/").json()
    assert (got["amount"], got["state"], got["entered_name"]) == ("700000.00", "draft", officer.name)
    sent = client.post("/api/v1/capital-entries/report/", {"ids": [entry]}, format="json")
    assert sent.status_code == 200, sent.content
    url = "/api/v1/recognitions/"
    decided = {"entry": entry, "decision": "recognise", "level": "final", "version": 2, "amount": "700000.00"}
    assert client.post(url, decided, format="json").status_code == 403
    elsewhere = signed_project(tree.other_town)
    assert client.post(
        "/api/v1/capital-entries/", {**given, "project": elsewhere.pk}, format="json"
    ).status_code in (400, 403, 404, 422)

    # Somebody with the last word, and a token of his own: not about what he entered himself.
    jury = user_with(Role.COMMITTEE, tree.city)
    waiting = reported(project, 1000)
    type(waiting)._base_manager.filter(pk=waiting.pk).update(entered_by=jury)
    mine = api(made(jury)[1])
    about = {
        "entry": waiting.pk,
        "decision": "recognise",
        "level": "final",
        "version": waiting.version,
        "amount": "1000.00",
    }
    refusal = mine.post(url, about, format="json")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "own_entry")
    type(waiting)._base_manager.filter(pk=waiting.pk).update(entered_by=officer)
    assert mine.post(url, about, format="json").status_code in (200, 201)

    RoleGrant._base_manager.filter(user=officer).update(
        valid_to=NOW.date() - timedelta(days=1), valid_from=NOW.date() - timedelta(days=9)
    )
    assert_problem(client.post("/api/v1/capital-entries/", given, format="json"), 403, "denied")
