"""How alike two leads or two companies are, at four levels (DOMAIN §2, one credit).

Level 1 is the surest. Every comparison is symmetric. Finding candidates among many belongs to the database.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from rules.codes import normal_code
from rules.money import checked, multiply, ratio, subtract

LEGAL_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "股份公司",
    "总公司",
    "公司",
    "集团",
    "companylimited",
    "coltd",
    "ltd",
    "gmbh",
)
_HUNDRED = Decimal(100)
_IGNORED = ("Z", "P", "C")  # Unicode categories: blanks, punctuation, control characters


class Reason(StrEnum):
    """Why two records may be the same. Codes are stored."""

    SAME_PROJECT_CODE = "same_project_code"
    SAME_CREDIT_CODE = "same_credit_code"
    SAME_NAME = "same_name"
    VERY_SIMILAR_NAME = "very_similar_name"
    SIMILAR_NAME = "similar_name"
    SIMILAR_AMOUNT = "similar_amount"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Settings in percent, each bound included. ``amount_within`` is a part of the larger amount.

    ValueError unless 0 < low ≤ high ≤ 100 and amount_within is 0..100.
    """

    high: Decimal = Decimal(85)
    low: Decimal = Decimal(60)
    amount_within: Decimal = Decimal(10)
    legal_forms: tuple[str, ...] = LEGAL_FORMS

    def __post_init__(self) -> None:
        if not (
            0 < checked(self.low) <= checked(self.high) <= 100 and 0 <= checked(self.amount_within) <= 100
        ):
            raise ValueError("bounds are percents, the lower one above zero and not above the higher one")


@dataclass(frozen=True, slots=True)
class LeadLike:
    """What is compared of a lead. ``key`` is None for one being typed; texts may be empty, the amount None."""

    key: object = None
    name: str = ""
    investor_key: object = None
    investor_name: str = ""
    credit_code: str = ""  # the investor's
    project_code: str = ""
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class CompanyLike:
    """What is compared of an investor. ``key`` is None for one being typed."""

    key: object = None
    name: str = ""
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """``level`` 1 (surest) to 4, ``similarity`` of the names in percent, unrounded.

    ``different_codes``: both have a credit code and the codes differ, so they are two companies of like names.
    """

    level: int
    reason: Reason
    similarity: Decimal
    different_codes: bool = False


@lru_cache(maxsize=8192)  # names are compared with many others
def normal(name: str, legal_forms: tuple[str, ...] = LEGAL_FORMS) -> str:
    """The part of a name that tells it from others: width and case evened out, no blanks, no punctuation, no
    legal form at the end. Never empty unless the name is blank.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(char for char in folded if unicodedata.category(char)[0] not in _IGNORED)
    kept = unicodedata.normalize("NFKC", kept)
    if not kept:
        return "".join(folded.split())
    forms = sorted(legal_forms, key=len, reverse=True)
    while True:
        form = next((form for form in forms if form and kept.endswith(form)), None)
        if form is None or form == kept:
            return kept
        kept = kept.removesuffix(form)


def bigrams(text: str) -> Counter[str]:
    """Pairs of neighbouring characters with their number; a single character stands for itself."""
    if len(text) == 1:
        return Counter({text: 1})
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def similarity(a: str, b: str) -> Decimal:
    """Dice coefficient of the bigrams in percent, 0 to 100, unrounded; 0 when both texts are empty.

    The texts are taken as they are: normalise them first.
    """
    left, right = bigrams(a), bigrams(b)
    both = left.total() + right.total()
    if not both:
        return Decimal(0)
    return ratio(Decimal(2 * (left & right).total()), Decimal(both), _HUNDRED)


def level(a: LeadLike, b: LeadLike, bounds: Bounds | None = None) -> Match | None:
    """How likely ``a`` and ``b`` are one lead; None when they aren't alike, or are one and the same record.

    1 same project code or credit code; 2 same normalised name and same investor; 3 names alike by ``high`` and same
    investor; 4 by ``low`` and same investor, or same investor and amounts of one currency within ``amount_within``.
    """
    bounds = bounds or Bounds()
    if a.key is not None and a.key == b.key:
        return None
    names = normal(a.name, bounds.legal_forms), normal(b.name, bounds.legal_forms)
    alike = similarity(*names)
    if _same_code(a.project_code, b.project_code):
        return Match(1, Reason.SAME_PROJECT_CODE, alike)
    if _same_code(a.credit_code, b.credit_code):
        return Match(1, Reason.SAME_CREDIT_CODE, alike)
    if not same_investor(a, b, bounds):
        return None
    found = _by_name(names, alike, bounds)
    if found is not None:
        return found
    return Match(4, Reason.SIMILAR_AMOUNT, alike) if _same_amount(a, b, bounds.amount_within) else None


def company_level(a: CompanyLike, b: CompanyLike, bounds: Bounds | None = None) -> Match | None:
    """How likely two investors are one: 1 same credit code, 2 same normalised name, 3 by ``high``, 4 by ``low``.

    Two different credit codes are at most level 4, and flagged. None as for ``level``.
    """
    bounds = bounds or Bounds()
    if a.key is not None and a.key == b.key:
        return None
    names = normal(a.name, bounds.legal_forms), normal(b.name, bounds.legal_forms)
    alike = similarity(*names)
    if _same_code(a.credit_code, b.credit_code):
        return Match(1, Reason.SAME_CREDIT_CODE, alike)
    found = _by_name(names, alike, bounds)
    if found is not None and normal_code(a.credit_code) and normal_code(b.credit_code):
        return Match(4, found.reason, alike, different_codes=True)
    return found


def same_investor(a: LeadLike, b: LeadLike, bounds: Bounds | None = None) -> bool:
    """Same key, same credit code or same normalised name of the investor; empty ones are never the same."""
    forms = (bounds or Bounds()).legal_forms
    if a.investor_key is not None and a.investor_key == b.investor_key:
        return True
    if _same_code(a.credit_code, b.credit_code):
        return True
    name = normal(a.investor_name, forms)
    return bool(name) and name == normal(b.investor_name, forms)


def _by_name(names: tuple[str, str], alike: Decimal, bounds: Bounds) -> Match | None:
    if names[0] and names[0] == names[1]:
        return Match(2, Reason.SAME_NAME, alike)
    if alike >= bounds.high:
        return Match(3, Reason.VERY_SIMILAR_NAME, alike)
    return Match(4, Reason.SIMILAR_NAME, alike) if alike >= bounds.low else None


def _same_code(a: str, b: str) -> bool:
    return bool(normal_code(a)) and normal_code(a) == normal_code(b)


def _same_amount(a: LeadLike, b: LeadLike, within: Decimal) -> bool:
    """Two amounts above zero whose difference is at most ``within`` percent of the larger, in one currency."""
    if a.amount is None or b.amount is None or a.currency != b.currency or min(a.amount, b.amount) <= 0:
        return False
    difference = abs(subtract(a.amount, b.amount))
    return multiply(difference, _HUNDRED) <= multiply(max(a.amount, b.amount), within)
