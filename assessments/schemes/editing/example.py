"""The worked example beside the form: a unit of the group scored by the method as it is typed. Nothing is stored."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from assessments.choices import MONEY
from rules import scheme as rules
from rules.facts import Missing
from rules.scheme import document as d
from rules.scheme.checks import walk
from rules.scheme.parts import OwnTarget, setting
from rules.trace import canonical_text

from .calculation import short
from .layout import MISSING_WORDS
from .places import Document, Place, get
from .reading import number
from .settling import used

WAN = Decimal(10_000)
ENDS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
MADE_UP = {"count": "4", "yuan": "30000000", "usd": "5000000", "percent": "80", "trips": "4"}
OTHERS = (("+", Decimal("0.8")), ("++", Decimal("1.1")))  # invented neighbours, for means and places
TURNS = 6


@dataclass
class Cell:
    """A figure or target of the example's unit, in the unit in which it is shown."""

    name: str
    label: str
    value: str
    unit: str
    here: bool = False  # the part on the desk reads it


@dataclass
class Shown:
    """A line of the result: an indicator with its marks and how they came about."""

    title: str
    marks: str
    full: str
    text: str
    here: bool = False
    sub: bool = False


@dataclass
class Example:
    """What stands beside the form. `left`: parts that are unfinished and were left out."""

    unit: str = ""
    units: list[tuple[str, str]] = field(default_factory=list)
    invented: bool = True
    month: str = ""
    type: str = ""
    types: list[tuple[str, str]] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    lines: list[Shown] = field(default_factory=list)
    total: str = ""
    full: str = ""
    place: str = ""
    left: int = 0
    why_not: str = ""

    @property
    def near(self) -> bool:
        """Whether the part on the desk reads some of the figures."""
        return any(cell.here for cell in self.cells)


@dataclass(frozen=True)
class Known:
    """What is known of a real group: (code, name, type) of its units, the facts of its latest run, their month."""

    units: tuple[tuple[str, str, str], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    month: str = ""


def work(document: Document, place: Place, known: Known, data: Mapping[str, Any], today: date) -> Example:
    """The example for a document as typed; `data` holds what was typed into its own boxes (names that begin with "x:")."""
    at = place.group or 0
    scheme, left = complete(document, at)
    found = Example(units=[(code, name) for code, name, _type in known.units], left=left)
    if scheme is None:
        found.why_not = _("The example begins with the first indicator that is complete.")
        return found
    group = scheme.groups[0]
    chosen = str(data.get("x:unit") or "")
    unit = next((row for row in known.units if row[0] == chosen), known.units[0] if known.units else None)
    found.unit, found.invented = (unit[0] if unit else ""), not known.units
    found.month = known.month or ended(scheme.period, today)
    found.types = [(code, str(title)) for code, title in scheme.types.items()]
    wanted = str(data.get("x:type") or (unit[2] if unit else ""))
    found.type = wanted if wanted in scheme.types else next(iter(scheme.types), "")
    facts, targets = _needed(scheme, group)
    again = str(data.get("x:was") or "") == found.unit  # of another unit what was typed says nothing
    mine = _Given(known, found.unit, scheme, data if again else {})
    near = _near(document, place)
    values = {code: mine.fact(code) for code in facts}
    aims = {key: mine.target(*key) for key in targets}
    found.cells = [
        Cell(f"x:f:{code}", scheme.inputs[code].title, _out(scheme, code, values[code]), _unit(scheme, code), code in near)
        for code in facts
    ] + [
        Cell(f"x:t:{code}:{which}", _("%(figure)s: target of the year") % {"figure": scheme.inputs[code].title},
             _out(scheme, code, aims[code, which]), _unit(scheme, code), code in near)
        for code, which in targets
    ]  # fmt: skip
    units = [_unit_facts(found.unit or "-", group.code, found.type, values, aims)]
    units += _neighbours(known, found.unit, scheme, group, values, aims, found.type)
    read, problems = rules.read_facts({"schema": 1, "month": found.month, "units": units}, scheme)
    if read is None or problems:
        found.why_not = _("A figure of the example is no number.")
        return found
    line = rules.score(scheme, read).line(found.unit or "-")
    _told(found, scheme, group, line, get(document, place.path) if place.row is not None else None)
    return found


def _told(found: Example, scheme: rules.Scheme, group: d.Group, line: rules.Line, here: Any) -> None:
    marks, traces = line.marks, {child.key.rpartition(".")[2]: child for child in line.trace.children}
    mine = here.get("code") if isinstance(here, Mapping) else None
    for rows, sign in ((group.indicators, ""), (group.bonuses, "+"), (group.deductions, "−")):
        for row in rows:
            if row.code not in marks:
                continue
            fact, trace = marks[row.code], traces.get(row.code)
            full = canonical_text(setting(row.full, found.type)) if not sign else ""
            said = short(trace) if trace is not None else ""
            if isinstance(fact, Missing):
                found.lines.append(Shown(row.title, "—", full, _reason(fact), row.code == mine))
                continue
            shown = sign + canonical_text(fact.amount.quantize(Decimal("0.01")))
            found.lines.append(Shown(row.title, shown, full, said, row.code == mine))
    if not found.invented:
        titles = {} if group.grades is None else {row.code: row.title for row in group.grades.rows}
        place = _("place %(place)s") % {"place": line.place} if line.place else ""
        found.place = " · ".join(one for one in (place, titles.get(line.grade or "", "")) if one)
    total = line.total
    found.total = "—" if isinstance(total, Missing) else format(total.amount, "f")
    found.full = "" if scheme.full is None else canonical_text(scheme.full)


def _reason(fact: Missing) -> str:
    return str(MISSING_WORDS.get(str(fact.reason), fact.reason))


def complete(document: Document, at: int) -> tuple[rules.Scheme | None, int]:
    """The scheme with the parts of one group that have no problem, and how many were left out; None when nothing is
    left. The full marks needn't add up yet."""
    group = get(document, ("groups", at))
    if not isinstance(group, Mapping):
        return None, 0
    trial: Document = {
        **copy.deepcopy(document),
        "schema": 1,
        "full": None,
        "groups": [copy.deepcopy(dict(group))],
    }
    trial.setdefault("title", "-")
    trial["groups"][0].setdefault("title", "-")
    if trial.get("period") not in ENDS:
        trial["period"] = "quarter"
    left = 0
    for _turn in range(TURNS):
        found, problems = rules.read(trial)
        if not problems:
            return found, left
        bad = {_part(problem.path.split(".")) for problem in problems}
        for steps in sorted(bad, key=lambda one: (len(one), one), reverse=True):
            left += _take_out(trial, steps)
    return None, left


def _part(steps: list[str]) -> tuple[Any, ...]:
    """The smallest part that can be left out."""
    if steps[0] == "groups" and len(steps) >= 3:
        if (
            steps[2] in ("indicators", "bonuses", "deductions", "vetoes", "qualify", "boards")
            and len(steps) >= 4
        ):
            return ("groups", 0, steps[2], int(steps[3]))
        return ("groups", 0, steps[2])
    return (steps[0],) if steps[0] in ("schedule", "types", "source", "full") else (*steps[:2],)


def _take_out(trial: Document, steps: tuple[Any, ...]) -> int:
    parent = get(trial, tuple(steps[:-1])) if len(steps) > 1 else trial
    try:
        del parent[steps[-1]]
    except (KeyError, IndexError, TypeError):
        return 0
    return 1 if len(steps) == 4 else 0


def ended(period: str, today: date) -> str:
    """The last month of the last whole period, as "2026-09"."""
    months = ENDS[period]
    number = (today.year * 12 + today.month - 1) // months * months - 1
    return f"{number // 12}-{number % 12 + 1:02d}"


class _Given:
    """The figures of a unit: as typed, else of the latest run, else made up."""

    def __init__(self, known: Known, unit: str, scheme: rules.Scheme, data: Mapping[str, Any]) -> None:
        rows = known.facts.get("units") or []
        self.row: Mapping[str, Any] = next((row for row in rows if row.get("code") == unit), {})
        self.scheme, self.data = scheme, data

    def _typed(self, code: str, name: str) -> str | None:
        text = self.data.get(name)
        if text is None or not isinstance(text, str):
            return None
        return _in(self.scheme, code, number(text))

    def fact(self, code: str) -> Any:
        typed = self._typed(code, f"x:f:{code}")
        if typed is not None:
            return typed
        given = (self.row.get("facts") or {}).get(code)
        return _amount(given) if given is not None else self.made_up(code)

    def target(self, code: str, which: str) -> Any:
        typed = self._typed(code, f"x:t:{code}:{which}")
        if typed is not None:
            return typed
        given = ((self.row.get("targets") or {}).get(code) or {}).get(which)
        if given is not None:
            return _amount(given)
        return canonical_text(Decimal(self.made_up(code)) * Decimal("1.5"))

    def made_up(self, code: str) -> str:
        unit, group = self.scheme.inputs[code].unit, self.scheme.groups[0]
        if unit in ("points", "marks"):
            fulls = [row.full for row in group.indicators if code in used({"groups": [rules.write(row)]})]
            return canonical_text(setting(fulls[0], "") * Decimal("0.8")) if fulls else "8"
        if unit == "count" and code not in used({"groups": [rules.write(row) for row in group.indicators]}):
            return "1"  # of what earns a bonus there is little
        return MADE_UP.get(unit, "10")


def _amount(given: Any) -> str:
    """The amount of a stored fact or target; "" for one that is missing."""
    if isinstance(given, Mapping):
        return str(given.get("value", ""))
    return str(given)


def _needed(scheme: rules.Scheme, group: d.Group) -> tuple[list[str], list[tuple[str, str]]]:
    """The inputs that a group reads, and the targets."""
    names = used({"groups": [rules.write(group)]})
    targets = dict.fromkeys((one.of, one.which) for one in _own_targets(group))
    return [code for code in scheme.inputs if code in names], list(targets)


def _own_targets(part: Any) -> Iterator[OwnTarget]:
    for _path, one in walk(part):
        if isinstance(one, OwnTarget):
            yield one


def _near(document: Document, place: Place) -> set[str]:
    part = get(document, place.path)
    return used({"groups": [{"of": part}]}) if place.row is not None and isinstance(part, Mapping) else set()


def _unit_facts(code: str, group: str, unit_type: str, facts: Any, targets: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"code": code, "group": group, "targets": {}}
    found["facts"] = {
        name: value if value != "" else {"missing": "not_reported"} for name, value in facts.items()
    }
    for (name, which), value in targets.items():
        if value != "":
            found["targets"].setdefault(name, {})[which] = value
    return {**found, **({"type": unit_type} if unit_type else {})}


def _neighbours(
    known: Known, unit: str, scheme: rules.Scheme, group: d.Group, facts: Any, targets: Any, unit_type: str
) -> list[dict[str, Any]]:
    """The others of the group: those of the latest run, else two invented ones near the unit."""
    rows = [row for row in known.units if row[0] != unit]
    if known.facts and rows:
        found = []
        for code, _name, other in rows:
            given = _Given(known, code, scheme, {})
            kind = other if other in scheme.types else next(iter(scheme.types), "")
            found.append(
                _unit_facts(code, group.code, kind, {one: given.fact(one) for one in facts},
                            {one: given.target(*one) for one in targets})
            )  # fmt: skip
        return found
    return [
        _unit_facts(
            name, group.code, unit_type, {code: _times(value, by) for code, value in facts.items()}, targets
        )
        for name, by in OTHERS
    ]


def _times(value: str, by: Decimal) -> str:
    try:
        return canonical_text((Decimal(value) * by).quantize(Decimal("0.01"))) if value else ""
    except InvalidOperation:
        return ""


def _money(scheme: rules.Scheme, code: str) -> bool:
    return scheme.inputs[code].unit in MONEY


def _unit(scheme: rules.Scheme, code: str) -> str:
    units = {"yuan": _("ten thousand yuan"), "usd": _("ten thousand US dollars"), "percent": "%"}
    return units.get(scheme.inputs[code].unit, "")


def _out(scheme: rules.Scheme, code: str, value: str) -> str:
    """As it is shown: money in ten thousands."""
    try:
        return canonical_text(Decimal(value) / WAN) if value and _money(scheme, code) else value
    except InvalidOperation:
        return value


def _in(scheme: rules.Scheme, code: str, text: str) -> str:
    try:
        return canonical_text(Decimal(text) * WAN) if text and _money(scheme, code) else text
    except InvalidOperation:
        return text
