"""Making the columns that follow from names anew, after a release has changed how they are made (leads/text.py)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from common import changelog
from common.actors import Actor
from common.errors import Denied
from leads.models import Introducer, Investor, Lead, OfferedProject
from leads.text import DERIVED, derive

BATCH = 1_000
_named: list[Any] = [Investor, Introducer, OfferedProject, Lead]


def register(model: Any) -> None:
    """Another model whose columns come from `leads.text.derived`. Called once for each, at start."""
    if model not in _named:
        _named.append(model)


def names_renew(*, actor: Actor, check: bool = False) -> dict[str, int]:
    """Rows whose columns no longer say what their name does, by table; they are mended unless `check`.

    Batch by batch, each in its own transaction with its rows locked: killed half-way, the next run does the rest.
    System only: raises Denied.
    """
    if not actor.is_system:
        raise Denied
    return {model._meta.db_table: sum(_batches(actor, model, check)) for model in _named}


def _batches(actor: Actor, model: Any, check: bool) -> Any:
    columns = [name for name in DERIVED if any(field.name == name for field in model._meta.fields)]
    last = 0
    while True:
        with transaction.atomic(), changelog.acting(actor, reason="names renewed"):
            rows = model._base_manager.filter(pk__gt=last).order_by("pk").only("pk", "name", *columns)
            batch = list((rows if check else rows.select_for_update())[:BATCH])
            if not batch:
                return
            last = batch[-1].pk
            stale = []
            for row in batch:
                before = [getattr(row, name) for name in columns]
                if [getattr(derive(row), name) for name in columns] != before:
                    stale.append(row)
            if stale and not check:
                model._base_manager.bulk_update(stale, columns)
        yield len(stale)
