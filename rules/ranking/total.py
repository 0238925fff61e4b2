"""Sums of a group. Parts need not add up to a reported whole, so both stand side by side (DOMAIN §8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rules.facts import Fact, Missing, MissingReason, Value, common_unit
from rules.money import add
from rules.ranking.order import LineInput
from rules.ranking.values import Cell, fact_cell
from rules.trace import Document, Operand, Trace

TotalKind = Literal["sum", "reported"]


@dataclass(frozen=True, slots=True)
class Sums:
    """Exact sums over lines. ``compared_done`` covers only lines that have a target."""

    done: Cell
    compared_done: Cell
    target: Cell
    month: Cell
    before: Cell
    comparable: bool
    lines: int
    without_target: int
    without_done: int


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """A group's total and whether it is a sum or a reported figure.

    ``completion`` and ``points`` cover only lines with a target. Such a line that has no figure adds its target
    and nothing done: ``without_done`` says how many lines there are, and belongs beside the rate.
    """

    kind: TotalKind
    target: Cell
    done: Cell
    month: Cell
    completion: Cell
    points: Cell
    growth: Cell
    lines: int
    without_target: int
    without_done: int

    def to_document(self) -> Document:
        """JSON-able form."""
        cells = (self.target, self.done, self.month, self.completion, self.points, self.growth)
        return {
            "cells": [cell.trace.to_document() for cell in cells],
            "kind": self.kind,
            "lines": self.lines,
            "without_done": self.without_done,
            "without_target": self.without_target,
        }


def _sum(key: str, parts: Sequence[tuple[str, Fact]], reason: MissingReason) -> Cell:
    """Sum of the values; missing when there is none at all: by their common reason, else by ``reason``."""
    values = [fact for _, fact in parts if isinstance(fact, Value)]
    operands = tuple(Operand.of(unit, fact) for unit, fact in parts)
    unit = common_unit(*values)
    if unit is None:
        reasons = {fact.reason for _, fact in parts if isinstance(fact, Missing)}
        missing = Missing(reasons.pop() if len(reasons) == 1 else reason)
        return Cell.of(missing, Trace(key, f"column.{key}", "sum", operands, reason=str(missing.reason)))
    amount = add(value.amount for value in values)
    trace = Trace(key, f"column.{key}", "sum", operands, (), amount, amount, amount, unit)
    return Cell.of(Value(amount, unit), trace)


def sums(lines: Sequence[LineInput]) -> Sums:
    """Add up lines that carry ``done``, ``target`` and ``month``, and ``before`` where there is one.

    Operands of the sums stand in the order of unit codes. Growth of a sum needs the base of every line that has
    a figure; without it the base is missing.
    """
    lines = sorted(lines, key=lambda line: line.unit)
    with_target = [line for line in lines if isinstance(line.facts["target"], Value)]
    with_done = [line for line in lines if isinstance(line.facts["done"], Value)]
    no_base = Missing(MissingReason.NO_BASE)
    bases = [(line.unit, line.facts.get("before", no_base)) for line in with_done]
    whole = all(isinstance(base, Value) for _, base in bases)
    late = MissingReason.NOT_REPORTED

    def column(key: str, chosen: Sequence[LineInput], reason: MissingReason) -> Cell:
        return _sum(key, [(line.unit, line.facts[key]) for line in chosen], reason)

    return Sums(
        done=column("done", lines, late),
        compared_done=column("done", with_target, late),
        target=column("target", with_target, MissingReason.NO_TARGET),
        month=column("month", lines, late),
        before=_sum("before", bases, MissingReason.NO_BASE) if whole else fact_cell("before", no_base),
        comparable=all(line.comparable for line in with_done),
        lines=len(lines),
        without_target=len(lines) - len(with_target),
        without_done=len(lines) - len(with_done),
    )
