"""What is said of a target beside a figure that was measured against it: which version, from when, whose."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from assessments.models import Measure, Target
from common.actors import Actor

from .numbers import shown, unit_label
from .reading import Held, Origin


def said(held: Held, measure: Measure, year: int) -> str:
    """The version of a target that a completion used, in a sentence without a full stop: "1,200.00 10 thousand yuan, from
    month 8 of 2026"."""
    parts = [_version(measure, held, year), _why(held.origin, held.whose)]
    if held.implied:
        parts.append(_("implied: derived from the published amount and rate"))
    return ", ".join(part for part in parts if part)


def said_of(row: Target) -> str:
    """The same of a stored target, where it is read again by its reference. Joins measure, unit and group."""
    whose = row.group.name if row.group else row.unit.label
    origin = (Origin.GROUP if row.group else Origin.REST) if row.residual else Origin.OWN
    held = Held(row.value, None, f"target:{row.pk}", row.holds_from, origin, whose, row.implied)
    return said(held, row.measure, row.year)


def versions(actor: Actor, refs: Iterable[str]) -> dict[str, str]:
    """What is said of the targets behind references such as "target:12" or "target:12,target:13", as far as the actor may see
    them; one query."""
    single = {one for ref in refs for one in ref.split(",")}
    ids = [int(one.partition(":")[2]) for one in single if one.startswith("target:") and one[7:].isdigit()]
    rows = Target.objects.visible_to(actor).filter(pk__in=ids).select_related("measure", "unit", "group")
    return {f"target:{row.pk}": said_of(row) for row in rows}


def _version(measure: Measure, held: Held, year: int) -> str:
    words = {
        "value": shown(measure, held.value),
        "unit": unit_label(measure),
        "year": year,
        "month": held.holds_from,
    }
    if held.holds_from == 1:
        return _("%(value)s (%(unit)s), for the year %(year)s") % words
    return _("%(value)s (%(unit)s), from month %(month)s of %(year)s") % words


def _why(origin: Origin, whose: str) -> str:
    if origin == Origin.GROUP:
        return _("no target of its own: that of the group %(name)s") % {"name": whose}
    if origin == Origin.REST:
        return _("no target of its own: that of all others of %(name)s") % {"name": whose}
    if origin == Origin.CARRIED:
        return _("taken over with the units whose successor it is")
    if origin == Origin.LINE:
        return _("a line of a composed target")
    return ""
