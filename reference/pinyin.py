"""Keys for sorting and finding Chinese names: the database sorts by bytes and knows no pinyin."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_KEY = 300


@lru_cache(maxsize=8192)
def pinyin_key(name: str) -> str:
    """Full pinyin and initials, punctuation dropped: 安徽省 → "anhuisheng ahs"."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries are a quarter of a start: read when needed

    plain = re.sub(r"\W+", "", name)
    full, initials = lazy_pinyin(plain), lazy_pinyin(plain, style=Style.FIRST_LETTER)
    return f"{''.join(full)} {''.join(initials)}".lower()[:MAX_KEY]
