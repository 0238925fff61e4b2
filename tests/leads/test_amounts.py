"""Amounts as people type and paste them into a form."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from leads.forms.fields import WanField
from leads.tables.columns import sum_text, wan_text


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


def test_a_currency_is_called_by_its_name_in_a_sentence():
    with override("zh-hans"):
        assert wan_text(Decimal(5_000_000), "USD") == "500.00 万美元"
        assert wan_text(Decimal(5_000_000), "XCG") == "500.00 万加勒比盾"
        assert wan_text(Decimal(5_000_000)) == "500.00 万元"
        assert sum_text(Decimal(5_000_000), "HKD") == "500.00 万港元"
    with override("en"):
        assert wan_text(Decimal(5_000_000), "USD") == "500.00 ten thousand US dollars"
