"""Import: upload → match columns and names → preview → confirm or park → undo.

An importer (registered by the app that owns the data) knows the fields, plans each row and writes the
plan. This module owns the course: nothing is written before the preview is confirmed, a confirmed
batch is written whole or not at all, and the sender's words are remembered.
"""

from .course import choose_sheet, confirm, counts, discard, marked_file, mend, remap, start, undo
from .matching import data_rows, headers, known_words, missing_columns, normal, read, sheet_of, unknown_names
from .questions import Name, Questions, Title, questions
from .registry import (
    Cell,
    Field,
    Importer,
    Plan,
    Problem,
    default,
    every,
    importer_of,
    offered_to,
    register,
    too_large,
)

__all__ = [
    "Cell",
    "Field",
    "Importer",
    "Name",
    "Plan",
    "Problem",
    "Questions",
    "Title",
    "choose_sheet",
    "confirm",
    "counts",
    "data_rows",
    "default",
    "every",
    "discard",
    "headers",
    "importer_of",
    "known_words",
    "marked_file",
    "mend",
    "missing_columns",
    "normal",
    "offered_to",
    "questions",
    "read",
    "register",
    "remap",
    "sheet_of",
    "start",
    "too_large",
    "undo",
    "unknown_names",
]
