"""What several filter sets narrow by. Each class stands before RowFilterSet."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from capital.readable import hidden_entries
from leads.forms.fields import WAN
from organizations.models import Unit


class ByCodeName:
    """Rows about a project. What a person may not recognise (projects/confidential.py) is found by its code name
    only."""

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet[Any]:
        hidden = hidden_entries(self.request.user)  # type: ignore[attr-defined]
        open_ones = super().search(queryset.exclude(hidden), name, value)  # type: ignore[misc]
        return open_ones | queryset.filter(hidden, project__code_name__icontains=value.strip())


class InTree:
    """`unit`: that unit and those below it."""

    def in_tree(self, queryset: QuerySet, name: str, value: Unit) -> QuerySet:
        return queryset.filter(unit__path__startswith=value.path)


class ByAmount:
    """`amount` in ten thousands, `currency` by its code."""

    def in_currency(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(currency=value.strip().upper())

    def at_least(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(amount__gte=value * WAN)

    def at_most(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(amount__lte=value * WAN)
