"""Which few of all investors can be alike to a name: by the rarest of its pairs of characters.

Two names that are alike by 60 per cent share at least three sevenths of the pairs of each of them (Dice: 2s/(n+m) ≥ 0.6
and s ≤ m). So a like name holds at least one of any n − ⌈3n/7⌉ + 1 pairs of this one; the rarest of them are
looked up in the index. How rare a pair is, the database knows from its own statistics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db import connection

from rules.similarity import Bounds, bigrams, normal

NEAREST = 30  # investors that are compared exactly for one name
AT_ONCE = 500  # names in one query
UNSEEN = 0.0  # how often a pair stands in names, when the statistics don't list it among the frequent ones


def picks(name: str, often: Mapping[str, float], bounds: Bounds | None = None) -> tuple[list[str], list[str]]:
    """(the pairs to look up, all distinct pairs) of a name, the rarest first. Both empty for a blank name."""
    low = (bounds or Bounds()).low
    counted = bigrams(normal(name))
    every = sorted(counted, key=lambda pair: (often.get(pair, UNSEEN), pair))
    chosen, spare = list(every), shared_at_least(counted.total(), low) - 1
    while len(chosen) > 1 and counted[chosen[-1]] <= spare:
        spare -= counted[chosen.pop()]
    return chosen, every


def shared_at_least(count: int, low: Decimal) -> int:
    """How many of `count` pairs a name alike by `low` percent has at least (1 or more).

    From 2s ≥ low (count + m) and m ≥ s: s ≥ low · count / (200 − low).
    """
    least = low * count / (Decimal(200) - low)
    return max(1, int(least.to_integral_value(ROUND_CEILING)))


def frequencies() -> dict[str, float]:
    """The most frequent search keys of investors with the part of rows that have them, as PostgreSQL last
    counted them (ANALYZE); empty on a new database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats"
            " WHERE schemaname = current_schema() AND tablename = 'lds_investor' AND attname = 'grams'"
        )
        row = cursor.fetchone()
    return dict(zip(*row, strict=False)) if row and row[0] else {}


def nearest(
    names: Sequence[str], *, often: Mapping[str, float] | None = None, limit: int = NEAREST
) -> list[list[int]]:
    """For each name the ids of the investors that share most of its pairs, nearest first, of all units.

    One query for each 500 names, one for the statistics. The exact comparison is `rules.similarity`'s.
    """
    often = frequencies() if often is None else often
    asked: list[tuple[int, list[str], list[str]]] = []
    for number, name in enumerate(names):
        chosen, every = picks(name, often)
        if every:
            asked.append((number, chosen, every))
    found: list[list[int]] = [[] for _name in names]
    if not asked:
        return found
    for start in range(0, len(asked), AT_ONCE):
        for number, pk in _rows(asked[start : start + AT_ONCE], limit):
            found[number].append(pk)
    return found


def _rows(asked: Iterable[tuple[int, list[str], list[str]]], limit: int) -> list[tuple[int, int]]:
    parts: list[str] = []
    params: list[Any] = []
    for number, chosen, every in asked:
        # Plain sums of strpos are ten times faster than a subquery over the array.
        shared = " + ".join(["(strpos(normal, %s) > 0)::int"] * len(every))
        parts.append(
            f"(SELECT {number}, id FROM lds_investor"  # noqa: S608  (a number of ours; texts are parameters)
            " WHERE grams && %s::varchar[] AND archived_at IS NULL"
            f" ORDER BY 2.0 * ({shared}) / (%s + greatest(length(normal) - 1, 1)) DESC, id LIMIT %s)"
        )
        params += [chosen, *every, len(every), limit]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return cursor.fetchall()
