"""Amounts as people type and paste them into a form."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from leads.forms.fields import WanField


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("12000", "120000000.00"),  # 12,000 ten thousands
        ("12,000.00", "120000000.00"),  # as every table here shows it
        ("１２，０００", "120000000.00"),  # typed with a Chinese keyboard
        ("1.2亿", "120000000.00"),
        (" 350 万元 ", "3500000.00"),
        ("0.0001", "1.00"),
    ],
)
def test_an_amount_is_taken_as_it_is_written(typed, yuan):
    assert WanField().clean(typed) == Decimal(yuan)


@pytest.mark.parametrize("typed", ["1,2000", "12OO", "3000美元", "零报告", "-5"])
def test_what_is_not_plain_is_refused(typed):
    with pytest.raises(ValidationError):
        WanField().clean(typed)


def test_empty_stays_empty():
    assert WanField().clean("") is None
    with pytest.raises(ValidationError):
        WanField(required=True).clean("")
