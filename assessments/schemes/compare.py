"""Two runs of a scheme side by side: who moved, and which marks, facts and targets differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessments.models import SchemeRun
from assessments.schemes.replay import facts_of, result_of, scheme_of
from rules import scheme as rules
from rules.scheme.facts import UnitFacts


@dataclass(frozen=True, slots=True)
class Differs:
    """A fact or target of a unit that isn't the same in both: the amount as text, the reason why there is none, or None where
    the input didn't exist. `which`: of a target, "" for a fact."""

    code: str
    which: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Compared:
    """A unit in two runs. `move` is None where total, place and marks are the same and only facts differ."""

    unit: str
    move: rules.Move | None
    facts: tuple[Differs, ...]


def compare(before: SchemeRun, after: SchemeRun) -> tuple[Compared, ...]:
    """Every unit for which anything differs, in the order of the later run's result."""
    moved = {move.unit: move for move in rules.moves(result_of(before), result_of(after))}
    old = {unit.code: unit for unit in facts_of(before).units}
    new = {unit.code: unit for unit in facts_of(after).units}
    found = []
    for code in [*moved, *(code for code in new if code not in moved)]:
        differs = _differs(old.get(code), new.get(code), [*scheme_of(after).inputs])
        if code in moved or differs:
            found.append(Compared(code, moved.get(code), differs))
    return tuple(found)


def _differs(old: UnitFacts | None, new: UnitFacts | None, order: list[str]) -> tuple[Differs, ...]:
    if old is None or new is None:
        return ()
    codes = [*order, *(code for code in old.facts if code not in order)]
    found = []
    for code in codes:
        one, other = said(old.facts.get(code)), said(new.facts.get(code))
        if one != other:
            found.append(Differs(code, "", one, other))
        whiches = sorted({*old.targets.get(code, {}), *new.targets.get(code, {})})
        for which in whiches:
            one = said(old.targets.get(code, {}).get(which))
            other = said(new.targets.get(code, {}).get(which))
            if one != other:
                found.append(Differs(code, which, one, other))
    return tuple(found)


def said(given: Any) -> Any:
    """A given fact or target: {"missing": reason}, the amount as text, or None."""
    if given is None:
        return None
    if missing := getattr(given, "missing", None):
        return {"missing": missing}
    return f"{getattr(given, 'value', given):f}"
