"""Targets made of counts with conditions (DOMAIN §4): "two industrial projects of at least 1 billion, one logistics
project of at least 1 billion, three industrial projects of at least 500 million".

The condition is that of the line's measure; a line says how many. The measures count each project once, in its highest
line; what a line has too many may fill the lines that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field, ValidationError

from assessments.choices import MeasureUnit
from assessments.models import Measure
from common.errors import Refused
from rules.money import add
from rules.scheme.figures import Composed as Figure
from rules.scheme.figures import Needed
from rules.scheme.parts import Amount, Part

MOST = 12  # lines
Code = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]{1,40}$")]


class Line(Part):
    """So many of a measure; `fills`: the later lines that its surplus may fill."""

    of: Code
    needed: Amount
    fills: tuple[Code, ...] = ()


class Composed(Part):
    """The lines, the hardest first. `fill_down`: a line's surplus fills the lines it names."""

    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST)]
    fill_down: bool = False

    @property
    def total(self) -> Decimal:
        """All that is needed: the target's value."""
        return add(line.needed for line in self.lines)

    def figure(self) -> Figure:
        """The scheme's figure with these numbers (rules/scheme/figures.py): per cent of the lines that are met."""
        lines = tuple(Needed(of=one.of, needed=one.needed, fills=one.fills) for one in self.lines)
        return Figure(kind="composed", lines=lines, fill_down=self.fill_down)

    def said(self, names: Mapping[str, str]) -> str:
        """In words; `names` of the measures by code."""
        text = "、".join(f"{names.get(one.of, one.of)} {one.needed.normalize():f}" for one in self.lines)
        return _("%(lines)s; surplus fills down") % {"lines": text} if self.fill_down else text


def document(composed: Composed) -> dict[str, Any]:
    """As it is stored."""
    return composed.model_dump(mode="json")


def read(stored: Any) -> Composed | None:
    """What a target is made of; None for a plain one. Raises Refused for what was never checked."""
    if stored is None:
        return None
    try:
        return Composed.model_validate({**stored, "lines": tuple(_line(one) for one in stored["lines"])})
    except (ValidationError, TypeError, KeyError) as wrong:
        raise Refused(_("This is no target made of lines."), code="composed") from wrong


def _line(one: Any) -> dict[str, Any]:
    return {**one, "fills": tuple(one.get("fills", ()))}


def check(composed: Composed, measures: Mapping[str, Measure]) -> None:
    """Lines count pieces, each measure once, some of each; a surplus goes to later lines. `measures` that the actor
    sees, by code. Raises Refused."""
    codes = [one.of for one in composed.lines]
    problems = []
    strange = [c for c in codes if c not in measures or measures[c].unit != MeasureUnit.COUNT]
    if strange:
        problems.append(_("Not a measure that counts pieces: %(codes)s.") % {"codes": "、".join(strange)})
    if len(set(codes)) < len(codes):
        problems.append(_("A measure stands in one line only."))
    if any(one.needed <= 0 for one in composed.lines):
        problems.append(_("A line needs one or more."))
    for number, one in enumerate(composed.lines):
        if not set(one.fills) <= set(codes[number + 1 :]):
            said = ngettext(
                "Line %(n)s can fill lines below it only.",
                "Line %(n)s can fill lines below it only.",
                number + 1,
            )
            problems.append(said % {"n": number + 1})
    if problems:
        raise Refused(" ".join(problems), code="composed", fields={"lines": problems})
