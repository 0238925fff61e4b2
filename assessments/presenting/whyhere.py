"""Why a unit stands where it stands, in a few sentences: its place, its distance to schedule and to the group's mean."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.explaining import reason_words
from assessments.schemeresults import ResultLine, ResultReader
from common.templatetags.ip import amount, signed
from rules.facts import Missing

MOST = 4  # indicators that are named; the others are taken together


def mean_total(reader: ResultReader) -> Decimal | None:
    """The mean of the published totals of those ranked; None when nobody is."""
    totals = [one.total.value for one in _ranked(reader) if one.total.value is not None]
    return sum(totals, Decimal(0)) / len(totals) if totals else None


def why(reader: ResultReader, line: ResultLine) -> list[tuple[str, str]]:
    """Pieces of text with how each is drawn: "", "strong" or "bad"."""
    if line.place.value is None:
        return [(_("No place: %(reason)s.") % {"reason": reason_words(line.row.reason)}, "bad")]
    place = {"place": int(line.place.value), "n": len(_ranked(reader))}
    return [(_("Place %(place)s of %(n)s.") % place, "strong"), *_schedule(line), *_distance(reader, line)]


def _ranked(reader: ResultReader) -> list[ResultLine]:
    return [one for one in reader.lines if one.place.value is not None]


def _schedule(line: ResultLine) -> list[tuple[str, str]]:
    points = line.figures.get("points")
    if points is None or isinstance(points, Missing) or not points.amount:
        return []
    said = (
        _("Ahead by %(points)s percentage points.")
        if points.amount > 0
        else _("Behind by %(points)s percentage points.")
    )
    return [(said % {"points": amount(abs(points.amount))}, "" if points.amount > 0 else "bad")]


def _distance(reader: ResultReader, line: ResultLine) -> list[tuple[str, str]]:
    """Marks above or below the mean of the group, the indicators that make most of it first."""
    mean, own = mean_total(reader), line.total.value
    if mean is None or own is None or len(_ranked(reader)) < 2:
        return []
    gaps = []
    for row in reader.rows_of_marks:
        marks = [one.marks[row.code].value for one in _ranked(reader) if row.code in one.marks]
        known = [one for one in marks if one is not None]
        mark = line.marks.get(row.code)
        if known and mark is not None and mark.value is not None:
            gaps.append((row.title, mark.value - sum(known, Decimal(0)) / len(known)))
    below = own < mean
    gaps = [one for one in sorted(gaps, key=lambda one: -abs(one[1])) if one[1] and (one[1] < 0) == below]
    said = _("%(gap)s below the mean of the group") if below else _("%(gap)s above the mean of the group")
    text = said % {"gap": amount(abs(own - mean))}
    named = "、".join(f"{title} {signed(gap)}" for title, gap in gaps[:MOST])
    return [(_("%(text)s: %(names)s.") % {"text": text, "names": named} if named else f"{text}.", "")]
