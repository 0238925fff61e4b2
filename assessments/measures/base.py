"""The registry: everything that can be counted from the books, and what is worked out of it."""

from __future__ import annotations

from collections.abc import Mapping

from assessments.measures.counted import BASES
from assessments.measures.shapes import FORMULAS, Base, Derived, Operand
from assessments.measures.worked import DERIVED

REGISTRY: Mapping[str, Base | Derived] = {
    **{base.code: base for base in BASES},
    **{derived.code: derived for derived in DERIVED},
}


def base_of(code: str) -> Base | Derived:
    """KeyError for a code that isn't in the registry."""
    return REGISTRY[code]


__all__ = ["BASES", "DERIVED", "FORMULAS", "REGISTRY", "Base", "Derived", "Operand", "base_of"]
