"""Import: upload → match columns and names → preview → confirm or park → undo.

An importer (registered by the app that owns the data) knows the fields, plans each row and writes the
plan. This module owns the course: nothing is written before the preview is confirmed, a confirmed
batch is written whole or not at all, and the sender's words are remembered.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from common import changelog, clock, sheets
from common.access import Action
from common.actors import Actor, may
from common.errors import Denied, Refused
from common.models import ImportBatch, ImportFile, ImportMapping, ImportRow
from common.services import authorize, get_visible

State, Result, Fate = ImportBatch.State, ImportRow.Result, ImportRow.Fate


@dataclass(frozen=True, slots=True)
class Field:
    """A field of ours that a sender's column can be matched with."""

    key: str
    label: str
    required: bool = False
    words: tuple[str, ...] = ()  # header words that mean this field without asking


@dataclass(frozen=True, slots=True)
class Problem:
    field: str
    ref: str
    message: str


@dataclass(frozen=True, slots=True)
class Cell:
    value: str
    ref: str


@dataclass(slots=True)
class Plan:
    """What a row will write: `steps` are JSON values that `Importer.write` understands."""

    result: str
    steps: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Importer(Protocol):
    code: str
    label: Any
    form_class: Any  # an ActorForm with target() -> (scope path, params)

    def about(self, batch: ImportBatch) -> str: ...
    def templates(self, request: Any) -> list[dict[str, Any]]: ...
    def warnings(self, batch: ImportBatch) -> list[str]: ...
    def next_steps(self, batch: ImportBatch) -> list[dict[str, Any]]: ...
    def guess_name(self, name: str, choices: Sequence[tuple[int, str]]) -> int | None: ...
    def fields(self, batch: ImportBatch) -> Sequence[Field]: ...
    def matched(self, batch: ImportBatch, titles: Mapping[str, str]) -> None: ...
    def unknown_names(self, batch: ImportBatch, rows: Iterable[Mapping[str, Cell]]) -> list[str]: ...
    def name_choices(self, batch: ImportBatch, actor: Actor) -> list[tuple[int, str]]: ...
    def remember_name(self, batch: ImportBatch, name: str, unit_id: int, actor: Actor) -> None: ...
    def plan(self, batch: ImportBatch, rows: Sequence[Mapping[str, Cell]]) -> list[Plan]: ...
    def write(self, batch: ImportBatch, row: ImportRow, actor: Actor) -> None: ...
    def undo(self, batch: ImportBatch, actor: Actor) -> None: ...


_importers: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    _importers[importer.code] = importer


def default() -> str:
    """The code of the importer that was registered first."""
    return next(iter(_importers))


def too_large(size: int) -> Refused:
    """The refusal of a file over the limit, given before its content is read."""
    problem = sheets.SheetError(
        "too_large", size=round(size / 2**20, 1), limit=settings.IMPORT_MAX_BYTES // 2**20
    )
    return Refused(problem.message, code=problem.code)


def importer_of(batch_or_code: ImportBatch | str) -> Importer:
    """The importer of a batch or code. Raises Refused for an unknown one."""
    code = batch_or_code if isinstance(batch_or_code, str) else batch_or_code.importer
    if code not in _importers:
        raise Refused(_("There is no import of this kind."), code="importer")
    return _importers[code]


def normal(text: str) -> str:
    """Header words compared: full width folded, units in brackets, blanks and punctuation dropped."""
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"[((（\[【].*?[))）\]】]", "", folded)
    return re.sub(r"[\s:：,，、。.·*%％/_-]+", "", folded).lower()


# ---------------------------------------------------------------- reading


def read(batch: ImportBatch) -> sheets.Workbook:
    """The sender's file. Raises Refused with what is wrong and what to do."""
    with batch.file.content.open("rb") as stream:
        return read_bytes(stream.read(), batch.filename)


def read_bytes(data: bytes, filename: str) -> sheets.Workbook:
    try:
        return sheets.read_workbook(
            data, filename, max_bytes=settings.IMPORT_MAX_BYTES, max_rows=settings.IMPORT_MAX_ROWS
        )
    except sheets.SheetError as problem:
        raise Refused(problem.message, code=problem.code) from problem


def sheet_of(batch: ImportBatch, book: sheets.Workbook) -> sheets.Sheet:
    try:
        return book.sheet(batch.sheet)
    except sheets.SheetError as problem:
        raise Refused(problem.message, code=problem.code) from problem


def known_words(fields: Sequence[Field]) -> list[str]:
    return [w for f in fields for w in (str(f.label), *f.words)]


def set_header(batch: ImportBatch, sheet: sheets.Sheet) -> list[str]:
    """Find the header and return its titles by column; a header of two rows is joined."""
    try:
        header = sheets.header_rows(sheet, known_words(importer_of(batch).fields(batch)))
    except sheets.SheetError:
        first = next(
            (n for n, row in enumerate(sheet.rows) if sum(isinstance(c.value, str) for c in row) >= 2), 0
        )
        batch.header_row, batch.header_rows = first + 1, 1
    else:
        batch.header_row, batch.header_rows = header.first_row + 1, header.data_row - header.first_row
    return headers(batch, sheet)


def headers(batch: ImportBatch, sheet: sheets.Sheet) -> list[str]:
    """Titles by column of the batch's header row or rows."""
    first, rows = batch.header_row - 1, batch.header_rows
    if first >= len(sheet.rows):
        return []
    if rows > 1:
        header = sheets.header_rows(sheet, known_words(importer_of(batch).fields(batch)))
        if header.first_row == first:
            return list(header.names)
    return ["" if cell.value is None else str(cell.value).strip() for cell in sheet.rows[first]]


def match_columns(batch: ImportBatch, titles: Sequence[str]) -> dict[str, str]:
    """Column number → field key: first what was remembered, then known words. One field, one column."""
    fields = importer_of(batch).fields(batch)
    known = {normal(w): f.key for f in reversed(fields) for w in (f.label, *f.words)}
    remembered = dict(
        ImportMapping.objects.filter(importer=batch.importer, scope_path=batch.scope_path).values_list(
            "header", "field"
        )
    )
    keys = {f.key for f in fields}
    found: dict[str, str] = {}
    for number, title in enumerate(titles):
        key = remembered.get(normal(title)) or known.get(normal(title))
        if title and key and (key == "" or (key in keys and key not in found.values())):
            found[str(number)] = key
    return found


def data_rows(batch: ImportBatch, sheet: sheets.Sheet) -> list[tuple[int, dict[str, Cell]]]:
    """Rows below the header as {field key: cell}; rows in which every matched cell is empty are passed over."""
    found = []
    above = batch.header_row - 1 + batch.header_rows
    for number, row in enumerate(sheet.rows[above:], start=above + 1):
        cells = {}
        for column, key in batch.columns.items():
            if int(column) < len(row):
                cell = row[int(column)]
                value = "" if cell.value is None else str(cell.value).strip()
                cells[key] = Cell(value, cell.ref)
        if any(c.value for c in cells.values()):
            found.append((number, cells))
    return found


# ---------------------------------------------------------------- the course


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
    if not may(actor, Action.IMPORT, "import", path=scope_path):
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
    batch.sheet = sheet or _likely_sheet(batch, book)
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


def _likely_sheet(batch: ImportBatch, book: sheets.Workbook) -> str:
    fields = importer_of(batch).fields(batch)
    words = {normal(w) for f in fields for w in (f.label, *f.words)}

    def known(sheet: sheets.Sheet) -> int:
        return max(
            (
                sum(1 for c in r if isinstance(c.value, str) and normal(c.value) in words)
                for r in sheet.rows[:30]
            ),
            default=0,
        )

    return max(book.sheets, key=known).name


def missing_columns(batch: ImportBatch) -> list[str]:
    """Labels of required fields without a column."""
    matched = set(batch.columns.values())
    return [f.label for f in importer_of(batch).fields(batch) if f.required and f.key not in matched]


def unknown_names(batch: ImportBatch, book: sheets.Workbook | None = None) -> list[str]:
    book = book or read(batch)
    return importer_of(batch).unknown_names(
        batch, [cells for _n, cells in data_rows(batch, sheet_of(batch, book))]
    )


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
        before = list(batch.rows.values_list("number", "result", "plan"))
        _plan(batch, read(batch))
        if list(batch.rows.values_list("number", "result", "plan")) == before:
            return _write(batch, actor, park)
    raise Refused(
        _("Figures changed since this preview. Look at the new preview, then confirm."), code="changed"
    )


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
    batch = get_visible(ImportBatch, pk, actor, lock=True)
    authorize(actor, Action.IMPORT, batch)
    if batch.state not in states:
        raise Refused(
            _("This import is already “%(state)s”.") % {"state": batch.get_state_display()}, code="state"
        )
    return batch
