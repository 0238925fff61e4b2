"""Who published something by a measure. What is published isn't immutable while the measures that it names can change."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from assessments.choices import VersionState
from assessments.models import Measure, RankingRun, SchemeVersion

WHY = "whether something published rests on a measure, whoever published it"
MEANING = (
    "code", "unit", "nature", "direction", "numerator", "denominator", "source", "rule_code", "basis", "level", "role", "base",
    "filters", "credit", "of_measure",
)  # fmt: skip


def resting_on(measure: Measure) -> set[str]:
    """The measure's code and those of all measures that are worked out of it."""
    rows = Measure.objects.unscoped(reason=WHY).values_list(
        "pk", "code", "numerator", "denominator", "of_measure"
    )
    every, found = list(rows), {measure.pk}
    while more := {pk for pk, _code, *of in every if pk not in found and found & set(of)}:
        found |= more
    return {code for pk, code, *_of in every if pk in found}


def naming_version(codes: set[str], day: date | None = None) -> SchemeVersion | None:
    """A published version of a method whose inputs read one of the measures; with `day`, one that holds then or later. An
    input that names no measure reads the given one of its own code."""
    rows = SchemeVersion.objects.unscoped(reason=WHY).filter(state=VersionState.PUBLISHED)
    if day is not None:
        rows = rows.filter(Q(until=None) | Q(until__gte=day))
    for row in rows.select_related("scheme"):
        inputs = row.document.get("inputs", {})
        if codes & {given.get("measure") or code for code, given in inputs.items()}:
            return row
    return None


def told_run(codes: set[str]) -> RankingRun | None:
    """A published ranking by a table of one of the measures."""
    rows = RankingRun.objects.unscoped(reason=WHY).filter(publication__isnull=False)
    rows = rows.filter(Q(table__measure__code__in=codes) | Q(table__tie_measure__code__in=codes))
    return rows.select_related("table__group").first()
