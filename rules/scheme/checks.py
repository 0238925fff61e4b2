"""What a document of the right shape may still say wrong: undeclared names, marks that don't add up, units that don't mix."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from rules.facts import PERCENT, POINTS
from rules.money import add

from . import figures as f
from . import marking as m
from .document import Group, Indicator, Scheme
from .facts import REASONS, Facts
from .parts import OwnTarget, Part, PerType, setting

Path = tuple[str | int, ...]
Found = tuple[Path, str, str]
RESERVED = {"total", "place"}  # what else people may set by hand of a line
PLAIN = "number"  # a figure per something, a place
_NAMES = {"of", "part", "whole", "now", "before", "less", "figure", "value"}  # fields that hold a figure


def check(scheme: Scheme) -> Iterator[Found]:
    """Everything that is wrong with a scheme, in the order of the document."""
    if isinstance(scheme.schedule, tuple):
        yield from _quarters(("schedule",), scheme.schedule)
    yield from _twice(("groups",), [group.code for group in scheme.groups])
    for path, part in walk(scheme):
        yield from _part(scheme, path, part)
    for number, group in enumerate(scheme.groups):
        yield from _group(scheme, ("groups", number), group)


def check_facts(facts: Facts, scheme: Scheme) -> Iterator[Found]:
    """Everything in a facts file that doesn't fit the scheme."""
    yield from _twice(("units",), [unit.code for unit in facts.units])
    groups, units = {group.code for group in scheme.groups}, {unit.code: unit for unit in facts.units}
    if facts.data_through and (facts.data_through > facts.month or facts.data_through[:4] != facts.month[:4]):
        yield ("data_through",), "after_month", facts.data_through
    for number, unit in enumerate(facts.units):
        path: Path = ("units", number)
        if unit.group not in groups:
            yield (*path, "group"), "unknown_group", unit.group
        for place, name in [("type", unit.type), *(("spells", spell.type) for spell in unit.spells)]:
            if name is not None and name not in scheme.types:
                yield (*path, place), "unknown_type", name
        for code in unit.facts:
            if code not in scheme.inputs:
                yield (*path, "facts", code), "unknown_input", code
        for code in unit.targets:
            if code not in scheme.inputs:
                yield (*path, "targets", code), "unknown_input", code
            for which, target in unit.targets[code].items():
                schedule = getattr(target, "schedule", None)
                if isinstance(schedule, tuple):
                    yield from _quarters((*path, "targets", code, which, "schedule"), schedule)
        for member in unit.made_of:
            if member not in units or member == unit.code:
                yield (*path, "made_of"), "unknown_unit", member
            elif units[member].made_of:
                yield (*path, "made_of"), "made_of_made", member


def walk(part: Any, path: Path = ()) -> Iterator[tuple[Path, Part]]:
    """Every part of a document with its place, the outer before the inner."""
    if isinstance(part, Part):
        yield path, part
        for name in type(part).model_fields:
            yield from walk(getattr(part, name), (*path, name))
    elif isinstance(part, tuple):
        for number, one in enumerate(part):
            yield from walk(one, (*path, number))
    elif isinstance(part, Mapping):
        for key, one in part.items():
            yield from walk(one, (*path, key))


def _twice(path: Path, codes: Iterable[str]) -> Iterator[Found]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield path, "twice", code


def _quarters(path: Path, shares: Iterable[Decimal]) -> Iterator[Found]:
    shares = tuple(shares)
    if any(share < 0 for share in shares) or add(shares) != 100:
        yield path, "not_100", format(add(shares), "f")


def _part(scheme: Scheme, path: Path, part: Part) -> Iterator[Found]:
    """What is wrong with one part by itself."""
    unknown = sorted(name for name in _inputs_of(part) if name not in scheme.inputs)
    for name in unknown:
        yield path, "unknown_input", name
    if not unknown:
        yield from _units(scheme, path, part)
    if isinstance(part, PerType):
        for code in part.types:
            if code not in scheme.types:
                yield (*path, "types"), "unknown_type", code
    elif isinstance(part, f.PointsToSchedule):
        if isinstance(part.target, OwnTarget) and part.target.phased:
            yield (*path, "target"), "phased_twice", ""
    elif isinstance(part, f.Composed):
        names = [line.of for line in part.lines]
        yield from _twice((*path, "lines"), names)
        for number, line in enumerate(part.lines):
            for code in line.fills:
                if code not in names[number + 1 :]:
                    yield (*path, "lines", number, "fills"), "not_a_later_line", code
    elif isinstance(part, m.Bands):
        limits = [band.from_value for band in part.bands]
        if any(left >= right for left, right in zip(limits, limits[1:], strict=False)):
            yield (*path, "bands"), "not_rising", ""
    elif isinstance(part, m.MinMax) and part.low >= part.high:
        yield (*path, "high"), "not_above_low", format(part.high, "f")
    elif isinstance(part, m.Step):
        if _least(part.step) <= 0:
            yield (*path, "step"), "not_above_zero", ""
        if part.by_target:
            limits = [size.from_target for size in part.by_target]
            if any(left >= right for left, right in zip(limits, limits[1:], strict=False)):
                yield (*path, "by_target"), "not_rising", ""
    elif isinstance(part, m.AtTarget):
        yield from _at_target(path, part)
    elif isinstance(part, (m.Proportional, m.Given)):
        name = "at" if isinstance(part, m.Proportional) else "out_of"
        if _least(getattr(part, name)) <= 0:
            yield (*path, name), "not_above_zero", ""
    elif isinstance(part, Indicator):
        yield from _indicator(scheme, path, part)


def _units(scheme: Scheme, path: Path, part: Part) -> Iterator[Found]:
    """Yuan are added to yuan and held against a target in yuan."""
    figures: list[Any] = []
    if isinstance(part, (f.Difference, f.Growth)):
        figures = [part.of, part.less] if isinstance(part, f.Difference) else [part.now, part.before]
    elif isinstance(part, (f.Total, f.Mean)):
        figures = [row.figure for row in part.of]
    elif isinstance(part, (f.Completion, f.PointsToSchedule)):
        figures = [part.of, *_own(part.target)]
    elif isinstance(part, f.Condition):
        figures = [part.figure, *_own(part.than)]
    elif isinstance(part, m.Count):
        figures = [part.of, *_own(part.needed)]
    try:
        found = sorted({unit_of(scheme, figure) for figure in figures})
    except (KeyError, ValueError):  # said at the part that is wrong itself
        return
    if len(found) > 1:
        yield path, "mixed_units", ", ".join(found)


def _own(target: Any) -> list[str]:
    return [target.of] if isinstance(target, OwnTarget) else []


def _at_target(path: Path, rule: m.AtTarget) -> Iterator[Found]:
    if _least(rule.at) <= 0:
        yield (*path, "at"), "not_above_zero", ""
    if (rule.below == "steps") != (rule.short is not None):
        yield (*path, "short"), "needed" if rule.short is None else "not_used", ""
    by_target = any(step is not None and step.by_target for step in (rule.over, rule.short))
    if by_target != (rule.size is not None):
        yield (*path, "size"), "needed" if rule.size is None else "not_used", ""


def _indicator(scheme: Scheme, path: Path, part: Indicator) -> Iterator[Found]:
    if isinstance(part.rule, m.WITHOUT_VALUE):
        if part.value is not None:
            yield (*path, "value"), "not_used", ""
    elif part.value is None:
        yield (*path, "value"), "needed", ""
    for code in part.types:
        if code not in scheme.types:
            yield (*path, "types"), "unknown_type", code
    for reason in part.missing.reasons:
        if reason not in REASONS:
            yield (*path, "missing", "reasons"), "unknown_reason", reason
    if part.least is not None and part.most is not None:
        for code in ("", *scheme.types):
            if setting(part.least, code) > setting(part.most, code):
                yield (*path, "most"), "below_least", code


def _group(scheme: Scheme, path: Path, group: Group) -> Iterator[Found]:
    """What is wrong between the parts of a group."""
    every = (*group.indicators, *group.bonuses, *group.deductions)
    codes = [one.code for row in every for one in (row, *_parts(row))]
    yield from _twice((*path, "indicators"), codes)
    for code in sorted(RESERVED & set(codes)):
        yield (*path, "indicators"), "reserved", code
    if scheme.full is not None:
        for code in sorted({"", *(one for row in group.indicators for one in _types_in(row))}):
            fulls = [
                setting(row.full, code) for row in group.indicators if not row.types or code in row.types
            ]
            if code == "" and any(row.types for row in group.indicators):
                continue
            if add(fulls) != scheme.full:
                yield (*path, "indicators"), "marks_not_full", f"{code}:{add(fulls):f}".lstrip(":")
    for number, order in enumerate(group.ranking.order):
        if isinstance(order.by, str) and order.by not in ("total", *codes, *scheme.inputs):
            yield (*path, "ranking", "order", number, "by"), "unknown_key", order.by
    grades = [] if group.grades is None else [row.code for row in group.grades.rows]
    yield from _twice((*path, "grades", "rows"), grades)
    if group.grades is not None:
        yield from _grades((*path, "grades"), group)
    for number, veto in enumerate(group.vetoes):
        if veto.then == "grade" and veto.grade not in grades:
            yield (*path, "vetoes", number, "grade"), "unknown_grade", veto.grade or ""
    for number, board in enumerate(group.boards):
        for code in board.of:
            if code not in codes:
                yield (*path, "boards", number, "of"), "unknown_indicator", code
    if group.points is not None:
        if group.points.by == "grade" and set(group.points.grades) != set(grades):
            yield (*path, "points", "grades"), "not_the_grades", ""
        if group.points.by == "total" and group.points.out_of <= 0:
            yield (*path, "points", "out_of"), "not_above_zero", ""


def _grades(path: Path, group: Group) -> Iterator[Found]:
    assert group.grades is not None
    limits = [row.limit for row in group.grades.rows]
    known = [limit for limit in limits if limit is not None]
    if None in limits[:-1]:
        yield (*path, "rows"), "never_reached", ""
    falling = group.grades.by == "total"
    for left, right in zip(known, known[1:], strict=False):
        if (left <= right) if falling else (left >= right):
            yield (*path, "rows"), "not_falling" if falling else "not_rising", format(right, "f")


def _parts(row: Indicator) -> Iterator[Indicator]:
    if isinstance(row.rule, m.Parts):
        for part in row.rule.parts:
            yield part
            yield from _parts(part)


def _types_in(row: Indicator) -> Iterator[str]:
    yield from row.types
    if isinstance(row.full, PerType):
        yield from row.full.types


def _least(value: Decimal | PerType) -> Decimal:
    return min(value.default, *value.types.values()) if isinstance(value, PerType) else value


def _inputs_of(part: Part) -> Iterator[str]:
    """The inputs that a part names itself."""
    for name in _NAMES & type(part).model_fields.keys():
        value = getattr(part, name)
        if isinstance(value, str):
            yield value


def unit_of(scheme: Scheme, figure: Any) -> str:
    """The unit of a figure's result. ValueError("a, b") when figures of different units are added or compared."""
    if isinstance(figure, str):
        return scheme.inputs[figure].unit
    if isinstance(figure, (f.Scaled, f.GapToMean, f.Within, f.Rounded)):
        return unit_of(scheme, figure.of)
    if isinstance(figure, (f.Completion, f.Growth, f.ShareOfGroup, f.Composed)):
        return PERCENT
    if isinstance(figure, f.PointsToSchedule):
        return POINTS
    if isinstance(figure, f.Position):
        return PLAIN
    if isinstance(figure, f.Ratio):
        units = unit_of(scheme, figure.part), unit_of(scheme, figure.whole)
        return PERCENT if units[0] == units[1] and figure.times == 100 else PLAIN
    rows = (
        (figure.of, figure.less)
        if isinstance(figure, f.Difference)
        else tuple(weighted.figure for weighted in figure.of)
    )
    found = sorted({unit_of(scheme, row) for row in rows})
    if len(found) > 1:
        raise ValueError(", ".join(found))
    return found[0]
