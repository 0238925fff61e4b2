"""The figures an indicator may be taken from: inputs, and the closed list of what may be made of them (DOMAIN §4, §8).

A figure is the code of an input, or an object whose `kind` says how it is made of other figures. There are no
formulas: what isn't listed here can't be said. Percentages are 100 for the whole.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from .parts import Amount, Code, Part, Rounding, Setting, Target, kind_of

Direction = Literal["more", "less"]  # more is better, less is better


class Scaled(Part):
    """A figure times a factor: foreign capital +20 % is 1.2, real estate's tax counted tenfold is 10."""

    kind: Literal["scaled"]
    of: "Figure"
    factor: Setting


class Completion(Part):
    """Per cent of a target that is done."""

    kind: Literal["completion"]
    of: "Figure"
    target: Target


class PointsToSchedule(Part):
    """Completion of the year's target less the per cent of it that is due by the last month of the data, in
    percentage points. The target may not be phased already."""

    kind: Literal["points_to_schedule"]
    of: "Figure"
    target: Target


class Ratio(Part):
    """`part` ÷ `whole` × `times`: 100 for a per cent, 1 for a figure per head or per mu. `whole_zero`: what a whole of
    zero gives."""

    kind: Literal["ratio"]
    part: "Figure"
    whole: "Figure"
    times: Amount = Decimal(100)
    whole_zero: Literal["missing", "zero", "hundred"] = "missing"


class Growth(Part):
    """Per cent by which `now` is above `before`; missing with its reason where there is no base or a break."""

    kind: Literal["growth"]
    now: "Figure"
    before: "Figure"


class Difference(Part):
    """`of` − `less`, such as reported less recognised."""

    kind: Literal["difference"]
    of: "Figure"
    less: "Figure"


class ShareOfGroup(Part):
    """Per cent of the group's sum; of a difference it is the contribution to the group's growth."""

    kind: Literal["share_of_group"]
    of: "Figure"


class GapToMean(Part):
    """How far the unit is above (+) or below (−) the mean of its group."""

    kind: Literal["gap_to_mean"]
    of: "Figure"


class Position(Part):
    """The unit's place in its group by that figure: 1, 2, 2, 4."""

    kind: Literal["position"]
    of: "Figure"
    direction: Direction = "more"


class Weighted(Part):
    """A figure with its weight in a sum or a mean."""

    figure: "Figure"
    weight: Setting = Decimal(1)


class Total(Part):
    """The sum of figures, each times its weight."""

    kind: Literal["total"]
    of: Annotated[tuple[Weighted, ...], Field(min_length=1)]


class Mean(Part):
    """The weighted mean of figures. `missing`: the mean is missing with its parts, or made of the others."""

    kind: Literal["mean"]
    of: Annotated[tuple[Weighted, ...], Field(min_length=1)]
    missing: Literal["missing", "leave_out"] = "missing"


class Within(Part):
    """A figure held between limits: capping a completion before a mean is taken is another thing than after."""

    kind: Literal["within"]
    of: "Figure"
    least: Setting | None = None
    most: Setting | None = None


class Rounded(Part):
    """A figure rounded before it is used further."""

    kind: Literal["rounded"]
    of: "Figure"
    rounding: Rounding


class Needed(Part):
    """One line of a composed target: so many items of an input; `fills` are the later lines that its surplus may
    fill (a project of 1 billion also is one of 500 million)."""

    of: Code
    needed: Target
    fills: tuple[Code, ...] = ()


class Composed(Part):
    """Per cent of a target made of counts with conditions. The inputs count each item once, in its highest line.
    `fill_down`: a line's surplus fills the lines it names."""

    kind: Literal["composed"]
    lines: Annotated[tuple[Needed, ...], Field(min_length=1)]
    fill_down: bool = False


Made = (
    Annotated[Scaled, Tag("scaled")]
    | Annotated[Completion, Tag("completion")]
    | Annotated[PointsToSchedule, Tag("points_to_schedule")]
    | Annotated[Ratio, Tag("ratio")]
    | Annotated[Growth, Tag("growth")]
    | Annotated[Difference, Tag("difference")]
    | Annotated[ShareOfGroup, Tag("share_of_group")]
    | Annotated[GapToMean, Tag("gap_to_mean")]
    | Annotated[Position, Tag("position")]
    | Annotated[Total, Tag("total")]
    | Annotated[Mean, Tag("mean")]
    | Annotated[Within, Tag("within")]
    | Annotated[Rounded, Tag("rounded")]
    | Annotated[Composed, Tag("composed")]
)


def _which(value: Any) -> str:
    return "input" if isinstance(value, str) else kind_of(value)


Figure = Annotated[Annotated[Code, Tag("input")] | Made, Discriminator(_which)]

KINDS = (
    Scaled,
    Completion,
    PointsToSchedule,
    Ratio,
    Growth,
    Difference,
    ShareOfGroup,
    GapToMean,
    Position,
    Weighted,
    Total,
    Mean,
    Within,
    Rounded,
    Composed,
)
for model in KINDS:
    model.model_rebuild()


class Condition(Part):
    """Something that holds or doesn't. A missing figure makes it `unknown`: fails, or holds."""

    figure: Figure
    compare: Literal["at_least", "above", "at_most", "below", "equal"]
    than: Target
    unknown: Literal["fails", "holds"] = "fails"
