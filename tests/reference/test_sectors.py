"""DOMAIN §9: primary = A without 05; secondary = B without 11, C without 43, D, E; the rest tertiary."""

from __future__ import annotations

from collections import Counter

import pytest

from reference import sources
from reference.sectors import section_of, sector_of


@pytest.mark.parametrize(
    ("code", "sector"),
    [
        ("01", "primary"),
        ("0111", "primary"),
        ("04", "primary"),
        ("05", "tertiary"),
        ("0511", "tertiary"),
        ("A0549", "tertiary"),
        ("06", "secondary"),
        ("10", "secondary"),
        ("11", "tertiary"),
        ("1120", "tertiary"),
        ("12", "secondary"),
        ("13", "secondary"),
        ("C3973", "secondary"),
        ("42", "secondary"),
        ("43", "tertiary"),
        ("4349", "tertiary"),
        ("44", "secondary"),
        ("46", "secondary"),
        ("D", "secondary"),
        ("E", "secondary"),
        ("50", "secondary"),
        ("51", "tertiary"),
        ("F", "tertiary"),
        ("K7010", "tertiary"),
        ("T", "tertiary"),
        ("97", "tertiary"),
    ],
)
def test_sector(code, sector):
    assert sector_of(code) == sector


@pytest.mark.parametrize("section", ["A", "B", "C"])
def test_sections_with_two_sectors_are_refused(section):
    with pytest.raises(ValueError, match="two sectors"):
        sector_of(section)


@pytest.mark.parametrize("code", ["", "X", "1", "00", "98", "C01", "A05x", "39730", "ａ01"])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(ValueError):
        sector_of(code)


def test_sections_agree_with_the_table_of_codes():
    parent = {row.code: row.parent for row in sources.industries() if row.level == "division"}
    assert {code: section_of(code) for code in parent} == parent


def test_divisions_per_sector():
    # By hand: primary 01-04; secondary 06-10, 12, 13-42, 44-50 = 5 + 1 + 30 + 7; tertiary the other 50 of 97.
    divisions = [row.code for row in sources.industries() if row.level == "division"]
    assert Counter(map(sector_of, divisions)) == {"primary": 4, "secondary": 43, "tertiary": 50}
