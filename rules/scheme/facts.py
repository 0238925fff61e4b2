"""A facts file: what is known of each unit, by input. For the shell, for worked cases, and as what a run stores."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from rules.facts import MissingReason

from .document import Schedule
from .parts import Amount, Code, Part, Title

REASONS = tuple(str(reason) for reason in MissingReason)
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class Absent(Part):
    """No figure, and why. `ref` leads to where it should have been."""

    missing: Literal[REASONS]  # type: ignore[valid-type]
    ref: str | None = None


class Known(Part):
    """A figure with its source; a bare number does as well."""

    value: Amount
    ref: str | None = None


def _which(value: object) -> str:
    if isinstance(value, Absent) or (isinstance(value, Mapping) and "missing" in value):
        return "missing"
    return "known" if isinstance(value, (Known, Mapping)) else "amount"


FactGiven = Annotated[
    Annotated[Amount, Tag("amount")] | Annotated[Known, Tag("known")] | Annotated[Absent, Tag("missing")],
    Discriminator(_which),
]


class TargetGiven(Part):
    """The amount of the whole year, with a schedule of its own if it has one."""

    value: Amount
    schedule: Schedule | None = None
    ref: str | None = None


def _which_target(value: object) -> str:
    return "target" if isinstance(value, (TargetGiven, Mapping)) else "amount"


TargetValue = Annotated[
    Annotated[Amount, Tag("amount")] | Annotated[TargetGiven, Tag("target")],
    Discriminator(_which_target),
]


class Spell(Part):
    """So many months of the period as that type of unit."""

    type: Code
    months: Annotated[int, Field(ge=1, le=12)]


class UnitFacts(Part):
    """One unit. `facts` by input; `targets` by input, then by which (firm, stretch …). `ranked` False: shown, never ranked.
    `made_of`: a composite of these units, which stand in the file as well. `spells`: its types in the order of time."""

    code: Annotated[str, Field(min_length=1, max_length=60)]
    name: Title | None = None
    group: Code
    type: Code | None = None
    ranked: bool = True
    facts: Mapping[Code, FactGiven] = Field(default_factory=dict)
    targets: Mapping[Code, Mapping[Code, TargetValue]] = Field(default_factory=dict)
    made_of: tuple[str, ...] = ()
    spells: tuple[Spell, ...] = ()


class Facts(Part):
    """All units of one period. `month`: the last month of the period; `data_through`: the last month of the data where it is
    earlier, up to which targets fall due."""

    format: Literal[1] = Field(alias="schema")
    month: Month
    data_through: Month | None = None
    units: Annotated[tuple[UnitFacts, ...], Field(min_length=1)]
