"""The suite that every model behind the API inherits."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from common.changelog import DONE
from tests.support.clients import session_api, token_api
from tests.support.suite import Nouns, shown_changes, state_of

PROBLEM = {"code", "message", "fields", "request_id"}


def assert_problem(response, status, code):
    """The one error format: code, message, fields, event number."""
    assert response.status_code == status, response.content
    body = response.json()
    assert set(body) == PROBLEM
    assert body["code"] == code
    assert body["message"]
    assert body["request_id"] == response["X-Request-Id"]
    return body


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_counters")
class ReadSuite(Nouns):
    """Reading over the API, by token and by session."""

    base = ""  # "units": the list is /api/v1/units/
    ordering = "sort"  # a declared ordering field
    searches = True  # does `q` find the text?
    private = ()  # keys that must never be in an answer

    def url(self, pk=None):
        return f"/api/v1/{self.base}/" + (f"{pk}/" if pk else "")

    def keeper_api(self, tree):
        return tree.kept.sign_in(APIClient(), self.keeper, "county")

    def reader_api(self, tree):
        return tree.kept.sign_in(APIClient(), self.reader, "county")

    def outsider_api(self, tree):
        return tree.kept.sign_in(APIClient(), *self.outsider)

    def another(self, tree, where):
        return where

    def many(self, tree, n, where=None):
        rows, where = [], where or self.place(tree)
        for _number in range(n):
            rows.append(self.make(where))
            where = self.another(tree, where)
        return rows, where

    def ids(self, client, query=""):
        response = client.get(f"{self.url()}?page_size=200{query}")
        assert response.status_code == 200, response.content
        return [row["id"] for row in response.json()["results"]]

    def test_anonymous_and_a_wrong_token_are_refused(self, client, tree):
        row = self.row(tree)
        for url in (self.url(), self.url(row.pk)):
            body = assert_problem(client.get(url), 401, "not_authenticated")
            assert "标记甲" not in str(body)
        response = client.get(self.url(), headers={"Authorization": "Token ip_wrong"})
        assert_problem(response, 401, "authentication_failed")

    def test_session_and_token_see_the_same(self, tree):
        row = self.row(tree)
        by_session = self.ids(self.keeper_api(tree))
        by_token = self.ids(token_api(self.keeper, tree.county))
        assert by_session == by_token
        assert row.pk in by_token

    def test_detail(self, tree):
        row = self.row(tree)
        response = self.reader_api(tree).get(self.url(row.pk))
        assert response.status_code == 200
        assert response.json()["id"] == row.pk
        assert not set(self.private) & set(response.json())

    def test_without_any_right_it_is_closed(self, tree):
        if self.nobody is None:
            return
        row = self.row(tree)
        client = tree.kept.sign_in(APIClient(), self.nobody, "city")
        for url in (self.url(), self.url(row.pk)):
            assert_problem(client.get(url), 403, "denied")

    def test_rows_of_other_units_are_not_there(self, tree):
        if self.outsider is None:
            return
        row = self.row(tree)
        client = self.outsider_api(tree)
        assert row.pk not in self.ids(client)
        assert row.pk not in self.ids(client, "&q=标记甲")
        gone = assert_problem(client.get(self.url(row.pk)), 404, "not_found")
        missing = assert_problem(client.get(self.url(987654321)), 404, "not_found")
        assert gone["message"] == missing["message"]

    def test_order_pages_and_as_many_queries_for_30_rows_as_for_3(self, tree):
        client = self.keeper_api(tree)
        _rows, where = self.many(tree, 3)
        up, down = (self.ids(client, f"&ordering={sign}{self.ordering}") for sign in ("", "-"))
        assert sorted(up) == sorted(down)
        assert len(set(up)) == len(up)
        with CaptureQueriesContext(connection) as three:
            self.ids(client)
        self.many(tree, 27, where)
        with CaptureQueriesContext(connection) as thirty:
            self.ids(client)
        assert len(three) == len(thirty), "\n".join(q["sql"][:300] for q in thirty)
        body = client.get(f"{self.url()}?page_size=2").json()
        assert len(body["results"]) == 2
        assert body["count"] >= 30
        assert "page=2" in body["next"]
        view = client.get(f"{self.url()}?page_size=100000").renderer_context["view"]
        assert view.paginator.get_page_size(view.request) == 200
        assert_problem(client.get(f"{self.url()}?page=999"), 404, "not_found")

    def test_search(self, tree):
        if not self.searches:
            return
        where = self.place(tree)
        wanted = self.make(where, "标记甲")
        other = self.make(self.another(tree, where), "另外乙")
        found = self.ids(self.keeper_api(tree), "&q=标记甲")
        assert wanted.pk in found
        assert other.pk not in found

    def test_nobody_deletes_over_the_api(self, tree):
        row = self.row(tree)
        before = state_of(self.model)
        assert_problem(self.keeper_api(tree).delete(self.url(row.pk)), 405, "method_not_allowed")
        assert state_of(self.model) == before

    def test_too_many_calls(self, tree, monkeypatch):
        from rest_framework.throttling import UserRateThrottle

        monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min", "anon": "2/min"})
        client = self.keeper_api(tree)
        assert [client.get(self.url()).status_code for _n in range(2)] == [200, 200]
        response = client.get(self.url())
        assert_problem(response, 429, "throttled")
        assert 0 < int(response["Retry-After"]) <= 60


class WriteSuite(ReadSuite):
    """Also entering and changing rows."""

    change = ("name", "改后丁")
    hidden_key = ""  # a foreign key that may name only rows in scope; "" when there is none

    def payload(self, tree):
        raise NotImplementedError

    def hidden(self, tree):
        """A row of another unit that `hidden_key` must not take."""

    def test_create(self, tree):
        client, before = self.keeper_api(tree), self.model._base_manager.count()
        response = client.post(self.url(), self.payload(tree), format="json")
        assert response.status_code == 201, response.content
        assert self.model._base_manager.count() == before + 1
        row = self.model._base_manager.get(pk=response.json()["id"])
        _changes, line = shown_changes(row, first=True)
        assert (line.action, line.actor) == (DONE["insert"], client.user.actor_name)
        assert line.request_id == response["X-Request-Id"]

    def test_create_by_token_is_logged_under_the_client(self, tree):
        client = token_api(self.keeper, tree.county)
        response = client.post(self.url(), self.payload(tree), format="json")
        assert response.status_code == 201, response.content
        _changes, line = shown_changes(self.model._base_manager.get(pk=response.json()["id"]), first=True)
        assert (line.actor, line.request_id) == (client.user.actor_name, response["X-Request-Id"])

    def test_create_without_values_or_with_broken_ones(self, tree):
        client, before = self.keeper_api(tree), state_of(self.model)
        body = assert_problem(client.post(self.url(), {}, format="json"), 400, "invalid")
        assert body["fields"]
        response = client.post(self.url(), "{", content_type="application/json")
        assert_problem(response, 400, "parse_error")
        assert state_of(self.model) == before

    def test_create_needs_its_right(self, tree):
        sent = self.payload(tree)
        before = state_of(self.model)
        assert_problem(self.reader_api(tree).post(self.url(), sent, format="json"), 403, "denied")
        assert state_of(self.model) == before

    def test_nobody_creates_at_another_unit(self, tree):
        client, sent = session_api(self.keeper, tree.other_county), self.payload(tree)
        before = state_of(self.model)
        assert client.post(self.url(), sent, format="json").status_code in {400, 403}
        assert state_of(self.model) == before

    def test_update(self, tree):
        """One field changes; what is only read stays as it is, whatever was sent."""
        client, row = self.keeper_api(tree), self.row(tree)
        field, value = self.change
        only_read = {"archived_at": "2026-01-01T00:00:00Z", "id": 1, "path": "000001."}
        sent = {"version": row.version, field: value, **only_read}
        response = client.patch(self.url(row.pk), sent, format="json")
        assert response.status_code == 200, response.content
        assert (response.json()[field], response.json()["version"]) == (value, row.version + 1)
        found = self.model._base_manager.get(pk=row.pk)
        assert (found.archived_at, found.version) == (None, row.version + 1)
        changes, line = shown_changes(found)
        assert (line.action, line.actor) == (DONE["update"], client.user.actor_name)
        assert [after for _before, after in changes.values()].count(value) == 1

    def test_update_needs_the_version_of_now(self, tree):
        client, row = self.keeper_api(tree), self.row(tree)
        change, before = dict([self.change]), state_of(self.model)
        for version in ({}, {"version": ""}, {"version": None}, {"version": "one"}):
            response = client.patch(self.url(row.pk), {**version, **change}, format="json")
            assert "version" in assert_problem(response, 400, "invalid")["fields"]
        sent = {"version": row.version + 1, **change}
        assert_problem(client.patch(self.url(row.pk), sent, format="json"), 409, "stale")
        assert state_of(self.model) == before

    def test_an_archived_row_is_read_but_not_changed(self, tree):
        client, row = self.keeper_api(tree), self.row(tree)
        self.model._base_manager.filter(pk=row.pk).update(archived_at="2026-01-01T00:00:00Z")
        before = state_of(self.model)
        assert row.pk not in self.ids(client)
        assert row.pk in self.ids(client, "&archived=yes")
        assert client.get(self.url(row.pk)).json()["archived_at"]
        sent = {"version": row.version, **dict([self.change])}
        assert_problem(client.patch(self.url(row.pk), sent, format="json"), 409, "archived")
        assert state_of(self.model) == before

    def test_update_needs_its_right(self, tree):
        row = self.row(tree)
        sent, before = {"version": row.version, **dict([self.change])}, state_of(self.model)
        assert_problem(self.reader_api(tree).patch(self.url(row.pk), sent, format="json"), 403, "denied")
        assert_problem(self.outsider_api(tree).patch(self.url(row.pk), sent, format="json"), 404, "not_found")
        assert state_of(self.model) == before

    def test_a_hidden_row_is_refused_like_an_unknown_one(self, tree):
        if not self.hidden_key:
            return
        client, row, hidden = self.keeper_api(tree), self.row(tree), self.hidden(tree)
        before = state_of(self.model)
        answers = []
        for pk in (hidden.pk, 987654321):
            sent = {"version": row.version, self.hidden_key: pk}
            body = assert_problem(client.patch(self.url(row.pk), sent, format="json"), 400, "invalid")
            answers.append(str(body["fields"]).replace(str(pk), "?"))
        assert answers[0] == answers[1]
        assert str(hidden) not in answers[0]
        assert state_of(self.model) == before
