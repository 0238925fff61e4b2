"""Levels and reasons of likeness in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.text import folded, pairs
from rules.similarity import Reason

from .candidates import POSSIBLE, SAME_CODE, SAME_INVESTOR

REASONS: dict[str, Any] = {
    Reason.SAME_PROJECT_CODE: _("same project code"),
    Reason.SAME_CREDIT_CODE: _("same credit code"),
    Reason.SAME_NAME: _("same name"),
    Reason.VERY_SIMILAR_NAME: _("very similar name"),
    Reason.SIMILAR_NAME: _("similar name"),
    Reason.SIMILAR_AMOUNT: _("same investor, similar amount"),
    SAME_CODE: _("same investor by its credit code, another idea"),
    SAME_INVESTOR: _("same investor, another idea"),
    POSSIBLE: _("possible"),
}
LEVELS: dict[int, Any] = {
    1: _("certain"),
    2: _("almost certain"),
    3: _("likely"),
    4: _("possible"),
}


def reason_words(code: str) -> str:
    """Why two records are alike, as people read it; "" for a confidential one."""
    return str(REASONS.get(code, ""))


def marked(name: str, typed: str) -> Iterator[tuple[str, bool]]:
    """A name in pieces: (text, whether its characters stand side by side in what was typed as well)."""
    shared = pairs(folded(name)) & pairs(folded(typed))
    plain = [folded(char) for char in name]
    hit = [False] * len(name)
    solid = [n for n, char in enumerate(plain) if char]  # blanks and punctuation have no form of their own
    for a, b in zip(solid, solid[1:], strict=False):
        if plain[a] + plain[b] in shared:
            hit[a] = hit[b] = True
    start = 0
    for n in range(1, len(name) + 1):
        if n == len(name) or hit[n] != hit[start]:
            yield name[start:n], hit[start]
            start = n
