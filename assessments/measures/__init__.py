"""The registry of measures: what can be counted, how it is narrowed, read and explained (docs/measures.md)."""

from assessments.measures.base import BASES, DERIVED, REGISTRY, Base, Derived
from assessments.measures.cells import cells
from assessments.measures.keys import WINDOWS, Asked, FactKey
from assessments.measures.reading import beside, facts

__all__ = [
    "BASES",
    "DERIVED",
    "REGISTRY",
    "WINDOWS",
    "Asked",
    "Base",
    "Derived",
    "FactKey",
    "beside",
    "cells",
    "facts",
]
