"""What a batch asks of whoever sends it: which column is which field, which name is which unit."""

from __future__ import annotations

from dataclasses import dataclass

from common.actors import Actor
from common.models import ImportBatch

from .matching import headers, read, sheet_of, unknown_names
from .registry import Field, importer_of


@dataclass(frozen=True, slots=True)
class Title:
    """A column of the file: its number from 0, its header, its first value, and the key of the field it is
    matched with ("" for none)."""

    number: int
    title: str
    sample: str
    field: str


@dataclass(frozen=True, slots=True)
class Name:
    """A sender's name of a unit that we don't know, and the unit that it may be."""

    name: str
    guess: int | None


@dataclass(frozen=True, slots=True)
class Questions:
    """`rows` are those below the header. `units`: (id, name) to choose from, when there are names."""

    sheet: str
    sheets: list[str]
    header_row: int
    rows: int
    titles: list[Title]
    fields: list[Field]
    names: list[Name]
    units: list[tuple[int, str]]


def questions(batch: ImportBatch, actor: Actor) -> Questions:
    """Raises Refused when the sheet isn't there any more."""
    machine, book = importer_of(batch), read(batch)
    sheet = sheet_of(batch, book)
    first = batch.header_row - 1 + batch.header_rows
    sample = sheet.rows[first] if first < len(sheet.rows) else ()
    titles = []
    for number, title in enumerate(headers(batch, sheet)):
        value = sample[number].value if number < len(sample) else None
        if title or value is not None:
            shown = "" if value is None else str(value)
            titles.append(Title(number, title, shown, batch.columns.get(str(number), "")))
    unknown = unknown_names(batch, book) if "unit" in batch.columns.values() else []
    units = machine.name_choices(batch, actor) if unknown else []
    return Questions(
        sheet=batch.sheet,
        sheets=[one.name for one in book.sheets],
        header_row=batch.header_row,
        rows=max(len(sheet.rows) - first, 0),
        titles=titles,
        fields=list(machine.fields(batch)),
        names=[Name(name, machine.guess_name(name, units)) for name in unknown],
        units=units,
    )
