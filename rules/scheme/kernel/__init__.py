"""The score of every unit, with its trace: figures → marks → totals → places (DOMAIN §4, §8)."""

from .results import GroupResult, Line, Result
from .scoring import score

__all__ = ["GroupResult", "Line", "Result", "score"]
