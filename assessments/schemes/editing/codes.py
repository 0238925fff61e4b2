"""Codes that the clerk needn't think of: made from the pinyin of a title."""

from __future__ import annotations

import re
from collections.abc import Collection

from reference.pinyin import pinyin_key
from rules.scheme.checks import RESERVED

LONGEST = 24


def code_of(title: str, taken: Collection[str], fallback: str = "item") -> str:
    """A code that isn't taken: the initials of the title's characters, Latin words as they are; a number where that
    gives nothing or is taken."""
    plain = re.sub(r"[^a-z0-9]+", "_", _initials(title)).strip("_")[:LONGEST].strip("_")
    if not plain or not plain[0].isalpha():
        plain = f"{fallback}_{plain}".strip("_")
    if plain not in taken and plain not in RESERVED:
        return plain
    number = 2
    while f"{plain}_{number}" in taken:
        number += 1
    return f"{plain}_{number}"


def _initials(title: str) -> str:
    """ "到位资金 FDI" → "dwzj fdi"."""
    pieces = re.findall(r"[\u4e00-\u9fff]+|[A-Za-z0-9]+", title)
    return " ".join(one.lower() if one.isascii() else pinyin_key(one).split()[-1] for one in pieces)
