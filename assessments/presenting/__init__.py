"""The ranking page's words and numbers, from a run that was read. Templates only draw what stands here."""

from .booked import levels as booked_levels
from .booked import page_url, reading_of
from .page import page, previous_ranks
from .panel import panel, sources

__all__ = ["booked_levels", "page", "page_url", "panel", "previous_ranks", "reading_of", "sources"]
