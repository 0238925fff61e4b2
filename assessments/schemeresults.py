"""A run of a scheme read back for people: lines of one group as computed, as set by hand, and against the run told before.

The page, the file and the API read results through here, so they can't differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q

from assessments.explaining.gaining import parts_of
from assessments.models import SchemeLine, SchemeRun, ScoreOverride
from assessments.schemes.replay import facts_of, scheme_of
from assessments.services.publications import PLACE, TOTAL
from common.actors import Actor
from rules import scheme as rules
from rules.facts import Fact, Missing
from rules.scheme import figures as f
from rules.scheme.document import Group, Indicator
from rules.scheme.parts import OwnTarget

RELATED = ("version__scheme__owner", "restates")


@dataclass(frozen=True, slots=True)
class Published:
    """A value as it is told: `value` counts; `computed` stands crossed beside it where people set another."""

    value: Decimal | None
    reason: str = ""
    computed: Decimal | None = None
    override: ScoreOverride | None = None

    @property
    def set_by_hand(self) -> bool:
        return self.override is not None


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A unit's line. Marks by code; `figures`: completion, points, growth, done and target of the leading indicator."""

    row: SchemeLine
    unit: str  # code
    place: Published
    total: Published
    marks: dict[str, Published]
    figures: dict[str, Fact]


class ResultReader:
    """One group of a run. `by`: the indicator whose completion is shown, the one with the most marks if empty."""

    def __init__(self, run: SchemeRun, group: str = "", by: str = "") -> None:
        self.run = run
        self.scheme = scheme_of(run)
        self.facts = facts_of(run)
        codes = [one.code for one in self.scheme.groups]
        self.group: Group = self.scheme.groups[codes.index(group) if group in codes else 0]
        self.by = by if any(one.code == by for one in self.rows_of_marks) else ""

    @property
    def rows_of_marks(self) -> tuple[Indicator, ...]:
        """Indicators, bonuses and deductions of the group."""
        return (*self.group.indicators, *self.group.bonuses, *self.group.deductions)

    @cached_property
    def result(self) -> rules.Result:
        """The group's result with its traces, the same as when it was computed."""
        own = self.scheme.model_copy(update={"groups": (self.group,)})
        return rules.score(own, self.facts, self.run.version.key)

    @cached_property
    def overrides(self) -> dict[tuple[int, str], ScoreOverride]:
        """The latest value set of each thing, by unit and what."""
        rows = ScoreOverride.objects.filter(run=self.run).order_by("id")
        return {(row.unit_id, row.what): row for row in rows}

    @cached_property
    def leading(self) -> tuple[Any, OwnTarget] | None:
        """What is done and the target against which it is held: of the chosen indicator, or of the one with most marks."""
        rows = [one for one in self.group.indicators if not self.by or one.code == self.by]
        found = []
        for row in rows:
            for part in parts_of(row):
                if isinstance(part, (f.Completion, f.PointsToSchedule)) and isinstance(
                    part.target, OwnTarget
                ):
                    full = row.full if isinstance(row.full, Decimal) else row.full.default
                    found.append((full, part.of, part.target.model_copy(update={"phased": False})))
                    break
        if not found:
            return None
        best = max(found, key=lambda one: one[0])
        return best[1], best[2]

    @cached_property
    def _wanted(self) -> dict[str, Any]:
        wanted: dict[str, Any] = {}
        if self.leading is not None:
            of, target = self.leading
            wanted["done"], wanted["target"] = of, target
            wanted["completion"] = f.Completion(kind="completion", of=of, target=target)
            wanted["points"] = f.PointsToSchedule(kind="points_to_schedule", of=of, target=target)
        growth = next(
            (part for row in self.rows_of_marks for part in parts_of(row) if isinstance(part, f.Growth)), None
        )
        if growth is not None:
            wanted["growth"] = growth
        return wanted

    @cached_property
    def figures(self) -> dict[str, dict[str, Fact]]:
        """Further figures by unit."""
        if not self._wanted:
            return {}
        return rules.figures_of(self.scheme, self.facts, self.group.code, self._wanted)

    @cached_property
    def lines(self) -> list[ResultLine]:
        """In the order of the printed list: by the place that is shown, set by hand or not, those without one last."""
        rows = self.run.lines.filter(group=self.group.code).select_related("unit").order_by("position")
        lines = [self._line(row) for row in rows]  # equal places keep their computed order
        return sorted(lines, key=lambda line: (line.place.value is None, line.place.value or 0))

    def _line(self, row: SchemeLine) -> ResultLine:
        place = None if row.place is None else Decimal(row.place)
        return ResultLine(
            row,
            row.unit.code,
            self._published(row, PLACE, place, row.reason),
            self._published(row, TOTAL, row.total, row.reason),
            {
                code: self._published(
                    row,
                    code,
                    Decimal(mark) if isinstance(mark, str) else None,
                    "" if isinstance(mark, str) else mark["missing"],
                )
                for code, mark in row.document["marks"].items()
            },
            self.figures.get(row.unit.code, {}),
        )

    def _published(self, row: SchemeLine, what: str, computed: Decimal | None, reason: str) -> Published:
        override = self.overrides.get((row.unit_id, what))
        if override is None:
            return Published(computed, reason)
        return Published(override.value, reason, computed, override)

    @cached_property
    def time(self) -> Decimal | None:
        """Per cent of the year's target that is due, where all shown lines agree."""
        found = {
            done.amount - points.amount
            for one in self.figures.values()
            if (done := one.get("completion")) and (points := one.get("points"))
            if not isinstance(done, Missing) and not isinstance(points, Missing)
        }
        return found.pop() if len(found) == 1 else None

    def places_by(self, code: str) -> dict[str, int]:
        """Competition places (1, 2, 2, 4) of the ranked lines by their marks in one indicator."""
        marks = {
            line.unit: shown.value
            for line in self.lines
            if line.row.place is not None and (shown := line.marks.get(code)) and shown.value is not None
        }
        return {unit: 1 + sum(1 for other in marks.values() if other > own) for unit, own in marks.items()}


def told_before(run: SchemeRun, actor: Actor) -> SchemeRun | None:
    """The newest told run of the same scheme and an earlier period that the reader may see."""
    rows = SchemeRun.objects.visible_to(actor).filter(
        Q(year__lt=run.year) | Q(year=run.year, month__lt=run.month),
        version__scheme=run.version.scheme_id,
        publications__isnull=False,
    )
    return rows.distinct().order_by("-year", "-month", "-number").first()


def places_of(run: SchemeRun | None) -> dict[int, int]:
    """Told places of a run by unit, values set by hand included."""
    if run is None:
        return {}
    found = {row.unit_id: row.place for row in run.lines.all() if row.place is not None}
    for override in run.overrides.filter(what=PLACE).order_by("id"):
        found[override.unit_id] = int(override.value)
    return found


__all__ = ["RELATED", "Published", "ResultLine", "ResultReader", "places_of", "told_before"]
