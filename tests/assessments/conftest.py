from contextlib import contextmanager

import pytest
from django.db import transaction

from tests.assessments.support import County
from tests.support.clients import sign_in


@pytest.fixture(autouse=True)
def in_english(english):
    """All tests of this folder."""


@contextmanager
def kept_for_several_tests(blocker, make):
    """Rows that several tests start from: each test's own changes are rolled back, at the end these too."""
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        made = make()
    yield made
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(scope="module")
def county_rows(django_db_setup, django_db_blocker):
    with kept_for_several_tests(django_db_blocker, County) as made:
        yield made


@pytest.fixture
def county(county_rows, db):
    return county_rows


@pytest.fixture
def page(county, client):
    """The clerk's browser."""
    return sign_in(client, county.clerk)
