"""A step of a scoring for all rows at once: its amounts, and what it takes to tell how each came about.

Numbers are kept, words and structure are not: a row's trace is built from the columns when somebody asks for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import SETTLED
from rules.trace import Operand, Parameter, Trace

Amount = Decimal | Missing
Said = Callable[[int], tuple[Parameter, ...]]


def nothing(_number: int) -> tuple[Parameter, ...]:
    """No parameters."""
    return ()


@dataclass(slots=True)
class Node:
    """A figure of every row, unrounded. `of`: the figures that it was made of, by name. What was `handed` in has no trace of
    its own: the operand says it all, with `refs`, its sources."""

    kind: str
    unit: str
    column: list[Amount]
    of: tuple[tuple[str, "Node"], ...] = ()
    said: Said = nothing
    refs: list[str | None] | None = None
    handed: bool = False

    def complete(self) -> bool:
        """Whether every row has the figure."""
        return only_amounts(self.column)

    def fact(self, number: int) -> Fact:
        """The settled figure of a row."""
        amount, ref = self.column[number], None if self.refs is None else self.refs[number]
        return amount if isinstance(amount, Missing) else Value(SETTLED.plus(amount), self.unit, ref)

    def operand(self, name: str, number: int) -> Operand:
        """The figure as it enters another."""
        return Operand.of(name, self.fact(number))

    def traces(self, number: int) -> tuple[Trace, ...]:
        """How a row's figure came about: one trace, none for what was handed in."""
        if self.handed:
            return ()
        fact = self.fact(number)
        amount = None if isinstance(fact, Missing) else fact.amount
        return (
            Trace(
                self.kind,
                f"figure.{self.kind}",
                self.kind,
                tuple(node.operand(name, number) for name, node in self.of),
                self.said(number),
                amount,
                amount,
                amount,
                self.unit,
                str(fact.reason) if isinstance(fact, Missing) else None,
                tuple(trace for _name, node in self.of for trace in node.traces(number)),
            ),
        )


def only_amounts(column: list[Any]) -> bool:
    """Whether nothing in a column is missing."""
    return set(map(type, column)) <= {Decimal}


def lifted(work: Callable[..., Amount]) -> Callable[..., Amount]:
    """A function of amounts that is missing with the first of them that is."""

    def run(*amounts: Amount) -> Amount:
        for amount in amounts:
            if type(amount) is not Decimal:
                return amount
        return work(*amounts)

    return run


NOT_APPLICABLE = Missing(MissingReason.NOT_APPLICABLE)
NO_BASE = Missing(MissingReason.NO_BASE)
NO_COHORT = Missing(MissingReason.NO_COHORT)
NO_TARGET = Missing(MissingReason.NO_TARGET)
ZERO_BASE = Missing(MissingReason.ZERO_BASE)
ZERO_TARGET = Missing(MissingReason.ZERO_TARGET)
