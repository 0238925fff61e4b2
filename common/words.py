"""Signs between words: each language has its own, Chinese ones are full width and need no space."""

from __future__ import annotations

from django.utils.translation import pgettext


def comma() -> str:
    """Between parts of a line."""
    return pgettext("between parts of a line", ", ")


def colon() -> str:
    """Before what is said or counted."""
    return pgettext("before what is said", ": ")


def listed() -> str:
    """Between things of one kind."""
    return pgettext("between things of one kind", ", ")


def semicolon() -> str:
    """Between statements."""
    return pgettext("between statements", "; ")
