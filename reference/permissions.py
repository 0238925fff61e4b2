"""Who may do what with reference data. It belongs to no unit, so the only relation is GLOBAL."""

from __future__ import annotations

from common.access import Action, Relation, register

CLASSIFICATION = "classification"  # industries, regions, currencies: filled by command, read by all
CALENDAR = "calendar"  # holidays and the years they cover
RATE = "exchange_rate"

READERS = ("officer", "unit_head", "evaluator", "committee", "finance", "leader")
EDITORS = ("bureau",)

_READ = {Action.VIEW, Action.EXPORT}
_EDIT = _READ | {Action.CREATE, Action.CHANGE, Action.ARCHIVE, Action.IMPORT, Action.HISTORY}


def declare() -> None:
    """Called once at start: every working role reads, the bureau's staff keeps calendar and rates."""
    for kind in (CLASSIFICATION, CALENDAR, RATE):
        edit = _READ if kind == CLASSIFICATION else _EDIT
        readers = {role: {Relation.GLOBAL: _READ} for role in READERS}
        register(kind, {**readers, **{role: {Relation.GLOBAL: edit} for role in EDITORS}})
