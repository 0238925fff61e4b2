"""The regular run after a month: what is due is computed, what can't be is named (DOMAIN §4)."""

from datetime import date

import pytest

from assessments import services
from assessments.models import SchemeVersion
from assessments.schemes.due import due_in
from assessments.services import schemecompute
from common import jobs
from common.actors import System
from tests.assessments.support import TESTS
from tests.support.scheme_towns import publish, scheme_of, towns

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(county):
    county.write(("棣花镇", 200, 150), ("商镇", 100, 100))
    row = scheme_of(county.clerk, county.unit, group=county.group)
    publish(county.clerk, row)
    return row


def test_a_regular_run_computes_what_is_due_and_names_what_cannot_be(county, scheme):
    unbound = scheme_of(county.clerk, county.unit, {**towns(), "code": "other"}, code="other")
    publish(county.clerk, unbound)
    yearly = scheme_of(
        county.clerk,
        county.unit,
        {**towns(), "code": "yearly", "period": "year"},
        county.group,
        code="yearly",
    )
    publish(county.clerk, yearly)
    rows = [scheme, unbound, yearly]
    assert due_in(rows, 2023, 6) == [(scheme, 2023, 6), (unbound, 2023, 6)]
    assert (yearly, 2023, 12) in due_in(rows, 2023, 12)
    job = jobs.enqueue(schemecompute.JOB, params={"month": "2023-06"}, key="t", actor=System("calendar"))
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert len(job.result["runs"]) == 1
    assert [one.split(":")[0] for one in job.result["refused"]] == ["镇招商考核"]


def test_a_broken_scheme_stops_no_other(county):
    for code, document in (("no-period", {"schema": 1}), ("no-groups", {"schema": 1, "period": "month"})):
        row = services.scheme_create(actor=TESTS, owner=county.unit, code=code, name=code)
        about = {"state": "published", "since": date(2023, 1, 1), "sha256": code}
        SchemeVersion._base_manager.create(scheme=row, document=document, **about)
    county.write(("棣花镇", 200, 150))
    publish(county.clerk, scheme_of(county.clerk, county.unit, group=county.group))
    job = jobs.enqueue(schemecompute.JOB, params={"month": "2023-06"}, key="t", actor=System("calendar"))
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, len(job.result["runs"])) == ("done", 1), job.error
    assert [one.split(":")[0] for one in job.result["refused"]] == ["no-period", "no-groups"]
