"""What a definition of the registry says (DOMAIN §3, §4).

A `Base` is a sum over lines of the books. A `Derived` is worked out from other figures by one of a few formulas; it has
no lines of its own and drills to its operands. A measure names one of them and narrows it by filters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.choices import Direction, Nature

LOOK = frozenset({"sector", "industries", "zone", "mode", "park", "source"})
WHOLE = frozenset({"size_from", "size_from_usd", "size_below", "size_below_usd"})
COURSE = frozenset({"stages", "years", "course", "course_stage"})
PROJECT = LOOK | WHOLE | COURSE
MONEY = PROJECT | {"currency", "factor"}
CAPITAL = MONEY | {"fund_source", "outside", "cohort"}
LEAD = frozenset({"sector", "industries", "zone", "park", "source", "stages"})


@dataclass(frozen=True, slots=True)
class Base:
    """A sum over lines. `kinds` are the posting kinds that it adds up, `basis` the one basis of capital; `currency`: only
    lines in it, summed in it ("" is yuan, or pieces). `fixed`: filters that belong to the definition. `returns`: a
    unit that handed in nothing and has no line isn't at zero but missing. `land`: each line is weighed with the
    area of its project's parcels, in mu."""

    code: str
    title: Any
    definition: Any
    unit: str
    kinds: tuple[str, ...]
    allowed: frozenset[str]
    nature: str = Nature.FLOW
    direction: str = Direction.MORE
    basis: str = ""
    currency: str = ""
    fixed: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    subject: str = "project"
    returns: bool = False
    land: bool = False

    @property
    def per(self) -> str:
        """What is looked at before it counts for a unit: its lines, or the whole project or lead."""
        return "unit" if self.returns else "subject"


@dataclass(frozen=True, slots=True)
class Operand:
    """A base with further filters. `passes`: which of the measure's filters it takes over (None: all that it knows).
    `window`: "" is that of the question."""

    base: str
    filters: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    passes: frozenset[str] | None = None
    window: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure worked out from others. `formula` is one of FORMULAS; `operands` are bases, or none where it is about
    another measure (`of_measure`). `instead`: the operands when the measure counts whatever happened (`whose` is
    any) and not only what became of those who entered."""

    code: str
    title: Any
    definition: Any
    unit: str
    formula: str
    allowed: frozenset[str]
    operands: tuple[Operand, ...] = ()
    instead: tuple[Operand, ...] = ()
    nature: str = Nature.RATIO
    direction: str = Direction.MORE
    of_measure: bool = False


FORMULAS = ("percent", "quotient", "difference", "growth", "completion", "points")
