"""The ranking page's words and numbers, from a run that was read. Templates only draw what stands here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import ImportedFigure, RankingRun, Target
from assessments.reading import RunReader, Shown, ShownLine, reason_text
from common.templatetags.ip import amount, percent, signed

PLAIN = {"not_reported": "not_reported", "not_in_table": "not_here"}  # they need no footnote


class Notes:
    """Footnotes in the order in which they are first needed."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def number(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text) + 1

    def listed(self) -> list[dict[str, Any]]:
        return [{"no": number, "text": text} for number, text in enumerate(self.texts, start=1)]


def cell(
    shown: Shown, notes: Notes, *, url: str = "", digits: int = 2, nil: bool = False, about: str = ""
) -> dict[str, Any]:
    """A cell for `assessments/_cell.html`."""
    if nil and shown.value == 0:
        return {"value": None, "missing": "nil", "url": url}
    if shown.value is None:
        missing = PLAIN.get(shown.reason, shown.reason)
        note = None if shown.reason in PLAIN else notes.number(reason_text(shown.reason))
        return {"value": None, "missing": missing, "note": note}
    found = {
        "value": shown.value,
        "url": url,
        "digits": digits,
        "note": notes.number(about) if about else None,
    }
    if shown.published is not None and shown.kind in {"differs", "rounding"}:
        found |= {
            "published": _as_printed(shown.published),
            "gap": signed(shown.difference, digits),
            "why": agreement(shown.kind),
        }
    return found


def _as_printed(value: Decimal) -> str:
    """A published number with the digits it was printed with."""
    exponent = value.as_tuple().exponent
    return amount(value, -exponent if isinstance(exponent, int) and exponent < 0 else 0)


def agreement(kind: str) -> str:
    """How a published value stands to the computed one, in words."""
    return {
        "equal": _("equal to what was published"),
        "rounding": _("the difference is explained by rounded inputs"),
        "differs": _("the published value differs from its own inputs"),
    }.get(kind, "")


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


# ---------------------------------------------------------------- the panel


def panel(
    reader: RunReader,
    line: ShownLine,
    *,
    close_url: str,
    sources: list[dict[str, Any]],
    actions: list[dict[str, Any]],
) -> dict[str, Any]:
    """Why a unit stands where it stands, down to file, sheet and cell."""
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
        "levels": list(_levels(reader, line)),
        "sources": sources,
        "actions": actions,
    }


def _why(reader: RunReader, line: ShownLine) -> list[tuple[str, str]]:
    done, target, points = line.cells["done"], line.cells["target"], line.cells["points"]
    if line.state == "missing":
        return [
            (_("No return for this period was filed: "), ""),
            (_("not reported"), "bad"),
            (_(". It is not counted as zero."), ""),
        ]
    if done.value is None:
        return [(reason_text(done.reason), "strong")]
    if points.value is None or target.value is None or reader.progress is None:
        return [
            (reader.measure.name + " ", ""),
            (f"{amount(done.value, reader.value_digits())} {reader.unit_label}", "strong"),
        ]
    due = target.value * reader.progress / 100
    gap = done.value - due
    words = (
        _("ahead by %(points)s percentage points")
        if points.value > 0
        else _("behind by %(points)s percentage points")
    )
    pieces = [
        (_("Against the schedule: "), ""),
        (f"{signed(gap.quantize(Decimal('0.01')))} {reader.unit_label}", "strong"),
        (", ", ""),
        (
            words % {"points": amount(abs(points.value), reader.digits("points"))},
            "" if points.value >= 0 else "bad",
        ),
        (".", ""),
    ]
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
    return [
        [
            (_("published "), False),
            (f"{_as_printed(shown.published)}{unit}", True),
            (f": {agreement(shown.kind)}", False),
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
            model.objects.visible_to(user).filter(pk__in=ids[kind]).select_related("measure", "batch", "unit")
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
            note = (
                _("implied: derived from the published amount and rate")
                if kind == "target" and row.implied
                else ""
            )
            found.append(
                {
                    "figure": label,
                    "value": value or (row.get_state_display() if kind == "figure" else ""),
                    "file": row.batch.filename,
                    "sheet": row.batch.sheet,
                    "cell": row.ref,
                    "by": row.batch.actor_name,
                    "at": row.recorded_at,
                    "row_url": reverse(f"{kind}_detail", args=[row.pk]),
                    "note": note,
                }
            )
    return found


def previous_ranks(run: RankingRun | None) -> dict[str, int | None]:
    """Places in an earlier run, by unit code."""
    if run is None:
        return {}
    return {line.document["unit"]: line.rank for line in run.lines.all()}
