"""The course of an import, from the file to the written batch and back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from common import changelog, clock, sheets
from common.access import Action
from common.actors import Actor, may
from common.errors import Denied, Refused
from common.models import ImportBatch, ImportFile, ImportMapping, ImportRow
from common.services import authorize, get_visible

from .matching import (
    data_rows,
    headers,
    likely_sheet,
    match_columns,
    missing_columns,
    normal,
    read,
    read_bytes,
    set_header,
    sheet_of,
    unknown_names,
)
from .registry import Cell, importer_of

State, Result, Fate = ImportBatch.State, ImportRow.Result, ImportRow.Fate


@transaction.atomic
def start(
    *,
    actor: Actor,
    importer: str,
    data: bytes,
    filename: str,
    scope_path: str,
    params: Mapping[str, Any],
    sheet: str = "",
) -> ImportBatch:
    """Take a file in and match what can be matched. Raises Denied, Refused (type, size, sheet)."""
    machine = importer_of(importer)
    if not may(actor, Action.IMPORT, machine.kind, path=scope_path):
        raise Denied
    book = read_bytes(data, filename)
    batch = ImportBatch(
        importer=machine.code,
        filename=filename[:200],
        scope_path=scope_path,
        params=dict(params),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
    )
    batch.sheet = sheet or likely_sheet(batch, book)
    chosen = sheet_of(batch, book)
    titles = set_header(batch, chosen)
    batch.columns = match_columns(batch, titles)
    _tell_titles(batch, titles, batch.columns)
    batch.file = _stored(data)
    with changelog.acting(actor):
        batch.save()
    _preview_if_complete(batch, book)
    return batch


def _stored(data: bytes) -> ImportFile:
    """The file as it was sent, kept once."""
    sha = hashlib.sha256(data).hexdigest()
    stored = ImportFile.objects.filter(sha256=sha).first()
    if stored is None:
        stored = ImportFile(sha256=sha, size=len(data))
        stored.content.save(sha, ContentFile(data), save=False)
        stored.save()
    return stored


def _tell_titles(batch: ImportBatch, titles: Sequence[str], decided: Mapping[str, str]) -> None:
    """Hand the matched titles to the importer; keep the others, so that the preview can name what it leaves out."""
    batch.params["ignored"] = [title for n, title in enumerate(titles) if title and str(n) not in decided]
    importer_of(batch).matched(
        batch, {key: titles[int(n)] for n, key in batch.columns.items() if int(n) < len(titles)}
    )


def _preview_if_complete(batch: ImportBatch, book: sheets.Workbook) -> None:
    has_facts = len(set(batch.columns.values()) - {""}) >= 2
    if has_facts and not missing_columns(batch) and not unknown_names(batch, book):
        _plan(batch, book)


@transaction.atomic
def choose_sheet(*, actor: Actor, pk: int, sheet: str) -> ImportBatch:
    """Take another sheet of the same file and match it anew. Raises Refused when there is none of that name."""
    batch = _open(pk, actor, State.MAPPING, State.PREVIEW)
    book = read(batch)
    batch.sheet, batch.state = sheet, State.MAPPING
    titles = set_header(batch, sheet_of(batch, book))
    batch.columns = match_columns(batch, titles)
    _tell_titles(batch, titles, batch.columns)
    with changelog.acting(actor):
        batch.save()
    return batch


@transaction.atomic
def remap(
    *,
    actor: Actor,
    pk: int,
    sheet: str,
    header_row: int,
    columns: Mapping[str, str],
    names: Mapping[str, int | None],
    remember: bool = True,
) -> ImportBatch:
    """Match columns and names by hand, remember them, and plan. Names left open become wrong rows."""
    batch = _open(pk, actor, State.MAPPING, State.PREVIEW)
    machine, book = importer_of(batch), read(batch)
    if (sheet, header_row) != (batch.sheet, batch.header_row):
        batch.sheet, batch.header_row, batch.header_rows = sheet, header_row, 1
    titles = headers(batch, sheet_of(batch, book))
    used = [c for c in columns.values() if c]
    twice = {c for c in used if used.count(c) > 1}
    if twice:
        labels = {f.key: f.label for f in machine.fields(batch)}
        raise Refused(
            _("Two columns are matched with “%(field)s”. Keep one.")
            % {"field": "、".join(labels.get(t, t) for t in sorted(twice))},
            code="columns",
        )
    batch.columns = {n: key for n, key in columns.items() if key}
    if lacking := missing_columns(batch):
        raise Refused(
            _("No column is matched with: %(fields)s.") % {"fields": "、".join(lacking)}, code="columns"
        )
    chosen = {unit for unit in names.values() if unit}
    if chosen - {pk for pk, _label in (machine.name_choices(batch, actor) if chosen else ())}:
        raise Refused(_("A name can only be matched with a unit of this import's scope."), code="names")
    _tell_titles(batch, titles, columns)
    batch.names = {**batch.names, **{n: u for n, u in names.items() if u}}
    with changelog.acting(actor):
        if remember:
            for number, key in columns.items():
                title = normal(titles[int(number)]) if int(number) < len(titles) else ""
                if title:
                    ImportMapping.objects.update_or_create(
                        importer=batch.importer,
                        scope_path=batch.scope_path,
                        header=title[:200],
                        defaults={"field": key},
                    )
            for name, unit_id in names.items():
                if unit_id:
                    machine.remember_name(batch, name, unit_id, actor)
        _plan(batch, book)
    return batch


def _plan(batch: ImportBatch, book: sheets.Workbook) -> None:
    rows = data_rows(batch, sheet_of(batch, book))
    if not rows:
        raise Refused(
            _("There are no rows below the header row %(row)s.") % {"row": batch.header_row}, code="empty"
        )
    plans = importer_of(batch).plan(batch, [cells for _n, cells in rows])
    batch.rows.all().delete()
    ImportRow.objects.bulk_create(
        ImportRow(
            batch=batch,
            number=number,
            cells={k: asdict(c) for k, c in cells.items()},
            plan=plan.steps,
            problems=[asdict(p) for p in plan.problems],
            result=Result.WRONG if plan.problems else plan.result,
        )
        for (number, cells), plan in zip(rows, plans, strict=True)
    )
    batch.state = State.PREVIEW
    batch.version += 1
    batch.save()


def confirm(*, actor: Actor, pk: int, park: bool = False) -> ImportBatch:
    """Write the batch, whole or not at all. Wrong rows refuse it unless they are parked.

    The plan is made anew under the lock. If figures changed since the preview, the new preview is kept
    and shown instead of written.
    """
    with transaction.atomic():
        batch = _open(pk, actor, State.PREVIEW)
        _one_at_a_time(batch.importer)
        before = list(batch.rows.values_list("number", "result", "plan"))
        _plan(batch, read(batch))
        if list(batch.rows.values_list("number", "result", "plan")) == before:
            return _write(batch, actor, park)
    raise Refused(
        _("The records changed since this preview. Look at the new preview, then confirm."), code="changed"
    )


def _one_at_a_time(importer: str) -> None:
    """Until the transaction ends, nobody else confirms or undoes imports of this kind: each plans on the other's result."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import:{importer}"])


def _write(batch: ImportBatch, actor: Actor, park: bool) -> ImportBatch:
    wrong = batch.rows.filter(result=Result.WRONG)
    if wrong.exists() and not park:
        raise Refused(
            _("%(n)s rows are wrong. Mend them in the file, or park them and import the rest.")
            % {"n": wrong.count()},
            code="wrong",
        )
    if not batch.rows.exclude(result=Result.WRONG).exists():
        raise Refused(_("Every row is wrong; there is nothing to import."), code="wrong")
    wrong.update(fate=Fate.PARKED)
    with changelog.acting(actor):
        for row in batch.rows.exclude(result=Result.WRONG):
            importer_of(batch).write(batch, row, actor)
            row.fate = Fate.APPLIED
            row.save(update_fields=["fate"])
        batch.state, batch.confirmed_at = State.CONFIRMED, clock.now()
        batch.actor_id, batch.actor_name = actor.pk, actor.actor_name
        batch.version += 1
        batch.save()
    return batch


@transaction.atomic
def mend(*, actor: Actor, pk: int, number: int, cells: Mapping[str, str]) -> ImportRow:
    """Correct a parked row and import it with its batch. Raises Refused while it is still wrong."""
    batch = _open(pk, actor, State.CONFIRMED)
    row = batch.rows.select_for_update().filter(number=number, fate=Fate.PARKED).first()
    if row is None:
        raise Refused(_("This row is not parked any more."), code="fate")
    merged = {k: Cell(str(cells.get(k, c["value"])).strip(), c["ref"]) for k, c in row.cells.items()}
    plan = importer_of(batch).plan(batch, [merged])[0]
    if plan.problems:
        raise Refused(
            " ".join(p.message for p in plan.problems),
            code="wrong",
            fields={p.field: p.message for p in plan.problems},
        )
    row.cells = {
        k: {**asdict(c), "sent": row.cells[k].get("sent", row.cells[k]["value"])} for k, c in merged.items()
    }
    row.plan, row.result, row.problems, row.fate = plan.steps, plan.result, [], Fate.APPLIED
    with changelog.acting(actor):
        importer_of(batch).write(batch, row, actor)
        row.save()
    return row


@transaction.atomic
def undo(*, actor: Actor, pk: int, reason: str) -> ImportBatch:
    """Take a confirmed batch back, with a reason. Refused when a later import stands on it."""
    if not reason.strip():
        raise Refused(_("Say why the import is undone."), code="reason")
    batch = _open(pk, actor, State.CONFIRMED)
    _one_at_a_time(batch.importer)
    with changelog.acting(actor, reason=reason):
        importer_of(batch).undo(batch, actor)
        batch.state, batch.undone_at = State.UNDONE, clock.now()
        batch.undone_by, batch.undo_reason = actor.actor_name, reason[:500]
        batch.version += 1
        batch.save()
    return batch


@transaction.atomic
def discard(*, actor: Actor, pk: int) -> ImportBatch:
    """Drop a batch that was not confirmed. The file and its rows stay readable."""
    batch = _open(pk, actor, State.MAPPING, State.PREVIEW)
    batch.state = State.DISCARDED
    batch.version += 1
    with changelog.acting(actor):
        batch.save()
    return batch


def marked_file(batch: ImportBatch) -> bytes:
    """The sender's file as .xlsx with the wrong cells coloured and the reason as a comment."""
    marks: dict[tuple[str, str], str] = {}
    for row in batch.rows.exclude(problems=[]):
        for one in row.problems:
            place = (batch.sheet, one["ref"] or f"A{row.number}")
            marks[place] = f"{marks[place]}\n{one['message']}" if place in marks else one["message"]
    with batch.file.content.open("rb") as stream:
        return sheets.mark_cells(stream.read(), marks)


def counts(batch: ImportBatch) -> dict[str, int]:
    """Rows by result and fate, for the preview's head."""
    found = dict.fromkeys((*Result.values, "parked", "applied", "total"), 0)
    for result, fate in batch.rows.values_list("result", "fate"):
        found[result] += 1
        found["total"] += 1
        if fate in found:
            found[fate] += 1
    return found


def _open(pk: int, actor: Actor, *states: str) -> ImportBatch:
    """The batch, locked. Following one's own file isn't enough: what it writes has to be one's to import still,
    as at the start."""
    batch = get_visible(ImportBatch, pk, actor, lock=True)
    authorize(actor, Action.IMPORT, batch)
    if not may(actor, Action.IMPORT, importer_of(batch).kind, path=batch.scope_path):
        raise Denied
    if batch.state not in states:
        raise Refused(
            _("This import is already “%(state)s”.") % {"state": batch.get_state_display()}, code="state"
        )
    return batch
