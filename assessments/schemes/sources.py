"""Where a run's figures and targets come from. `gather` knows only the shape; what is behind it may change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assessments.choices import FigureSource
from assessments.measures import Asked, FactKey, facts
from assessments.measures.catalogue import key_of
from assessments.measures.keys import code_of
from assessments.models import Measure
from assessments.schemes.periods import Period
from assessments.targets.reading import targets
from organizations.models import Unit
from rules.facts import Fact, Missing, MissingReason
from rules.periods import Month
from rules.scheme.document import Input
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

    @property
    def asked(self) -> Asked:
        """As the measures are asked: the final account only where the data reach the year's end."""
        year_end = self.period.year_end and self.through == self.period.last
        through = self.period.code if year_end else code_of(self.through)
        return Asked(self.period.first, self.period.last, self.through, through, self.watermark, year_end)


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


class Registered:
    """Figures of the measures' registry. An input without a measure is entered by people: it reads a given measure of its
    own code, if there is one."""

    def figures(self, inputs: Mapping[str, Input], units: Sequence[Unit], clock: Clock) -> Figured:
        entered = set(
            Measure.objects.unscoped(reason=WHY)
            .filter(code__in=inputs, source=FigureSource.GIVEN, archived_at=None)
            .values_list("code", flat=True)
        )
        keys = {
            code: key_of(given) or (FactKey.of(code) if code in entered else None)
            for code, given in inputs.items()
        }
        read = facts([key for key in keys.values() if key], units, clock.asked)
        nothing = Missing(MissingReason.NOT_REPORTED)
        return {
            (unit.pk, code): nothing if key is None else read[unit.pk, key]
            for code, key in keys.items()
            for unit in units
        }

    def targets(
        self,
        inputs: Mapping[str, Input],
        wanted: Collection[tuple[str, str]],
        units: Sequence[Unit],
        clock: Clock,
    ) -> Targeted:
        """As they hold in the period's last month; those of an input without a measure are set for the given measure of its
        own code."""
        named = {code: inputs[code].measure or code for code, _which in wanted}
        measures = Measure.objects.unscoped(reason=WHY).filter(code__in=set(named.values()))
        last, kinds = clock.period.last, {which for _code, which in wanted}
        held = targets(units, measures, last.year, last.number, kinds)
        return {
            (unit.pk, code, which): held[unit.pk, named[code], which].given()
            for code, which in wanted
            for unit in units
            if (unit.pk, named[code], which) in held
        }


SOURCE: Source = Registered()
