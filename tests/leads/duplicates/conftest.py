import pytest

from tests.support.clients import user_with
from tests.support.factories import Tree


@pytest.fixture
def tree(db):
    return Tree()


@pytest.fixture
def officer(tree):
    """An officer of the town; 青石县 and its town are other units to him."""
    return user_with("officer", tree.town)


@pytest.fixture
def bureau(tree):
    return user_with("bureau_staff", tree.city)
