"""How a figure becomes marks: the closed list of rules (DOMAIN §8 "Scoring constructs")."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Discriminator, Field, Tag

from .figures import Direction, Figure
from .parts import Amount, Code, OwnTarget, Part, Setting, Target, kind_of

if TYPE_CHECKING:
    from .document import Indicator

HUNDRED = Decimal(100)


class Proportional(Part):
    """Full marks × figure ÷ `at`. `most`: in per cent of full marks, null without limit. Below `least_value` nothing;
    never below zero."""

    kind: Literal["proportional"]
    at: Setting = HUNDRED
    most: Setting | None = HUNDRED
    least_value: Setting | None = None


class Size(Part):
    """A step's points for units whose own target is at least `from_target`."""

    from_target: Amount
    points: Amount


class Step(Part):
    """So many points for each `step` of the figure; `whole`: only full steps. `by_target`: points that depend on the size
    of the unit's own target, the largest line that it reaches."""

    step: Setting
    points: Setting = Decimal(0)
    most: Setting | None = None
    whole: bool = True
    by_target: tuple[Size, ...] = ()


class AtTarget(Part):
    """Marks at the target, steps over it and short of it. `base`: marks at the target (full marks if null). `below`: short
    of it nothing at all, in proportion, or by the steps `short`. `size`: the target that `by_target` looks at."""

    kind: Literal["at_target"]
    at: Setting = HUNDRED
    base: Setting | None = None
    below: Literal["nothing", "proportional", "steps"] = "proportional"
    over: Step | None = None
    short: Step | None = None
    size: OwnTarget | None = None


class Band(Part):
    """From this value on, these marks."""

    from_value: Amount
    points: Setting


class Bands(Part):
    """The marks of the highest band that the figure reaches; `below` for a figure under all of them."""

    kind: Literal["bands"]
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    below: Setting = Decimal(0)


class MinMax(Part):
    """Full marks × (low + (high − low) × (figure − least) ÷ (most − least)) per cent within the group (efficacy
    coefficient). `equal`: what all get when all have the same; `single`: what a group of one gets."""

    kind: Literal["min_max"]
    low: Amount = Decimal(0)
    high: Amount = HUNDRED
    equal: Literal["high", "low", "middle"] = "high"
    single: Literal["high", "low", "middle"] = "high"
    direction: Direction = "more"


class ShareOfBest(Part):
    """Full marks × figure ÷ the best of the group (the other way round where less is better)."""

    kind: Literal["share_of_best"]
    direction: Direction = "more"


class ByPosition(Part):
    """Marks by place in the group: the first of `points` for place 1 and so on, `after` for the places behind. `given`: the
    figure is a place from outside."""

    kind: Literal["by_position"]
    points: Annotated[tuple[Amount, ...], Field(min_length=1)]
    after: Amount = Decimal(0)
    direction: Direction = "more"
    given: bool = False


class PerItem(Part):
    """So many points for each item above `free`; `most` points altogether."""

    kind: Literal["per_item"]
    each: Setting
    free: Target = Decimal(0)
    most: Setting | None = None
    whole: bool = True


class Klass(Part):
    """One class of items and the points of each."""

    of: Code
    each: Setting


class Classes(Part):
    """Points for items by class, the highest class first; an item counts once. `nested`: each input also counts the items of
    the classes above it."""

    kind: Literal["classes"]
    classes: Annotated[tuple[Klass, ...], Field(min_length=1)]
    nested: bool = False
    most: Setting | None = None


class Count(Part):
    """So many items are needed; each one missing costs `each`."""

    of: Figure
    needed: Target
    each: Setting


class Counts(Part):
    """Full marks less a deduction for each item missing; never below zero."""

    kind: Literal["counts"]
    lines: Annotated[tuple[Count, ...], Field(min_length=1)]


class Given(Part):
    """Marks given by people (jury, survey, peers) on a scale of their own. `most`: in per cent of full marks, null without
    limit."""

    kind: Literal["given"]
    out_of: Setting = HUNDRED
    most: Setting | None = HUNDRED


class Parts(Part):
    """The sum of sub-indicators, each with its own marks, limit and rounding."""

    kind: Literal["parts"]
    parts: "Annotated[tuple[Indicator, ...], Field(min_length=1)]"


Marking = Annotated[
    Annotated[Proportional, Tag("proportional")]
    | Annotated[AtTarget, Tag("at_target")]
    | Annotated[Bands, Tag("bands")]
    | Annotated[MinMax, Tag("min_max")]
    | Annotated[ShareOfBest, Tag("share_of_best")]
    | Annotated[ByPosition, Tag("by_position")]
    | Annotated[PerItem, Tag("per_item")]
    | Annotated[Classes, Tag("classes")]
    | Annotated[Counts, Tag("counts")]
    | Annotated[Given, Tag("given")]
    | Annotated[Parts, Tag("parts")],
    Discriminator(kind_of),
]
WITHOUT_VALUE = (Classes, Counts, Parts)  # they name their own figures
