"""The lines behind a figure: exactly what the cell sums (docs/measures.md)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.measures.cells import Made, catalogue, compiled
from assessments.measures.keys import Asked, FactKey
from assessments.measures.passing import Lines
from assessments.measures.seeking import Sought
from capital.counting import level_of
from organizations.models import Unit


@dataclass(frozen=True, slots=True)
class Behind:
    """The lines of one operand (of a plain figure: of itself). `title` says what they count, `lines` are the postings,
    unscoped: a page narrows them to what its reader may see."""

    title: Any
    sought: Sought
    found: Lines

    @property
    def lines(self) -> Any:
        return self.found.posts()

    def counts(self, seqs: Collection[int] | None = None) -> dict[int, Decimal]:
        """{line: how much it counts for the unit}; of all lines they add up to the operand exactly."""
        return self.found.counts(seqs)


def rows(key: FactKey, unit: Unit, asked: Asked) -> tuple[Behind, ...]:
    """What a figure of a unit is made of. One entry for a figure that is counted, one for each operand of one that is
    worked out; those of another measure are followed to its own lines. Empty for measures that aren't counted from
    the books by a definition."""
    measures = catalogue()
    return tuple(_behind(key, unit, asked, measures))


def _behind(key: FactKey, unit: Unit, asked: Asked, measures: Any) -> list[Behind]:
    part = compiled(key, measures, asked)
    if part is None:
        return []
    found: list[Behind] = []
    for one in part.operands if isinstance(part, Made) else (part,):
        if isinstance(one, FactKey):
            found += _behind(one, unit, asked, measures)
        else:
            found.append(_of(one, unit, asked))
    return found


def _of(sought: Sought, unit: Unit, asked: Asked) -> Behind:
    inner, outer = sought.split()
    used = outer if outer and level_of(unit) == "city" else inner
    return Behind(sought.definition.title, sought, Lines.of(used, unit, asked))
