"""Where a run's figures and targets come from. `gather` knows only the shape; what is behind it may change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assessments.models import Measure
from assessments.schemes.periods import Period
from assessments.selectors import Figures, measure_fact
from organizations.models import Unit
from rules.facts import Fact, Missing, MissingReason
from rules.periods import Month
from rules.scheme.document import Input, Schedule
from rules.scheme.facts import TargetGiven

WHY = "a run reads the measures that its scheme names"
Figured = Mapping[tuple[int, str], Fact]  # (unit id, input)
Targeted = Mapping[tuple[int, str, str], TargetGiven]  # (unit id, input, which)


@dataclass(frozen=True, slots=True)
class Clock:
    """Of which months figures are wanted and what was known of them. `watermark`: the last line that counts."""

    period: Period
    through: Month
    watermark: int


class Source(Protocol):
    """A fixed number of queries each, however many units and inputs."""

    def figures(self, inputs: Mapping[str, Input], units: Sequence[Unit], clock: Clock) -> Figured:
        """The inputs' figures of the units; what nobody entered is missing with its reason."""

    def targets(
        self,
        inputs: Mapping[str, Input],
        wanted: Collection[tuple[str, str]],
        units: Sequence[Unit],
        clock: Clock,
    ) -> Targeted:
        """The targets that the document names: (input, which). What isn't there has none."""


class Tables:
    """Imported figures, and capital by counting rules."""

    def figures(self, inputs: Mapping[str, Input], units: Sequence[Unit], clock: Clock) -> Figured:
        rows = Measure.objects.unscoped(reason=WHY).select_related("numerator", "denominator")
        measures = {row.code: row for row in rows.filter(code__in={one.measure for one in inputs.values()})}
        every = [m for row in measures.values() for m in (row, row.numerator, row.denominator) if m]
        read = Figures.read(units, every, clock.through, "firm")
        found: dict[tuple[int, str], Fact] = {}
        for code, given in inputs.items():
            measure = measures.get(given.measure)
            for unit in units:
                if measure is None:
                    found[unit.pk, code] = Missing(MissingReason.NOT_REPORTED)
                elif given.window == "month":
                    found[unit.pk, code] = read.in_month(unit.pk, measure, clock.through)
                else:
                    before = given.window == "year_before"
                    month = clock.through.same_last_year() if before else clock.through
                    found[unit.pk, code] = measure_fact(read, unit.pk, measure, month)
        return found

    def targets(
        self,
        inputs: Mapping[str, Input],
        wanted: Collection[tuple[str, str]],
        units: Sequence[Unit],
        clock: Clock,
    ) -> Targeted:
        codes = {inputs[code].measure for code, _which in wanted}
        measures = {row.code: row for row in Measure.objects.unscoped(reason=WHY).filter(code__in=codes)}
        found: dict[tuple[int, str, str], TargetGiven] = {}
        for which in {one for _code, one in wanted}:
            read = Figures.read(units, measures.values(), clock.through, which)
            for code, kind in wanted:
                measure = measures.get(inputs[code].measure)
                for unit in units if kind == which else ():
                    row = read.target(unit.pk, measure, clock.period.last) if measure else None
                    if row is not None:
                        schedule: Schedule | None = None
                        found[unit.pk, code, which] = TargetGiven(
                            value=row.value, schedule=schedule, ref=f"target:{row.pk}"
                        )
        return found


SOURCE: Source = Tables()
