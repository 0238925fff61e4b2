"""System checks: what would otherwise fail silently, later."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import Error, register

OURS = {"common", "reference", "organizations", "ledger", "leads", "projects", "assessments"}
MAX_NAME = 30


@register("models")
def names_are_short(**kwargs: Any) -> list[Error]:
    """Tables, indexes and constraints within 30 characters keep every PostgreSQL family reachable."""
    found = []
    for model in apps.get_models():
        meta = model._meta
        if meta.app_label not in OURS or meta.proxy:
            continue
        names = [meta.db_table, *(i.name for i in meta.indexes), *(c.name for c in meta.constraints)]
        found += [
            Error(f"{name!r} is longer than {MAX_NAME} characters.", obj=model, id="common.E001")
            for name in names
            if len(name) > MAX_NAME
        ]
    return found
