"""Every address of the project, with its four outcomes really asked for over HTTP.

`routes.csv`, by hand: route, method, the row it is about (a name of `support/world.py`), a query string, who
is allowed and what he gets, who sees the row without the right to this (403 unless "=code" says otherwise),
and who stands elsewhere (404 for a row; a list answers 200 and leaves the row out; "-": the kind belongs
to no unit, or the page is about nobody's rows).
"""

import csv
import re
from copy import copy
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from common.models import JobRun
from organizations.choices import Role
from tests.support.clients import client_of, session_of, user_with
from tests.support.kept import kept_for_several_tests
from tests.support.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]

with Path(__file__).with_name("routes.csv").open(encoding="utf-8", newline="") as lines:
    ROUTES = list(csv.DictReader(lines))
ROWS = (
    "unit",
    "alias",
    "group",
    "membership",
    "post",
    "officer",
    "user",
    "role",
    "table",
    "figure",
    "target",
    "confirmed",
    "introducer",
    "offer",
    "lead",
    "pair",
    "entry",
    "voucher",
    "capital_return",
    "duty",
)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


def names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        else:
            yield from names(pattern.url_patterns)


def test_every_route_is_listed():
    assert {line["route"] for line in ROUTES} == set(names(get_resolver().url_patterns))


def url_of(line, world):
    route, row = line["route"], line["row"]
    args = [getattr(world, row).pk] if row else []
    if route == "certificate_check":
        args = [world.certificate.token]
    if route in ("directory_template", "api-import-template"):
        args.append("units")
    if route in ("import_mend", "api-import-mend"):
        args.append(2)
    if route in ("scheme_explanation", "api-schemerun-unit"):
        args.append(world.tree.town.pk)
    if route == "measure_rows":
        args.append(world.tree.town.pk)
    if route == "measure_counted":
        args = ["signed_projects"]
    if route == "schemeversion_edit_part":
        args.append("groups/0/indicators/0")
    run = world.run if "{run" in line["query"] else None
    query = line["query"].format(run=run, world=world)
    return f"{reverse(route, args=args)}?{query}" if query else reverse(route, args=args)


@pytest.fixture(scope="module")
def city_rows(django_db_setup, django_db_blocker):
    """The rows that a page without one should have to show, and somebody signed in for each name of a column."""

    def make():
        world = World()
        for row in ROWS:
            getattr(world, row)
        named = {code(line[column], 0)[0] for line in ROUTES for column in ("allowed", "denied", "outside")}
        people = sorted(who for who in named if "@" in who and not who.startswith("owner@"))
        return world, {who: session_of(person(who, world.tree)) for who in people}

    with kept_for_several_tests(django_db_blocker, make) as made:
        yield made


@pytest.fixture
def world(city_rows, db):
    """A copy: what a test adds is known to no other."""
    return copy(city_rows[0])


def person(who, tree):
    role, place = who.split("@")
    return user_with(Role(role), getattr(tree, place))


@pytest.fixture
def signed_in(city_rows, world):
    def browser(who):
        role, place = who.split("@")
        if role == "owner":
            return client_of(getattr(world, place).user)
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = city_rows[1][who]
        return client

    return browser


def code(who, default):
    who, _sign, number = who.partition("=")
    return who, int(number or default)


def ask(client, line, url):
    program = line["route"].startswith("api-") and line["method"] != "get"
    return getattr(client, line["method"])(url, **({"content_type": "application/json"} if program else {}))


def text(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def stands():
    """What a refused call must leave as it is."""
    return list(JobRun.objects.values_list("state", flat=True))


@pytest.mark.parametrize("line", ROUTES, ids=lambda line: f"{line['route']} {line['row']}".strip())
def test_four_outcomes(line, world, signed_in):
    url, api = url_of(line, world), line["route"].startswith("api-")
    before = stands()

    anonymous = ask(Client(), line, url)
    if line["allowed"] == "public":
        assert anonymous.status_code == int(line["ok"])
        check_headers(anonymous)
        return
    if api:
        assert (anonymous.status_code, anonymous.json()["code"]) == (401, "not_authenticated")
    else:
        assert anonymous.status_code == 302
        assert anonymous["Location"].startswith(f"{reverse('login')}?next=")

    if line["outside"] != "-":
        who, wanted = code(line["outside"], 404 if line["row"] else 302 if line["method"] == "post" else 200)
        outside = ask(signed_in(who), line, url)
        assert outside.status_code == wanted
        assert "标记" not in text(outside).decode()
    if line["denied"] != "-":
        who, wanted = code(line["denied"], 403)
        denied = ask(signed_in(who), line, url)
        assert denied.status_code == wanted
        assert "标记" not in text(denied).decode(errors="replace")
    assert stands() == before

    allowed = ask(signed_in(line["allowed"]), line, url)
    assert allowed.status_code == int(line["ok"])
    check_headers(allowed)


def check_headers(response):
    """A strict policy on every page, and nothing in the page that would need a weaker one."""
    policy = response["Content-Security-Policy"]
    if "script-src" not in policy:  # somebody's file shown in the browser: nothing in it may run
        assert "default-src 'none'" in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        return
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-src 'self'" in policy  # a PDF beside the page, which Chromium shows in a frame
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    kept = response["Cache-Control"]
    assert "public" not in kept
    assert "no-store" in kept or "no-cache" in kept
    if response["Content-Type"].startswith("text/html"):
        assert not INLINE.findall(text(response).decode())
