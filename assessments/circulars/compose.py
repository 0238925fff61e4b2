"""From stored runs to the circular's document: all tables of a group in one month, each a block.

Nothing is computed here; every number stands in a run already. `workbook.py` draws the document.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.choices import RoundingMode, TieBreak
from assessments.circulars.document import (
    Basis,
    Block,
    CircularDocument,
    Column,
    Figure,
    Kind,
    Layout,
    Line,
    LineKind,
    Missing,
    Note,
    Rounding,
    SourceRow,
    Tie,
)
from assessments.models import ImportedFigure, RankingRun, Target
from assessments.reading import RELATED, RunReader, Shown, ShownLine, read, reason_text
from common.actors import Actor

NAMES = {
    "target": Kind.TARGET,
    "done": Kind.DONE,
    "month": Kind.MONTH,
    "completion": Kind.RATE,
    "points": Kind.POINTS,
    "growth": Kind.GROWTH,
}
MISSING = {"not_reported": Missing.NOT_REPORTED, "not_in_table": Missing.NOT_IN_TABLE}


def month_runs(run: RankingRun, actor: Actor) -> list[RankingRun]:
    """The runs that make up the month's circular of the bureau that runs the group: all its groups and tables,
    each table's published run where the given one is published, else its newest. Ordered by table, then group."""
    rows = RankingRun.objects.visible_to(actor).filter(
        table__group__owner=run.table.group.owner_id,
        table__archived_at=None,
        table__group__archived_at=None,
        year=run.year,
        month=run.month,
    )
    wants_published = hasattr(run, "publication")
    rows = rows.select_related(*RELATED)
    chosen: dict[int, RankingRun] = {}
    for one in rows.distinct().order_by("number"):
        fits = one.pk == run.pk or not wants_published or hasattr(one, "publication")
        kept = chosen.get(one.table_id)
        if fits and (kept is None or kept.pk != run.pk):
            chosen[one.table_id] = one
    return sorted(
        chosen.values(), key=lambda r: (r.table.sort, r.table.name, r.table.group.sort, r.table.code)
    )


def compose(run: RankingRun, *, actor: Actor, language: str = "zh-hans") -> CircularDocument:
    """The circular of a run's month: every group of the same bureau. Its words are Chinese whatever the reader's own language is."""
    with override(language):
        readers = [read(one) for one in month_runs(run, actor)]
        return _compose(run, readers, actor)


def _compose(run: RankingRun, readers: list[RunReader], actor: Actor) -> CircularDocument:
    notes: dict[str, Note] = {}
    blocks = tuple(_block(reader, notes) for reader in readers)
    sources = tuple(s for reader in readers for s in _sources(reader, actor))
    first = readers[0]
    month_words = {"group": run.table.group.owner.name, "year": run.year, "month": run.month}
    published = hasattr(run, "publication")
    return CircularDocument(
        title=_("%(group)s: results of investment promotion, January to month %(month)s of %(year)s")
        % month_words,
        year=run.year,
        month=run.month,
        through=(run.year, run.data_through) if run.data_through != run.month else None,
        blocks=blocks,
        layout=Layout.NAMED_SHEETS,
        notes=tuple(notes.values()),
        rounding=Rounding.TRUNCATE
        if first.table.rate_rounding == RoundingMode.TRUNCATE
        else Rounding.HALF_UP,
        state=_("published") if published else _("draft"),
        schedule=first.table.get_schedule_display(),
        definitions=tuple((r.measure.name, r.measure.definition) for r in readers if r.measure.definition),
        target_versions=tuple(dict.fromkeys(_target_version(r) for r in readers if r.has_targets)),
        files=tuple(dict.fromkeys(s.file for s in sources if s.file)),
        sources=sources,
    )


def _target_version(reader: RunReader) -> str:
    implied = any(line.implied for line in reader.lines)
    words = {"table": reader.table.name, "year": reader.run.year, "month": reader.run.data_through}
    text = _("%(table)s: targets of %(year)s as they held in month %(month)s") % words
    return f"{text}，{_('implied: derived from the published amount and rate')}" if implied else text


def _columns(reader: RunReader) -> tuple[Column, ...]:
    digits, lines = reader.value_digits(), reader.lines

    def any_value(name: str) -> bool:
        return any(line.cells[name].value is not None for line in lines)

    ascending = reader.measure.direction == "asc"
    found = [
        Column(
            "rank",
            Kind.RANK,
            digits=0,
            of="completion" if reader.by_rate() and reader.has_targets else "done",
            ascending=ascending,
        )
    ]
    found.append(Column("unit", Kind.UNIT))
    if reader.has_targets:
        found.append(Column("target", Kind.TARGET, digits=digits))
    label = "" if reader.has_targets else reader.measure.name
    found.append(Column("done", Kind.DONE, digits=digits, label=label))
    if any_value("month"):
        found.append(Column("month", Kind.MONTH, digits=digits))
    if reader.has_targets:
        found.append(Column("completion", Kind.RATE, digits=reader.digits("completion")))
        if reader.progress is not None:
            basis = Basis.ROUNDED if reader.table.points_from_rounded else Basis.EXACT
            found.append(Column("points", Kind.POINTS, digits=reader.digits("points"), basis=basis))
    if any_value("growth"):
        found.append(Column("growth", Kind.GROWTH, digits=reader.digits("growth")))
    for name in ("completion", "points", "done"):
        if any(_differs(line.cells[name]) for line in lines):
            of = name if name != "done" or reader.measure.nature == "ratio" else "done"
            found.append(
                Column(
                    f"{name}_published",
                    Kind.PUBLISHED,
                    digits=reader.digits(name),
                    label=_published_label(name, reader),
                )
            )
            found.append(
                Column(
                    f"{name}_difference",
                    Kind.DIFFERENCE,
                    digits=reader.digits(name),
                    of=f"{name}_published",
                    base=of,
                )
            )
    found += [
        Column(
            key,
            Kind.OTHER,
            label=measure.name,
            unit=reader.unit_of(measure),
            digits=reader.digits_of(measure),
        )
        for key, measure in reader.further()
    ]
    if reader.lacks_targets:
        found.append(Column("completion", Kind.OTHER, label=_("Completion rate"), unit="%"))
    if reader.has_targets:
        found.append(Column("rank_amount", Kind.RANK_AMOUNT, digits=0, of="done", ascending=ascending))
        found.append(Column("rank_rate", Kind.RANK_RATE, digits=0, of="completion"))
    found.append(Column("remark", Kind.REMARK))
    return tuple(found)


def _published_label(name: str, reader: RunReader) -> str:
    return {
        "completion": _("published rate"),
        "points": _("published points to schedule"),
        "done": _("published value"),
    }[name]


def _differs(shown: Shown) -> bool:
    return shown.published is not None and shown.kind in {"differs", "rounding"}


def _block(reader: RunReader, notes: dict[str, Note]) -> Block:
    columns = _columns(reader)
    lines = [_line(reader, line, columns, notes) for line in reader.lines if line.ranked]
    if reader.measure.nature != "ratio" and any(line.in_total for line in reader.lines):
        lines.append(_total(reader, columns, notes))
    lines += [_line(reader, line, columns, notes) for line in reader.lines if not line.ranked]
    if (reported := reader.reported) is not None and reported["done"].value is not None:
        name = reader.run.inputs["reported"]["name"]
        lines.append(_cells_line(name, LineKind.REPORTED, reported, columns, notes))
    tie = Tie.COMPETITION if reader.table.tie_break == TieBreak.NONE else Tie.BROKEN
    other = (
        reader.table.tie_measure.name if reader.table.tie_measure else reader.table.get_tie_break_display()
    )
    return Block(
        key=reader.table.code,
        title=f"{reader.table.group.name}　{reader.table.name}",
        columns=columns,
        lines=tuple(lines),
        unit=reader.unit_label,
        progress=reader.progress if reader.has_targets else None,
        tie=tie,
        sheet=reader.table.name,
        tie_text=""
        if tie is Tie.COMPETITION
        else _("Equal values are ordered by: %(other)s.") % {"other": other},
    )


def _note(notes: dict[str, Note], key: str, text: str) -> str:
    notes.setdefault(key, Note(key, text))
    return key


def _figure(shown: Shown, notes: dict[str, Note], *, nil: bool = False, about: str = "") -> Figure:
    if nil and shown.value == 0:
        return Figure(missing=Missing.NIL)
    if shown.value is not None:
        return Figure(shown.value, note=_note(notes, "implied", about) if about else "")
    missing = MISSING.get(shown.reason, Missing.NOT_APPLICABLE)
    note = (
        _note(notes, shown.reason, reason_text(shown.reason))
        if missing is Missing.NOT_APPLICABLE and shown.reason
        else ""
    )
    return Figure(missing=missing, note=note)


def _line(reader: RunReader, line: ShownLine, columns: tuple[Column, ...], notes: dict[str, Note]) -> Line:
    figures: dict[str, Figure] = {}
    keys = {column.key for column in columns}
    implied = (
        _("Targets marked so are implied: derived from the published amount and rate.")
        if line.implied
        else ""
    )
    for name in NAMES:
        if name in keys:
            shown = line.cells[name]
            figures[name] = _figure(
                shown,
                notes,
                nil=name == "done" and line.state == "nil",
                about=implied if name == "target" else "",
            )
        if f"{name}_published" in keys:
            shown = line.cells[name]
            there = shown.published is not None and shown.value is not None
            blank = Figure(missing=Missing.NOT_IN_TABLE)
            figures[f"{name}_published"] = Figure(shown.published) if there else blank
            figures[f"{name}_difference"] = Figure(shown.published - shown.value) if there else blank  # type: ignore[operator]
    for key, measure in reader.further():
        figures[key] = _figure(reader.fact(line, key, measure), notes)
    for key, place in (("rank", "rank"), ("rank_amount", "rank_by_amount"), ("rank_rate", "rank_by_rate")):
        if key in keys:
            position = line.ranks[place]
            figures[key] = Figure(Decimal(position)) if position is not None else _unplaced(line, notes)
    kind = LineKind.RANKED if line.ranked else LineKind.UNRANKED
    return Line(line.name, figures, kind=kind, in_sum=line.in_total, remark=_remark(line))


def _unplaced(line: ShownLine, notes: dict[str, Note]) -> Figure:
    if not line.ranked:
        return Figure(
            missing=Missing.NOT_APPLICABLE, note=_note(notes, "not_ranked", reason_text("not_ranked"))
        )
    reason = next(
        (line.cells[n].reason for n in ("done", "completion") if line.cells[n].reason), "not_applicable"
    )
    missing = MISSING.get(reason, Missing.NOT_APPLICABLE)
    if missing is not Missing.NOT_APPLICABLE:
        return Figure(missing=missing)
    return Figure(missing=missing, note=_note(notes, reason, reason_text(reason)))


def _remark(line: ShownLine) -> str:
    if any(_differs(shown) and shown.kind == "differs" for shown in line.cells.values()):
        return _("the published value differs from its own inputs")
    if any(_differs(shown) for shown in line.cells.values()):
        return _("rounded inputs")
    return ""


def _total(reader: RunReader, columns: tuple[Column, ...], notes: dict[str, Note]) -> Line:
    return _cells_line(_("Total"), LineKind.SUM, reader.total, columns, notes)


def _cells_line(
    name: str, kind: LineKind, cells: dict[str, Shown], columns: tuple[Column, ...], notes: dict[str, Note]
) -> Line:
    keys = {column.key for column in columns}
    figures = {
        key: _figure(shown, notes) for key, shown in cells.items() if key in keys and shown.value is not None
    }
    return Line(name, figures, kind=kind, in_sum=False)


def _sources(reader: RunReader, actor: Actor) -> Iterable[SourceRow]:
    """A row for each figure behind each cell, as far as the actor may see them."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    for line in reader.lines:
        shown = {name: line.cells[name] for name in ("target", "done", "month")}
        shown |= {key: reader.fact(line, key, measure) for key, measure in reader.further()}
        if reader.measure.nature == "ratio":
            del shown["done"]  # its two parts stand there instead
        for name, cell in shown.items():
            for ref in cell.refs if cell.value is not None or name == "done" else ():
                wanted.setdefault(ref, []).append((line.name, name))
    ids = {
        kind: [int(ref.split(":")[1]) for ref in wanted if ref.startswith(f"{kind}:")]
        for kind in ("figure", "target")
    }
    labels = {"done": reader.measure.name, "target": _("annual target"), "month": _("this month")}
    labels |= {key: measure.name for key, measure in reader.further()}
    for kind, model in (("figure", ImportedFigure), ("target", Target)):
        rows = (
            model.objects.visible_to(actor)
            .filter(pk__in=ids[kind])
            .select_related("measure", "batch", "unit")
        )
        found: dict[str, Any] = {f"{kind}:{row.pk}": row for row in rows}
        for ref, places in wanted.items():
            if (row := found.get(ref)) is None:
                continue
            for unit, column in places:
                value = None if row.value is None else reader.scaled(row.measure, row.value)
                yield SourceRow(
                    block=f"{reader.table.group.name} {reader.table.name}",
                    unit=unit,
                    column=labels[column],
                    value=value,
                    file=row.batch.filename if row.batch else row.document_no,
                    sheet=row.batch.sheet if row.batch else "",
                    cell=row.ref,
                    imported_by=row.batch.actor_name if row.batch else row.entered_name,
                    imported_at=timezone.localtime(row.recorded_at).replace(tzinfo=None),
                    text="" if row.value is not None else row.get_state_display(),
                )
