"""The demo, loaded once by its own loader for all tests here. Published values come from the sources that the
YAML files of the demo name; where a test says "by hand", the arithmetic stands beside it."""

from decimal import Decimal

import pytest

from assessments.models import RankingRun
from assessments.reading import read
from organizations import demo as demo_parts
from organizations.models import User
from tests.support.clients import sign_in
from tests.support.kept import kept_for_several_tests


@pytest.fixture(scope="package")
def demo_rows(django_db_setup, django_db_blocker):
    with kept_for_several_tests(django_db_blocker, lambda: demo_parts.load(["tables"])) as counts:
        yield counts["tables"]


@pytest.fixture
def demo(demo_rows, db):
    return demo_rows


@pytest.fixture
def run(demo):
    """run("danfeng-towns-capital", "2023-06") → the published run."""

    def find(table, month):
        year, number = month.split("-")
        rows = RankingRun.objects.unscoped(reason="tests").select_related("table__group", "table__measure")
        return rows.get(table__code=table, year=int(year), month=int(number), publication__isnull=False)

    return find


@pytest.fixture
def lines(run):
    """lines(table, month) → the printed list as shown lines."""
    return lambda table, month: read(run(table, month)).lines


@pytest.fixture
def person(demo):
    return lambda username: User.objects.unscoped(reason="tests").get(username=username)


@pytest.fixture
def as_user(person, client):
    """as_user("clerk") → a signed-in browser."""

    def signed_in(username):
        User._base_manager.filter(username=username).update(must_change_password=False)
        return sign_in(client, person(username))

    return signed_in


def numbers(found, name):
    """A column of shown lines."""
    return [line.cells[name].value for line in found]


def decimals(*values):
    return [None if v is None else Decimal(str(v)) for v in values]
