"""Periods and lines to close, for the tests of the books."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from common import clock
from ledger.choices import Kind, Role
from ledger.closings import period_close, period_cut_off
from ledger.services import Entry, Look, Part, post
from tests.support.factories import TESTS

_numbers = count(1)


def noon(*day):
    """Inside the block it is noon in China on a day."""
    return clock.at(datetime(*day, 4, tzinfo=UTC))


def arrived(unit, wan, on, **values):
    """Money arrived, in ten thousands of yuan, recognised in one go; the whole counts for one unit."""
    number = next(_numbers)
    given = {
        "event": f"capital:{number}:r1",
        "subject": ("project", 7),
        "source": ("recognition", number),
        "facet": Look(zone="outside_province", fund_source="own"),
        "actor": TESTS,
        **values,
    }
    entry = Entry(
        Kind.CAPITAL_RECOGNISED, Decimal(wan) * 10_000, {Role.ASSESSED: [Part(unit.pk, Decimal(1))]},
        "CNY", Decimal(1), "arrived",
    )  # fmt: skip
    return post(entries=[entry], occurred_on=date(*on), **given)


def close(*codes):
    """Cut off and closed, one after the other; the last closing."""
    for code in codes:
        period_cut_off(actor=TESTS, code=code)
        closing = period_close(actor=TESTS, code=code)
    return closing
