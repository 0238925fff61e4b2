"""The ranking page of a scheme's run: its lines, columns, boards and remarks. Templates only draw what stands here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.explaining import reason_words
from assessments.explaining.numbers import SCALE, digits_of, plain
from assessments.schemeresults import Published, ResultLine, ResultReader
from assessments.schemes.periods import period_of
from common.templatetags.ip import amount
from rules.facts import Fact, Missing
from rules.scheme.document import Indicator

from .cells import PLAIN, Notes


def result_page(reader: ResultReader, *, previous: dict[int, int], open_unit: int = 0) -> dict[str, Any]:
    """Context of `assessments/results/ranking.html` that comes from the run. `previous`: places told before, by unit."""
    notes = Notes()
    rates = any("completion" in line.figures for line in reader.lines)
    show = {
        "score": True,
        "target": rates,
        "month": False,
        "completion": rates,
        "last_year": False,
        "growth": any("growth" in line.figures for line in reader.lines),
        "both_ranks": False,
    }
    places = reader.places_by(reader.by) if reader.by else {}
    rows = [(line, _row(reader, line, notes, previous, open_unit, places)) for line in reader.lines]
    ranked = [row for line, row in rows if line.place.value is not None]
    return {
        "show": show,
        "noscore": False,
        "rows": ranked,
        "unranked": [row for line, row in rows if line.place.value is None],
        "total": None,
        "time": reader.time,
        "figures": _figures(reader),
        "notes": notes.listed(),
        "remarks": _remarks(reader),
        "done_label": _done_label(reader),
        "rank_label": _("Rank"),
        "extra_heads": _heads(reader),
        "mark_heads": [_head(row) for row in reader.rows_of_marks],
        "boards": _boards(reader),
    }


def _done_label(reader: ResultReader) -> str:
    """Of which months the shown figure is: those of its input's window."""
    through = int((reader.facts.data_through or reader.facts.month)[-2:])
    of = reader.leading[0] if reader.leading is not None else None
    window = reader.scheme.inputs[of].window if isinstance(of, str) else ""
    if window == "cumulative":
        return _("Completed, all up to month %(month)s") % {"month": through}
    first = 1
    if window == "period":
        first = period_of(reader.scheme, reader.run.year, reader.run.month).first.number
    if window == "month" or first == through:
        return _("Completed, month %(month)s") % {"month": through}
    if first > 1:
        return _("Completed, months %(first)s–%(month)s") % {"first": first, "month": through}
    return _("Completed, months 1–%(month)s") % {"month": through}


def _heads(reader: ResultReader) -> list[str]:
    found = []
    if reader.by:
        title = next(row.title for row in reader.rows_of_marks if row.code == reader.by)
        found.append(_("Place by %(name)s") % {"name": title})
    if reader.group.grades is not None:
        found.append(_("Grade"))
    if reader.group.points is not None:
        found.append(_("Points in the larger assessment"))
    return found


def _head(row: Indicator) -> dict[str, str]:
    """An indicator's title and its full marks, where all have the same."""
    full = row.full if isinstance(row.full, Decimal) else Decimal(0)
    return {"title": row.title, "full": plain(full, 0) if full else ""}


def _row(
    reader: ResultReader,
    line: ResultLine,
    notes: Notes,
    previous: dict[int, int],
    open_unit: int,
    places: dict[str, int],
) -> dict[str, Any]:
    url = reverse("scheme_explanation", args=[reader.run.pk, line.row.unit_id])
    place = None if line.place.value is None else int(line.place.value)
    before = previous.get(line.row.unit_id)
    figures = line.figures
    extra: list[dict[str, Any]] = []
    if reader.by:
        own = places.get(line.unit)
        extra.append({"value": own, "digits": 0} if own else {"value": None, "missing": "nothing"})
    if reader.group.grades is not None:
        titles = {one.code: one.title for one in reader.group.grades.rows}
        extra.append({"text": titles.get(line.row.grade, "—")})
    if reader.group.points is not None:
        extra.append(_number(line.row.points))
    return {
        "name": line.row.unit_name,
        "url": url,
        "open": line.row.unit_id == open_unit,
        "rank": place,
        "rank_was": _was(line.place, 0),
        "tied": line.row.tied and not line.place.set_by_hand,
        "move": before - place if place is not None and before is not None else None,
        "badge": "" if place is not None else reason_words(line.row.reason),
        "score": score_cell(line.total),
        "target": _figure_cell(figures.get("target"), notes),
        "done": _figure_cell(figures.get("done"), notes, url=url),
        "completion": _figure_cell(figures.get("completion"), notes),
        "points": _figure_cell(figures.get("points"), notes),
        "growth": _figure_cell(figures.get("growth"), notes),
        "extra": extra,
        "marks": [mark_cell(line.marks.get(row.code), notes) for row in reader.rows_of_marks],
    }


def score_cell(total: Published) -> dict[str, Any]:
    """A total; where people set another, the computed one crossed beside it."""
    if total.value is None:
        return {"value": None, "missing": "nothing"}
    return {
        "value": total.value,
        "was": _was(total, 2),
        "why": total.override.reason if total.override else "",
    }


def mark_cell(mark: Published | None, notes: Notes) -> dict[str, Any]:
    """Marks of an indicator; "—" with a footnote where there are none."""
    if mark is None:
        return {"value": None, "missing": "not_here"}
    if mark.value is None:
        return _missing(mark.reason, notes)
    return {"value": mark.value, "digits": min(digits_of(mark.value), 4), "was": _was(mark, 2)}


def _was(shown: Published, digits: int) -> str:
    if not shown.set_by_hand:
        return ""
    return "—" if shown.computed is None else amount(shown.computed, digits)


def _number(value: Decimal | None) -> dict[str, Any]:
    return (
        {"value": None, "missing": "nothing"}
        if value is None
        else {"value": value, "digits": digits_of(value)}
    )


def _missing(reason: str, notes: Notes) -> dict[str, Any]:
    note = None if reason in PLAIN else notes.number(reason_words(reason))
    return {"value": None, "missing": PLAIN.get(reason, reason), "note": note}


def _figure_cell(fact: Fact | None, notes: Notes, url: str = "") -> dict[str, Any]:
    if fact is None:
        return {"value": None, "missing": "nothing"}
    if isinstance(fact, Missing):
        return _missing(str(fact.reason), notes)
    value, digits = fact.amount, 2
    if fact.unit in ("yuan", "usd"):
        value = value / SCALE["zh"]
    elif fact.unit in ("count", "people"):
        digits = 0 if value == value.to_integral_value() else 2
    return {"value": value, "digits": digits, "url": url}


def _figures(reader: ResultReader) -> list[dict[str, Any]]:
    lines = [line for line in reader.lines if line.place.value is not None]
    totals = [line.total.value for line in lines if line.total.value is not None]
    found: list[dict[str, Any]] = [
        {
            "label": _("Ranked / shown without a place"),
            "value": f"{len(lines)} / {len(reader.lines) - len(lines)}",
        }
    ]
    if totals:
        mean = sum(totals, Decimal(0)) / len(totals)
        found.append({"label": _("Mean of the totals"), "value": amount(mean)})
        found.append(
            {"label": _("Highest / lowest"), "value": f"{amount(max(totals))} / {amount(min(totals))}"}
        )
    points = [one for line in lines if (one := line.figures.get("points")) and not isinstance(one, Missing)]
    if points:
        ahead, behind = (sum(1 for one in points if one.amount * sign > 0) for sign in (1, -1))
        found.append({"label": _("Ahead / behind"), "value": f"{ahead} / {behind}", "unit": _("units")})
    return found


def _remarks(reader: ResultReader) -> list[str]:
    found = []
    if reader.leading is not None:
        of, _target = reader.leading
        name = reader.scheme.inputs[of].title if isinstance(of, str) else ""
        unit = reader.scheme.inputs[of].unit if isinstance(of, str) else ""
        label = {"yuan": _("10 thousand yuan"), "usd": _("10 thousand US dollars")}.get(unit, "")
        said = _("Target, completion and schedule are those of: %(name)s %(unit)s")
        found.append((said % {"name": name, "unit": label}).strip())
    tied: dict[int, list[str]] = {}
    for line in reader.lines:
        if line.row.tied and line.row.place is not None:
            tied.setdefault(line.row.place, []).append(line.row.unit_name)
    for place, names in tied.items():
        found.append(
            _("They share place %(place)s: %(names)s.") % {"place": place, "names": "、".join(names)}
        )
    zero = [
        line.row.unit_name
        for line in reader.lines
        if (done := line.figures.get("done")) and not isinstance(done, Missing) and done.amount == 0
    ]
    if zero:
        text = ngettext("At zero: %(names)s.", "At zero: %(names)s.", len(zero))
        found.append(text % {"names": "、".join(zero)})
    for line in reader.lines:
        for code in line.row.document["vetoes"]:
            title = next(one.title for one in reader.group.vetoes if one.code == code)
            found.append(_("%(unit)s: veto “%(title)s”.") % {"unit": line.row.unit_name, "title": title})
        for code in line.row.document["unqualified"]:
            title = next(one.title for one in reader.group.qualify if one.code == code)
            found.append(
                _("%(unit)s isn't ranked: “%(title)s” isn't met.")
                % {"unit": line.row.unit_name, "title": title}
            )
    return found


def _boards(reader: ResultReader) -> list[dict[str, Any]]:
    """The red and the black board with the names on them."""
    return [
        {
            "title": board.title,
            "first": board.end == "first",
            "names": [
                line.row.unit_name for line in reader.lines if board.code in line.row.document["boards"]
            ],
        }
        for board in reader.group.boards
    ]
