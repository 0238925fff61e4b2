"""Keys for sorting and finding Chinese names: the database sorts by bytes and knows no pinyin."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

MAX_KEY = 200


def sort_key(name: str) -> str:
    """Pinyin with tone numbers, lower case, syllables parted by a blank: 安徽省 → "an1 hui1 sheng3"."""
    return " ".join(lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True)).lower()[:MAX_KEY]
