"""The unified social credit code as people enter it (GB 32100-2015, DOMAIN §9)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rules.codes import LENGTH, CodeProblem, credit_code_problem, normal_code

ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")  # GB 32100, table 1: no I, O, S, V, Z
DIGITS = frozenset("0123456789")
REGION = range(2, 8)  # places 3 to 8, counted from 0


def clean_credit_code(text: str) -> str:
    """The code as it is stored: half-width, capitals, no blanks; "" stays "".

    Raises ValidationError that says how many characters are missing, or which stand where they can't.
    """
    code = normal_code(text)
    problem = credit_code_problem(code)
    if problem is None:
        return code
    if problem is CodeProblem.LENGTH:
        raise ValidationError(
            ngettext(
                "A credit code has %(wanted)d characters, this has %(count)d.",
                "A credit code has %(wanted)d characters, this has %(count)d.",
                len(code),
            )
            % {"wanted": LENGTH, "count": len(code)},
            code="length",
        )
    if problem is CodeProblem.CHARACTERS:
        wrong = ", ".join(
            _("%(character)s at place %(place)d") % {"character": char, "place": place + 1}
            for place, char in enumerate(code)
            if char not in (DIGITS if place in REGION else ALPHABET)
        )
        raise ValidationError(
            _(
                "Not possible: %(wrong)s. A credit code has no I, O, S, V, Z, and its places 3 to 8 are digits."
            )
            % {"wrong": wrong},
            code="characters",
        )
    raise ValidationError(
        _(
            "The last character doesn't fit the others, so one of them was mistyped. Compare with the licence."
        ),
        code="checksum",
    )
