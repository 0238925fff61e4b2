"""The ranking page: lines, sums, figures above the table, remarks below."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import RankingRun
from assessments.reading import RunReader, Shown, ShownLine
from common.templatetags.ip import amount, signed

from .cells import Notes, cell


def page(reader: RunReader, *, base: str, open_unit: str, previous: dict[str, int | None]) -> dict[str, Any]:
    """Context of `assessments/ranking.html` that comes from the run. `base` is the page's own address."""
    notes, table = Notes(), reader.table
    show = {
        "score": False,
        "target": reader.has_targets,
        "month": any(line.cells["month"].value is not None for line in reader.lines),
        "completion": reader.has_targets,
        "last_year": False,
        "growth": any(line.cells["growth"].value is not None for line in reader.lines),
        "both_ranks": reader.has_targets,
    }
    extras = _extra_columns(reader)
    rows = [_row(reader, line, notes, base, open_unit, previous, show, extras) for line in reader.lines]
    no_targets = reader.lacks_targets
    remarks = []
    if reader.progress is not None and reader.has_targets:
        through = reader.run.data_through
        remarks.append(_("Time progress is %(month)s ÷ 12; differences are in percentage points.") % {"month": through}
                       if table.schedule == "linear" else _("Time progress follows the quarterly split."))  # fmt: skip
    if table.tie_break:
        other = table.tie_measure.name if table.tie_measure else table.get_tie_break_display()
        remarks.append(_("Equal values are ordered by: %(other)s.") % {"other": other})
    remarks += _total_remarks(reader)
    total = _total_row(reader, notes, show, extras)
    if no_targets:
        remarks.insert(0, _("No targets were set for this measure, so there is no completion rate."))
    return {
        "show": show,
        "rows": [r for r, line in zip(rows, reader.lines, strict=True) if line.ranked],
        "unranked": [r for r, line in zip(rows, reader.lines, strict=True) if not line.ranked],
        "total": total,
        "total_label": _("Sum of the group"),
        "time": reader.progress if reader.has_targets else None,
        "figures": _figures(reader),
        "notes": notes.listed(),
        "remarks": remarks,
        "done_label": _done_label(reader),
        "month_label": _("Month %(month)s") % {"month": reader.run.month},
        "rank_label": _("Rank"),
        "extra_heads": [head for head, _cell in extras],
    }


def _done_label(reader: RunReader) -> str:
    if reader.has_targets:
        return _("Completed, months 1–%(month)s") % {"month": reader.run.data_through}
    return reader.measure.name


Extra = tuple[str, Callable[[ShownLine | None, Notes], dict[str, Any]]]


def _extra_columns(reader: RunReader) -> list[Extra]:
    """Columns that only some tables need: the parts of a ratio, the tie-breaking measure, the missing rate."""
    found = []

    def fact_column(key: str, measure: Any) -> Extra:
        def draw(line: ShownLine | None, notes: Notes) -> dict[str, Any]:
            return (
                cell(reader.fact(line, key, measure), notes, digits=reader.digits_of(measure)) if line else {}
            )

        return f"{measure.name} {reader.unit_of(measure)}".strip(), draw

    found += [fact_column(key, measure) for key, measure in reader.further()]
    if reader.lacks_targets:

        def no_rate(line: ShownLine | None, notes: Notes) -> dict[str, Any]:
            return cell(Shown(None, "no_target"), notes)

        found.append((_("Completion rate"), no_rate))
    return found


def _row(
    reader: RunReader,
    line: ShownLine,
    notes: Notes,
    base: str,
    open_unit: str,
    previous: dict[str, int | None],
    show: dict[str, bool],
    extras: list[Extra],
) -> dict[str, Any]:
    url = f"{base}&unit={line.unit}"
    rank, before = line.ranks["rank"], previous.get(line.unit)
    cells = line.cells
    implied = _("implied: derived from the published amount and rate") if line.implied else ""
    digits = reader.value_digits()
    return {
        "name": line.name,
        "url": url,
        "open": line.unit == open_unit,
        "rank": rank,
        "tied": line.tied,
        "move": before - rank if rank is not None and before is not None else None,
        "badge": "" if line.ranked else _("not ranked"),
        "target": cell(cells["target"], notes, url=url, digits=digits, about=implied)
        if show["target"]
        else {},
        "done": cell(cells["done"], notes, url=url, digits=digits, nil=line.state == "nil"),
        "month": cell(cells["month"], notes, url=url, digits=digits) if show["month"] else {},
        **{
            name: cell(cells[name], notes, url=url, digits=reader.digits(name))
            for name, column in (("completion", "completion"), ("points", "completion"), ("growth", "growth"))
            if show[column]
        },
        "extra": [draw(line, notes) for _head, draw in extras],
        "rank_amount": line.ranks["rank_by_amount"],
        "rank_rate": line.ranks["rank_by_rate"],
    }


def _total_row(
    reader: RunReader, notes: Notes, show: dict[str, bool], extras: list[Extra]
) -> dict[str, Any] | None:
    if reader.measure.nature == "ratio" or not any(line.in_total for line in reader.lines):
        return None
    total = reader.total
    shown = {
        "target": "target",
        "done": "",
        "month": "month",
        "completion": "completion",
        "points": "completion",
        "growth": "growth",
    }
    found = {
        name: cell(total[name], notes, digits=reader.digits(name))
        for name, column in shown.items()
        if not column or show[column]
    }
    return {"name": _("Sum of the group"), "extra": [draw(None, notes) for _head, draw in extras], **found}


def _total_remarks(reader: RunReader) -> list[str]:
    found = []
    document = reader.document["total"]
    if reader.measure.nature != "ratio" and document["lines"]:
        counted = document["lines"]
        found.append(
            ngettext("The sum is that of %(n)s unit.", "The sum is that of %(n)s units.", counted)
            % {"n": counted}
        )
        if reader.has_targets and document["without_done"]:
            found.append(
                _("%(n)s of them have no figure; their targets count in the rate.")
                % {"n": document["without_done"]}
            )
    reported = reader.reported
    if reported is not None and reported["done"].value is not None:
        compared = reader.run.document["reported"].get("done", {})
        gap = (
            reader.display("done", Decimal(compared["difference"]))
            if compared.get("difference") is not None
            else None
        )
        words = _("Reported total: %(value)s %(unit)s") % {
            "value": amount(reported["done"].value, reader.value_digits()),
            "unit": reader.unit_label,
        }
        found.append(
            words
            if gap is None
            else _("%(words)s; reported less sum: %(gap)s.") % {"words": words, "gap": signed(gap)}
        )
    return found


def _figures(reader: RunReader) -> list[dict[str, Any]]:
    """The line of figures above the table."""
    total, lines = reader.total, [line for line in reader.lines if line.ranked]
    found: list[dict[str, Any]] = []
    if (
        reader.measure.nature != "ratio"
        and total["done"].value is not None
        and any(line.in_total for line in reader.lines)
    ):
        found.append(
            {
                "label": _("Group total"),
                "value": amount(total["done"].value, reader.value_digits()),
                "unit": reader.unit_label,
            }
        )
    if total["completion"].value is not None:
        found.append(
            {
                "label": _("Completion"),
                "value": amount(total["completion"].value, reader.digits("completion")),
                "unit": "%",
            }
        )
    if total["points"].value is not None:
        found.append(
            {"label": _("Against time"), "points": total["points"].value, "unit": _("percentage points")}
        )
        ahead = sum(1 for line in lines if (line.cells["points"].value or 0) > 0)
        behind = sum(1 for line in lines if (line.cells["points"].value or 0) < 0)
        found.append({"label": _("Ahead / behind"), "value": f"{ahead} / {behind}", "unit": _("units")})
    states = [line.state for line in lines]
    nil, missing = states.count("nil"), states.count("missing")
    found.append(
        {
            "label": _("Filed / nil / not reported"),
            "value": f"{states.count('filed')} / {nil} / {missing}",
            "unit": _("units"),
        }
    )
    return found


def previous_ranks(run: RankingRun | None) -> dict[str, int | None]:
    """Places in an earlier run, by unit code."""
    if run is None:
        return {}
    return {line.document["unit"]: line.rank for line in run.lines.all()}
