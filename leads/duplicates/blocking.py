"""Which few of all investors can be alike to a name: by the rarest of its pairs of characters.

Two names that are alike by 60 per cent share at least three sevenths of the pairs of each of them (Dice: 2s/(n+m) ≥ 0.6
and s ≤ m). So a like name holds at least one of any n − ⌈3n/7⌉ + 1 pairs of this one; the rarest of them are
looked up in the index. How rare a pair is, the database knows from its own statistics.

A name of common words only has thousands that are alike to it by 60 per cent. Then only so many of the rarest pairs are
looked up as 85 per cent need, and no more than `READ` rows are read; the same name is found in any case.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any

from django.db import connection

from rules.similarity import Bounds, bigrams, normal

NEAREST = 30  # investors that are compared exactly for one name
AT_ONCE = 500  # names in one query
READ = 1_500  # rows that are looked at for one name
UNSEEN = 0.0  # how many names hold a pair that the statistics don't list among the frequent ones
KEPT = 300  # seconds for which the statistics are remembered


def picks(
    name: str, often: Mapping[str, float], bounds: Bounds | None = None, alike: Decimal | None = None
) -> tuple[list[str], list[str]]:
    """(the pairs to look up, all distinct pairs) of a name, the rarest first; for names alike by `alike` per cent, the
    lower bound unless said. Both empty for a blank name."""
    low = alike or (bounds or Bounds()).low
    counted = bigrams(normal(name))
    every = sorted(counted, key=lambda pair: (often.get(pair, UNSEEN), pair))
    chosen, spare = list(every), shared_at_least(counted.total(), low) - 1
    while len(chosen) > 1 and counted[chosen[-1]] <= spare:
        spare -= counted[chosen.pop()]
    return chosen, every


def affordable(name: str, often: Mapping[str, float]) -> tuple[list[str], list[str]]:
    """As `picks`, without the commonest pairs while more than `READ` rows hold one of those looked up; what is needed
    for the higher bound stays."""
    chosen, every = picks(name, often)
    needed = len(picks(name, often, alike=Bounds().high)[0])
    while len(chosen) > needed and sum(often.get(pair, UNSEEN) for pair in chosen) > READ:
        chosen.pop()
    return chosen, every


def shared_at_least(count: int, low: Decimal) -> int:
    """How many of `count` pairs a name alike by `low` percent has at least (1 or more).

    From 2s ≥ low (count + m) and m ≥ s: s ≥ low · count / (200 − low).
    """
    least = low * count / (Decimal(200) - low)
    return max(1, int(least.to_integral_value(ROUND_CEILING)))


def frequencies() -> dict[str, float]:
    """The most frequent search keys of investors with the number of rows that have them, as PostgreSQL last
    counted them (ANALYZE); empty on a new database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_elems::text::text[], most_common_elem_freqs,"
            " (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'lds_investor'::regclass) FROM pg_stats"
            " WHERE schemaname = current_schema() AND tablename = 'lds_investor' AND attname = 'grams'"
        )
        row = cursor.fetchone()
    if not row or not row[0]:
        return {}
    return {pair: part * row[2] for pair, part in zip(row[0], row[1], strict=False)}


@lru_cache(maxsize=1)
def _remembered(_moment: int) -> dict[str, float]:
    return frequencies()


def nearest(
    names: Sequence[str], *, often: Mapping[str, float] | None = None, limit: int = NEAREST
) -> list[list[int]]:
    """For each name the ids of the investors that share most of its pairs, nearest first, of all units.

    One query for each 500 names, and one for the statistics every few minutes. The exact comparison is `rules.similarity`'s.
    """
    often = _remembered(int(time.monotonic() // KEPT)) if often is None else often
    asked: list[tuple[int, str, list[str], list[str]]] = []
    for number, name in enumerate(names):
        chosen, every = affordable(name, often)
        if every:
            asked.append((number, normal(name), chosen, every))
    found: list[list[int]] = [[] for _name in names]
    if not asked:
        return found
    for start in range(0, len(asked), AT_ONCE):
        for number, pk in _rows(asked[start : start + AT_ONCE], limit):
            found[number].append(pk)
    return found


def _rows(asked: Iterable[tuple[int, str, list[str], list[str]]], limit: int) -> list[tuple[int, int]]:
    parts: list[str] = []
    params: list[Any] = []
    for number, same, chosen, every in asked:
        # Plain sums of strpos are ten times faster than a subquery over the array.
        shared = " + ".join(["(strpos(normal, %s) > 0)::int"] * len(every))
        parts.append(
            f"(SELECT {number}, id FROM ("  # noqa: S608  (numbers of ours; texts are parameters)
            "(SELECT id, normal FROM lds_investor WHERE normal = %s AND archived_at IS NULL LIMIT %s)"
            " UNION (SELECT id, normal FROM lds_investor"
            f" WHERE grams && %s::varchar[] AND archived_at IS NULL LIMIT {READ})) near"
            f" ORDER BY 2.0 * ({shared}) / (%s + greatest(length(normal) - 1, 1)) DESC, id LIMIT %s)"
        )
        params += [same, limit, chosen, *every, len(every), limit]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return cursor.fetchall()
