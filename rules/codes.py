"""Codes with a check digit: the unified social credit code (GB 32100-2015, DOMAIN §9)."""

import re
import unicodedata
from enum import StrEnum

from stdnum.cn import uscc

LENGTH = 18
# Two places for authority and kind, six digits of the region, nine of the organisation, the check digit.
# The library's own format check wants digits in front and so refuses rural organisations, which begin with N.
_FORM = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}")


class CodeProblem(StrEnum):
    """What is wrong with a code. The words belong to the pages."""

    LENGTH = "length"
    CHARACTERS = "characters"
    CHECKSUM = "checksum"


def normal_code(text: str) -> str:
    """A code as it is stored: half-width, capital letters, no blanks."""
    joined = "".join(unicodedata.normalize("NFKC", text).split())
    return unicodedata.normalize("NFKC", joined.upper())


def credit_code_problem(code: str) -> CodeProblem | None:
    """The first thing wrong with a unified social credit code, None for a right one.

    Width, case and blanks play no part. An empty code has nothing wrong: a foreign investor or one not yet
    registered has none.
    """
    code = normal_code(code)
    if not code:
        return None
    if len(code) != LENGTH:
        return CodeProblem.LENGTH
    if not _FORM.fullmatch(code):
        return CodeProblem.CHARACTERS
    return None if uscc.calc_check_digit(code[:-1]) == code[-1] else CodeProblem.CHECKSUM
