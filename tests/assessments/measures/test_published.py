"""What a measure counts stays once something is published by it (DOMAIN §4: a published method is immutable)."""

from datetime import date

import pytest

from assessments import services
from common.errors import Refused
from rules.periods import Month
from tests.assessments.support import TESTS, County
from tests.support.scheme_towns import publish, scheme_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(english):
    return County()


def refused(expected, call, row, **values):
    row.refresh_from_db()
    with pytest.raises(Refused) as problem:
        call(actor=TESTS, pk=row.pk, version=row.version, **values)
    assert problem.value.code == expected
    row.refresh_from_db()


def test_a_method_in_force_holds_its_measures(county):
    """The towns' method reads “signed”; a rate is made of it, and no method reads that one."""
    rate = county.measure(
        code="rate", name="比率", unit="percent", nature="ratio", numerator=county.signed, denominator=county.capital
    )  # fmt: skip
    signed = county.signed
    update, archive = services.measure_update, services.measure_archive
    row = scheme_of(TESTS, county.unit, group=county.group)
    update(actor=TESTS, pk=signed.pk, version=signed.version, direction="asc")  # a draft holds nothing
    publish(TESTS, row)
    refused("published", update, signed, direction="more")
    refused("published", update, signed, code="other")
    refused("published", update, signed, source="given")
    refused("in_force", archive, signed, reason="x")
    assert (signed.direction, signed.code, signed.archived_at) == ("asc", "signed", None)
    again = update(
        actor=TESTS, pk=signed.pk, version=signed.version, name="签约", words="签约 签约数", direction="asc"
    )
    assert again.name == "签约"
    update(actor=TESTS, pk=rate.pk, version=rate.version, direction="asc")
    row.versions.unscoped(reason="tests").update(until=date(2023, 12, 31))
    refused("published", update, signed, direction="more")  # its published results stay
    rate.refresh_from_db()
    archive(actor=TESTS, pk=rate.pk, version=rate.version, reason="x")
    signed.refresh_from_db()
    assert archive(actor=TESTS, pk=signed.pk, version=signed.version, reason="x").archived_at


def test_a_published_ranking_holds_its_measure_and_what_that_is_made_of(county):
    rate = county.measure(
        code="rate", name="比率", unit="percent", nature="ratio", numerator=county.capital, denominator=county.signed
    )  # fmt: skip
    table = county.make_table("rates", measure=rate, rank_by="done")
    run, _new = services.run_compute(actor=county.clerk, table=table, month=Month(2023, 6))
    services.measure_update(actor=TESTS, pk=rate.pk, version=None, direction="asc")
    services.run_publish(actor=county.clerk, pk=run.pk)
    for row in (rate, county.capital, county.signed):
        refused("published", services.measure_update, row, direction="more" if row == rate else "asc")
    services.measure_update(actor=TESTS, pk=county.signed.pk, version=None, sort=9)
