from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from common import clock

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("reference", *args, stdout=out)
    return out.getvalue()


def test_load_says_counts():
    lines = run("load").splitlines()
    assert lines[0] == "industries: 1971 created, 0 updated, 0 unchanged"
    assert run("load", "--only", "industries").strip() == "industries: 0 created, 0 updated, 1971 unchanged"


def test_json():
    found = json.loads(run("load", "--only", "holidays", "--format", "json"))
    assert [one["table"] for one in found] == ["holidays"]
    assert found[0]["updated"] == 0


def test_status_fails_while_something_is_missing():
    with pytest.raises(SystemExit) as stop:
        run("status")
    assert stop.value.code == 1


def test_status_names_the_year_without_a_calendar():
    run("load")
    with clock.at(datetime(2026, 11, 22, tzinfo=UTC)):
        assert json.loads(run("status", "--format", "json"))["problems"] == []
    out = StringIO()
    with clock.at(datetime(2027, 1, 4, tzinfo=UTC)), pytest.raises(SystemExit):
        call_command("reference", "status", "--format", "json", stdout=out)
    assert len(json.loads(out.getvalue())["problems"]) == 1
    assert "2027" in json.loads(out.getvalue())["problems"][0]


def test_unknown_table():
    with pytest.raises(CommandError):
        run("load", "--only", "towns")
