from decimal import Decimal
from fractions import Fraction

import pytest

from rules.money import Rounding
from rules.periods import Linear, Month, Quarterly, progress
from tests.rules.cases import number, params, schedule


@pytest.mark.parametrize(("document", "case"), params("schedule"))
def test_progress_cases(document, case):
    found = progress(schedule(case["schedule"]), case["month"])

    assert Rounding(4).apply(found) == number(case["expect"])


def test_progress_is_not_rounded():
    assert abs(Fraction(progress(Linear(), 7)) - Fraction(700, 12)) < Fraction(1, 10**28)


@pytest.mark.parametrize("month", [0, 13, -1])
def test_progress_knows_twelve_months(month):
    with pytest.raises(ValueError, match="1 to 12"):
        progress(Linear(), month)


def test_months():
    june = Month.parse("2023-06")

    assert june == Month(2023, 6)
    assert str(june) == "2023-06"
    assert june.next() == Month(2023, 7)
    assert june.previous() == Month(2023, 5)
    assert june.same_last_year() == Month(2022, 6)
    assert Month(2023, 12).next() == Month(2024, 1)
    assert Month(2024, 1).previous() == Month(2023, 12)
    assert sorted([Month(2024, 1), Month(2023, 12), Month(2023, 2)]) == [
        Month(2023, 2),
        Month(2023, 12),
        Month(2024, 1),
    ]


@pytest.mark.parametrize(
    "text", ["2023-13", "2023-00", "2023-6", "202306", " 2023-06", "2023-06\n", "２０２３-06", ""]
)
def test_months_that_are_none(text):
    with pytest.raises(ValueError):
        Month.parse(text)


@pytest.mark.parametrize(
    "shares",
    [
        ("0.25", "0.25", "0.25"),
        ("0.25", "0.25", "0.25", "0.24"),
        ("15", "25", "30", "30"),
        ("-0.1", "0.5", "0.3", "0.3"),
    ],
)
def test_quarterly_shares_add_up_to_one(shares):
    with pytest.raises(ValueError, match="four shares"):
        Quarterly(tuple(Decimal(share) for share in shares))
