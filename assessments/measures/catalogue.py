"""What a scheme may ask of the registry, checked before it is published (docs/measures.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assessments.choices import FigureSource, Nature
from assessments.measures.base import REGISTRY, Base, Derived
from assessments.measures.cells import catalogue
from assessments.measures.derived import OF_TARGET
from assessments.measures.filters import Problem, read
from assessments.measures.keys import CUMULATIVE, YEAR_BEFORE, YEAR_TO_DATE, FactKey
from assessments.models import Measure
from rules.scheme import Scheme
from rules.scheme.document import Input

FLOWS = (Nature.FLOW,)


def key_of(given: Input) -> FactKey | None:
    """What an input asks for; None when its figures come from a facts file."""
    return FactKey.of(given.measure, given.filters, given.window) if given.measure else None


def allowed(measure: Measure) -> frozenset[str]:
    """The filters that an input may add to a measure: those of its definition that it hasn't set itself."""
    if measure.source == FigureSource.GIVEN:
        return frozenset({"giver"})
    if measure.source != FigureSource.COUNTED:
        return frozenset()
    return REGISTRY[measure.base].allowed - set(measure.filters)


def problems(scheme: Scheme) -> list[Problem]:
    """Everything that the registry has against a scheme: `measure_unknown`, `measure_archived`, a filter's problem
    (`assessments.measures.filters.read`), `already_set` (the measure itself says so), `other_unit`,
    `window_for_booked` (nothing cumulative is booked by a rule), `window_for_target` (targets are of this year) and
    `not_a_flow` (points to schedule). One query."""
    measures, found = catalogue(), list[Problem]()
    for code, given in scheme.inputs.items():
        if given.measure:
            found += _input(f"inputs.{code}", given, measures)
    for path, code in _scheduled(scheme):
        of = scheme.inputs.get(code)
        measure = measures.get(of.measure) if of else None
        if of and measure and not is_flow(measure, of.window):
            found.append(Problem(path, "not_a_flow", code))
    return found


def _input(path: str, given: Input, measures: Mapping[str, Measure]) -> list[Problem]:
    measure = measures.get(given.measure)
    if measure is None:
        return [Problem(f"{path}.measure", "measure_unknown", given.measure)]
    found = []
    if measure.archived_at is not None:
        found.append(Problem(f"{path}.measure", "measure_archived", given.measure))
    twice = [name for name in given.filters if name in measure.filters]
    found += [Problem(f"{path}.filters.{name}", "already_set", name) for name in twice]
    others = {name: value for name, value in given.filters.items() if name not in twice}
    found += read(others, allowed(measure), f"{path}.filters")[1]
    if not found:  # together with what the measure itself says
        found += read({**measure.filters, **others}, None, f"{path}.filters")[1]
    if given.unit != measure.unit:
        found.append(Problem(f"{path}.unit", "other_unit", str(measure.unit)))
    if given.window == CUMULATIVE and measure.source == FigureSource.LEDGER:
        found.append(Problem(f"{path}.window", "window_for_booked", given.window))
    if of_target(measure) and given.window not in ("", YEAR_TO_DATE):
        found.append(Problem(f"{path}.window", "window_for_target", given.window))
    return found


def of_target(measure: Measure) -> bool:
    """Whether it is held against the target of this year: completion and points to schedule."""
    base = REGISTRY.get(measure.base) if measure.source == FigureSource.COUNTED else None
    return isinstance(base, Derived) and base.formula in OF_TARGET


def years_compared(given: Input, measures: Mapping[str, Measure]) -> int | None:
    """How many years back a figure reaches that is held against its base (growth) or its target (0); None for others."""
    measure = measures.get(given.measure)
    if measure is None or measure.source != FigureSource.COUNTED:
        return None
    base = REGISTRY.get(measure.base)
    if not isinstance(base, Derived) or not base.of_measure:
        return None
    return (base.formula == "growth") + (given.window == YEAR_BEFORE)


def is_flow(measure: Measure, window: str = "") -> bool:
    """Whether a schedule makes sense: a sum of this year, neither a stock nor a rate."""
    return measure.nature in FLOWS and window in ("", YEAR_TO_DATE)


def _scheduled(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Where points to schedule are asked for, and of which input."""

    def walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, Mapping):
            if value.get("kind") == "points_to_schedule" and isinstance(value.get("of"), str):
                yield path, value["of"]
            for name, inner in value.items():
                yield from walk(inner, f"{path}.{name}" if path else str(name))
        elif isinstance(value, (list, tuple)):
            for number, inner in enumerate(value):
                yield from walk(inner, f"{path}.{number}")

    yield from walk(scheme.model_dump()["groups"], "groups")


def measure_problems(base: str, filters: Mapping[str, Any], of: Measure | None) -> list[Problem]:
    """What is wrong with a measure that counts a base: `base_unknown`, a filter's problem, `of_needed`, `of_without`,
    `not_a_flow`."""
    definition: Base | Derived | None = REGISTRY.get(base)
    if definition is None:
        return [Problem("base", "base_unknown", base)]
    found = read(filters, definition.allowed)[1]
    about = isinstance(definition, Derived) and definition.of_measure
    if about and of is None:
        found.append(Problem("of_measure", "of_needed"))
    elif of is not None and not about:
        found.append(Problem("of_measure", "of_without"))
    elif of is not None and isinstance(definition, Derived) and definition.formula == "points":
        found += [] if is_flow(of) else [Problem("of_measure", "not_a_flow", of.code)]
    return found
