"""The three sectors of the economy, from an industry code alone. Pure: no database, no framework.

Rule of the statistics bureau (DOMAIN §9): primary is section A without division 05; secondary is B without 11,
C without 43, D and E; the rest is tertiary. Divisions as GB/T 4754-2017 numbers them.
"""

from __future__ import annotations

import re

PRIMARY, SECONDARY, TERTIARY = "primary", "secondary", "tertiary"

# First and last division of each section (GB/T 4754-2017, table of codes).
SECTIONS = {
    "A": (1, 5), "B": (6, 12), "C": (13, 43), "D": (44, 46), "E": (47, 50), "F": (51, 52), "G": (53, 60),
    "H": (61, 62), "I": (63, 65), "J": (66, 69), "K": (70, 70), "L": (71, 72), "M": (73, 75), "N": (76, 79),
    "O": (80, 82), "P": (83, 83), "Q": (84, 85), "R": (86, 90), "S": (91, 96), "T": (97, 97),
}  # fmt: skip
MIXED = frozenset("ABC")  # sections that hold divisions of two sectors
SERVICES = frozenset({5, 11, 43})  # support activities inside A, B and C: tertiary

_CODE = re.compile(r"([A-T])?(\d{2,4})")


def section_of(code: str) -> str:
    """Section letter of an industry code: "C", "39", "397", "3973" or "C3973". Raises ValueError."""
    if code in SECTIONS:
        return code
    match = _CODE.fullmatch(code)
    if not match:
        raise ValueError(f"{code!r} is not an industry code of GB/T 4754-2017.")
    division = int(match[2][:2])
    for letter, (first, last) in SECTIONS.items():
        if first <= division <= last:
            if match[1] and match[1] != letter:
                raise ValueError(
                    f"{code!r}: division {match[2][:2]} belongs to section {letter}, not {match[1]}."
                )
            return letter
    raise ValueError(f"{code!r}: GB/T 4754-2017 has no division {match[2][:2]}.")


def sector_of(code: str) -> str:
    """ "primary", "secondary" or "tertiary" for a code of any level.

    Raises ValueError for what is no code, and for the sections A, B and C alone: they hold two sectors,
    so at least the division must be known.
    """
    letter = section_of(code)
    if code in MIXED:
        raise ValueError(f"Section {code} holds two sectors: give the division or a finer code.")
    digits = code.lstrip(letter)
    if digits and int(digits[:2]) in SERVICES:
        return TERTIARY
    if letter == "A":
        return PRIMARY
    return SECONDARY if letter in "BCDE" else TERTIARY
