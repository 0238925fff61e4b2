"""What is kept beside a name so that the database can sort, find and compare it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from reference.pinyin import pinyin_key
from rules.similarity import bigrams, normal

INITIALS = "~"  # marks pairs of pinyin initials among the pairs of characters


def grams(name: str) -> list[str]:
    """Search keys of a name, sorted, each once: the pairs of neighbouring characters of its normal form, and the
    pairs of its pinyin initials with a mark in front. 青屿 → ["~qy", "青屿"]. Empty for a blank name."""
    plain = normal(name)
    initials = pinyin_key(plain).partition(" ")[2]
    pairs = {f"{INITIALS}{a}{b}" for a, b in pairwise(initials)}
    return sorted({*bigrams(plain), *pairs})


def derive(row: Any) -> Any:
    """Fill the derived columns that the row has (pinyin, normal, grams) from its name. Returns the row."""
    fields = {field.name: field for field in row._meta.fields}
    if "pinyin" in fields:
        row.pinyin = pinyin_key(row.name)
    if "normal" in fields:
        row.normal = normal(row.name)[: fields["normal"].max_length]
    if "grams" in fields:
        row.grams = grams(row.name)
    return row


def derived(model: Any, name: str) -> dict[str, Any]:
    """The same columns as values for `common.services.create` and `update`."""
    row = derive(model(name=name))
    return {key: getattr(row, key) for key in ("pinyin", "normal", "grams") if hasattr(row, key)}
