"""The published API document against the API itself: every GET address keeps what the document says of it.

Schemathesis checks each answer (no server error, a documented status and media type, a body of the documented shape)
and invents what is asked. Rows and people are those of `tests/test_routes.py`.
"""

import json
import re
from collections import Counter
from functools import cache

import pytest
import requests
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Response, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from tests.test_routes import ROUTES, city_rows, signed_in, url_of, world

__all__ = ["city_rows", "signed_in", "world"]  # fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
READ = [
    line
    for line in ROUTES
    if line["route"].startswith("api-") and line["method"] == "get" and line["allowed"] != "public"
]


@cache
def operations():
    """Every GET of the document, by its path."""
    document = json.loads(json.dumps(SchemaGenerator().get_schema(public=True), default=str))
    found = openapi.from_dict(document).include(method="GET").get_all_operations()
    return {one.ok().path: one.ok() for one in found}


def sent(case):
    """The address of a case with its query, as a program would send it."""
    kwargs = case.operation.schema.transport.serialize_case(case, base_url="http://testserver")
    return requests.Request("GET", kwargs["url"], params=kwargs.get("params")).prepare()


def check(case, client):
    """Ask, and hold the answer against the document. Returns the status."""
    request = sent(case)
    answer = client.get(request.url.removeprefix("http://testserver"))
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: [value] for name, value in answer.headers.items()}
    heard = Response(answer.status_code, headers, body, request, elapsed=0.0, verify=False)
    case.validate_response(heard, checks=CHECKS)
    return heard.status_code


def case_of(url):
    """An address of ours as a case of the document: the template that fits, literal words before parameters."""
    for path in sorted(operations(), key=lambda path: path.count("{")):
        if found := re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), url):
            return operations()[path].Case(path_parameters=found.groupdict())
    raise LookupError(url)


def test_every_documented_address_answers_as_documented(world, signed_in):
    """With a row to show, to somebody who may read it."""
    asked, wrong = set(), {}
    for line in READ:
        case = case_of(url_of(line, world).partition("?")[0])
        asked.add(case.operation.path)
        try:
            status = check(case, signed_in(line["allowed"]))
        except FailureGroup as failures:
            wrong[line["route"]] = [str(one) for one in failures.exceptions]
        else:
            if status != 200:
                wrong[line["route"]] = status
    assert not wrong, wrong
    assert asked == set(operations())


@pytest.mark.parametrize(("who", "examples"), [("officer@town", 120), ("audit_admin@city", 40)])
def test_whatever_is_asked_is_answered_as_documented(world, signed_in, who, examples):
    """Any filters, pages, orders and keys that the document allows."""
    client, answered = signed_in(who), Counter()

    @settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(list(operations().values())).flatmap(lambda one: one.as_strategy()))
    def ask(case):
        answered[check(case, client)] += 1

    ask()
    assert answered


def test_a_file_that_is_refused_is_refused_in_words(signed_in):
    """Not as a file, which has no way to say it: the list is closed to one, the other's filter makes no sense."""
    for who, query, status in (("audit_admin@city", "", 403), ("bureau_staff@county", "&unit=x", 400)):
        for fmt in ("xlsx", "csv"):
            answer = signed_in(who).get(f"/api/v1/leads/?format={fmt}{query}")
            assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
            assert set(answer.json()) == {"code", "message", "fields", "request_id"}
