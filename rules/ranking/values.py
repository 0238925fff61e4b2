"""A cell of a table: the figure as printed, the exact one and the trace."""

from dataclasses import dataclass

from rules.facts import Fact, Missing, Value
from rules.trace import Operand, Trace


@dataclass(frozen=True, slots=True)
class Cell:
    """``fact`` is what is printed, ``exact`` what ranking and further steps use (unless a rule says otherwise)."""

    fact: Fact
    exact: Fact
    trace: Trace

    @classmethod
    def of(cls, fact: Fact, trace: Trace) -> "Cell":
        """The cell of a computed figure; its exact value is the trace's ``raw``."""
        if isinstance(fact, Missing) or trace.raw is None:
            return cls(fact, fact, trace)
        return cls(fact, Value(trace.raw, fact.unit, fact.ref), trace)


def fact_cell(key: str, fact: Fact) -> Cell:
    """The cell of a figure that was handed in: shown as it is."""
    label = f"column.{key}"
    operands = (Operand.of(key, fact),)
    if isinstance(fact, Missing):
        return Cell(fact, fact, Trace(key, label, "fact", operands, reason=str(fact.reason)))
    amount = fact.amount
    return Cell(
        fact,
        fact,
        Trace(key, label, "fact", operands, raw=amount, limited=amount, rounded=amount, unit=fact.unit),
    )
