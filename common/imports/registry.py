"""What an importer is, and the importers that apps registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from common import changelog, sheets
from common.access import Action
from common.actors import Actor, may_somewhere
from common.errors import Refused
from common.models import ImportBatch, ImportRow


@dataclass(frozen=True, slots=True)
class Field:
    """A field of ours that a sender's column can be matched with."""

    key: str
    label: str
    required: bool = False
    words: tuple[str, ...] = ()  # header words that mean this field without asking
    text: bool = False  # words, not numbers: how the preview aligns it


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
    kind: str  # of what it writes: who may import those may start it
    label: Any
    title: Any  # of the first page
    about_label: Any  # what `about` tells: the period, the unit
    personal: bool  # personal data in the file: only who may import may look into it
    form_class: Any  # an ActorForm with target() -> (scope path, params)

    def about(self, batch: ImportBatch) -> str: ...

    # What the template is filled with: an ActorForm whose cleaned data `template` takes; None asks nothing.
    template_form: Any

    def template(self, actor: Actor, **given: Any) -> bytes: ...
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
changelog.tell(ImportBatch, "importer", lambda code: _importers[code].label)


def register(importer: Importer, *, first: bool = False) -> None:
    """Offer an importer. The one that is `first` is chosen where an address names none."""
    if first:
        others = {code: one for code, one in _importers.items() if code != importer.code}
        _importers.clear()
        _importers.update({importer.code: importer, **others})
    else:
        _importers[importer.code] = importer


def default() -> str:
    """The code of the importer that stands first."""
    return next(iter(_importers))


def every() -> tuple[Importer, ...]:
    """All importers, the default one first."""
    return tuple(_importers.values())


def offered_to(actor: Actor) -> tuple[Importer, ...]:
    """The importers that an actor may start, in their order."""
    return tuple(one for one in every() if may_somewhere(actor, Action.IMPORT, one.kind))


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
