"""Questions that are answered by scoring again on a copy: who moves when something changes, what it takes to gain a place.

Nothing is stored. A changed weight or rule is another document: read it and compare the two results.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from rules.facts import Fact

from .document import Scheme
from .facts import Facts, TargetGiven, UnitFacts
from .kernel import Line, Result, score
from .kernel.figures import Figures
from .kernel.handed import latest
from .parts import OwnTarget

COUNTED = ("count", "people")  # these come in whole pieces
DOUBLINGS = 40


@dataclass(frozen=True, slots=True)
class Move:
    """A unit's total and place before and after; a place is None where it has none."""

    unit: str
    group: str
    before: int | None
    after: int | None
    total_before: Fact | None
    total_after: Fact | None
    marks: tuple[tuple[str, Fact | None, Fact | None], ...]  # only those that differ


@dataclass(frozen=True, slots=True)
class Gain:
    """The smallest change of one fact, all else as it is, with which a unit gains a place: from `fact` to `needed`, both in
    the input's unit; `place` is then the unit's."""

    code: str
    fact: Decimal
    needed: Decimal
    place: int


def moves(before: Result, after: Result) -> tuple[Move, ...]:
    """What differs between two results, in the order of the second; units that are in one of them only come last."""
    old = {line.unit: line for group in before.groups for line in group.lines}
    new = {line.unit: line for group in after.groups for line in group.lines}
    found = []
    for unit in [*new, *(unit for unit in old if unit not in new)]:
        one, other = old.get(unit), new.get(unit)
        move = _move(unit, one, other)
        if one is None or other is None or move.marks or (one.place, one.total) != (other.place, other.total):
            found.append(move)
    return tuple(found)


def _move(unit: str, one: Line | None, other: Line | None) -> Move:
    old, new = (dict(line.marks) if line else {} for line in (one, other))
    codes = [*new, *(code for code in old if code not in new)]
    line = other or one
    return Move(
        unit,
        line.group if line else "",
        one.place if one else None,
        other.place if other else None,
        one.total if one else None,
        other.total if other else None,
        tuple((code, old.get(code), new.get(code)) for code in codes if old.get(code) != new.get(code)),
    )


def with_fact(facts: Facts, unit: str, code: str, value: Decimal) -> Facts:
    """The same facts with one of them changed. KeyError for a unit that isn't in the file."""
    if all(one.code != unit for one in facts.units):
        raise KeyError(unit)
    return facts.model_copy(
        update={
            "units": tuple(_changed(one, code, value) if one.code == unit else one for one in facts.units)
        }
    )


def _changed(unit: UnitFacts, code: str, value: Decimal) -> UnitFacts:
    return unit.model_copy(update={"facts": {**unit.facts, code: value}})


def with_target(facts: Facts, unit: str, code: str, which: str, value: Decimal) -> Facts:
    """The same facts with one unit's target of the year changed; its schedule stays. KeyError for a unit that isn't there."""
    if all(one.code != unit for one in facts.units):
        raise KeyError(unit)

    def changed(row: UnitFacts) -> UnitFacts:
        own = dict(row.targets.get(code, {}))
        old = own.get(which)
        schedule = old.schedule if isinstance(old, TargetGiven) else None
        own[which] = TargetGiven(value=value, schedule=schedule)
        return row.model_copy(update={"targets": {**row.targets, code: own}})

    return facts.model_copy(
        update={"units": tuple(changed(one) if one.code == unit else one for one in facts.units)}
    )


def figures_of(
    scheme: Scheme, facts: Facts, group: str, wanted: Mapping[str, Any]
) -> dict[str, dict[str, Fact]]:
    """Further figures of a group's units (or their own targets), by unit and by the names in `wanted`: what a page shows
    beside the marks."""
    table = Figures(scheme, next(one for one in scheme.groups if one.code == group), facts, "")
    nodes = {
        name: table.target(one, "") if isinstance(one, OwnTarget) else table.figure(one)
        for name, one in wanted.items()
    }
    at = {unit.code: table.at[unit.code, latest(unit)] for unit in table.own}
    return {unit: {name: node.fact(number) for name, node in nodes.items()} for unit, number in at.items()}


def gains(scheme: Scheme, facts: Facts, unit: str) -> tuple[Gain, ...]:
    """As `gains_within`, however long it takes."""
    return gains_within(scheme, facts, unit, None)[0]


def gains_within(scheme: Scheme, facts: Facts, unit: str, most: int | None) -> tuple[tuple[Gain, ...], bool]:
    """For each fact of a unit that alone can do it: what it would have to be for the unit to gain a place; and whether the
    search was cut because it needed more than `most` scorings (None: no limit).

    The smallest change is looked for by doubling and halving, upwards and downwards, to a piece for counts and to 1
    otherwise, where a huge change or one by the double (the half) helps. A rule that falls and rises again may hide a
    smaller one; what is answered does gain the place. () for the first, for a unit without a place, and where no single
    fact does it."""
    line = score(scheme, facts).line(unit)
    if line.place is None or line.place == 1:
        return (), False
    # Only the unit's own group is scored again.
    own = scheme.model_copy(update={"groups": tuple(one for one in scheme.groups if one.code == line.group)})
    row = next(one for one in facts.units if one.code == unit)
    budget, found = _Budget(most), []
    try:
        for code, given in row.facts.items():
            amount = given if isinstance(given, Decimal) else getattr(given, "value", None)
            if amount is None:
                continue
            ask = _Asked(own, facts, unit, code, line.place, budget)
            best = min(ask.changes(amount), key=lambda gain: abs(gain.needed - gain.fact), default=None)
            if best is not None:
                found.append(best)
    except _SpentError:
        return tuple(found), True
    return tuple(found), False


class _SpentError(Exception):
    """No scoring is left."""


@dataclass(slots=True)
class _Budget:
    left: int | None

    def spend(self) -> None:
        if self.left is not None:
            if self.left == 0:
                raise _SpentError
            self.left -= 1


@dataclass(frozen=True, slots=True)
class _Asked:
    """One fact of one unit, tried at other amounts."""

    scheme: Scheme
    facts: Facts
    unit: str
    code: str
    place: int
    budget: _Budget
    known: dict[Decimal, int | None] = field(default_factory=dict)

    def at(self, amount: Decimal) -> int | None:
        """The unit's place if the fact were that amount."""
        if amount not in self.known:
            self.budget.spend()
            changed = with_fact(self.facts, self.unit, self.code, amount)
            self.known[amount] = score(self.scheme, changed).line(self.unit).place
        return self.known[amount]

    def better(self, amount: Decimal) -> bool:
        place = self.at(amount)
        return place is not None and place < self.place

    def changes(self, amount: Decimal) -> Iterator[Gain]:
        """What it takes upwards, and downwards (never below zero where it isn't below zero now)."""
        whole = self.scheme.inputs[self.code].unit in COUNTED
        for sign, rounding in ((1, ROUND_CEILING), (-1, ROUND_FLOOR)):
            start = amount if not whole else amount.to_integral_value(rounding)
            if not self._helps(start, sign, amount):
                continue
            near, far = Decimal(0), Decimal(1)
            for _turn in range(DOUBLINGS):
                wanted = start + sign * far
                beyond = sign < 0 <= amount and wanted < 0
                if beyond:
                    wanted = Decimal(0)
                if self.better(wanted):
                    needed = self._nearest(start + sign * near, wanted)
                    place = self.at(needed)
                    assert place is not None
                    yield Gain(self.code, amount, needed, place)
                    break
                if beyond or self._hopeless(far, amount):
                    break
                near, far = far, far * 2

    def _helps(self, start: Decimal, sign: int, amount: Decimal) -> bool:
        """Whether a huge change, or one by as much (half as much) as there is, gains a place: else it isn't searched."""
        huge = start + sign * Decimal(2) ** (DOUBLINGS - 1)
        some = start + abs(start) if sign > 0 else start - (abs(start) / 2).to_integral_value(ROUND_CEILING)
        if sign < 0 <= amount:
            if amount == 0:
                return False
            huge = Decimal(0)
        return self.better(huge) or self.better(some)

    def _hopeless(self, far: Decimal, amount: Decimal) -> bool:
        """A fact a thousand times what it is, and above a trillion, is no advice."""
        return far > 1000 * max(abs(amount), Decimal(1)) and far > Decimal(10) ** 12

    def _nearest(self, low: Decimal, high: Decimal) -> Decimal:
        """The amount next to `low`, which isn't enough, that is: to a piece."""
        while abs(high - low) > 1:
            middle = ((low + high) / 2).to_integral_value(ROUND_FLOOR)
            if middle in (low, high):
                break
            if self.better(middle):
                high = middle
            else:
                low = middle
        return high
