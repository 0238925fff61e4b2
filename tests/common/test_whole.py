"""Numbers out of addresses and hidden fields."""

import pytest

from common.numbers import whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("12", 12),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, 0),
        ("9" * 5000, 0),
        ("²", 0),
        ("٣", 0),
        ("-1", 0),
        ("", 0),
    ],
    ids=range(9),
)
def test_digits_and_nothing_else(text, number):
    assert whole(text) == number
