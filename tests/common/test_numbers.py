"""Numbers as people type them. Expected values are read off the text by hand."""

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.sheets import NIL, NOT_REPORTED, NumberError, Special, parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.34", "12.34"),
        ("１２３．５０", "123.50"),
        ("1,234,567.8", "1234567.8"),
        ("159，145", "159145"),
        ("159 145", "159145"),
        (" 　9050\u00a0", "9050"),
        ("-300", "-300"),
        ("−300", "-300"),
        ("－３００", "-300"),
        ("+6.67", "6.67"),
        (".5", "0.5"),
        ("0012", "12"),
    ],
)
def test_numbers_are_read_exactly(text, number):
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", [None, "", "  ", "-", "—", "——", "－", "/", "·"])
def test_blank_is_none_and_never_zero(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "special"), [("零报告", NIL), (" 未报 ", NOT_REPORTED), ("未上报", NOT_REPORTED)]
)
def test_words_for_nil_and_not_reported(text, special):
    assert parse_number(text) is special


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        ("9O50", "letter_for_digit", {"position": 2, "char": "O", "digit": "0"}),
        (" 19l25", "letter_for_digit", {"position": 4, "char": "l", "digit": "1"}),
        ("９Ｏ５０", "letter_for_digit", {"position": 2, "char": "Ｏ", "digit": "0"}),
        ("约9050", "not_a_number", {"position": 1, "char": "约"}),
        ("1.2.3", "not_a_number", {"position": 4, "char": "."}),
        ("5-3", "not_a_number", {"position": 2, "char": "-"}),
        ("(500)", "not_a_number", {"position": 1, "char": "("}),
        ("一百", "not_a_number", {"position": 1, "char": "一"}),
        ("½", "not_a_number", {"position": 1, "char": "½"}),
        ("1,23", "grouping", {"position": 2, "char": ","}),
        ("12，3456", "grouping", {"position": 3, "char": "，"}),
        ("12 34", "grouping", {"position": 3, "char": " "}),
        ("1.2亿元", "unit", {"unit": "亿元"}),
        ("36.2％", "unit", {"unit": "%"}),
        ("300 万元", "unit", {"unit": "万元"}),
        ("1.23E+11", "scientific", {}),
        ("#REF!", "formula_error", {}),
    ],
)
def test_doubtful_text_is_refused_with_its_place(text, code, params):
    with pytest.raises(NumberError) as caught:
        parse_number(text)
    assert caught.value.code == code
    assert {key: caught.value.params[key] for key in params} == params
    assert str(caught.value) == caught.value.msgid % caught.value.params


def test_units_that_the_column_allows_are_converted():
    units = {"万元": Decimal(1), "亿元": Decimal(10000)}
    assert parse_number("1.2亿元", units=units) == Decimal(12000)
    assert parse_number("1,200 万元", units=units) == Decimal(1200)
    with pytest.raises(NumberError):
        parse_number("1.2万美元", units=units)


@pytest.mark.parametrize(("value", "code"), [(True, "boolean"), (date(2023, 6, 1), "date")])
def test_other_types_are_refused(value, code):
    with pytest.raises(NumberError) as caught:
        parse_number(value)
    assert caught.value.code == code


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_grouped_text_gives_the_same_number_back(number):
    assert parse_number(f"{number:,}") == number


@given(st.text(max_size=12))
def test_no_text_breaks_the_parser(text):
    with contextlib.suppress(NumberError):
        assert parse_number(text) is None or isinstance(parse_number(text), Decimal | Special)
