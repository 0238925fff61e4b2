"""Competition ranking with tie-breakers; lines without a value or outside the ranking come last (DOMAIN §8)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from rules.facts import Fact, Missing, MissingReason, Value, common_unit
from rules.money import Rounding

NOT_RANKED = "not_ranked"


class ReturnState(StrEnum):
    """What became of a unit's monthly return: handed in, handed in as nil, or not handed in (DOMAIN §3)."""

    FILED = "filed"
    NIL = "nil"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Key:
    """A column to order by. ``desc``: more is better. ValueError for another direction."""

    column: str
    direction: Literal["desc", "asc"] = "desc"

    def __post_init__(self) -> None:
        if self.direction not in ("desc", "asc"):
            raise ValueError(f"unknown direction {self.direction!r}")

    def __str__(self) -> str:
        return f"{self.column}:{self.direction}"


@dataclass(frozen=True, slots=True)
class RankRule:
    """The first key decides, the others break ties; without tie-breakers equal values share a position.

    ``rounded``: compare values as printed instead of exact ones. ValueError without keys or for a column
    that is named twice.
    """

    order_by: tuple[Key, ...]
    rounded: bool = False

    def __post_init__(self) -> None:
        columns = [key.column for key in self.order_by]
        if not columns or len(set(columns)) != len(columns):
            raise ValueError("a rank rule needs at least one column, and each only once")


@dataclass(frozen=True, slots=True)
class LineInput:
    """One unit's line. ``unit`` and ``group`` are stable codes; ``facts`` are exact figures by column.

    ``ranked`` False: shown, never ranked. ``in_total``: counted in the group's sum. ``comparable`` False:
    the definition changed since last year, so there is no growth.
    """

    unit: str
    group: str
    ranked: bool = True
    facts: Mapping[str, Fact] = field(default_factory=dict)
    return_state: ReturnState = ReturnState.FILED
    in_total: bool = True
    comparable: bool = True


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit's place. ``value`` is the primary value as it was compared.

    ``position`` is None when there is none, with ``reason`` (a MissingReason code or NOT_RANKED).
    ``tied``: shares its position. ``decided_by``: the column that put it below the unit before it.
    """

    unit: str
    position: int | None
    value: Fact
    tied: bool = False
    reason: str | None = None
    decided_by: str | None = None


def only_group(lines: Sequence[LineInput]) -> str:
    """The one group of ``lines`` ("" for none). ValueError for several groups or a unit that stands twice."""
    groups = sorted({line.group for line in lines})
    if len(groups) > 1:
        raise ValueError(f"units of different groups aren't ranked together: {', '.join(groups)}")
    twice = sorted(unit for unit, count in Counter(line.unit for line in lines).items() if count > 1)
    if twice:
        raise ValueError(f"units stand in the list twice: {', '.join(twice)}")
    return groups[0] if groups else ""


def compared(line: LineInput, rule: RankRule, roundings: Mapping[str, Rounding]) -> tuple[Fact, ...]:
    """The line's values in the order of the rule's keys, rounded where the rule says so."""
    found: list[Fact] = []
    for key in rule.order_by:
        fact = line.facts.get(key.column, Missing(MissingReason.NOT_IN_TABLE))
        if rule.rounded and isinstance(fact, Value) and key.column in roundings:
            fact = Value(roundings[key.column].apply(fact.amount), fact.unit, fact.ref)
        found.append(fact)
    return tuple(found)


def _sort_key(values: tuple[Fact, ...], rule: RankRule) -> tuple[tuple[int, Decimal], ...]:
    """Smaller is better; a missing tie-breaker stands behind every value."""
    parts: list[tuple[int, Decimal]] = []
    for key, fact in zip(rule.order_by, values, strict=True):
        if isinstance(fact, Missing):
            parts.append((1, Decimal(0)))
        else:
            parts.append((0, fact.amount.copy_negate() if key.direction == "desc" else fact.amount))
    return tuple(parts)


def rank(
    lines: Sequence[LineInput], rule: RankRule, roundings: Mapping[str, Rounding] | None = None
) -> tuple[Ranked, ...]:
    """Rank the lines of one group: 1, 2, 2, 4.

    Result: ranked units from the best on (full ties by unit code), then units whose primary value is missing,
    then lines that are never ranked, both in the order given. Positions don't depend on the order given.
    ``roundings`` by column are used when the rule compares rounded values.
    ValueError for mixed groups, for a unit that stands twice and for mixed units of measure in a column.
    """
    only_group(lines)
    values = {line.unit: compared(line, rule, roundings or {}) for line in lines}
    in_race = [line.unit for line in lines if line.ranked and isinstance(values[line.unit][0], Value)]
    for column in range(len(rule.order_by)):
        common_unit(*(values[unit][column] for unit in in_race))
    keys = {unit: _sort_key(values[unit], rule) for unit in in_race}
    in_race.sort(key=lambda unit: (keys[unit], unit))

    result: list[Ranked] = []
    position = 0
    shared = Counter(keys.values())
    for index, unit in enumerate(in_race):
        decided_by = None
        if index == 0:
            position = 1
        elif keys[unit] != keys[in_race[index - 1]]:
            position = index + 1
            before = keys[in_race[index - 1]]
            decided_by = next(
                key.column
                for key, mine, theirs in zip(rule.order_by, keys[unit], before, strict=True)
                if mine != theirs
            )
        tied = shared[keys[unit]] > 1
        result.append(Ranked(unit, position, values[unit][0], tied, decided_by=decided_by))
    for line in lines:
        primary = values[line.unit][0]
        if line.ranked and isinstance(primary, Missing):
            result.append(Ranked(line.unit, None, primary, reason=str(primary.reason)))
    result.extend(
        Ranked(line.unit, None, values[line.unit][0], reason=NOT_RANKED) for line in lines if not line.ranked
    )
    return tuple(result)
