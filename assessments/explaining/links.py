"""From the source of a figure to the page that shows its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import Measure
from assessments.targets.saying import versions
from common.actors import Actor
from organizations.models import Unit
from rules import scheme as rules
from rules.scheme.facts import TargetGiven

from .nodes import Link

PAGES = {"figure": "figure_detail", "given": "given_detail", "target": "target_detail"}


@dataclass(frozen=True, slots=True)
class Sources:
    """Addresses for one unit's figures in a run. `measures`: keys by code, `targets`: what is said of each version by its reference,
    both as far as the reader may see them."""

    scheme: rules.Scheme
    unit: int = 0
    run: int = 0
    measures: Mapping[str, int] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, ref: str | None, code: str = "") -> tuple[Link, ...]:
        """For a source such as "figure:12", or several with commas, of an input of the scheme. What has no page has no link."""
        found = [self._link(one.strip(), code) for one in (ref or "").split(",")]
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _link(self, ref: str, code: str) -> Link | None:
        kind, _colon, rest = ref.partition(":")
        if kind in PAGES and rest.isdigit():
            label = _("see the target") if kind == "target" else _("see the figure")
            if ref in self.targets:
                label = _("see the target: %(version)s") % {"version": self.targets[ref]}
            return Link(label, reverse(PAGES[kind], args=[int(rest)]))
        if kind == "cells":
            return self._rows(rest.partition(":")[0], code)
        return None

    def _rows(self, measure: str, code: str) -> Link | None:
        """The lines that an input of the run sums: by its own filters and window, as far as the run knew the books."""
        given = self.scheme.inputs.get(code)
        if given is None or given.measure != measure or not self.unit or not self.run:
            return None
        if measure not in self.measures:
            return None
        url = reverse("measure_rows", args=[self.measures[measure], self.unit])
        return Link(_("see the rows"), f"{url}?{urlencode({'run': self.run, 'input': code})}")


def sources_of(actor: Actor, run: int, scheme: rules.Scheme, facts: rules.Facts, unit: Unit) -> Sources:
    """The way from a unit's figures to their rows; two queries."""
    measures = Measure.objects.visible_to(actor).values_list("code", "pk")
    own = next(one for one in facts.units if one.code == unit.code)
    given = [one for some in own.targets.values() for one in some.values() if isinstance(one, TargetGiven)]
    return Sources(
        scheme, unit.pk, run, dict(measures), versions(actor, [one.ref for one in given if one.ref])
    )
