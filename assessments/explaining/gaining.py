"""What it would take to gain a place, in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from rules import scheme as rules
from rules.facts import Value
from rules.scheme import figures as f
from rules.scheme.parts import OwnTarget, Part

from .numbers import figure as number

MOST = 400  # scorings for one answer: some seconds for a large group


def gain_words(
    scheme: rules.Scheme, facts: rules.Facts, unit: str, most: int = MOST
) -> tuple[list[str], bool]:
    """For each figure that alone can do it, one sentence: how much more, and what completion of the target that would be;
    and whether the search was cut before all figures were tried."""
    line_group = next(one.group for one in facts.units if one.code == unit)
    past = _of_the_past(scheme, line_group)
    found, cut = rules.gains_within(scheme, facts, unit, most)
    said = [_sentence(scheme, facts, unit, line_group, gain) for gain in found if gain.code not in past]
    return said, cut


def _of_the_past(scheme: rules.Scheme, group: str) -> set[str]:
    """Inputs that nobody can change any more: those of the year before."""
    found = {code for code, one in scheme.inputs.items() if one.window == "year_before"}
    rows = next(one for one in scheme.groups if one.code == group)
    for part in parts_of(rows):
        if isinstance(part, f.Growth):
            found |= {one for one in (part.before,) if isinstance(one, str)}
    return found


def _sentence(scheme: rules.Scheme, facts: rules.Facts, unit: str, group: str, gain: rules.Gain) -> str:
    given = scheme.inputs[gain.code]
    change = gain.needed - gain.fact
    words = {
        "name": given.title,
        "change": number(abs(change), given.unit),
        "before": number(gain.fact, given.unit),
        "after": number(gain.needed, given.unit),
        "place": gain.place,
    }
    said = (
        _("%(name)s: %(change)s more (%(before)s → %(after)s) would give place %(place)s.")
        if change > 0
        else _("%(name)s: %(change)s less (%(before)s → %(after)s) would give place %(place)s.")
    ) % words
    target = own_target(scheme, group, gain.code)
    if target is None:
        return said
    wanted = {"rate": f.Completion(kind="completion", of=gain.code, target=target)}
    rates = []
    for amount in (gain.fact, gain.needed):
        changed = rules.with_fact(facts, unit, gain.code, amount)
        fact = rules.figures_of(scheme, changed, group, wanted)[unit]["rate"]
        if not isinstance(fact, Value):
            return said
        rates.append(number(Decimal(fact.amount), "percent"))
    return (
        said
        + " "
        + _("Completion of the target: %(before)s → %(after)s.")
        % {
            "before": rates[0],
            "after": rates[1],
        }
    )


def own_target(scheme: rules.Scheme, group: str, code: str) -> OwnTarget | None:
    """The unit's own target against which a group's indicators hold an input, the first that is named."""
    found = next(one for one in scheme.groups if one.code == group)
    for row in (*found.indicators, *found.bonuses, *found.deductions):
        for part in parts_of(row):
            target = getattr(part, "target", None)
            if getattr(part, "of", None) == code and isinstance(target, OwnTarget):
                return target
            if isinstance(part, OwnTarget) and part.of == code:
                return part
    return None


def parts_of(part: Any) -> Iterator[Any]:
    """A piece of the document and all pieces inside it."""
    if isinstance(part, Part):
        yield part
        for name in type(part).model_fields:
            yield from parts_of(getattr(part, name))
    elif isinstance(part, (tuple, list)):
        for one in part:
            yield from parts_of(one)
