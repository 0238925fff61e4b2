"""Every address of the project, with its four outcomes really asked for over HTTP.

`routes.csv`, by hand: route, method, the row it is about (a name of `support/world.py`), a query string, who
is allowed and what he gets, who sees the row without the right to this (403 unless "=code" says otherwise),
and who stands elsewhere (404 for a row; a list answers 200 and leaves the row out; "-": the kind belongs
to no unit, or the page is about nobody's rows).
"""

import csv
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from common.models import JobRun
from organizations.choices import Role
from tests.support.clients import client_for, client_of
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
    query = line["query"].format(run=world.run) if line["query"] else ""
    return f"{reverse(route, args=args)}?{query}" if query else reverse(route, args=args)


def signed_in(who, world):
    role, place = who.split("@")
    if role == "owner":
        return client_of(getattr(world, place).user)
    return client_for(Role(role), getattr(world.tree, place))


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
def test_four_outcomes(line):
    world = World()
    for row in ROWS if not line["row"] else ():
        getattr(world, row)
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
        outside = ask(signed_in(who, world), line, url)
        assert outside.status_code == wanted
        assert "标记" not in text(outside).decode()
    if line["denied"] != "-":
        who, wanted = code(line["denied"], 403)
        denied = ask(signed_in(who, world), line, url)
        assert denied.status_code == wanted
        assert "标记" not in text(denied).decode(errors="replace")
    assert stands() == before

    allowed = ask(signed_in(line["allowed"], world), line, url)
    assert allowed.status_code == int(line["ok"])
    check_headers(allowed)


def check_headers(response):
    """A strict policy on every page, and nothing in the page that would need a weaker one."""
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    kept = response["Cache-Control"]
    assert "public" not in kept
    assert "no-store" in kept or "no-cache" in kept
    if response["Content-Type"].startswith("text/html"):
        assert not INLINE.findall(text(response).decode())
