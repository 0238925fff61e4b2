"""Reading once: only in a block, and what ordinary work changes only where nothing is written."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from common import memo
from organizations.models import Officer
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import LeadFactory


def test_what_is_kept_where():
    made = []

    def make():
        made.append(len(made))
        return made[-1]

    assert [memo.settled("a", make), memo.settled("a", make)] == [0, 1], "nothing outside of a block"
    with memo.block():
        assert [memo.settled("a", make), memo.settled("a", make)] == [2, 2]
        assert [memo.seen("b", make), memo.seen("b", make)] == [3, 4], "something may be written here"
        with memo.block(only_reads=True):
            assert [memo.settled("a", make), memo.seen("b", make), memo.seen("b", make)] == [5, 6, 6]
        assert memo.settled("a", make) == 2
    assert memo.settled("a", make) == 7


@pytest.mark.django_db
def test_a_row_that_was_read_is_not_asked_for_again(tree):
    """One that was only named is; an unknown one is refused as before."""
    officer = OfficerFactory(unit=tree.town)
    with CaptureQueriesContext(connection) as queries:
        officer.clean_fields()
    assert len(queries) == 0
    named = Officer._base_manager.get(pk=officer.pk)
    with CaptureQueriesContext(connection) as queries:
        named.clean_fields()
    assert ["org_unit" in query["sql"] for query in queries] == [True]
    officer.unit_id = 987654321
    with pytest.raises(ValidationError) as refused:
        officer.clean_fields()
    assert set(refused.value.message_dict) == {"unit"}


@pytest.mark.django_db
def test_all_checks_take_one_query_and_each_speaks_for_itself(pipeline, tree):
    """A lead has two: in the pool it has no officer, and what is confidential has a code name."""
    lead = LeadFactory(unit=tree.town, officer=None)
    with CaptureQueriesContext(connection) as queries:
        lead.validate_constraints()
    assert sum("COALESCE" in query["sql"] for query in queries) == 1
    lead.confidential_until, lead.code_name = date(2030, 1, 1), ""
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        lead.validate_constraints()
    assert refused.value.messages == ["A confidential lead needs a code name."]
    lead.validate_constraints(exclude={"code_name"})
