import pytest

from tests.assessments.support import County
from tests.support.clients import sign_in
from tests.support.kept import kept_for_several_tests
from tests.support.scheme_towns import publish, scheme_of


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


@pytest.fixture
def scheme(county):
    """Towns by their capital, in force; one has 150 of 200, one 100 of 100, one nothing."""
    county.write(("棣花镇", 200, 150), ("商镇", 100, 100))
    row = scheme_of(county.clerk, county.unit, group=county.group)
    publish(county.clerk, row)
    return row
