"""Charts of columns, as numbers for templates/parts/chart.html: SVG drawn by the server, so that it needs no script, prints,
and stands beside its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from rules.money import Rounding

STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
WIDE, PHONE = (780, 190, "only-wide"), (358, 170, "only-phone")
LEFT, TOP, BOTTOM = 46, 12, 24
BAR = 15  # the widest column
WORD = 12  # a Chinese character below the axis


@dataclass(frozen=True, slots=True)
class Series:
    """Values by place along the axis, None where there is none; `css`: s1 or s2 for columns, "" for a line."""

    label: str
    values: Sequence[Decimal | None]
    css: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`label` is the chart in a sentence; `drawings` are for a wide screen and for a phone."""

    label: str
    names: list[dict[str, Any]]
    drawings: list[dict[str, Any]]


def columns(label: str, places: Sequence[str], series: Sequence[Series]) -> Chart:
    """Columns beside each other at every place, and a short line for series without a colour. Values may be negative."""
    names = [{"label": one.label, "css": one.css, "line": not one.css} for one in series]
    return Chart(label, names, [_draw(places, series, *size) for size in (WIDE, PHONE)])


def scale(lowest: Decimal, highest: Decimal, marks: int = 4) -> list[Decimal]:
    """Round numbers from the lowest to the highest value, 0 among them."""
    low, high = min(lowest, Decimal(0)), max(highest, Decimal(0))
    span = high - low or Decimal(1)
    power = Decimal(1).scaleb((span / marks).adjusted())
    step = next(one * power for one in STEPS if one * power * marks >= span)
    first = -int((-low / step).to_integral_value(ROUND_CEILING))
    last = int((high / step).to_integral_value(ROUND_CEILING))
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def _draw(
    places: Sequence[str], series: Sequence[Series], width: int, height: int, css: str
) -> dict[str, Any]:
    values = [value for one in series for value in one.values if value is not None]
    marks = scale(min(values, default=Decimal(0)), max(values, default=Decimal(0)))
    per = Decimal(height - TOP - BOTTOM) / (marks[-1] - marks[0])

    def y(value: Decimal) -> Decimal:
        return Decimal(TOP) + (marks[-1] - value) * per

    slot = Decimal(width - LEFT - 4) / max(len(places), 1)
    bars = [one for one in series if one.css]
    thick = min(Decimal(BAR), slot * Decimal("0.8") / max(len(bars), 1) - 2)
    drawn: dict[str, Any] = {
        "css": css,
        "width": width,
        "height": height,
        "left": LEFT,
        "right": width - 4,
        "text": LEFT - 6,
        "grid": [
            {"y": _text(y(mark)), "text_y": _text(y(mark) + 4), "label": _label(mark), "zero": mark == 0}
            for mark in marks
        ],
        "bars": [],
        "lines": [],
        "labels": [],
    }
    for number, place in enumerate(places):
        middle = LEFT + slot * number + slot / 2
        fits = max(int(slot // WORD), 2)
        drawn["labels"].append({"x": _text(middle), "y": height - 7, "text": place[:fits]})
        first = middle - (thick + 2) * len(bars) / 2
        for order, one in enumerate(bars):
            if value := one.values[number]:
                top, bottom = y(max(value, Decimal(0))), y(min(value, Decimal(0)))
                drawn["bars"].append(
                    {
                        "css": one.css,
                        "x": _text(first + (thick + 2) * order + 1),
                        "y": _text(top),
                        "width": _text(thick),
                        "height": _text(bottom - top),
                    }
                )
        for one in series:
            value = None if one.css else one.values[number]
            if value is not None:
                half = slot * Decimal("0.4")
                drawn["lines"].append(
                    {"x1": _text(middle - half), "x2": _text(middle + half), "y": _text(y(value))}
                )
    return drawn


def _text(value: Decimal) -> str:
    """A place in the drawing, as SVG reads it in any language."""
    return str(Rounding(1).apply(value))


def _label(value: Decimal) -> str:
    text = f"{value.normalize():,f}"
    return text.replace("-", "\N{MINUS SIGN}")
