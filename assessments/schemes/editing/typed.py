"""Rows of a form's lists: one more, one less, one up. Nothing is stored."""

from __future__ import annotations

from typing import Any

from common.numbers import whole


def apply(value: dict[str, Any], what: str, address: str) -> dict[str, Any]:
    """The part as typed after a button: "add" a row to the list there, "drop" or "up" for the row there."""
    steps: list[str | int] = [whole(step) if step.isdecimal() else step for step in address.split(".")]
    if what == "add":
        rows = _at(value, steps)
        if isinstance(rows, list):
            rows.append({})
    elif isinstance(steps[-1], int):
        rows, row = _at(value, steps[:-1]), steps[-1]
        if isinstance(rows, list) and row < len(rows):
            if what == "drop":
                del rows[row]
            elif row > 0:
                rows[row - 1], rows[row] = rows[row], rows[row - 1]
    return value


def _at(value: Any, steps: list[str | int]) -> Any:
    """The list at that place, made where there is none; None for a place that can't be."""
    here = value
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        if isinstance(here, dict) and isinstance(step, str):
            here = here.setdefault(step, [] if last else {})
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            return None
    return here
