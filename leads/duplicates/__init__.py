"""Finding what may be the same: while typing, on import, among all that is there; and making one of two."""

from .candidates import Collision, Hit, Warnings, candidates, collision, warnings_for
from .search import search_investors

__all__ = [
    "Collision",
    "Hit",
    "Warnings",
    "candidates",
    "collision",
    "search_investors",
    "warnings_for",
]
