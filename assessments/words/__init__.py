"""Words of the documents that leave the house: circulars and import templates.

They are data beside the code, one table per document and language, and not gettext messages: a circular is
a Chinese official paper whatever language its reader has chosen for the screen, and a bureau has its own
wording (县区 instead of 单位). So a caller picks a table and lays its own words over it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def load_words(document: str, language: str = "zh", own: Mapping[str, str] | None = None) -> dict[str, str]:
    """The words of "circular" or "template" in "zh" or "en", with `own` laid over them.

    Raises KeyError for an own word that the document doesn't know, FileNotFoundError for a wrong table.
    """
    words: dict[str, str] = json.loads((FOLDER / f"{document}.{language}.json").read_text(encoding="utf-8"))
    unknown = set(own or {}) - set(words)
    if unknown:
        raise KeyError(f"no such words: {sorted(unknown)}")
    return words | dict(own or {})
