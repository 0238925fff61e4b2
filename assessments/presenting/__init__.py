"""The ranking page's words and numbers, from a run that was read. Templates only draw what stands here."""

from .page import page, previous_ranks
from .panel import panel, sources

__all__ = ["page", "panel", "previous_ranks", "sources"]
