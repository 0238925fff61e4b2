import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.codes import credit_code_problem, normal_code
from tests.rules.cases import params

CALM = settings(deadline=None, derandomize=True, max_examples=100)
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
RIGHT = ["91000000MA0000000N", "N2000000MF0000000G", "111111111111111115"]


@pytest.mark.parametrize(("document", "case"), params("codes", "credit_code"))
def test_credit_codes(document, case):
    assert credit_code_problem(case["code"]) == case["expect"]


@CALM
@given(st.sampled_from(RIGHT), st.integers(0, 17), st.sampled_from(LETTERS))
def test_one_wrong_character_is_always_found(code, place, letter):
    """31 is a prime and no weight is a multiple of it."""
    wrong = code[:place] + letter + code[place + 1 :]

    assert (credit_code_problem(wrong) is None) is (wrong == code)


@CALM
@given(st.text(max_size=20))
def test_any_text_gets_an_answer(text):
    assert normal_code(normal_code(text)) == normal_code(text)
    credit_code_problem(text)
