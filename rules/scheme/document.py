"""A scheme (考核办法) as data: what is read, how it is scored, how units are ranked (DOMAIN §4, §8).

The order of a score is fixed: figure → marks → coefficient and limit → rounding → weight → sum → bonuses and deductions →
limit of the total → veto → grade → rank. What comes before the marks is made by figures, in the order they are nested.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from . import marking
from .figures import Condition, Direction, Figure
from .marking import Marking
from .parts import Amount, Code, Part, Rounding, Setting, Title

Schedule = Literal["linear"] | tuple[Amount, Amount, Amount, Amount]
Missing = Literal["unscored", "zero", "full", "leave_out", "lowest"]


class Input(Part):
    """A figure that is read for each unit. `unit` is yuan, count, percent …; `measure`, `filters` and `window` say which
    figure of the measures' registry it is; a facts file may hold any. `combine`: what a unit made of several has."""

    title: Title
    unit: Code
    measure: str = Field(default="", max_length=60)
    filters: Mapping[Code, str | tuple[str, ...]] = Field(default_factory=dict)
    window: Literal["", "month", "period", "year_to_date", "year_before", "cumulative"] = ""
    combine: Literal["sum", "mean"] = "sum"


class IfMissing(Part):
    """What an indicator without a figure does. Null: `unscored`, for bonuses and deductions `zero`. `unscored` leaves the unit without total and rank, `zero` and `full` give
    marks, `lowest` the lowest marks of the group, `leave_out` takes its full marks out and scales the rest up. `reasons`:
    other ways for some reasons (not_reported, no_target, not_applicable …)."""

    otherwise: Missing | None = None
    reasons: Mapping[Code, Missing] = Field(default_factory=dict)


class Coefficient(Part):
    """A factor on the marks, before or after the limit: a setting, times a figure if there is one."""

    factor: Setting = Decimal(1)
    figure: Figure | None = None
    when: Literal["before_limit", "after_limit"] = "before_limit"


class Indicator(Part):
    """One line of the scheme. `full`: its full marks; `weight`: factor with which it enters the sum; `types`: the unit types
    that it is for (empty: all); `gates`: all must hold, or there are no marks; `least`, `most`: limits of the marks."""

    code: Code
    title: Title
    full: Setting = Decimal(0)
    value: Figure | None = None
    rule: Marking
    types: tuple[Code, ...] = ()
    gates: tuple[Condition, ...] = ()
    coefficient: Coefficient | None = None
    least: Setting | None = None
    most: Setting | None = None
    rounding: Rounding | None = None
    weight: Setting = Decimal(1)
    missing: IfMissing = IfMissing()


class Veto(Part):
    """When all conditions hold: total of zero, no rank, the last place, or a grade at most."""

    code: Code
    title: Title
    when: Annotated[tuple[Condition, ...], Field(min_length=1)]
    then: Literal["zero", "unranked", "last", "grade"]
    grade: Code | None = None


class Qualify(Part):
    """What a unit must fulfil to be ranked at all; otherwise it is shown without a place."""

    code: Code
    title: Title
    when: Annotated[tuple[Condition, ...], Field(min_length=1)]


class Order(Part):
    """A key to rank by: `total`, an indicator's code, or a figure."""

    by: Figure
    direction: Direction = "more"


class Ranking(Part):
    """Keys in order; later ones break ties. `rounded`: totals are compared as printed."""

    order: Annotated[tuple[Order, ...], Field(min_length=1)] = (Order(by="total"),)
    rounded: bool = True


class Grade(Part):
    """From this total, place or per cent of the ranked units on."""

    code: Code
    title: Title
    limit: Amount | None = None  # None: everyone else


class Jump(Part):
    """Conditions that lift a unit by so many grades (below zero: lower it)."""

    code: Code
    title: Title
    when: Annotated[tuple[Condition, ...], Field(min_length=1)]
    by: Annotated[int, Field(ge=-5, le=5)]


class Grades(Part):
    """Grades from the best down. `by` total: at least the limit; place: up to that place; share: up to that per cent of the
    units ranked."""

    by: Literal["total", "place", "share"] = "total"
    rows: Annotated[tuple[Grade, ...], Field(min_length=1)]
    jumps: tuple[Jump, ...] = ()


class Board(Part):
    """A red or black board: units that are among the first (last) `places` in at least `times` of the indicators."""

    code: Code
    title: Title
    of: Annotated[tuple[Code, ...], Field(min_length=1)]
    end: Literal["first", "last"]
    places: Annotated[int, Field(ge=1, le=1000)]
    times: Annotated[int, Field(ge=1, le=100)]


class Points(Part):
    """The result as points of a larger assessment: in proportion to the total, by grade, or by place."""

    by: Literal["total", "grade", "place"]
    out_of: Amount = Decimal(100)
    worth: Amount = Decimal(0)
    grades: Mapping[Code, Amount] = Field(default_factory=dict)
    places: tuple[Amount, ...] = ()
    after: Amount = Decimal(0)
    rounding: Rounding | None = None


class Group(Part):
    """A competition group: its units are scored and ranked against each other. `composites`: whether a unit made of several
    adds their figures up and is scored once, or has the mean of their totals. `changes`: a unit that was of several types
    in the period is scored by the last one, or by each and averaged by months."""

    code: Code
    title: Title
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]
    bonuses: tuple[Indicator, ...] = ()
    bonus_most: Setting | None = None
    deductions: tuple[Indicator, ...] = ()
    deduction_most: Setting | None = None
    least: Setting | None = Decimal(0)
    most: Setting | None = None
    rounding: Rounding = Rounding()
    vetoes: tuple[Veto, ...] = ()
    qualify: tuple[Qualify, ...] = ()
    ranking: Ranking = Ranking()
    grades: Grades | None = None
    boards: tuple[Board, ...] = ()
    points: Points | None = None
    composites: Literal["sum", "mean"] = "sum"
    changes: Literal["latest", "by_months"] = "latest"


class Scheme(Part):
    """The whole document. `full`: what each group's indicators must add up to, null where it isn't fixed. `schedule`: how
    a year's target falls due when the target itself doesn't say: linear, or per cent by quarter. `types`: the unit types
    that settings may name."""

    format: Literal[1] = Field(alias="schema")
    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    title: Title
    source: str = Field(default="", max_length=1000)
    period: Literal["month", "quarter", "half", "year"]
    full: Amount | None = marking.HUNDRED
    schedule: Schedule = "linear"
    types: Mapping[Code, Title] = Field(default_factory=dict)
    inputs: Annotated[Mapping[Code, Input], Field(min_length=1)]
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]


marking.Parts.model_rebuild(_types_namespace={"Indicator": Indicator})
for model in (Indicator, Group, Scheme):
    model.model_rebuild(force=True)
