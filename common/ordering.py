"""Sorting by what not everybody may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When


def kept_last(rows: QuerySet, ordering: Sequence[str], telling: Mapping[str, Q]) -> QuerySet:
    """The rows in this order (as for `order_by`), but for a field in `telling` those of which it is kept from the
    reader stand at the end together with the blank ones, whatever their value: a place in a list tells it too."""
    keys: list[Any] = []
    for key in ordering:
        name = key.removeprefix("-")
        if name not in telling:
            keys.append(key)
            continue
        value = Case(When(telling[name], then=None), default=F(name))
        keys.append(value.desc(nulls_last=True) if key.startswith("-") else value.asc(nulls_last=True))
    return rows.order_by(*keys)


def kept_order(field: str, hidden: str = "hidden_q") -> Callable[..., tuple[QuerySet, bool]]:
    """A table's `order_<column>` by this field; the table's method named `hidden` says of which rows the reader may
    not know it."""

    def order(table: Any, rows: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        key = f"-{field}" if is_descending else field
        return kept_last(rows, [key, "pk"], {field: getattr(table, hidden)()}), True

    return order
