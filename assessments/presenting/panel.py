"""The panel beside the table: why a unit stands where it stands, down to file, sheet and cell."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import ImportedFigure, Target
from assessments.reading import RunReader, Shown, ShownLine, reason_text
from assessments.targets.saying import said_of
from common.templatetags.ip import amount, percent, signed

from .cells import agreement, as_printed


def panel(
    reader: RunReader,
    line: ShownLine,
    *,
    close_url: str,
    sources: list[dict[str, Any]],
    actions: list[dict[str, Any]],
    booked: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Why a unit stands where it stands, down to file, sheet and cell; `booked`: down to the entries of the books."""
    rank = line.ranks["rank"]
    title = _("Why %(unit)s is number %(rank)s") % {"unit": line.name, "rank": rank} if rank else line.name
    run = reader.run
    period = _("%(year)s, months 1–%(month)s") % {"year": run.year, "month": run.data_through}
    return {
        "title": title,
        "sub": f"{period} · {reader.table.name} · {reader.unit_label}",
        "close_url": close_url,
        "why": _why(reader, line),
        "total": None,
        "levels": [*_levels(reader, line), *(booked or [])],
        "sources": sources,
        "actions": actions,
    }


def _why(reader: RunReader, line: ShownLine) -> list[tuple[str, str]]:
    done, target, points = line.cells["done"], line.cells["target"], line.cells["points"]
    if line.state == "missing" and done.value is not None:
        said = _("No return for this month was filed; what was recognised before counts.")
        return [(said, "bad")]
    if line.state == "missing":
        return [(_("No return for this period was filed. It is not counted as zero."), "bad")]
    if done.value is None:
        return [(reason_text(done.reason), "strong")]
    if points.value is None or target.value is None or reader.progress is None:
        return [
            (reader.measure.name + " ", ""),
            (f"{amount(done.value, reader.value_digits())} {reader.unit_label}", "strong"),
        ]
    due = target.value * reader.progress / 100
    gap = done.value - due
    against = _("Against the schedule: %(gap)s %(unit)s.") % {
        "gap": signed(gap.quantize(Decimal("0.01"))),
        "unit": reader.unit_label,
    }
    words = (
        _("Ahead by %(points)s percentage points.")
        if points.value >= 0
        else _("Behind by %(points)s percentage points.")
    )
    said = words % {"points": amount(abs(points.value), reader.digits("points"))}
    pieces = [(against, "strong"), (" ", ""), (said, "" if points.value >= 0 else "bad")]
    if line.state == "nil":
        pieces.append((" " + _("The return said zero."), ""))
    return pieces


def _levels(reader: RunReader, line: ShownLine) -> Iterable[dict[str, Any]]:
    cells, digits = line.cells, reader.value_digits()
    done, target, rate, points = cells["done"], cells["target"], cells["completion"], cells["points"]
    if rate.value is not None and done.value is not None and target.value is not None:
        calc = [[
            (amount(done.value, digits), True), (" ÷ " + _("annual target") + " ", False), (amount(target.value, digits), True),
            (" = ", False), (_percent(rate.value, reader.digits("completion")), True),
        ]]  # fmt: skip
        if line.implied:
            calc.append([(_("The target is implied: derived from the published amount and rate."), False)])
        calc += _published(rate, "%")
        yield {
            "label": _("Completion rate"),
            "note": "",
            "value": _percent(rate.value, reader.digits("completion")),
            "open": True,
            "calc": calc,
        }
    elif reader.measure.nature == "ratio" and done.value is not None:
        sent = reader.inputs[line.unit]
        calc = [
            [
                (f"{reader.measure.numerator} ÷ {reader.measure.denominator} = ", False),
                (_percent(done.value, digits), True),
            ]
        ]
        calc += _published(done, "%")
        yield {
            "label": reader.measure.name,
            "note": "",
            "value": _percent(done.value, digits),
            "open": True,
            "calc": calc if sent else [],
        }
    if points.value is not None and reader.progress is not None and rate.value is not None:
        progress = reader.progress.quantize(Decimal("0.01"))
        calc = [[(_percent(rate.value, reader.digits("completion")), True), (" − " + _("time progress") + " ", False),
                 (_percent(progress, 2), True), (" = ", False), (signed(points.value, reader.digits("points")), True)]]  # fmt: skip
        calc += _published(points, "")
        yield {
            "label": _("Against schedule"),
            "note": _("percentage points"),
            "value": signed(points.value, reader.digits("points")),
            "bad": points.value < 0,
            "open": True,
            "calc": calc,
        }
    growth = cells["growth"]
    if growth.value is not None:
        yield {
            "label": _("Growth on last year"),
            "note": "",
            "value": signed(growth.value, reader.digits("growth")) + "%",
            "calc": [],
        }
    for name, label in (("rank_by_rate", _("Rank by rate")), ("rank_by_amount", _("Rank by amount"))):
        if line.ranks[name] and (name != "rank_by_rate" or reader.has_targets):
            yield {"label": label, "note": "", "value": str(line.ranks[name]), "calc": []}
    if line.decided_by == "tie" and reader.table.tie_measure:
        yield {
            "label": _("The tie was broken by"),
            "note": reader.table.tie_measure.name,
            "value": "",
            "calc": [],
        }


def _percent(value: Decimal, digits: int) -> str:
    return f"{percent(value, digits)}%"


def _published(shown: Shown, unit: str) -> list[list[tuple[str, bool]]]:
    if shown.published is None or shown.value is None:
        return []
    said = _("Published value: %(value)s. %(agreement)s.")
    return [
        [
            (
                said % {"value": f"{as_printed(shown.published)}{unit}", "agreement": agreement(shown.kind)},
                False,
            )
        ]
    ]


def sources(reader: RunReader, line: ShownLine, user: Any) -> list[dict[str, Any]]:
    """File, sheet, cell, who and when of every figure behind a line, as far as the reader may see them."""
    found = []
    facts = [*line.cells.values(), *(reader.fact(line, key, measure) for key, measure in reader.further())]
    refs = {ref for shown in facts for ref in shown.refs}
    ids = {
        kind: [int(r.split(":")[1]) for r in refs if r.startswith(f"{kind}:")]
        for kind in ("figure", "target")
    }
    for kind, model in (("figure", ImportedFigure), ("target", Target)):
        rows = (
            model.objects.visible_to(user)
            .filter(pk__in=ids[kind])
            .select_related("measure", "batch", "unit", *(["group"] if kind == "target" else []))
        )
        newest = ("-year", "-month") if kind == "figure" else ("-year",)
        for row in rows.order_by("measure__sort", "measure", *newest, "pk"):
            label = (
                row.measure.name
                if kind == "figure"
                else _("%(measure)s: annual target") % {"measure": row.measure.name}
            )
            value = (
                ""
                if row.value is None
                else amount(reader.scaled(row.measure, row.value), reader.digits_of(row.measure))
            )
            found.append(
                {
                    "figure": label,
                    "value": value or (row.get_state_display() if kind == "figure" else ""),
                    "file": row.batch.filename if row.batch else row.document_no,
                    "sheet": row.batch.sheet if row.batch else "",
                    "cell": row.ref,
                    "by_hand": row.batch is None,
                    "by": row.batch.actor_name if row.batch else row.entered_name,
                    "at": row.recorded_at,
                    "row_url": reverse(f"{kind}_detail", args=[row.pk]),
                    "note": said_of(row) if kind == "target" else "",
                }
            )
    return found
