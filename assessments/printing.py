"""Runs for the shell: the stable JSON document of `manage.py rank` (docs/cli.md) and tables for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.reading import CELLS, RANKS, RunReader, Shown, ShownLine, reason_text

SCHEMA = 1
DASH = "—"


def plain(value: Decimal | None) -> str | None:
    """A number as text in plain digits; None stays None."""
    return None if value is None else format(value, "f")


# ---------------------------------------------------------------- JSON


def run_document(reader: RunReader) -> dict[str, Any]:
    """One table. Amounts are in `unit_label`'s unit (`scale`), rates in per cent, points in percentage points."""
    run, table, measure = reader.run, reader.table, reader.measure
    return {
        "table": {"code": table.code, "name": table.name, "rank_by": table.rank_by},
        "measure": {"code": measure.code, "name": measure.name, "unit": measure.unit},
        "scale": str(reader.scale),
        "run": {
            "number": run.number,
            "input_hash": run.input_hash,
            "computed_at": run.computed_at.isoformat(),
            "data_through": f"{run.year}-{run.data_through:02d}",
            "published": hasattr(run, "publication"),
        },
        "progress": plain(reader.progress),
        "lines": [line_document(line) for line in reader.lines],
        "total": None if reader.measure.nature == "ratio" else cells_document(reader.total),
        "reported": None if reader.reported is None else cells_document(reader.reported),
    }


def line_document(line: ShownLine) -> dict[str, Any]:
    return {
        "unit": line.unit,
        "name": line.name,
        "state": line.state,
        "ranked": line.ranked,
        "in_total": line.in_total,
        "target_implied": line.implied,
        "cells": cells_document(line.cells),
        "ranks": {name: line.ranks[name] for name in RANKS},
        "tied": line.tied,
        "decided_by": line.decided_by,
    }


def cells_document(cells: Any) -> dict[str, Any]:
    return {name: cell_document(cells[name]) for name in CELLS}


def cell_document(shown: Shown) -> dict[str, Any]:
    """`value` or, where there is none, `reason`; `published` only where the sender printed one."""
    printed = None
    if shown.published is not None:
        printed = {"value": plain(shown.published), "difference": plain(shown.difference), "kind": shown.kind}
    return {
        "value": plain(shown.value),
        "reason": shown.reason or None,
        "published": printed,
        "sources": list(shown.refs),
    }


# ---------------------------------------------------------------- a table for a terminal


def width(text: str) -> int:
    """Columns that a text takes on a terminal: a Chinese character takes two."""
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1
        for char in text
    )


def aligned(rows: Sequence[Sequence[str]], numbers: Sequence[bool]) -> list[str]:
    """Rows as lines, columns aligned: numbers to the right, text to the left."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(numbers))]

    def cell(text: str, column: int) -> str:
        blank = " " * (widths[column] - width(text))
        return blank + text if numbers[column] else text + blank

    return ["  ".join(cell(text, c) for c, text in enumerate(row)).rstrip() for row in rows]


def table_text(reader: RunReader) -> list[str]:
    """Title, head and lines of one run; reasons of missing figures stand below."""
    columns = [name for name in CELLS if any(line.cells[name].value is not None for line in reader.lines)]
    printed = [name for name in columns if any(_differs(line.cells[name]) for line in reader.lines)]
    heads = {
        "target": _("annual target"),
        "done": reader.measure.name,
        "month": _("this month"),
        "completion": _("completion %"),
        "points": _("points to schedule"),
        "growth": _("growth %"),
    }
    head = [pgettext("place in a ranking", "rank"), _("unit")]
    for name in columns:
        head += [heads[name]] + ([_("published value"), _("difference")] if name in printed else [])
    both = reader.has_targets
    head += [_("by rate"), _("by amount")] if both else []
    head.append(_("return"))
    numbers = [True, False, *[True] * (len(head) - 3), False]
    reasons: list[str] = []
    rows = [head]
    for line in reader.lines:
        row = [_place(line, "rank"), line.name]
        for name in columns:
            shown = line.cells[name]
            row.append(
                _cell(shown, reader.digits(name), reasons)
                + ("*" if name == "target" and line.implied else "")
            )
            row += (
                [_number(shown.published, 0), _number(shown.difference, reader.digits(name))]
                if name in printed
                else []
            )
        row += [_place(line, "rank_by_rate"), _place(line, "rank_by_amount")] if both else []
        rows.append([*row, _state(line.state)])
    run = reader.run
    title = (
        f"{reader.table.group.name} · {reader.table.name} · {run.year}-{run.month:02d} · {reader.unit_label}"
    )
    notes = [f"{DASH} {reason}" for reason in reasons]
    if any(line.implied for line in reader.lines):
        notes.append("* " + _("implied: derived from the published amount and rate"))
    return [title, *aligned(rows, numbers), *notes]


def _differs(shown: Shown) -> bool:
    return shown.published is not None and shown.kind in {"differs", "rounding"}


def _place(line: ShownLine, name: str) -> str:
    return DASH if line.ranks[name] is None else str(line.ranks[name])


def _number(value: Decimal | None, digits: int) -> str:
    """With at least so many digits: a published value keeps those it was printed with."""
    if value is None:
        return ""
    exponent = value.as_tuple().exponent
    return f"{value:,.{max(digits, -exponent if isinstance(exponent, int) else 0)}f}"


def _cell(shown: Shown, digits: int, reasons: list[str]) -> str:
    if shown.value is not None:
        return _number(shown.value, digits)
    text = reason_text(shown.reason)
    if text and text not in reasons:
        reasons.append(text)
    return DASH


def _state(state: str) -> str:
    return {"filed": _("filed"), "nil": _("nil return"), "missing": _("not reported")}.get(state, state)
