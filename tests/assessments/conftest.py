import pytest

from tests.assessments.support import County
from tests.support.clients import sign_in
from tests.support.kept import kept_for_several_tests


@pytest.fixture(autouse=True)
def in_english(english):
    """All tests of this folder."""


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
